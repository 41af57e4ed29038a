"""Rules that say when to poll a feed next, each with one scale to spend any budget; wait and see times are in seconds.

What a rule may know is what documents show: `begin` gives the first one's dates, `see` those of new entries. The peers' rules
are read from their sources, their constants scaled.
"""

# ruff: noqa: ARG002 -- the rules share one signature and differ in what they look at
from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from aggregator.fetch.rhythm import learn, next_poll, rate_per_hour
from aggregator.model.feed import Rhythm
from bench.freshness_traces import DAY, HOUR, WEEK, Segment

CAP = DAY


class Fixed:
    """Every so many seconds (FreshRSS, Feedbin)."""

    def __init__(self, scale: float, floor: float) -> None:
        self.scale = scale
        self.floor = floor

    def begin(self, history: Sequence[float], window: int, truth: Sequence[Segment], now: float) -> None:
        """Learn from the first document."""

    def see(self, new: Sequence[float], shows: Sequence[float], now: float) -> None:
        """Learn from a later one: the entries that are new, and all that it shows."""

    def interval(self, now: float) -> float:
        return self.scale

    def wait(self, now: float) -> float:
        return min(max(self.interval(now), self.floor), CAP)


class Miniflux(Fixed):
    """A week by the entries of the last week (entry_frequency)."""

    def begin(self, history: Sequence[float], window: int, truth: Sequence[Segment], now: float) -> None:
        self.shows = history

    def see(self, new: Sequence[float], shows: Sequence[float], now: float) -> None:
        self.shows = shows

    def interval(self, now: float) -> float:
        last_week = len(self.shows) - bisect_right(self.shows, now - WEEK)
        return self.scale * WEEK / last_week if last_week else CAP


class CommaFeed(Fixed):
    """Half the mean gap between entries, at most an hour while it posts; one, two, four hours once silent for long."""

    def begin(self, history: Sequence[float], window: int, truth: Sequence[Segment], now: float) -> None:
        self.see(history, history, now)

    def see(self, new: Sequence[float], shows: Sequence[float], now: float) -> None:
        self.last = shows[-1] if shows else now
        gap = (shows[-1] - shows[0]) / (len(shows) - 1) if len(shows) > 1 else 2 * HOUR
        self.posting = min(max(gap / 2, 300.0), HOUR)

    def interval(self, now: float) -> float:
        silent = now - self.last
        if silent > 30 * DAY:
            return self.scale * 4 * HOUR
        if silent > 14 * DAY:
            return self.scale * 2 * HOUR
        return self.scale * (HOUR if silent > 7 * DAY else self.posting)


class MediaCloud(Fixed):
    """Ten minutes longer after a document of mostly known entries, an hour shorter after one of mostly new ones."""

    def begin(self, history: Sequence[float], window: int, truth: Sequence[Segment], now: float) -> None:
        self.minutes = 360.0
        self.fresh = 0
        self.size = max(len(history), 1)

    def see(self, new: Sequence[float], shows: Sequence[float], now: float) -> None:
        self.fresh = len(new)
        self.size = max(len(shows), 1)

    def interval(self, now: float) -> float:
        known = 1 - self.fresh / self.size
        self.fresh = 0
        if known >= 0.67:
            self.minutes += 10
        elif known < 0.33:
            self.minutes = min(self.minutes, 360.0) - 60 if self.minutes <= 360 else 360.0
        self.minutes = min(max(self.minutes, 60.0), 1440.0 / min(self.scale, 1.0))
        return self.scale * self.minutes * 60


class SquareRoot(Fixed):
    """By the root of the rate, as ours learns it: the best there is without a profile."""

    def begin(self, history: Sequence[float], window: int, truth: Sequence[Segment], now: float) -> None:
        self.window = window
        self.rhythm = _learn(None, history, history, now)

    def see(self, new: Sequence[float], shows: Sequence[float], now: float) -> None:
        self.rhythm = _learn(self.rhythm, new, shows, now)

    def interval(self, now: float) -> float:
        return self.scale / math.sqrt(rate_per_hour(self.rhythm, _date(now)))


class Ours(SquareRoot):
    """The rule in use, with its function as it is; the scale is the price in entry-hours."""

    def wait(self, now: float) -> float:
        at = next_poll(
            self.rhythm,
            now=_date(now),
            price=self.scale,
            floor=timedelta(seconds=self.floor),
            cap=timedelta(seconds=CAP),
            document_entries=self.window,
        )
        return at.timestamp() - now


Rule = Callable[[float, float], Fixed]
RULES: dict[str, tuple[Rule, float]] = {  # with a first guess at the scale for six polls a day
    "fixed": (Fixed, 4 * HOUR),
    "miniflux": (Miniflux, 1.0),
    "commafeed": (CommaFeed, 4.0),
    "mediacloud": (MediaCloud, 0.3),
    "square root": (SquareRoot, HOUR),
    "ours": (Ours, 0.1),
}


def _learn(rhythm: Rhythm | None, new: Sequence[float], shows: Sequence[float], now: float) -> Rhythm:
    return learn(
        rhythm,
        new=[_date(at) for at in new],
        oldest=_date(shows[0]) if shows else None,
        overflowed=len(new) >= len(shows),
        now=_date(now),
    )


def _date(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
