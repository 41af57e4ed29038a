"""How much is read decides how to rank: four levels of traffic, and the parameters that did best at each.

Source of every number, unless another is named: reference `ranking.md`, section 5 (simulation of 24 November 2026, parameters
picked on one seed, estimators compared on others). Three things are from `bench/ranking.py`, whose pages are the only exposure
that is known, as ours are: `kappa_day` is 0.4 and not 0.8 (reads that come from feeds make too much of the exposure of pages);
the level of 5,000 readers begins there, for at 2,000 the parameters of 500 still do better; and `trend_hysteresis` is 0.75
above a household: the top ten changes half as often at 500 readers, and no loss of quality could be measured.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import timedelta

_HOUR = timedelta(hours=1)
_AT_ONCE = timedelta(0)

STANDING_MARGIN = 0.8
"""A level is left downwards only below this share of its bound: a change of level makes every score be computed anew."""


class Level(enum.StrEnum):
    """Traffic of a site, by readers a day."""

    HOUSEHOLD = "H"
    CLUB = "C"
    BIG = "B"
    NEWSROOM = "N"


FROM_READERS: dict[Level, int] = {Level.HOUSEHOLD: 0, Level.CLUB: 101, Level.BIG: 5_000, Level.NEWSROOM: 16_000}
"""Readers a day from which a level begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """When a story enters a feed of the most read: in the top `top`, read by `min_readers`, for `dwell` without a break."""

    top: int
    min_readers: int
    dwell: timedelta = _AT_ONCE


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRules:
    """Parameters of both orders at one level.

    `day_*` is *Meistgelesen*, `trend_*` is *Trend*. `coverage`: what one publisher is worth, in reads (m). `kappa_*`: share of
    the reads expected from exposure that is subtracted; 0 is plain forward decay (FD), more is DIFF. `*_hysteresis`: bonus
    of what stands in the list already. Why large sites have no other estimator is in docs/adr/0012-readers-per-exposure.md.
    """

    day_half_life: timedelta
    trend_half_life: timedelta
    coverage: float
    kappa_day: float
    kappa_trend: float
    day_hysteresis: float
    trend_hysteresis: float
    crossing: Crossing


_RULES: dict[Level, ScoreRules] = {
    Level.HOUSEHOLD: ScoreRules(
        day_half_life=24 * _HOUR,
        trend_half_life=12 * _HOUR,
        coverage=0.3,
        kappa_day=0.0,
        kappa_trend=0.0,
        day_hysteresis=0.25,
        trend_hysteresis=0.25,
        crossing=Crossing(top=5, min_readers=3),
    ),
    Level.CLUB: ScoreRules(
        day_half_life=18 * _HOUR,
        trend_half_life=8 * _HOUR,
        coverage=0.5,
        kappa_day=0.4,
        kappa_trend=1.0,
        day_hysteresis=0.25,
        trend_hysteresis=0.75,
        crossing=Crossing(top=5, min_readers=10),
    ),
    Level.BIG: ScoreRules(
        day_half_life=12 * _HOUR,
        trend_half_life=4 * _HOUR,
        coverage=1.0,
        kappa_day=0.4,
        kappa_trend=1.0,
        day_hysteresis=0.25,
        trend_hysteresis=0.75,
        crossing=Crossing(top=5, min_readers=20),
    ),
    Level.NEWSROOM: ScoreRules(
        day_half_life=12 * _HOUR,
        trend_half_life=3 * _HOUR,
        coverage=3.0,
        kappa_day=0.4,
        kappa_trend=1.0,
        day_hysteresis=0.25,
        trend_hysteresis=0.75,
        crossing=Crossing(top=5, min_readers=20, dwell=_HOUR),  # no number up to 20 binds there, so 20 costs nothing
    ),
}


def rules_for(level: Level) -> ScoreRules:
    """Return the parameters of a level."""
    return _RULES[level]


def level_of(readers_per_day: float, *, standing: Level | None = None) -> Level:
    """Return the level of a site with so many readers a day (the mean of the last days).

    `standing`, the level so far, is kept while the readers are not far below its bound.
    """
    found = _by_readers(readers_per_day)
    if standing is None or FROM_READERS[found] >= FROM_READERS[standing]:
        return found
    return max(found, _by_readers(readers_per_day / STANDING_MARGIN), key=lambda level: FROM_READERS[level])


def _by_readers(readers_per_day: float) -> Level:
    return max(
        (level for level, start in FROM_READERS.items() if start <= readers_per_day), key=lambda each: FROM_READERS[each]
    )
