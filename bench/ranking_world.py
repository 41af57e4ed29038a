"""A synthetic newsroom: stories that fade, publishers that cover them, readers who look at lists from the top.

Form and constants follow reference `ranking.md`, section 1. Everything is drawn before the first list is shown, so that two
sites given the same world differ by what they do and not by luck.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # twelve hours before the day that is looked at
WARM_UP_HOURS = 12.0
HOURS = 36.0
QUANTUM_HOURS = 0.25
QUANTA = round(HOURS / QUANTUM_HOURS)
FIRST_MEASURED = round(WARM_UP_HOURS / QUANTUM_HOURS)
TOPICS = 8
PUBLISHERS = 40
TOP_SHOWN, NEWEST_SHOWN, FEED_SHOWN = 20, 30, 60
WEB, FEED, REDIRECT = 0, 1, 2
CHANNELS = (0.5, 0.3, 0.2)
DATE_LIST_ATTENTION = 0.6  # of the top list's
VISITS_A_DAY = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A world's size; `zipf` None draws appeal log-normal. `scale`: chance that who looks at a story of appeal 1 opens it."""

    name: str
    readers: int
    stories: int
    scale: float
    zipf: float | None = None


class World:
    """One draw of stories, readers and visits; arrays are indexed by story, reader, or visit."""

    def __init__(self, size: Size, seed: int) -> None:
        self.size = size
        rng = np.random.default_rng(seed)
        self.rng = rng
        count = size.stories
        self.published = np.sort(rng.uniform(0, HOURS, count))  # hours from START
        quality = rng.standard_normal(count)
        if size.zipf is None:
            self.appeal = np.exp(1.3 * quality)
        else:
            place = np.empty(count)
            place[np.argsort(-quality)] = np.arange(1, count + 1)
            self.appeal = place**-size.zipf
        self.life = 6.0 * np.exp(0.8 * rng.standard_normal(count))  # hours
        mean = np.exp(-0.9 + 0.6 * quality + 0.7 * rng.standard_normal(count))
        self.publishers = 1 + rng.poisson(mean)
        self.arrivals = [
            self.published[story] + np.append(0.0, rng.exponential(2.5, self.publishers[story] - 1)) for story in range(count)
        ]
        share = np.arange(1, PUBLISHERS + 1) ** -0.7
        self.publisher = rng.choice(PUBLISHERS, count, p=share / share.sum())
        self.topic = rng.integers(0, TOPICS, count)
        self.channel = rng.choice(3, size.readers, p=CHANNELS)
        self.follows = np.array([rng.choice(TOPICS, 2, replace=False) for _ in range(size.readers)])
        hours = np.arange(QUANTA) * QUANTUM_HOURS
        self.diurnal = 1 + 0.8 * np.sin((hours - 2.0) / 24 * 2 * np.pi)  # START is noon: the peak is at 20:00, the low at 8:00
        per_quantum = size.readers * VISITS_A_DAY * QUANTUM_HOURS / 24 * self.diurnal
        self.visits = [rng.integers(0, size.readers, rng.poisson(rate)) for rate in per_quantum]
        self.chances = [rng.random((len(visitors), TOP_SHOWN + FEED_SHOWN), dtype=np.float32) for visitors in self.visits]
        self.searches = [rng.random(len(visitors)) for visitors in self.visits]
        self._interest_of_day = self._sum_interest()

    def interest(self, quantum: int) -> np.ndarray:
        """Chance that who looks at a story now opens it; 0 before it is published."""
        age = (quantum + 0.5) * QUANTUM_HOURS - self.published
        fading = np.exp2(-((np.maximum(age, 0) / self.life) ** 0.7))
        return np.asarray(np.where(age >= 0, np.minimum(self.size.scale * self.appeal * fading, 1.0), 0.0))

    def interest_of_last_day(self, quantum: int) -> np.ndarray:
        """Reads of the last 24 h if everybody looked at everything all the time, readers in their daily rhythm."""
        first = max(0, quantum + 1 - round(24 / QUANTUM_HOURS))
        return np.asarray(self._interest_of_day[quantum + 1] - self._interest_of_day[first])

    def newest(self, quantum: int, topics: np.ndarray, count: int) -> np.ndarray:
        """The newest stories of two topics, newest first."""
        end = int(np.searchsorted(self.published, quantum * QUANTUM_HOURS, side="right"))
        start = max(0, end - count * TOPICS)
        recent = np.arange(end - 1, start - 1, -1)
        return np.asarray(recent[(self.topic[recent] == topics[0]) | (self.topic[recent] == topics[1])][:count])

    def time(self, quantum: float) -> datetime:
        return START + timedelta(hours=quantum * QUANTUM_HOURS)

    def _sum_interest(self) -> np.ndarray:
        each = np.array([self.interest(quantum) * self.diurnal[quantum] for quantum in range(QUANTA)])
        return np.vstack([np.zeros(self.size.stories), np.cumsum(each, axis=0)])
