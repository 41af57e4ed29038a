"""A story: entries of several sources on the same event, and how stories rank.

In the topic-detection literature a "story" is one article and this is an "event" or "cluster"; readers of news say story.
Until grouping joins them, an entry stands alone: it founds a story with its own id.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.model.entry import Entry

_EXPONENT_LIMIT = 1000.0
"""Largest exponent of a weight: beyond it sums would leave what a float holds (2^1024); zero moves long before."""


SHOWN_READERS = 3
"""Readers below which no number is shown anywhere, so that none tells of one person (k-anonymity)."""


def shown_readers(readers: int | None) -> int | None:
    """Return the number that may be shown, None where none may."""
    return readers if readers is not None and readers >= SHOWN_READERS else None


class Ranking(enum.StrEnum):
    """The two orders; the value is the last part of the names and paths of their lists."""

    MOST_READ = "most-read"  # Meistgelesen: what was read in the last 24 hours
    TRENDING = "trending"  # Trend: what interests readers now


class Window(enum.StrEnum):
    """A span in which readers are counted exactly."""

    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"

    @property
    def span(self) -> timedelta:
        """How long it is."""
        return _SPANS[self]


_SPANS: Mapping[Window, timedelta] = {
    Window.DAY: timedelta(hours=24),
    Window.WEEK: timedelta(days=7),
    Window.MONTH: timedelta(days=30),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How the sums of one order decay: an event at `zero` weighs 1, one a `half_life` later 2 (forward decay)."""

    zero: datetime
    half_life: timedelta

    def weight(self, at: datetime) -> float:
        """Return the weight of one event."""
        exponent = (at - self.zero) / self.half_life
        return math.exp2(max(-_EXPONENT_LIMIT, min(exponent, _EXPONENT_LIMIT)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What a score is made of besides reads: `coverage` is what one publisher adds, `exposure` what one exposure takes."""

    coverage: float
    exposure: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedStory:
    """A story with its place (from 1) in a ranking, the entry that stands for it, and the reason for its place.

    `readers` of the window is None where it must not be shown; `publishers` is how many sites carry the story.
    """

    entry: Entry
    place: int
    readers: int | None
    publishers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryStanding:
    """How a story stands in an order: what a ranking needs to know of it.

    `entry_id` stands for it in lists, `site` is the publisher of that entry. `readers` counts those of the window asked for
    (24 hours where none was), `publishers` the sites that carry it.
    """

    id: int
    entry_id: int
    dated_at: datetime
    site: str
    publishers: int
    readers: int
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPlace:
    """A story's place (from 1) in a list, and since when it stands in the top of it (None: it does not)."""

    place: int
    story_id: int
    since_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """An entry that entered a list once: when, and the figures of its story at that time (None: not known)."""

    entry_id: int
    at: datetime
    readers: int | None = None
    publishers: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteHour:
    """What happened on the whole site in one hour: reads by their weights, and exposures."""

    at: datetime
    reads: float
    exposure: float
