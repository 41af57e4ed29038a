"""Feeds as the cadence sees them: a document, an unchanged answer or a failure comes, and the next poll follows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from aggregator.errors import FeedError, FetchError
from aggregator.fetch.cadence import (
    NO_WISHES,
    CadenceRules,
    FeedWishes,
    after_document,
    after_failure,
    after_not_modified,
)
from aggregator.model.feed import FeedState, PollState, Rhythm, Validators
from aggregator.model.fetching import CacheHints, Fetched, NotModified

NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
RULES = CadenceRules()
URL = "https://example.org/feed"
OLD = Validators(etag=b'"1"', last_modified=b"monday")
NEW = Validators(etag=b'"2"')
NO_HINTS = CacheHints()


def every(gap: timedelta, count: int = 20, *, until: datetime = NOW) -> list[datetime]:
    return [until - gap * number for number in range(count)]


SETTLED = PollState(state=FeedState.OK, validators=OLD, last_success_at=NOW - DAY, rhythm=Rhythm(at=NOW - DAY))


def document(
    poll: PollState | None = None,
    *,
    dates: Sequence[datetime | None] = (),
    new: Sequence[datetime | None] | None = None,
    hints: CacheHints = NO_HINTS,
    validators: Validators = NEW,
    rules: CadenceRules = RULES,
    now: datetime = NOW,
    wishes: FeedWishes = NO_WISHES,
    problem: str | None = None,
    seed: int = 1,
) -> PollState:
    return after_document(
        poll or PollState(),
        fetched=Fetched(url=URL, body=b"", validators=validators, hints=hints),
        body_hash=b"hash",
        entry_dates=dates,
        new_dates=dates if new is None else new,
        rules=rules,
        now=now,
        seed=seed,
        wishes=wishes,
        problem=problem,
    )


def unchanged(
    poll: PollState,
    *,
    answer: NotModified | Fetched | None = None,
    now: datetime = NOW,
    rules: CadenceRules = RULES,
    wishes: FeedWishes = NO_WISHES,
) -> PollState:
    answer = answer or NotModified(url=URL)
    return after_not_modified(poll, answer=answer, rules=rules, now=now, seed=1, wishes=wishes)


def failed(poll: PollState, error: FeedError, *, now: datetime = NOW, rules: CadenceRules = RULES) -> PollState:
    return after_failure(poll, error=error, rules=rules, now=now, seed=1)


def http(status: int, retry_after: timedelta | None = None) -> FetchError:
    return FetchError(f"the server answered {status}", feed_url=URL, status=status, retry_after=retry_after)


def wait(poll: PollState, now: datetime = NOW) -> timedelta:
    assert poll.next_poll_at is not None
    return poll.next_poll_at - now


def interval(poll: PollState) -> timedelta:
    assert poll.interval is not None
    return poll.interval


def about(expected: timedelta, actual: timedelta) -> bool:
    """Jitter is only added, a tenth at most."""
    return expected <= actual <= expected * 1.1
