from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from aggregator.config import Settings, describe_settings, list_warnings
from aggregator.config.loading import parse_settings
from aggregator.errors import ConfigError
from aggregator.model.feed import FeedSettings
from aggregator.model.topic import Order, Topic

FILE = Path("/etc/aggregator/config.yaml")
FEED = "feeds: [{url: https://example.org/feed, tags: [schweiz]}]\n"
TOPIC = FEED + "topics:\n  - "
BARE_TOPIC = "topics:\n  - slug: a\n    title: A\n    tags: [x]\n    feeds: [https://bbbb.ch/]\n"


def load(text: str, environ: Mapping[str, str] | None = None) -> Settings:
    return parse_settings(text, path=FILE, environ=environ or {})


def fail(text: str, environ: Mapping[str, str] | None = None) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load(text, environ)
    return caught.value


def test_a_list_of_feeds_is_enough() -> None:
    settings = load(FEED)
    assert settings.feeds == (FeedSettings(url="https://example.org/feed", tags=("schweiz",)),)
    assert settings.polling.min_interval == timedelta(hours=1)
    assert settings.fetch.max_body == 10 * 2**20


def test_every_key_of_a_feed_and_a_topic_arrives() -> None:
    settings = load(
        "feeds:\n"
        "  - {url: https://a.org/f, title: A, language: de-CH, tags: [x, y], interval: 1h30m, full_text: true}\n"
        "topics:\n"
        "  - {slug: s, title: T, description: D, any: [a], all: [b], none: [c], tags: [x], feeds: [https://A.org/f],\n"
        "     languages: [de], categories: [K], about: alles, examples: [Ein Titel], order: most_read, limit: 7}\n"
    )
    interval = timedelta(minutes=90)
    assert settings.feeds == (
        FeedSettings(url="https://a.org/f", title="A", language="de-CH", tags=("x", "y"), interval=interval, full_text=True),
    )
    assert settings.topics == (
        Topic(
            slug="s",
            title="T",
            description="D",
            any_of=("a",),
            all_of=("b",),
            none_of=("c",),
            tags=("x",),
            feeds=("https://a.org/f",),  # as the list of feeds spells it
            languages=("de",),
            categories=("K",),
            about="alles",
            examples=("Ein Titel",),
            order=Order.MOST_READ,
            limit=7,
        ),
    )


def test_settings_cannot_be_changed() -> None:
    settings = load(FEED)
    with pytest.raises(ValidationError, match="frozen"):
        settings.server.port = 1


def test_a_key_with_nothing_behind_it_keeps_its_default() -> None:
    assert load(FEED + "server:\n  port:\nranking:\n").server.port == 8040


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        (TOPIC + "{slug: a, title: A, tags: [schweiz], feeds: ['https://EXAMPLE.org/feed']}\n", []),
        ("feeds: []\n", ["1: feeds: is empty: nothing will be polled"]),
        (f"site: {{}}\nfeeds:\n{BARE_TOPIC}", ["2: feeds: is empty: nothing will be polled"]),
        (
            TOPIC + "{slug: a, title: A, tags: [schwiez]}\n",
            ["3: topics[0].tags[0]: no feed has the tag 'schwiez'; did you mean 'schweiz'?"],
        ),
        (
            FEED + BARE_TOPIC,
            ["5: topics[0].tags[0]: no feed has the tag 'x'", "6: topics[0].feeds[0]: https://bbbb.ch/ is not among the feeds"],
        ),
    ],
)
def test_what_finds_nothing_is_worth_a_warning_with_its_place(tmp_path: Path, text: str, warnings: list[str]) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(text)
    assert list_warnings(load(text), path=path) == tuple(f"{path}:{warning}" for warning in warnings)


def test_a_topic_keeps_a_source_that_is_not_among_the_feeds() -> None:
    for feeds in ("feeds:\n", FEED):
        assert load(feeds + BARE_TOPIC).topics[0].feeds == ("https://bbbb.ch/",)


def test_a_relative_database_lies_beside_the_file() -> None:
    assert load(FEED).store.url == "sqlite:////etc/aggregator/data/aggregator.db"
    assert load(FEED + "store: {url: 'sqlite:////srv/a.db?timeout=5'}").store.url == "sqlite:////srv/a.db?timeout=5"
    assert load(FEED + "store: {url: postgresql+psycopg://h/d}").store.url == "postgresql+psycopg://h/d"


@pytest.mark.parametrize(
    ("server", "base_url"),
    [
        ("{port: 9000}", "http://127.0.0.1:9000"),
        ("{host: 0.0.0.0}", "http://127.0.0.1:8040"),
        ("{host: '::1'}", "http://[::1]:8040"),
        ("{host: '::'}", "http://[::1]:8040"),
    ],
)
def test_a_base_url_left_out_is_made_of_host_and_port(server: str, base_url: str) -> None:
    assert load(FEED + f"server: {server}").site.base_url == base_url
    assert load(FEED + f"server: {server}\nsite: {{base_url: https://n.org/}}").site.base_url == "https://n.org"


@pytest.mark.parametrize(
    ("text", "line", "key", "words"),
    [
        ("", 1, "feeds", "empty"),
        ("# nothing\n", 1, "feeds", "empty"),
        ("site: {}\n", 1, "feeds", "is missing"),
        ("- a\n", 1, None, "table of sections"),
        ("text", 1, None, "table of sections"),
        (FEED + "site:\n\ttitle: x\n", 3, None, "a tab stands"),
        (FEED + "site: {title: x\n", 3, None, "is not YAML"),
        (FEED + "site: 'x\n", 3, None, "begun on line 2"),
        (FEED + "feeds: []\n", 2, None, "'feeds' stands twice"),
        (FEED + "---\nsite: {}\n", 2, None, "second YAML document"),
        (FEED + "\x00", None, None, "is not YAML"),
        (FEED + "sever: {}\n", 2, "sever", "did you mean 'server'"),
        (FEED + "server:\n  prot: 1\n", 3, "server.prot", "did you mean 'port'"),
        (FEED + "server: {half_life: 3h}\n", 2, "server.half_life", "did you mean 'ranking.half_life'"),
        (FEED + "publishing: {xyzzy: 3h}\n", 2, "publishing.xyzzy", "known here: interval"),
        (FEED + "server: 8040\n", 2, "server", "must be a table of keys, not 8040"),
        (FEED + "server: {port: many}\n", 2, "server.port", "whole number, not 'many'"),
        (FEED + "server: {port: 70000}\n", 2, "server.port", "at most 65535"),
        (FEED + "server: {port: 80.5}\n", 2, "server.port", "whole number"),
        (FEED + "site:\n  title: 2026\n", 3, "site.title", "put 2026 in quotes"),
        (FEED + "site: {title: ''}\n", 2, "site.title", "is empty"),
        (FEED + "site: {title: [a]}\n", 2, "site.title", "must be text, not a list"),
        (FEED + "fetch: {timeout: 30}\n", 2, "fetch.timeout", "30 has no unit; write a number with s, m, h or d"),
        (FEED + "fetch: {timeout: 2h}\n", 2, "fetch.timeout", "at most 1 hour"),
        (FEED + "fetch: {max_body: 10MB}\n", 2, "fetch.max_body", "KiB, MiB or GiB"),
        (FEED + "fetch: {max_body: 1B}\n", 2, "fetch.max_body", "at least 1KiB"),
        (FEED + "fetch: {connect_timeout: 2m}\n", 2, "fetch.connect_timeout", "over fetch.timeout"),
        (FEED + "fetch: {allow_private: localhost}\n", 2, "fetch.allow_private", r"list, as in \[localhost\]"),
        (FEED + "fetch:\n  allow_private:\n    - ::1\n    - local\n", 5, "fetch.allow_private[1]", "not an address"),
        (FEED + "polling: {min_interval: 2d}\n", 2, "polling.min_interval", "over polling.max_interval"),
        (FEED + "ranking: {links: count}\n", 2, "ranking.links", "direct or counted, not 'count'; did you mean 'counted'"),
        (FEED + "ranking: {coverage_weight: .nan}\n", 2, "ranking.coverage_weight", "number"),
        (FEED + "ranking: {coverage_weight: much}\n", 2, "ranking.coverage_weight", "number"),
        ("feeds:\n  - url: https://a.org/\n    lang: de\n", 3, "feeds[0].lang", "did you mean 'language'"),
        ("feeds:\n  - title: A\n", 2, "feeds[0].url", "is missing"),
        ("feeds:\n  - https://a.org/\n", 2, "feeds[0]", "as in `- url:"),
        ("feeds:\n  - url: https://a.org/\n  -\n", 3, "feeds[1]", "not nothing"),
        ("feeds: {url: https://a.org}\n", 1, "feeds", "must be a list, not a table"),
        ("feeds:\n  - {url: https://a.org, full_text: perhaps}\n", 2, "feeds[0].full_text", "true or false"),
        ("feeds:\n  - url: a.org\n", 2, "feeds[0].url", "did you mean 'https://a.org'"),
        ("feeds:\n  - url: https://a.org\n  - url: https://A.org/\n", 3, "feeds[1].url", r"stands already in feeds\[0\]"),
        (TOPIC + "{slug: a, title: A, any: [x]}\n  - {slug: a, title: B, any: [x]}\n", 4, "topics[1].slug", "stands already"),
        (TOPIC + "{slug: a b, title: A, any: [x]}\n", 3, "topics[0].slug", "did you mean 'a-b'"),
        (TOPIC + f"{{slug: {'a' * 65}, title: A, any: [x]}}\n", 3, "topics[0].slug", "longer than 64"),
        (TOPIC + "slug: a\n    title: A\n", 3, "topics[0]", "has no rule"),
        (TOPIC + "slug: a\n    title: A\n    any: [x, 'a*b']\n", 5, "topics[0].any[1]", "start or the end"),
        (TOPIC + "{slug: a, title: A, any: [x], order: mostread}\n", 3, "topics[0].order", "mean 'most_read'"),
        (TOPIC + "{slug: a, title: A, any_off: [x]}\n", 3, "topics[0].any_off", "no such key"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_line_key_and_remedy(text: str, line: int | None, key: str | None, words: str) -> None:
    error = fail(text)
    assert (error.file, error.line, error.key) == (FILE, line, key)
    with pytest.raises(ConfigError, match=words):
        raise error


def test_every_problem_is_listed_by_line() -> None:
    error = fail("server: {port: x}\nfeeds:\n  - url: a.org\nsite: {titel: x}\n")
    assert str(error).splitlines() == [
        f"{FILE}:1: server.port: must be a whole number, not 'x'",
        f"{FILE}:3: feeds[0].url: 'a.org' must start with https:// or http://; did you mean 'https://a.org'?",
        f"{FILE}:4: site.titel: there is no such key; did you mean 'title'?",
    ]
    assert error.line == 1


def test_a_list_that_holds_itself_does_not_hang() -> None:
    assert fail("feeds: &a [*a]\n").key == "feeds[0]"
    deep = "feeds: []\nsite: " + "[" * 30 + "]" * 30
    assert "deeper than 20 levels" in fail(deep).reason


def test_merge_keys_work() -> None:
    feeds = "feeds:\n  - &base {url: https://a.org, language: de}\n  - {<<: *base, url: https://b.org}\n"
    assert [feed.language for feed in load(feeds).feeds] == ["de", "de"]


def test_the_environment_wins_over_the_file() -> None:
    environ = {
        "AGGREGATOR_SERVER__PORT": "9000",
        "AGGREGATOR_FETCH__ALLOW_PRIVATE": "127.0.0.1, 10.0.0.0/8",
        "AGGREGATOR_POLLING__MIN_INTERVAL": "0s",
        "AGGREGATOR_STORE__URL": "sqlite:///x.db",
        "AGGREGATOR_RANKING__COVERAGE_WEIGHT": "0.5",
        "AGGREGATOR_CONFIG": "elsewhere.yaml",
        "PATH": "/bin",
    }
    settings = load(FEED + "server: {port: 1}", environ)
    assert settings.server.port == 9000
    assert settings.fetch.allow_private == ("127.0.0.1", "10.0.0.0/8")
    assert settings.polling.min_interval == timedelta(0)
    assert settings.store.url == "sqlite:////etc/aggregator/x.db"
    assert settings.ranking.coverage_weight == 0.5
    assert settings.site.base_url == "http://127.0.0.1:9000"


def test_a_variable_that_is_no_setting_is_an_error_with_the_nearest() -> None:
    error = fail(FEED, {"AGGREGATOR_SERVER__PROT": "1"})
    assert (error.file, error.line, error.key) == (None, None, "AGGREGATOR_SERVER__PROT")
    assert "did you mean AGGREGATOR_SERVER__PORT?" in error.reason
    assert fail(FEED, {"AGGREGATOR_FEEDS": "https://a.org"}).key == "AGGREGATOR_FEEDS"


def test_a_wrong_value_of_a_variable_names_the_variable() -> None:
    error = fail(FEED, {"AGGREGATOR_SERVER__PORT": "x"})
    assert str(error) == "AGGREGATOR_SERVER__PORT: must be a whole number, not 'x'"
    assert fail(FEED, {"AGGREGATOR_FETCH__ALLOW_PRIVATE": "x"}).key == "AGGREGATOR_FETCH__ALLOW_PRIVATE"


def test_every_key_has_a_sentence() -> None:
    rows = describe_settings()
    assert [row.key for row in rows if not row.description.endswith(".")] == []
    assert {"site.title", "fetch.max_body", "feeds[].url", "topics[].any", "topics[].none", "topics"} <= {
        row.key for row in rows
    }
    assert {row.key: row.default for row in rows}["fetch.max_body"] == "`10MiB`"
    assert {row.key: row.kind for row in rows}["ranking.links"] == "`direct` or `counted`"


def test_topics_may_wait_for_sources_that_are_still_to_come() -> None:
    settings = parse_settings("feeds: []\ntopics: [{slug: a, title: A, tags: [schweiz]}]\n", path=FILE, environ={})
    assert settings.topics[0].tags == ("schweiz",)


@pytest.mark.parametrize(
    ("base_url", "public"),
    [
        ("https://news.example.org", True),
        ("http://news.example.org", False),
        ("https://localhost", False),
        ("https://nas.local/news", False),
        ("https://192.168.1.2", False),
        ("https://8.8.8.8", True),
    ],
)
def test_hubs_are_asked_where_they_can_reach_us_unless_it_is_said(base_url: str, public: bool) -> None:  # noqa: FBT001 -- what is expected
    assert load(f"site: {{base_url: '{base_url}'}}\nfeeds: []\n").hubs_reach_us is public
    for said in (True, False):
        settings = load(f"site: {{base_url: '{base_url}'}}\npush: {{enabled: {str(said).lower()}}}\nfeeds: []\n")
        assert settings.hubs_reach_us is said
