"""Our side of the simulation: requests in, two lists and a crossing feed out, by the functions that the product runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from aggregator.model.reading import ReadFacts
from aggregator.pipeline.ranking import CAPPED_PLACES
from aggregator.rank.abuse import Claim, ReadLedger, Site
from aggregator.rank.batches import sync_weight
from aggregator.rank.counting import NotCounted, network_key, reader_key, why_not_counted
from aggregator.rank.levels import Level, ScoreRules
from aggregator.rank.scores import (
    BASELINE_HALF_LIFE,
    Candidate,
    baseline,
    has_crossed,
    score,
    top_list,
    weight_at,
)
from bench.ranking_world import START, World

SALT = b"simulated day"
LISTED = 20
RATIO_HALF_LIFE, PRIOR_EXPOSURES, PRIOR_HALF_LIFE = timedelta(hours=12), 5.0, timedelta(hours=6)  # `ranking.md`, level B
CONSIDERED = 150  # best scores that are looked at for a list: enough for the cap of publishers


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which rules are on. `ignored`: verdicts that are passed over."""

    ignored: frozenset[NotCounted] = frozenset()
    networks: bool = True
    batches: bool = True
    one_a_visitor: bool = True
    accounts_only: bool = False  # somebody has an account


@dataclass(slots=True)
class Order:
    """Decayed sums of one half-life, and the list they make."""

    half_life: timedelta
    kappa: float
    interest: np.ndarray
    exposure: np.ndarray
    listed: list[int] = field(default_factory=list)

    def weight(self, at: datetime) -> float:
        return weight_at(at, zero=START, half_life=self.half_life)


class RankedSite:
    """Counts, scores and lists of one simulated site."""

    def __init__(
        self, world: World, rules: ScoreRules, *, level: Level, filters: Filters, day: str = "diff", trend: str = "diff"
    ) -> None:
        self._world = world
        self.rules = rules
        self._filters = filters
        self._day_by, self._trend_by = day, trend
        self._site = Site(level=level, has_accounts=filters.accounts_only)
        self._ledger = ReadLedger()
        count = world.size.stories
        trend_half_life = RATIO_HALF_LIFE if trend == "ratio" else rules.trend_half_life
        self.day = Order(rules.day_half_life, rules.kappa_day, np.zeros(count), np.zeros(count))
        self.trend = Order(trend_half_life, rules.kappa_trend, np.zeros(count), np.zeros(count))
        self._covered = np.zeros(count)  # the part of trend.interest that coverage gave
        self.readers = np.zeros(count, dtype=int)
        self._site_reads = self._site_exposure = 0.0
        self._counted: set[tuple[int, bytes]] = set()
        self._keys: dict[tuple[str, str], tuple[bytes, bytes | None]] = {}
        self._standing_since: dict[int, datetime] = {}
        self.entered: dict[int, datetime] = {}
        self.discarded: dict[str, int] = {}
        self.times: list[tuple[datetime, int]] = []  # reads as they came, for exact windows

    def cover(self, story: int, at: datetime) -> None:
        for order in (self.day, self.trend):
            order.interest[story] += self.rules.coverage * order.weight(at)
        self._covered[story] += self.rules.coverage * self.trend.weight(at)

    def fetch_feed(self, at: datetime, address: str, agent: str) -> None:
        self._ledger.saw_fetch(self._keys_of(address, agent)[0], at)

    def request(
        self, story: int, at: datetime, address: str, agent: str, *, batch: int = 1, account_since: datetime | None = None
    ) -> bool:
        """Handle one request as the recorder does; say whether it counted."""
        reason = why_not_counted(ReadFacts(method="GET", user_agent=agent)) if account_since is None else None
        reader, network = self._keys_of(address, agent)
        weight = sync_weight(batch=batch, lately=0) if self._filters.batches else 1.0
        if weight == 0:
            self.discarded["batch"] = self.discarded.get("batch", 0) + 1
            return False
        if reason is None or reason in self._filters.ignored:
            reason = self._ledger.judge(
                Claim(
                    story=story,
                    at=at,
                    reader=reader,
                    network=network if self._filters.networks else None,
                    account_since=account_since,
                ),
                self._site,
            )
        if reason is not None and reason not in self._filters.ignored:
            self.discarded[reason] = self.discarded.get(reason, 0) + 1
            return False
        if self._filters.one_a_visitor:
            if (story, reader) in self._counted:
                return False
            self._counted.add((story, reader))
        for order in (self.day, self.trend):
            order.interest[story] += weight * order.weight(at)
        self._site_reads += weight * weight_at(at, zero=START, half_life=BASELINE_HALF_LIFE)
        self.readers[story] += 1
        self.times.append((at, story))
        return True

    def show(self, stories: Sequence[int] | np.ndarray, attention: np.ndarray, at: datetime) -> None:
        """Stories of one view of a page, and how much each was looked at by our assumption; `at` is the quantum's start."""
        for order in (self.day, self.trend):
            order.exposure[stories] += attention * order.weight(at)
        self._site_exposure += float(attention.sum()) * weight_at(at, zero=START, half_life=BASELINE_HALF_LIFE)

    def rank(self, now: datetime) -> None:
        """Compute both lists, and let stories enter the crossing feed."""
        hours = (now - START) / timedelta(hours=1)
        q0 = baseline(self._site_reads, self._site_exposure)
        day, trend = self._scores(self.day, self._day_by, now, q0), self._scores(self.trend, self._trend_by, now, q0)
        self.day.listed = self._list(day, self.day.listed, hours, self.rules.day_hysteresis)
        self.trend.listed = self._list(trend, self.trend.listed, hours, self.rules.trend_hysteresis)
        crossing = self.rules.crossing
        leaders = self.day.listed[: crossing.top]
        self._standing_since = {story: self._standing_since.get(story, now) for story in leaders}
        for story in leaders:
            if has_crossed(
                story,
                entered=self.entered,
                readers=int(self.readers[story]),
                min_readers=crossing.min_readers,
                stood=now - self._standing_since[story],
                dwell=crossing.dwell,
            ):
                self.entered[story] = now

    def _raw(self, now: datetime) -> np.ndarray:
        raw = np.zeros(self._world.size.stories)
        for at, story in self.times:
            if at > now - timedelta(hours=24):
                raw[story] += 1
        return raw

    def _scores(self, order: Order, by: str, now: datetime, q0: float) -> np.ndarray:
        if by == "raw":
            return self._raw(now)
        if by == "ratio":
            return self._ratios(now, q0)
        kappa = 0.0 if by == "fd" else order.kappa
        linear: Any = score  # as numpy sees it: whole arrays go through
        return np.asarray(linear(order.interest, order.exposure, q0=q0, kappa=kappa))

    def _ratios(self, now: datetime, q0: float) -> np.ndarray:
        trend, scale = self.trend, self.trend.weight(now)
        hours = (now - START) / timedelta(hours=1)
        made = np.full(self._world.size.stories, -1.0)
        for story in np.flatnonzero(self._world.published <= hours):
            made[story] = ratio(
                (trend.interest[story] - self._covered[story]) / scale,
                trend.exposure[story] / scale,
                q0=q0,
                coverage=float(self._world.publishers[story]),
                age=timedelta(hours=hours - self._world.published[story]),
            )
        return made

    def _list(self, scores: np.ndarray, listed: list[int], hours: float, hysteresis: float) -> list[int]:
        live = np.flatnonzero(self._world.published <= hours)
        best = live[np.argpartition(-scores[live], min(CONSIDERED, len(live) - 1))[:CONSIDERED]] if len(live) else live
        standing = {story: place for place, story in enumerate(listed, 1)}
        candidates = [
            Candidate(
                id=int(story),
                score=float(scores[story]),
                publisher=str(self._world.publisher[story]),
                place=standing.get(int(story)),
            )
            for story in {*best.tolist(), *listed}
        ]
        bounds = (self.rules.crossing.top, CAPPED_PLACES)
        return [each.id for each in top_list(candidates, top=LISTED, bounds=bounds, hysteresis=hysteresis)]

    def _keys_of(self, address: str, agent: str) -> tuple[bytes, bytes | None]:
        keys = self._keys.get((address, agent))
        if keys is None:
            keys = reader_key(salt=SALT, address=address, user_agent=agent), network_key(salt=SALT, address=address)
            self._keys[address, agent] = keys
        return keys


def ratio(reads: float, exposure: float, *, q0: float, coverage: float, age: timedelta) -> float:
    """Return the RATIO score, which the product does not use: decayed reads per decayed exposure, both as of now.

    As many exposures as PRIOR_EXPOSURES are added, with as many reads as the site's mean and the coverage (publishers) lead
    one to expect, fading with age. Its order changes with time.
    """
    expected = PRIOR_EXPOSURES * q0 * coverage * 2 ** (-age / PRIOR_HALF_LIFE)
    return (reads + expected) / (exposure + PRIOR_EXPOSURES)
