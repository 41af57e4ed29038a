"""A month of polling on a clock of our own, scored as publishers score it: nobody is asked too soon, twice, or for nothing.

Rule 16 of the project's fetching rules; restarts, errors, moves and holds happen on the way.
"""

from __future__ import annotations

import hashlib
import random
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.app import Aggregator, open_aggregator
from aggregator.config.loading import parse_settings
from aggregator.model.feed import Feed, FeedState, Validators
from tests.fakes.clock import FakeClock
from tests.fakes.databases import kind_of, new_database, store_setting
from tests.fakes.feeds import item, rss
from tests.fakes.publishers import Asked, Publishers, Reply, Score, Script, score

BEGIN = datetime(2026, 10, 1, 8, 3, tzinfo=UTC)  # the clocks go back within the month
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MONTH = 30 * DAY
TICK = 10 * MINUTE
RESTART_SHARE = 0.02  # of the ticks
HOLD = 5 * HOUR

NEWS, QUIET, BUSY = (f"https://a.example/{name}" for name in ("news", "quiet", "busy"))
BARE = "https://b.example/feed"
OLD, NEW = "https://c.example/old", "https://d.example/new"
GONE = "https://e.example/feed"
ALIAS, REAL = "https://f.example/feed", "https://g.example/real"
SHAKY = "https://h.example/feed"
INVITING = "https://i.example/feed"
ODD = "https://j.example/feed"
CHANGED, TARGET = "https://l.example/feed", "https://l.example/feed2"
BRIEF, BRIEF_TARGET = "https://m.example/feed", "https://n.example/feed"
CONFIGURED = (NEWS, QUIET, BUSY, BARE, OLD, GONE, ALIAS, SHAKY, INVITING, ODD, CHANGED, BRIEF)


def publisher(url: str, *, every: timedelta, validators: bool = True, max_age: timedelta | None = None) -> Script:
    """A feed that has a new entry every so often, and validators of its own kind."""

    def reply(now: datetime) -> Reply:
        count = int((now - BEGIN + 20 * every) / every)
        items = [
            item(f"{url} {number}", f"{url}/{number}", at=BEGIN + (number - 20) * every)
            for number in range(count - 9, count + 1)
        ]
        etag = b'W/"\xff ' + hashlib.sha256(f"{url} {count}".encode()).hexdigest()[:8].encode() + b'"'
        given = Validators(etag=etag, last_modified=b"about " + str(count).encode()) if validators else Validators()
        return Reply(body=rss(*items), validators=given, max_age=max_age)

    return reply


def between(first: float, last: float, then: Script, otherwise: Script) -> Script:
    """One script from day `first` to day `last`, another before and after."""
    return lambda now: then(now) if BEGIN + first * DAY <= now < BEGIN + last * DAY else otherwise(now)


def says(status: int, *, to: str = "", retry_after: timedelta | None = None) -> Script:
    return lambda _now: Reply(status=status, location=to, retry_after=retry_after)


def shaky(well: Script) -> Script:
    """Fails a sixth of the time, in every way there is."""
    chance = random.Random(1)

    def reply(now: datetime) -> Reply:
        return chance.choice((says(500), says(503), says(404), says(0)))(now) if chance.random() < 1 / 6 else well(now)

    return reply


def web() -> dict[str, Script]:
    page = b"<!DOCTYPE html><html><head><title>For sale</title></head><body>Buy me</body></html>"
    old, changed, brief = (publisher(url, every=5 * HOUR) for url in (OLD, CHANGED, BRIEF))
    return {
        NEWS: publisher(NEWS, every=20 * MINUTE),
        QUIET: publisher(QUIET, every=3 * DAY),
        BUSY: between(
            6, 6.3, says(429, retry_after=HOLD), between(18, 18.5, says(429, retry_after=HOLD), publisher(BUSY, every=HOUR))
        ),
        BARE: publisher(BARE, every=2 * HOUR, validators=False),
        OLD: between(2, 14, says(301, to=NEW), old),
        NEW: between(0, 10, old, lambda _now: Reply(body=page)),
        GONE: between(9, 99, says(410), publisher(GONE, every=2 * HOUR)),
        ALIAS: says(302, to=REAL),
        REAL: publisher(REAL, every=4 * HOUR),
        SHAKY: shaky(publisher(SHAKY, every=3 * HOUR)),
        INVITING: publisher(INVITING, every=10 * MINUTE, max_age=5 * MINUTE),
        ODD: publisher(ODD, every=45 * MINUTE),
        CHANGED: between(5, 99, says(308, to=TARGET), changed),
        TARGET: changed,
        BRIEF: between(4, 20, says(301, to=BRIEF_TARGET), brief),
        BRIEF_TARGET: between(0, 20, brief, says(410)),
    }


class Month:
    """The month as it went: what publishers saw, and the feeds at the end."""

    def __init__(self, folder: Path, url: str) -> None:
        self.url = url
        self.clock = FakeClock(BEGIN)
        self.publishers = Publishers(self.clock, web())
        self.folder = folder
        self.restarts = 0
        self.feeds: dict[str, Feed] = {}
        self.fetched_at: list[tuple[datetime, str, str]] = []

    def open(self, stack: ExitStack) -> Aggregator:
        stack.close()
        config = "feeds:\n" + "".join(f"  - url: {url}\n" for url in CONFIGURED)
        config += store_setting(self.url)
        settings = parse_settings(config, path=self.folder / "config.yaml", environ={})
        return stack.enter_context(open_aggregator(settings, clock=self.clock, fetcher=self.publishers))

    def run(self) -> None:
        chance = random.Random(2026)
        with ExitStack() as stack:
            aggregator = self.open(stack)
            while self.clock.now() < BEGIN + MONTH:
                if chance.random() < RESTART_SHARE:
                    aggregator = self.open(stack)
                    self.restarts += 1
                with aggregator.storage.read() as tx:
                    due = tx.feeds.next_due_at()
                if due is not None and due <= self.clock.now():
                    aggregator.poll()
                    self._note_addresses(aggregator)
                self.clock.advance(TICK + chance.random() * MINUTE)

    def _note_addresses(self, aggregator: Aggregator) -> None:
        with aggregator.storage.read() as tx:
            for feed in tx.feeds.all():
                before = self.feeds.get(feed.settings.url)
                if before is None or before.fetch_url != feed.fetch_url:
                    self.fetched_at.append((self.clock.now(), feed.settings.url, feed.fetch_url))
                self.feeds[feed.settings.url] = feed

    def addresses(self, url: str) -> list[str]:
        return [address for _, configured, address in self.fetched_at if configured == url]

    def of(self, url: str) -> list[Asked]:
        return [asked for asked in self.publishers.log if asked.url == url]


@pytest.fixture(scope="module")
def month(empty_store: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    folder = tmp_path_factory.mktemp("month")
    with new_database(kind_of(empty_store), folder, copy_of=empty_store) as url:
        lived = Month(folder, url)
        lived.run()
        yield lived


@pytest.fixture(scope="module")
def scored(month: Month) -> Score:
    return score(month.publishers.log, floor=HOUR, floors={INVITING: 15 * MINUTE}, holds={BUSY: HOLD})


def test_the_month_was_one(month: Month) -> None:
    assert len(month.publishers.log) > 1500
    assert month.restarts > 50
    assert {asked.status for asked in month.publishers.log} == {0, 200, 301, 302, 304, 308, 404, 410, 429, 500, 503}


@pytest.mark.parametrize("column", [field.name for field in fields(Score)])
def test_no_publisher_has_anything_to_complain_about(scored: Score, column: str) -> None:
    assert getattr(scored, column) == ()


def test_a_budget_of_eight_polls_a_day_is_about_kept(month: Month) -> None:
    polls = len([asked for asked in month.publishers.log if asked.status not in {301, 302, 308}])
    assert 0.6 < polls / (8 * len(CONFIGURED) * 30) < 1.2


def test_who_invites_is_asked_more_often(month: Month) -> None:
    gaps = [later.at - earlier.at for earlier, later in zip(month.of(INVITING), month.of(INVITING)[1:], strict=False)]
    assert min(gaps) < HOUR


def test_a_429_holds_the_other_feeds_of_its_host_too(month: Month) -> None:
    [first, *_] = [asked for asked in month.of(BUSY) if asked.status == 429]
    others = [asked for asked in month.publishers.log if asked.url in {NEWS, QUIET} and first.at < asked.at < first.at + HOLD]
    assert others == []
    assert [asked for asked in month.of(NEWS) if first.at + HOLD <= asked.at < first.at + 2 * HOLD]


def test_a_feed_that_is_gone_is_said_to_be_and_its_last_request_is_the_410(month: Month) -> None:
    assert month.feeds[GONE].poll.state == FeedState.GONE
    assert month.of(GONE)[-1].status == 410


def test_a_temporary_redirect_is_never_stored(month: Month) -> None:
    assert month.addresses(ALIAS) == [ALIAS]
    assert any(asked.status == 304 for asked in month.of(REAL))  # and its target is asked conditionally all the same


def test_a_permanent_one_is_stored_after_three_confirmations_over_a_day(month: Month) -> None:
    assert month.addresses(CHANGED) == [CHANGED, TARGET]
    redirects = [asked.at for asked in month.of(CHANGED) if asked.status == 308]
    assert len(redirects) >= 3
    assert redirects[-1] - redirects[0] >= DAY
    assert redirects[-1] - redirects[0] < 3 * DAY


def test_a_target_that_stops_being_the_feed_is_left_and_the_old_address_serves_again(month: Month) -> None:
    addresses = month.addresses(OLD)
    assert addresses[:3] == [OLD, NEW, OLD]
    assert addresses[-1] == OLD  # in between both failed, and were asked in turn
    assert month.feeds[OLD].poll.state == FeedState.OK
    assert month.of(OLD)[-1].status in {200, 304}


def test_a_target_that_is_gone_is_left_at_once(month: Month) -> None:
    assert month.addresses(BRIEF) == [BRIEF, BRIEF_TARGET, BRIEF]
    assert [asked.status for asked in month.of(BRIEF_TARGET)][-1:] == [410]
    assert month.feeds[BRIEF].poll.state == FeedState.OK


def test_a_process_that_died_in_a_pass_may_have_asked_so_nobody_is_asked_again_within_the_hour(
    tmp_path: Path, database_url: str
) -> None:
    lived = Month(tmp_path, database_url)
    with ExitStack() as stack:
        aggregator = lived.open(stack)
        dead = f"{socket.gethostname()}/1/0"  # process 1 started at another time than this
        with aggregator.storage.write() as tx:
            claimed = tx.feeds.claim_due(now=BEGIN, limit=100, lease=HOUR / 2, owner=dead)
        assert len(claimed) == len(CONFIGURED)
        aggregator = lived.open(stack)
        for _ in range(5):
            lived.clock.advance(11 * MINUTE)
            assert aggregator.poll().polled == 0
        lived.clock.advance(6 * MINUTE)
        assert aggregator.poll().polled == len(CONFIGURED)
