"""Forward decay: one number an entry whose order never changes between reads.

A read at time t weighs 2^((t - EPOCH) / half_life), so the order of the sums is the order at any later time, too: dividing
all of them by 2^((now - EPOCH) / half_life) moves none past another. The sums overflow within weeks, so their log2 is kept;
`model.reading.add_scores` adds two of them.
Source: Cormode, Shkapenyuk, Srivastava, Xu: Forward decay, ICDE 2009.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

from aggregator.model.reading import ReadEvent

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""Where scores are zero; any moment would do, and it never moves, for the stored scores were made with it."""

NO_SCORE = -1e300
"""The score of nothing read and nothing covered.

Mathematically minus infinity; finite because neither JSON nor every database keeps infinities. It is so low that adding it
to a score changes no bit of that score, and added to itself it stays what it is.
"""

MAX_EXPONENT = 1023.0
"""The largest power of two that a float holds."""

FORMULA = "forward-decay/1"
"""Name and version of the formula; a change of it makes every stored score be recomputed."""


def read_score(event: ReadEvent, *, half_life: timedelta) -> float:
    """Return what one read adds (log2); a weight of zero or less adds nothing."""
    return _score(event.weight, event.at, half_life)


def prior_score(dated_at: datetime, *, coverage_weight: float, half_life: timedelta) -> float:
    """Return what one publisher's coverage adds (log2): `coverage_weight` of a read at publication time."""
    return _score(coverage_weight, dated_at, half_life)


def decayed_reads(score: float, *, now: datetime, half_life: timedelta) -> float:
    """Return the score as a number of reads: a read of this moment is 1, one of a half-life ago 0.5."""
    return math.exp2(min(score - (now - EPOCH) / half_life, MAX_EXPONENT))


def parameters(half_life: timedelta, coverage_weight: float) -> str:
    """Return the key of what scores were made with; scores of different keys must not be compared."""
    return f"{FORMULA} epoch={EPOCH:%Y-%m-%d} half_life={half_life.total_seconds()!r}s coverage_weight={coverage_weight!r}"


def _score(weight: float, at: datetime, half_life: timedelta) -> float:
    if weight <= 0:
        return NO_SCORE
    return math.log2(weight) + (at - EPOCH) / half_life
