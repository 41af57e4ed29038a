from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.config.splicing import NoPlaceError, cut_feed, find_feeds, insert_feeds
from aggregator.model.feed import FeedSettings

NEW = FeedSettings(url="https://new.org/feed", title="Neu: # ja", tags=("schweiz", "a, b"), interval=timedelta(minutes=90))
PLAIN = FeedSettings(url="https://plain.org/rss?a=1&b=2", title="Süddeutsche Zeitung", language="de")

BLOCK = (
    "# Mine\n"
    "site:     {title: 'x',   language: de}   # aligned\n"
    "feeds:\n"
    "  # Switzerland\n"
    "  - url: https://a.org/feed # - the first\n"
    '    title: "A quoted title that is quite long, so that a program would like to break the line somewhere about here"\n'
    "    tags: [x,   y]\n"
    "\n"
    "  # Germany\n"
    "  - url: >-\n"
    "      https://b.org/feed\n"
    "    tags:\n"
    "    - z\n"
    "\n"
    "# topics follow\n"
    "topics: []\n"
)


def insert(text: str, *feeds: FeedSettings) -> str:
    return insert_feeds(text, find_feeds(text), feeds)


def cut(text: str, index: int) -> str:
    return cut_feed(text, find_feeds(text), index)


def test_a_feed_goes_behind_the_last_one_and_nothing_else_changes() -> None:
    lines = insert(BLOCK, NEW).splitlines(keepends=True)
    added = [
        "  - url: https://new.org/feed\n",
        '    title: "Neu: # ja"\n',
        '    tags: [schweiz, "a, b"]\n',
        "    interval: 1h30m\n",
    ]
    assert lines == BLOCK.splitlines(keepends=True)[:13] + added + BLOCK.splitlines(keepends=True)[13:]


def test_a_feed_is_cut_with_its_lines_and_no_others() -> None:
    lines = BLOCK.splitlines(keepends=True)
    assert cut(BLOCK, 0) == "".join(lines[:4] + lines[7:])
    assert cut(BLOCK, 1) == "".join(lines[:9] + lines[13:])


SHAPES = [
    "",
    "# only a comment\n",
    "site: {}",
    "feeds:\n",
    "feeds:  # none yet\ntopics: []\n",
    "feeds: []\n",
    "feeds: []  # none\nsite: {}\n",
    "feeds: ~\nsite: {}",
    "feeds: [{url: https://a.org}]\n",
    "feeds: [\n  {url: https://a.org}, # c\n  {url: https://b.org},\n]\nsite: {}\n",
    "feeds: [\n  {url: https://a.org}\n]\n",
    "feeds:\n- url: https://a.org\n- {url: https://b.org} # c\n",
    "feeds:\n- # x - y\n  url: https://a.org\nsite: {}",
    "feeds:\n  -\n    url: https://a.org\n    title:\n",
    "feeds:\n  - url: https://a.org",
    "feeds:\r\n    -   url: https://a.org\r\n        title: A\r\nsite: {}\r\n",
    "%YAML 1.2\n---\nfeeds:\n  - url: https://a.org\n",
    "'feeds':\n  - url: https://a.org\n",
    BLOCK,
]


@pytest.mark.parametrize("text", SHAPES)
def test_what_is_put_in_is_read_back_and_what_is_taken_out_is_gone(text: str) -> None:
    before = find_feeds(text).urls
    grown = insert(text, NEW, PLAIN)
    urls = [*before, NEW.url, PLAIN.url]
    assert find_feeds(grown).urls == urls
    for index in range(len(urls)):
        assert find_feeds(cut(grown, index)).urls == urls[:index] + urls[index + 1 :]


@pytest.mark.parametrize("text", SHAPES)
def test_an_emptied_list_can_be_filled_again(text: str) -> None:
    text = insert(text, NEW)
    while find_feeds(text).urls:
        text = cut(text, 0)
    assert find_feeds(insert(text, PLAIN)).urls == [PLAIN.url]


def test_a_feed_put_in_and_taken_out_leaves_no_trace() -> None:
    for text in SHAPES[8:]:
        ended = text if text.endswith("\n") else text + "\n"
        count = len(find_feeds(ended).urls)
        assert cut(insert(ended, NEW), count) == ended


def test_line_ends_stay_those_of_the_file() -> None:
    grown = insert("feeds:\r\n  - url: https://a.org\r\n", NEW)
    assert grown.count("\n") == grown.count("\r\n") == 6


def test_a_new_feed_is_written_as_its_neighbour_is() -> None:
    assert insert("feeds:\n  - {url: https://a.org}\n", PLAIN).splitlines()[-1] == (
        '  - {url: "https://plain.org/rss?a=1&b=2", title: Süddeutsche Zeitung, language: de}'
    )


@pytest.mark.parametrize(
    "title", ["yes", "true", "2026", "~", "a: b", "- a", "@x", 'say "x"', "a #b", "x\ny", "{", "1.5", "null"]
)
def test_text_that_yaml_would_misread_is_quoted(title: str) -> None:
    text = insert("feeds: []\n", FeedSettings(url="https://a.org", title=title))
    from ruamel.yaml import YAML  # noqa: PLC0415 -- only this test reads YAML itself

    assert YAML(typ="safe", pure=True).load(text)["feeds"][0]["title"] == title


@pytest.mark.parametrize(
    "text", ["{feeds: []}", "[a]", "feeds: text", "feeds: {url: https://a.org}", "x: &f [{url: https://a.org}]\nfeeds: *f\n"]
)
def test_a_shape_that_cannot_be_edited_is_refused(text: str) -> None:
    with pytest.raises(NoPlaceError):
        find_feeds(text)
