"""Which polls a person hears of, told once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aggregator.errors import AddressRefused, FeedError, FeedGone, FetchError
from aggregator.fetch.cadence import CadenceRules, after_failure
from aggregator.model.change import FeedChange
from aggregator.model.feed import Feed, FeedData, FeedSettings, FeedState, PollState, Source
from aggregator.model.health import FeedEvent, FeedEventKind
from aggregator.pipeline.feed_events import events_of

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
URL = "https://a.example/feed"
MISSING = FetchError("the server answered 404 (Not Found)", feed_url=URL, status=404)


def feed(poll: PollState) -> Feed:
    settings, source = FeedSettings(url=URL), Source(site="a.example", title="A")
    return Feed(id=7, settings=settings, fetch_url=URL, source=source, data=FeedData(), poll=poll)


def fail(poll: PollState, error: FeedError, at: datetime) -> tuple[PollState, list[FeedEvent]]:
    after = after_failure(poll, error=error, rules=CadenceRules(), now=at, seed=7)
    return after, list(events_of(feed(poll), FeedChange(feed_id=7, polled_at=at, poll=after)))


def succeed(poll: PollState, at: datetime, url: str | None = None) -> list[FeedEvent]:
    after = PollState(state=FeedState.OK, last_polled_at=at, last_success_at=at)
    return list(events_of(feed(poll), FeedChange(feed_id=7, polled_at=at, poll=after, url=url)))


def failures(*hours: float) -> tuple[PollState, list[FeedEventKind]]:
    poll, told = PollState(state=FeedState.OK), []
    for hour in hours:
        poll, events = fail(poll, MISSING, NOON + hour * HOUR)
        told += [event.kind for event in events]
    return poll, told


def test_a_failure_or_two_are_no_news_in_either_direction() -> None:
    poll, told = failures(0, 1)

    assert told == []
    assert succeed(poll, NOON + 2 * HOUR) == []


def test_the_third_failure_is_told_and_later_ones_are_not() -> None:
    assert failures(0, 1, 3, 7, 30)[1] == [FeedEventKind.FAILING]


def test_a_failure_that_lasts_a_day_is_told_however_few_the_tries() -> None:
    assert failures(0, 24, 60)[1] == [FeedEventKind.FAILING]


def test_what_was_told_to_fail_is_told_to_be_back() -> None:
    poll, _ = failures(0, 1, 3)

    assert [event.kind for event in succeed(poll, NOON + 7 * HOUR)] == [FeedEventKind.RECOVERED]


def test_a_feed_that_ends_is_told_at_once_and_once() -> None:
    gone = FeedGone("the publisher took the feed away for good (410)", feed_url=URL, status=410)
    poll, first = fail(PollState(state=FeedState.OK), gone, NOON)
    _, second = fail(poll, gone, NOON + HOUR)

    assert [(event.kind, event.reason) for event in first] == [
        (FeedEventKind.ENDED, "The publisher took the feed away for good (410).")
    ]
    assert second == []
    assert [event.kind for event in succeed(poll, NOON + HOUR)] == [FeedEventKind.RECOVERED]


def test_a_move_names_the_new_address() -> None:
    (event,) = succeed(PollState(state=FeedState.OK), NOON, url="https://b.example/feed")

    assert (event.kind, event.url) == (FeedEventKind.MOVED, "https://b.example/feed")


def test_reasons_that_tell_of_our_network_are_not_told() -> None:
    poll, refused = PollState(state=FeedState.OK), AddressRefused("10.0.0.1 is not a public address", feed_url=URL)
    for hour in (0, 1, 3):
        poll, events = fail(poll, refused, NOON + hour * HOUR)

    assert [event.reason for event in events] == ["The server cannot be reached."]
