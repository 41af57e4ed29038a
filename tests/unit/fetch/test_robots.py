"""What a site's robots.txt lets us fetch (RFC 9309)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.errors import FetchError, FetchTimeout
from aggregator.fetch.robots import MAX_BYTES, after_robots, crawl_delay, is_fresh, may_fetch, robots_request
from aggregator.model.fetching import Fetched, FetchOutcome
from aggregator.model.robots import RobotsFile

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SITE = "zeitung.example"
PAGE = "https://zeitung.example/politik/1"


def said(body: str) -> FetchOutcome:
    return Fetched(url="https://zeitung.example/robots.txt", body=body.encode())


def failed(status: int | None) -> FetchError:
    return FetchError("no", feed_url="https://zeitung.example/robots.txt", status=status)


def asked(outcome: FetchOutcome, *, known: RobotsFile | None = None, now: datetime = NOON) -> RobotsFile:
    return after_robots(known, outcome, site=SITE, now=now)


def test_it_is_asked_for_at_the_root_of_the_same_origin() -> None:
    assert robots_request("https://zeitung.example:8443/a/b?c").url == "https://zeitung.example:8443/robots.txt"


@pytest.mark.parametrize(
    ("body", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow: /intern/", True),
        ("User-agent: *\nDisallow: /politik/*\nAllow: /politik/1$", True),
        ("User-agent: aggregator\nDisallow: /politik/\n\nUser-agent: *\nAllow: /", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Aggregator\nAllow: /", True),
        ("\ufeffUser-agent: *\nDisallow: /", False),
    ],
)
def test_our_group_speaks_for_us_and_else_that_for_all(body: str, allowed: bool) -> None:  # noqa: FBT001 -- what is expected
    assert may_fetch(asked(said(body)), PAGE) is allowed


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_where_there_is_none_everything_is_allowed(status: int) -> None:
    assert may_fetch(asked(failed(status)), PAGE)


@pytest.mark.parametrize("status", [429, 500, 503, None])
def test_a_server_that_cannot_answer_allows_nothing(status: int | None) -> None:
    assert not may_fetch(asked(failed(status)), PAGE)


def test_a_server_that_cannot_answer_keeps_what_it_said_before() -> None:
    open_then = asked(FetchTimeout("slow", feed_url=PAGE), known=asked(said("User-agent: *\nDisallow: /intern/")))

    assert may_fetch(open_then, PAGE)
    assert not may_fetch(open_then, "https://zeitung.example/intern/1")


def test_after_a_month_without_an_answer_everything_is_allowed() -> None:
    first = asked(failed(500))
    week = asked(failed(500), known=first, now=NOON + 7 * DAY)
    month = asked(failed(500), known=week, now=NOON + 30 * DAY)

    assert [may_fetch(file, PAGE) for file in (first, week, month)] == [False, False, True]


def test_it_is_asked_for_once_a_day_also_while_it_fails() -> None:
    for outcome in (said(""), failed(404), failed(500)):
        file = asked(outcome)
        assert is_fresh(file, now=NOON + timedelta(hours=23))
        assert not is_fresh(file, now=NOON + DAY)
    assert not is_fresh(None, now=NOON)


def test_the_delay_of_a_crawl_is_read_within_reason() -> None:
    assert crawl_delay(asked(said("User-agent: *\nCrawl-delay: 7.5"))) == timedelta(seconds=7.5)
    assert crawl_delay(asked(said("User-agent: *\nCrawl-delay: 999999"))) == timedelta(hours=1)
    assert crawl_delay(asked(said("User-agent: *\nCrawl-delay: soon"))) == timedelta(0)
    assert crawl_delay(asked(failed(404))) == timedelta(0)


def test_only_the_beginning_of_a_huge_file_is_kept() -> None:
    body = asked(said("#" * (MAX_BYTES + 1))).body

    assert body is not None
    assert len(body) == MAX_BYTES
