from __future__ import annotations

import pytest

from aggregator.model.reading import ReadFacts
from aggregator.rank.counting import NotCounted, network_key, reader_key, why_not_counted

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 "
    "Mobile/15E148 Safari/604.1"
)
SALT = b"0123456789abcdef"


def facts(*headers: tuple[str, str], method: str = "GET", agent: str = FIREFOX) -> ReadFacts:
    return ReadFacts(method=method, user_agent=agent, headers=headers)


def test_a_person_who_opens_a_page_counts() -> None:
    navigation = facts(("sec-fetch-dest", "document"), ("sec-fetch-mode", "navigate"), ("accept", "text/html"))
    assert why_not_counted(navigation) is None


def test_a_browser_that_sends_no_fetch_metadata_counts() -> None:
    assert why_not_counted(facts()) is None


@pytest.mark.parametrize("method", ["HEAD", "POST", "OPTIONS", "get"])
def test_only_get_counts(method: str) -> None:
    assert why_not_counted(facts(method=method)) is NotCounted.METHOD


@pytest.mark.parametrize(
    "header",
    [
        ("sec-purpose", "prefetch"),
        ("sec-purpose", "prefetch;prerender"),
        ("purpose", "prefetch"),
        ("x-moz", "prefetch"),
        ("x-purpose", "preview"),
        ("purpose", "Prefetch"),
    ],
)
def test_a_page_fetched_in_advance_does_not_count(header: tuple[str, str]) -> None:
    assert why_not_counted(facts(header)) is NotCounted.PREFETCH


@pytest.mark.parametrize("header", [("sec-fetch-dest", "image"), ("sec-fetch-dest", "empty"), ("sec-fetch-mode", "cors")])
def test_a_fetch_by_a_script_or_an_image_does_not_count(header: tuple[str, str]) -> None:
    assert why_not_counted(facts(header)) is NotCounted.NOT_NAVIGATION


@pytest.mark.parametrize("agent", ["", "   "])
def test_a_request_without_an_agent_does_not_count(agent: str) -> None:
    assert why_not_counted(facts(agent=agent)) is NotCounted.NO_USER_AGENT


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "curl/7.88.1",
        "python-requests/2.32.0",
        "FreshRSS/1.24.0 (Linux; https://freshrss.org)",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    ],
)
def test_a_machine_does_not_count(agent: str) -> None:
    assert why_not_counted(facts(agent=agent)) is NotCounted.BOT


@pytest.mark.parametrize(
    "agent",
    [
        FIREFOX,
        "NetNewsWire (RSS Reader; https://netnewswire.com/)",
        "newsboat/2.21.0 (Linux x86_64)",
        "Liferea/1.14.4 (Linux; https://lzone.de/liferea/) AppleWebKit (KHTML, like Gecko)",
        "RSS Guard/4.0.4 (github.com/martinrotter/rssguard)",
        SAFARI,
    ],
)
def test_browsers_and_feed_readers_of_people_count(agent: str) -> None:
    assert why_not_counted(facts(agent=agent)) is None


def test_an_endless_agent_is_looked_at_in_part_only() -> None:
    assert why_not_counted(facts(agent="x" * 600 + " Googlebot/2.1")) is None


def test_a_reader_keeps_the_key_within_a_network_and_a_salt() -> None:
    key = reader_key(salt=SALT, address="192.0.2.17", user_agent=FIREFOX)
    assert len(key) == 16
    assert reader_key(salt=SALT, address="192.0.2.200", user_agent=FIREFOX) == key
    assert reader_key(salt=SALT, address="::ffff:192.0.2.17", user_agent=FIREFOX) == key
    assert reader_key(salt=SALT, address="2001:db8:1:2::3", user_agent=FIREFOX) == reader_key(
        salt=SALT, address="2001:db8:1:ffff::9", user_agent=FIREFOX
    )


@pytest.mark.parametrize(
    ("salt", "address", "agent"),
    [
        (b"another salt, of tomorrow", "192.0.2.17", FIREFOX),
        (SALT, "192.0.3.17", FIREFOX),
        (SALT, "192.0.2.17", "another agent"),
        (SALT, "::1", FIREFOX),
        (SALT, "/run/web.sock", FIREFOX),
    ],
)
def test_another_salt_network_or_agent_makes_another_key(salt: bytes, address: str, agent: str) -> None:
    assert reader_key(salt=salt, address=address, user_agent=agent) != reader_key(
        salt=SALT, address="192.0.2.17", user_agent=FIREFOX
    )


def test_networks_of_ipv6_are_told_apart() -> None:
    first = reader_key(salt=SALT, address="2001:db8:1::1", user_agent=FIREFOX)
    assert reader_key(salt=SALT, address="2001:db8:2::1", user_agent=FIREFOX) != first


def test_an_agent_that_is_no_unicode_still_has_a_key() -> None:
    assert len(reader_key(salt=SALT, address="192.0.2.17", user_agent="\udcff")) == 16


def test_a_network_keeps_its_key_whatever_the_agent_and_what_is_no_address_has_none() -> None:
    key = network_key(salt=SALT, address="192.0.2.17")
    assert key is not None
    assert len(key) == 16
    assert network_key(salt=SALT, address="192.0.2.200") == key
    assert network_key(salt=SALT, address="192.0.3.17") != key
    assert network_key(salt=b"another", address="192.0.2.17") != key
    assert network_key(salt=SALT, address="/run/web.sock") is None
