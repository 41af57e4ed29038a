"""When to poll a feed next: pure functions from what came of a poll to the memory of it.

An ordinary interval is half the usual gap between entries, within `CadenceRules`; a server's wishes and failures make it
longer, never shorter. The floor is kept in `PollState.next_poll_at`, on disk, so that a restart cannot undercut it.
Source of the figures: the project's fetching rules 1 to 3 and 7 to 11.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from itertools import pairwise
from statistics import median

from aggregator.errors import FeedError, FeedGone, FetchError, TooLarge
from aggregator.model.feed import FeedState, PollState, Validators
from aggregator.model.fetching import CacheHints, Fetched, NotModified

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)

GAPS_FROM_ENTRIES = 10  # the last so many entries tell the usual gap
DORMANT = ((timedelta(days=180), WEEK), (timedelta(days=30), DAY))  # silent for so long: polled so rarely
UNCHANGED_GROWTH = 1.25  # a 304 was cheap for the server
UNCONDITIONAL_GROWTH = 1.5  # an equal body without validators was not
SILENCE_SHARE = 4  # unchanged answers never stretch the interval beyond the usual gap or a quarter of the silence so far
LONGEST_MAX_AGE = DAY
LONGEST_TTL = HOUR  # publishers set ttl by default; as a floor of more it costs 19 to 74 % of delay
SHORTEST_RETRY_AFTER = HOUR
LONGEST_RETRY_AFTER = WEEK
BACK_OFF_BASE = HOUR
BUSY_BASE = timedelta(hours=4)  # 429 and 503 that do not say when to come back
LONGEST_BACK_OFF = DAY
MISSING_GIVEN_UP_AFTER = timedelta(days=14)  # a feed not found for so long is asked for once a week; some come back
MOVE_POLLS = 3
MOVE_AFTER = DAY
JITTER = 0.1  # added, never taken off
_CLOSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_NOTHING = timedelta(0)
_SHORTEST_SPAN = HOUR  # of entry dates, so that a burst does not look like thousands a day


@dataclass(frozen=True, slots=True, kw_only=True)
class CadenceRules:
    """What the operator allows: no two polls of a feed closer than `min_interval`; `max_interval` caps the ordinary case.

    A dormant feed, a failing one and a server's own wish may wait longer than `max_interval`.
    """

    min_interval: timedelta = HOUR
    max_interval: timedelta = DAY


def after_document(
    poll: PollState,
    *,
    fetched: Fetched,
    body_hash: bytes,
    entry_dates: Sequence[datetime],
    new_entries: int,
    rules: CadenceRules,
    now: datetime,
    seed: int,
    ttl: timedelta | None = None,
    interval_override: timedelta | None = None,
    problem: str | None = None,
) -> PollState:
    """Return the memory after a document was read.

    `entry_dates` are those of the whole document, in any order; `seed` (the feed's id) makes the jitter its own;
    `interval_override` is the user's interval for this feed; `problem` says what is malformed.
    """
    dates = sorted({min(date, now) for date in entry_dates})
    latest = _latest(poll, dates, new_entries, now)
    usual = _half_gap(dates) if len(dates) > 1 else rules.min_interval
    grown = rules.min_interval if new_entries else _grown(poll, UNCHANGED_GROWTH, rules, now)
    interval = max(_bounded(max(usual, grown), rules), _dormancy(latest, now))
    if interval_override is not None:
        interval = interval_override
    poll = replace(
        poll,
        state=FeedState.BROKEN if problem else FeedState.OK,
        reason=_sentence(problem) if problem else None,
        status=HTTPStatus.OK,
        validators=fetched.validators,
        body_hash=body_hash,
        last_new_entry_at=latest,
        entries_per_day=_per_day(dates, now) if dates else poll.entries_per_day,
    )
    wait = _wait(interval, override=interval_override, rules=rules, hints=fetched.hints, ttl=ttl)
    return _succeed(poll, interval=interval, next_poll_at=now + _jittered(wait, now, seed), now=now)


def after_not_modified(
    poll: PollState,
    *,
    answer: NotModified | Fetched,
    rules: CadenceRules,
    now: datetime,
    seed: int,
    ttl: timedelta | None = None,
    interval_override: timedelta | None = None,
) -> PollState:
    """Return the memory after a 304, or after a body equal to the one before (`Fetched`).

    A feed that was malformed stays so: it is the same document.
    """
    unconditional = isinstance(answer, Fetched) and answer.validators == Validators()
    grown = _grown(poll, UNCONDITIONAL_GROWTH if unconditional else UNCHANGED_GROWTH, rules, now)
    interval = max(_bounded(grown, rules), _dormancy(poll.last_new_entry_at, now))
    if interval_override is not None:
        interval = interval_override
    broken = poll.state == FeedState.BROKEN
    poll = replace(
        poll,
        state=FeedState.BROKEN if broken else FeedState.OK,
        reason=poll.reason if broken else None,
        status=HTTPStatus.OK if isinstance(answer, Fetched) else HTTPStatus.NOT_MODIFIED,
        validators=answer.validators if isinstance(answer, Fetched) else _renewed(poll.validators, answer.validators),
    )
    wait = _wait(interval, override=interval_override, rules=rules, hints=answer.hints, ttl=ttl)
    return _succeed(poll, interval=interval, next_poll_at=now + _jittered(wait, now, seed), now=now)


def after_failure(poll: PollState, *, error: FeedError, rules: CadenceRules, now: datetime, seed: int) -> PollState:
    """Return the memory after a failed poll: the wait grows with each failure in a row, by the class of the error.

    Validators stay those of the last document that was read, so that its mended successor is seen.
    """
    failures = poll.failures + 1
    since = poll.failing_since_at or now
    wait = max(_back_off(error, failures, now - since), rules.min_interval)
    gone = isinstance(error, FeedGone)
    return replace(
        poll,
        state=FeedState.GONE if gone else FeedState.FAILING,
        last_polled_at=now,
        next_poll_at=None if gone else now + _jittered(wait, now, seed),
        failures=failures,
        failing_since_at=since,
        error=type(error).__name__,
        reason=_sentence(error.reason),
        status=error.status if isinstance(error, FetchError) else None,
    )


def follow_move(poll: PollState, *, permanent_url: str | None, now: datetime) -> tuple[PollState, str | None]:
    """Count a successful poll's permanent redirect; return the URL to store from now on once it is confirmed, else None.

    Confirmed is the same target three times in a row, over a day at least.
    """
    if permanent_url is None:
        if poll.moved_url is None:
            return poll, None
        return replace(poll, moved_url=None, moved_polls=0, moved_since_at=None), None
    if permanent_url != poll.moved_url or poll.moved_since_at is None:
        return replace(poll, moved_url=permanent_url, moved_polls=1, moved_since_at=now), None
    polls = poll.moved_polls + 1
    if polls >= MOVE_POLLS and now - poll.moved_since_at >= MOVE_AFTER:
        return replace(poll, moved_url=None, moved_polls=0, moved_since_at=None), permanent_url
    return replace(poll, moved_polls=polls), None


def hold_until(error: FeedError, now: datetime) -> datetime | None:
    """Return until when the whole site is to be left alone, where the error is a 429; None for any other."""
    if not isinstance(error, FetchError) or error.status != HTTPStatus.TOO_MANY_REQUESTS:
        return None
    return now + (_clamp_retry_after(error.retry_after) if error.retry_after is not None else BUSY_BASE)


def _wait(
    interval: timedelta, *, override: timedelta | None, rules: CadenceRules, hints: CacheHints, ttl: timedelta | None
) -> timedelta:
    """Return the wait after a success; the user's own interval outweighs all but the floor and Retry-After."""
    wait = max(interval, min(hints.max_age or _NOTHING, LONGEST_MAX_AGE), min(ttl or _NOTHING, LONGEST_TTL))
    if override is not None:
        wait = override
    if hints.retry_after is not None:
        wait = max(wait, _clamp_retry_after(hints.retry_after))
    return max(wait, rules.min_interval)


def _succeed(poll: PollState, *, interval: timedelta, next_poll_at: datetime, now: datetime) -> PollState:
    return replace(
        poll,
        last_polled_at=now,
        last_success_at=now,
        next_poll_at=next_poll_at,
        interval=interval,
        failures=0,
        failing_since_at=None,
        error=None,
    )


def _latest(poll: PollState, dates: Sequence[datetime], new_entries: int, now: datetime) -> datetime | None:
    """Return the date of the newest entry known; an undated one counts from when it was seen."""
    if not new_entries:
        return poll.last_new_entry_at or (dates[-1] if dates else None)
    seen = dates[-1] if dates else now
    return max(seen, poll.last_new_entry_at) if poll.last_new_entry_at else seen


def _half_gap(dates: Sequence[datetime]) -> timedelta:
    gaps = ((later - earlier).total_seconds() for earlier, later in pairwise(dates[-GAPS_FROM_ENTRIES:]))
    return timedelta(seconds=median(gaps) / 2)


def _per_day(dates: Sequence[datetime], now: datetime) -> float:
    return len(dates) / (max(now - dates[0], _SHORTEST_SPAN) / DAY)


def _dormancy(latest: datetime | None, now: datetime) -> timedelta:
    if latest is not None:
        for silence, interval in DORMANT:
            if now - latest >= silence:
                return interval
    return _NOTHING


def _grown(poll: PollState, growth: float, rules: CadenceRules, now: datetime) -> timedelta:
    """Return the last interval, grown as far as silence allows: to the usual gap, or to a share of the silence so far."""
    interval = poll.interval if poll.interval is not None else rules.min_interval
    if not poll.entries_per_day or poll.last_new_entry_at is None:
        return interval * growth
    allowed = max(DAY / poll.entries_per_day, (now - poll.last_new_entry_at) / SILENCE_SHARE)
    return min(interval * growth, max(allowed, interval))


def _back_off(error: FeedError, failures: int, failing_for: timedelta) -> timedelta:
    status = error.status if isinstance(error, FetchError) else None
    if isinstance(error, FetchError) and error.retry_after is not None:
        return _clamp_retry_after(error.retry_after)
    if isinstance(error, TooLarge) or status in _CLOSED:  # each try of what is too large costs the server the document
        return LONGEST_BACK_OFF
    if status == HTTPStatus.NOT_FOUND and failing_for >= MISSING_GIVEN_UP_AFTER:
        return WEEK
    return _doubled(BUSY_BASE if status in _BUSY else BACK_OFF_BASE, failures)


def _doubled(base: timedelta, failures: int) -> timedelta:
    doublings = min(failures - 1, 10)  # more than enough for the cap, and no overflow
    return min(base * (1 << doublings), LONGEST_BACK_OFF)


def _clamp_retry_after(wish: timedelta) -> timedelta:
    return min(max(wish, SHORTEST_RETRY_AFTER), LONGEST_RETRY_AFTER)


def _bounded(interval: timedelta, rules: CadenceRules) -> timedelta:
    return max(min(interval, rules.max_interval), rules.min_interval)


def _renewed(old: Validators, new: Validators) -> Validators:
    if new == Validators() or new == old:
        return old
    return Validators(etag=new.etag or old.etag, last_modified=new.last_modified or old.last_modified)


def _jittered(wait: timedelta, now: datetime, seed: int) -> timedelta:
    """Return the wait and up to a tenth more: the same for the same feed and time, spread over feeds and over time."""
    share = zlib.crc32(f"{seed} {now.timestamp()}".encode()) / 0xFFFF_FFFF
    return wait * (1 + JITTER * share)


def _sentence(reason: str) -> str:
    reason = reason.strip()
    return reason[:1].upper() + reason[1:] + ("" if reason.endswith((".", "!", "?")) else ".")
