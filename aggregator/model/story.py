"""A story: entries of several sources on the same event.

In the topic-detection literature a "story" is one article and this is an "event" or "cluster"; readers of news say story.
Until grouping founds stories, an entry stands alone and ranks for itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator.model.entry import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedEntry:
    """An entry with its place (from 1) in an order, when it entered the list, and why it stands there."""

    entry: Entry
    place: int
    entered_at: datetime
    reason: str
