"""Estimators of interest out of decayed sums, FD and DIFF: only events change their order, time does not.

A read at time t weighs f(t) = 2^((t - zero) / half_life) for ever (forward decay), so sums of weights are only added to, and
their order is the order at any later time: dividing all of them by f(now) moves none past another. DIFF subtracts the reads
that the story's places in our lists explain, `kappa * q0 * E`; it is linear in the same weights and keeps that property while
q0 is frozen. It can be negative, so the sums themselves are kept, not their logarithms, and zero moves before they overflow.
Sources: Cormode, Shkapenyuk, Srivastava, Xu: Forward decay, ICDE 2009; reference `ranking.md`, section 2.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

REBASE_AFTER = 256
"""Half-lives after which zero should move: sums stay below 2^256 times their reads, far from 2^1024."""

EXAMINATION_EXPONENT = 0.85
"""How attention falls with the place in a list: the k-th is looked at k^-0.85 as often as the first.

Errors of 0.15 do not matter (`ranking.md`, section 4), so it is fixed and not learned.
"""

BASELINE_HALF_LIFE = timedelta(hours=24)
"""Half-life of the site-wide sums that q0 is made of."""

PER_PUBLISHER = 3
"""Stories of one publisher in a top list: a cap of 1 costs order quality, 2 or 3 hardly (`ranking.md`, section 4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A story that may stand in a list. `publisher`: who counts it against the cap; `place`: where it stood before."""

    id: int
    score: float
    publisher: str
    place: int | None = None


def weight_at(at: datetime, *, zero: datetime, half_life: timedelta) -> float:
    """Return f(t), the weight of one event at `at`: 1 at `zero`, 2 a half-life later."""
    return math.exp2((at - zero) / half_life)


def rebase(zero: datetime, *, now: datetime, half_life: timedelta) -> tuple[datetime, float] | None:
    """Return the new zero and the factor for every stored sum (C and E alike), or None while it is not due.

    Zero moves by whole half-lives: the factor is a power of two, so no bit of a sum is lost and no order changes.
    """
    halvings = math.floor((now - zero) / half_life)
    if halvings < REBASE_AFTER:
        return None
    return zero + halvings * half_life, math.exp2(-halvings)


def examination(place: int) -> float:
    """Return how much a view of a list exposes the story at `place` (from 1)."""
    return float(place**-EXAMINATION_EXPONENT)


def baseline(reads: float, exposures: float) -> float:
    """Return q0, reads per exposure over the whole site, from sums of equal zero and half-life; 0 without exposure."""
    return reads / exposures if exposures > 0 else 0.0


def score(interest: float, exposure: float, *, q0: float, kappa: float) -> float:
    """Return the DIFF score, C - kappa * q0 * E; with kappa 0 it is FD.

    `interest` (C): f summed over reads, plus the coverage worth at each publisher's arrival; `exposure` (E): f times
    `examination`, summed over views of lists. Views of a quantum may all be taken at its start.
    """
    return interest - kappa * q0 * exposure


def order_key(candidate: Candidate, *, hysteresis: float, within: int) -> tuple[float, int]:
    """Return what to sort by, rising: best first, ties by the newer id.

    What stood `within` the first so many places has a bonus of a share of its score.
    """
    stood = candidate.place is not None and candidate.place <= within
    bonus = hysteresis * abs(candidate.score) if stood else 0.0
    return -(candidate.score + bonus), -candidate.id


def top_list(
    candidates: Iterable[Candidate],
    *,
    top: int,
    bounds: Sequence[int] = (),
    hysteresis: float = 0.0,
    per_publisher: int = PER_PUBLISHER,
) -> list[Candidate]:
    """Return the best `top`, best first, with at most `per_publisher` of one publisher.

    The list is filled bound by bound (places below `top`, rising), each time with a bonus for what stood within that bound: so
    none of them is crossed for little. One bonus for the whole list would hold its last place alone.
    """
    chosen: dict[int, Candidate] = {}
    taken: Counter[str] = Counter()
    pool = list(candidates)
    for bound in (*(each for each in bounds if each < top), top):
        for candidate in sorted(pool, key=partial(order_key, hysteresis=hysteresis, within=bound)):
            if len(chosen) >= bound:
                break
            if candidate.id not in chosen and taken[candidate.publisher] < per_publisher:
                taken[candidate.publisher] += 1
                chosen[candidate.id] = candidate
    return list(chosen.values())


def has_crossed(
    story: int,
    *,
    entered: Collection[int],
    readers: int,
    min_readers: int,
    stood: timedelta,
    dwell: timedelta,
) -> bool:
    """Return whether a story of the top enters the feed now: not there yet, enough readers, and `stood` long enough."""
    return story not in entered and readers >= min_readers and stood >= dwell
