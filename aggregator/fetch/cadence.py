"""What came of a poll, made into the memory of it: pure functions that say among all else when to come back.

An ordinary interval follows the feed's rhythm and the price of a poll (`rhythm`, `price`); a server's wishes and failures make
it longer. Shorter than the floor it never is, and only a server's own invitation lowers that. The time of the next poll is kept
in `PollState.next_poll_at`, on disk, so that a restart cannot undercut it.
Source of the figures: the project's fetching rules 1 to 3 and 7 to 11.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from aggregator.errors import FeedError, FeedGone, FetchError, HostNotFound, TooLarge
from aggregator.fetch.price import FIRST_PRICE
from aggregator.fetch.rhythm import learn, next_poll
from aggregator.model.feed import FeedState, PollState, Rhythm, Validators
from aggregator.model.fetching import CacheHints, Fetched, NotModified

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)

DORMANT = ((timedelta(days=180), WEEK), (timedelta(days=30), DAY))  # silent for so long: polled so rarely
PUSHED_INTERVAL = DAY  # with a live lease at a hub the poll is only there to notice that the hub has died
UNCONDITIONAL_GROWTH = 1.5  # an equal body without validators cost the server all of it
LONGEST_MAX_AGE = DAY
LONGEST_TTL = HOUR  # publishers set ttl by default; as a floor of more it costs 19 to 74 % of delay
SHORTEST_RETRY_AFTER = HOUR
LONGEST_RETRY_AFTER = WEEK
BACK_OFF_BASE = HOUR
BUSY_BASE = timedelta(hours=4)  # 429 and 503 that do not say when to come back
LONGEST_BACK_OFF = DAY
MISSING_GIVEN_UP_AFTER = timedelta(days=14)  # a feed not found for so long is asked for once a week; some come back
UNRESOLVED_BASE = timedelta(minutes=5)  # most often it is this machine that is not connected yet
UNRESOLVED_GIVEN_UP_AFTER = timedelta(days=7)  # a name that nobody holds any longer
JITTER = 0.1  # added, never taken off
DELAY_MEMORY = timedelta(days=14)  # of the delay achieved, as long as that of the rate
BACKDATED = DAY  # an entry dated so long before the poll that missed it was not there to be seen then
_CLOSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_NOTHING = timedelta(0)
_NO_VALIDATORS = Validators()
_SHORTEST_SPAN = HOUR  # of entry dates, so that a burst does not look like thousands a day


@dataclass(frozen=True, slots=True, kw_only=True)
class CadenceRules:
    """What the operator allows: no two polls of a feed closer than `min_interval`; `max_interval` caps the ordinary case.

    Where the server itself invites more, polls may be as close as `invited_interval`. A dormant feed, a failing one and a
    server's own wish may wait longer than `max_interval`. `price`: the waiting that is worth a poll, in entry-hours.
    """

    min_interval: timedelta = HOUR
    max_interval: timedelta = DAY
    invited_interval: timedelta = timedelta(minutes=15)
    price: float = FIRST_PRICE


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedWishes:
    """What is wished for one feed: by its document (`ttl`, `skip_hours` and `skip_days` by UTC, Monday 0), and by the user.

    `interval` is the user's. `pushed` says that a hub tells of news while its lease lives.
    """

    ttl: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    interval: timedelta | None = None
    pushed: bool = False


NO_WISHES = FeedWishes()


def after_document(
    poll: PollState,
    *,
    fetched: Fetched,
    body_hash: bytes,
    entry_dates: Sequence[datetime | None],
    new_dates: Sequence[datetime | None],
    rules: CadenceRules,
    now: datetime,
    seed: int,
    wishes: FeedWishes = NO_WISHES,
    problem: str | None = None,
) -> PollState:
    """Return the memory after a document was read.

    `entry_dates` are those of the whole document, `new_dates` those of the entries not seen in this feed before, both in any
    order, None for an undated entry. `seed` (the feed's id) makes the jitter its own; `problem` says what is malformed.
    """
    dates = [min(date, now) for date in entry_dates if date is not None]
    past = [date for date in entry_dates if date is not None and date <= now]  # what is announced tells of no rate
    first = poll.rhythm is None
    history = past if first else _seen_at(new_dates, poll.last_success_at or now, now)
    delay, weight = (poll.delay, poll.delay_weight) if first else _delay(poll, new_dates, now)
    rhythm = poll.rhythm
    if first or new_dates:
        rhythm = learn(
            poll.rhythm,
            new=history,
            oldest=min(past, default=None),
            overflowed=bool(past) and len(new_dates) >= len(entry_dates),
            now=now,
        )
    return _succeed(
        poll,
        fetched,
        rules=rules,
        now=now,
        seed=seed,
        wishes=wishes,
        first=poll.last_success_at is None,
        state=FeedState.BROKEN if problem else FeedState.OK,
        reason=_sentence(problem) if problem else None,
        validators=fetched.validators,
        document_entries=len(entry_dates),
        body_hash=body_hash,
        last_new_entry_at=_latest(poll, dates, new_entries=len(new_dates), now=now),
        entries_per_day=_per_day(past, now) if past else poll.entries_per_day,
        rhythm=rhythm,
        delay=delay,
        delay_weight=weight,
    )


def after_not_modified(
    poll: PollState,
    *,
    answer: NotModified | Fetched,
    rules: CadenceRules,
    now: datetime,
    seed: int,
    wishes: FeedWishes = NO_WISHES,
) -> PollState:
    """Return the memory after a 304, or after a body equal to the one before (`Fetched`).

    A feed that was malformed stays so: it is the same document.
    """
    broken = poll.state == FeedState.BROKEN
    longer = _NOTHING
    if isinstance(answer, Fetched) and answer.validators == Validators():
        longer = min((poll.interval or rules.min_interval) * UNCONDITIONAL_GROWTH, rules.max_interval)
    return _succeed(
        poll,
        answer,
        rules=rules,
        now=now,
        seed=seed,
        wishes=wishes,
        at_least=longer,
        state=FeedState.BROKEN if broken else FeedState.OK,
        reason=poll.reason if broken else None,
        validators=answer.validators if isinstance(answer, Fetched) else _renewed(poll.validators, answer.validators),
    )


def after_failure(poll: PollState, *, error: FeedError, rules: CadenceRules, now: datetime, seed: int) -> PollState:
    """Return the memory after a failed poll: the wait grows with each failure in a row, by the class of the error.

    Validators stay those of the last document that was read, so that its mended successor is seen.
    """
    failures = poll.failures + 1
    since = poll.failing_since_at or now
    wait = _back_off(error, failures, now - since)
    if not isinstance(error, HostNotFound):  # then nobody was asked, and nobody is spared by waiting: a machine without network
        wait = max(wait, rules.min_interval)
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


def hold_until(error: FeedError, now: datetime) -> datetime | None:
    """Return until when the whole site is to be left alone, where the error is a 429; None for any other."""
    if not isinstance(error, FetchError) or error.status != HTTPStatus.TOO_MANY_REQUESTS:
        return None
    return now + (_clamp_retry_after(error.retry_after) if error.retry_after is not None else BUSY_BASE)


def _succeed(
    poll: PollState,
    answer: NotModified | Fetched,
    *,
    rules: CadenceRules,
    now: datetime,
    seed: int,
    wishes: FeedWishes,
    validators: Validators,
    at_least: timedelta = _NOTHING,
    first: bool = False,
    **learnt: Any,
) -> PollState:
    """Return the memory after a success; `learnt` are the other fields that change, in one copy: a 304 costs little else."""
    rhythm = learnt.get("rhythm", poll.rhythm)
    floor = _floor(answer, wishes.ttl, rules, conditional=validators != _NO_VALIDATORS)
    if wishes.interval is not None:  # the user's word outweighs all but the floor and Retry-After
        interval, floor = wishes.interval, rules.min_interval
    else:
        entries = learnt.get("document_entries", poll.document_entries)
        dormancy = _dormancy(learnt.get("last_new_entry_at", poll.last_new_entry_at), now)
        interval = max(_by_rhythm(rhythm, entries, rules, floor, now), at_least, dormancy)
        if wishes.pushed:
            interval = max(interval, PUSHED_INTERVAL)
    shortest = max(floor, _wished(answer.hints))
    wait = max(interval, shortest)
    if first and wishes.interval is None:  # feeds added together do not stay together
        wait = shortest + (wait - shortest) * _share(now, seed)
    next_poll_at = _after_skipped(now + _jittered(wait, now, seed), wishes)
    got_document = isinstance(answer, Fetched)
    return replace(
        poll,
        last_polled_at=now,
        last_success_at=now,
        next_poll_at=next_poll_at,
        interval=interval,
        failures=0,
        failing_since_at=None,
        error=None,
        status=HTTPStatus.OK if got_document else HTTPStatus.NOT_MODIFIED,
        document_url=answer.url if got_document else poll.document_url,
        validators=validators,
        **learnt,
    )


def _by_rhythm(
    rhythm: Rhythm | None, document_entries: int | None, rules: CadenceRules, floor: timedelta, now: datetime
) -> timedelta:
    at = next_poll(
        rhythm or Rhythm(at=now),
        now=now,
        price=rules.price,
        floor=floor,
        cap=rules.max_interval,
        document_entries=document_entries,
    )
    return at - now


def _floor(answer: NotModified | Fetched, ttl: timedelta | None, rules: CadenceRules, *, conditional: bool) -> timedelta:
    """Return the shortest wait: the operator's, less where the server invites more, longer where it asks for less.

    Nothing (`max-age=0`) is no invitation, and who cannot answer 304 is not asked more often.
    """
    said = [wish for wish in (answer.hints.max_age, ttl) if wish]
    floor = rules.min_interval
    if said and conditional:
        floor = min(floor, max(rules.invited_interval, min(said)))
    return max(floor, min(answer.hints.max_age or _NOTHING, LONGEST_MAX_AGE), min(ttl or _NOTHING, LONGEST_TTL))


def _wished(hints: CacheHints) -> timedelta:
    return _NOTHING if hints.retry_after is None else _clamp_retry_after(hints.retry_after)


def _after_skipped(at: datetime, wishes: FeedWishes) -> datetime:
    """Return the first time from `at` on that lies in no hour and no day that the document wants skipped.

    One that wants all of them skipped does not mean it.
    """
    if not wishes.skip_hours and not wishes.skip_days:
        return at
    candidate = at
    for _ in range(24 * 7):
        if candidate.hour not in wishes.skip_hours and candidate.weekday() not in wishes.skip_days:
            return candidate
        # The minute is kept, so that not all who skipped come at the stroke of the hour.
        candidate += HOUR
    return at


def _seen_at(dates: Sequence[datetime | None], since: datetime, now: datetime) -> list[datetime]:
    """Return the dates, with those of undated entries spread evenly between the poll that missed them and this one."""
    step = (now - since) / max(len(dates), 1)
    return [since + step * (place + 0.5) if date is None else min(date, now) for place, date in enumerate(dates)]


def _delay(poll: PollState, new_dates: Sequence[datetime | None], now: datetime) -> tuple[timedelta | None, float]:
    """Return the decayed mean delay with the new entries counted in, and the weight behind it."""
    earliest = (poll.last_success_at or now) - BACKDATED
    delays = [now - min(date, now) for date in new_dates if date is not None and date >= earliest]
    if not delays:
        return poll.delay, poll.delay_weight
    since = now - (poll.last_new_entry_at or now)
    weight = poll.delay_weight * math.exp(-max(since, _NOTHING) / DELAY_MEMORY)
    total = (poll.delay or _NOTHING) * weight + sum(delays, _NOTHING)
    return total / (weight + len(delays)), weight + len(delays)


def _latest(poll: PollState, dates: Sequence[datetime], *, new_entries: int, now: datetime) -> datetime | None:
    """Return the date of the newest entry known; an undated one counts from when it was seen."""
    newest = max(dates, default=None)
    if not new_entries:
        return poll.last_new_entry_at or newest
    seen = newest or now
    return max(seen, poll.last_new_entry_at) if poll.last_new_entry_at else seen


def _per_day(dates: Sequence[datetime], now: datetime) -> float:
    return len(dates) / (max(now - min(dates), _SHORTEST_SPAN) / DAY)


def _dormancy(latest: datetime | None, now: datetime) -> timedelta:
    if latest is not None:
        for silence, interval in DORMANT:
            if now - latest >= silence:
                return interval
    return _NOTHING


def _back_off(error: FeedError, failures: int, failing_for: timedelta) -> timedelta:
    status = error.status if isinstance(error, FetchError) else None
    if isinstance(error, FetchError) and error.retry_after is not None:
        return _clamp_retry_after(error.retry_after)
    if isinstance(error, TooLarge) or status in _CLOSED:  # each try of what is too large costs the server the document
        return LONGEST_BACK_OFF
    if isinstance(error, HostNotFound):
        return WEEK if failing_for >= UNRESOLVED_GIVEN_UP_AFTER else _doubled(UNRESOLVED_BASE, failures)
    if status == HTTPStatus.NOT_FOUND and failing_for >= MISSING_GIVEN_UP_AFTER:
        return WEEK
    return _doubled(BUSY_BASE if status in _BUSY else BACK_OFF_BASE, failures)


def _doubled(base: timedelta, failures: int) -> timedelta:
    doublings = min(failures - 1, 10)  # more than enough for the cap, and no overflow
    return min(base * (1 << doublings), LONGEST_BACK_OFF)


def _clamp_retry_after(wish: timedelta) -> timedelta:
    return min(max(wish, SHORTEST_RETRY_AFTER), LONGEST_RETRY_AFTER)


def _renewed(old: Validators, new: Validators) -> Validators:
    if new == Validators() or new == old:
        return old
    return Validators(etag=new.etag or old.etag, last_modified=new.last_modified or old.last_modified)


def _jittered(wait: timedelta, now: datetime, seed: int) -> timedelta:
    """Return the wait and up to a tenth more."""
    return wait * (1 + JITTER * _share(now, seed))


def _share(now: datetime, seed: int) -> float:
    """Return a number from 0 to 1: the same for the same feed and time, spread over feeds and over time."""
    return zlib.crc32(f"{seed} {now.timestamp()}".encode()) / 0xFFFF_FFFF


def _sentence(reason: str) -> str:
    reason = reason.strip()
    return reason[:1].upper() + reason[1:] + ("" if reason.endswith((".", "!", "?")) else ".")
