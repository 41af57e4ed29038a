"""How a feed publishes, and when to look again: learnt from the dates of its entries, a pure function of state and `now`.

A feed is polled when the expected accumulated waiting of its unseen entries, in entry-hours, reaches a price that is the same
for all feeds. The expected flow λ is rate by hour of the day by weekday; polled is after the τ where the integral of
λ(now + s)·(τ - s) over s from 0 to τ equals the price. λ is constant within an hour, so it is solved exactly, piece by piece.
All times are UTC: what a publisher does by local time moves by an hour twice a year, and the smoothed hours follow.
Source: the project's study of polling times, sections 3 and 8 (every constant was chosen there, the landscape is flat).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from aggregator.model.feed import Rhythm

_HOUR_SECONDS = 3600.0
RATE_MEMORY_HOURS = 14 * 24.0  # forgetting of the rate
PROFILE_MEMORY_HOURS = 180 * 24.0  # forgetting of the hours and weekdays
PRIOR_ENTRIES = 0.5  # a feed that nothing is known of brings an entry every six days:
PRIOR_HOURS = 72.0  # half an entry in three days
HOURS_PRIOR = 4.0  # pseudo-entries spread evenly over the day
WEEKDAYS_PRIOR = 14.0  # and over the week
WINDOW_SHARE = 0.3  # of a document's entries: with so many unseen ones expected, some might be pushed out before they are seen
_EPOCH_WEEKDAY = 3  # 1 January 1970 was a Thursday


def learn(
    rhythm: Rhythm | None, *, new: Sequence[datetime], oldest: datetime | None, overflowed: bool, now: datetime
) -> Rhythm:
    """Return the rhythm after a document.

    `new` are the dates of the entries not seen before, `oldest` the earliest date in the document. `overflowed` says that every
    entry of it was new, so that others may have come and gone. Without a rhythm it is the first document: all of it is history.
    """
    before = rhythm or Rhythm(at=now)
    elapsed = _hours(before.at, now)
    visible = _hours(oldest, now) if oldest is not None else 0.0
    watched = visible if rhythm is None else min(visible, elapsed) if overflowed else elapsed
    kept, profile_kept = math.exp(-elapsed / RATE_MEMORY_HOURS), math.exp(-elapsed / PROFILE_MEMORY_HOURS)
    hours = [count * profile_kept for count in before.hours]
    weekdays = [count * profile_kept for count in before.weekdays]
    entries = before.entries * kept
    until = now.timestamp()
    for date in new:
        at = date.timestamp()
        age = max(until - at, 0.0) / _HOUR_SECONDS
        weight = math.exp(-age / PROFILE_MEMORY_HOURS)
        entries += math.exp(-age / RATE_MEMORY_HOURS)
        hour = int(at // _HOUR_SECONDS)
        hours[hour % 24] += weight
        weekdays[(hour // 24 + _EPOCH_WEEKDAY) % 7] += weight
    return Rhythm(
        at=now,
        entries=entries,
        exposure_hours=before.exposure_hours * kept + RATE_MEMORY_HOURS * (1 - math.exp(-watched / RATE_MEMORY_HOURS)),
        hours=tuple(hours),
        weekdays=tuple(weekdays),
    )


def next_poll(
    rhythm: Rhythm, *, now: datetime, price: float, floor: timedelta, cap: timedelta, document_entries: int | None = None
) -> datetime:
    """Return when the waiting expected since `now` reaches `price` (entry-hours), within `floor` and `cap` from now.

    It comes earlier where the unseen entries expected reach a share of `document_entries`, so that none is pushed out.
    """
    most_unseen = WINDOW_SHARE * document_entries if document_entries else math.inf
    end = cap.total_seconds() / _HOUR_SECONDS
    passed = unseen = waited = 0.0
    for length, rate in _pieces(rhythm, now):
        unseen_after = unseen + rate * length
        waited_after = waited + (unseen + unseen_after) / 2 * length
        if waited_after >= price or unseen_after >= most_unseen:
            missing = price - waited
            # The root of a quadratic, in the form that stands up to a rate near nothing.
            until_price = 2 * missing / (unseen + math.sqrt(unseen * unseen + 2 * rate * missing)) if missing > 0 else 0.0
            passed += min(until_price, (most_unseen - unseen) / rate)
            break
        passed += length
        if passed >= end:
            break
        unseen, waited = unseen_after, waited_after
    return now + min(max(timedelta(hours=passed), floor), max(cap, floor))


def expected_delay(rhythm: Rhythm, *, since: datetime, until: datetime) -> timedelta:
    """Return the mean time that entries expected between two polls wait for the second."""
    left = _hours(since, until)
    unseen = waited = 0.0
    for length, rate in _pieces(rhythm, since):
        part = min(length, left)
        waited += (unseen + rate * part / 2) * part
        unseen += rate * part
        left -= part
        if left <= 0:
            break
    return timedelta(hours=waited / unseen) if unseen else timedelta(0)


def rate_per_hour(rhythm: Rhythm, now: datetime) -> float:
    """Return the mean of the rate over day and week: entries an hour, by a Gamma prior and what was counted since."""
    kept = math.exp(-_hours(rhythm.at, now) / RATE_MEMORY_HOURS)
    exposure = rhythm.exposure_hours * kept + RATE_MEMORY_HOURS * (1 - kept)
    return (PRIOR_ENTRIES + rhythm.entries * kept) / (PRIOR_HOURS + exposure)


def _pieces(rhythm: Rhythm, start: datetime) -> Iterator[tuple[float, float]]:
    """Yield, without end, lengths in hours and the rate within each: the rest of this hour, then hour by hour."""
    hours, weekdays = rhythm.hours, rhythm.weekdays
    kept = math.exp(-_hours(rhythm.at, start) / PROFILE_MEMORY_HOURS)
    scale = rate_per_hour(rhythm, start) * 24 * 7 / (sum(hours) * kept + HOURS_PRIOR) / (sum(weekdays) * kept + WEEKDAYS_PRIOR)
    hour_prior, weekday_prior = HOURS_PRIOR / 24, WEEKDAYS_PRIOR / 7
    number, into = divmod(start.timestamp(), _HOUR_SECONDS)
    hour, length = int(number), 1 - into / _HOUR_SECONDS
    while True:
        of_day = hour % 24
        of_week = weekdays[(hour // 24 + _EPOCH_WEEKDAY) % 7] * kept + weekday_prior
        neighbours = hours[of_day - 1] + hours[of_day - 23]  # both wrap around: index -23 is 1
        yield length, scale * of_week * (hours[of_day] * (kept / 2) + neighbours * (kept / 4) + hour_prior)
        hour += 1
        length = 1.0


def _hours(since: datetime, until: datetime) -> float:
    """Return what passed, never less than nothing: a difference of datetimes in one zone would be one of its wall clock."""
    return max(until.timestamp() - since.timestamp(), 0.0) / _HOUR_SECONDS
