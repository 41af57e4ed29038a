"""How the sums of stories decay, and when a publisher's coverage counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from aggregator.model.story import Ranking, Scale
from aggregator.store.tables import scales

ARRIVAL_SPAN = timedelta(hours=24)
"""A publisher that we see later than this after the story began was found late, not published late."""

COLUMN: Mapping[Ranking, str] = {Ranking.MOST_READ: "day", Ranking.TRENDING: "trend"}
"""What the columns of `stories` that belong to an order begin with."""

_ALL = select(scales.c.name, scales.c.zero, scales.c.half_life)


@dataclass(frozen=True, slots=True)
class Weights:
    """What one event adds to the sums of both orders."""

    day: float
    trend: float


@dataclass(frozen=True, slots=True)
class Scales:
    """The scales of both orders."""

    day: Scale
    trend: Scale

    def weights(self, at: datetime) -> Weights:
        """Return what an event at that time weighs."""
        return Weights(self.day.weight(at), self.trend.weight(at))


def read_scales(connection: Connection) -> Scales:
    """Return the scales."""
    found = {Ranking(row.name): Scale(zero=row.zero, half_life=row.half_life) for row in connection.execute(_ALL)}
    return Scales(found[Ranking.MOST_READ], found[Ranking.TRENDING])


def save_scale(connection: Connection, ranking: Ranking, scale: Scale) -> None:
    """Replace the scale of an order."""
    connection.execute(update(scales).where(scales.c.name == ranking.value).values(zero=scale.zero, half_life=scale.half_life))


def arrival(seen_at: datetime, *, dated_at: datetime) -> datetime:
    """Return when a further publisher's coverage counts: when we saw it, but within a day of the story's date."""
    return max(dated_at, min(seen_at, dated_at + ARRIVAL_SPAN))
