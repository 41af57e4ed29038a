"""What arrives at the simulated site: people, their programs, crawlers, and somebody who stuffs the ballot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from aggregator.rank.scores import examination
from bench.ranking_measures import kendall_tau, ndcg
from bench.ranking_site import RankedSite
from bench.ranking_world import (
    DATE_LIST_ATTENTION,
    FEED,
    FEED_SHOWN,
    FIRST_MEASURED,
    NEWEST_SHOWN,
    QUANTA,
    QUANTUM_HOURS,
    REDIRECT,
    START,
    TOP_SHOWN,
    WEB,
    World,
)

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CRAWLER = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
BOT_SHARE = 0.4  # of requests
BOT_RECALL = 0.95  # of their requests say what they are
BOT_ADDRESSES = 12
PREFETCHERS = 0.05  # of feed programs
MARK_ALL = 0.1  # of synchronisations
SCROLLERS = 0.1  # of accounts: they mark what scrolls by, in batches
NOTIFIED = 0.1  # of readers open a notification
NOTIFICATIONS_EVERY = round(8 / QUANTUM_HOURS)  # quanta
STUFFER_ADDRESSES, STUFFER_AGENTS = 50, 10
STUFFED_FROM, STUFFED_UNTIL = 14.0, 24.0  # hours from START
SLOW_READS_A_DAY = 5
OFFICE = 0.7  # of readers behind one network, where there is one
ATTENTION_OF_TOP = np.array([examination(place) for place in range(1, TOP_SHOWN + 1)])
ATTENTION_OF_NEWEST = DATE_LIST_ATTENTION * np.array([examination(place) for place in range(1, NEWEST_SHOWN + 1)])
ATTENTION_OF_FEED = np.arange(1, FEED_SHOWN + 1) ** -0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Abuse:
    """Who is there besides people who read."""

    bots: bool = False
    prefetchers: bool = False
    mark_all: bool = False
    notifications: bool = False
    stuffer: bool = False
    slow: bool = False
    office: bool = False
    accounts: bool = False  # no abuse: everybody has one
    feeds_are_ours: bool = False  # no abuse: we know what feed programs show, and count it as exposure


@dataclass(slots=True)
class Outcome:
    """Figures of one run; means over the hours of the day."""

    day_ndcg: list[float] = field(default_factory=list)
    day_tau: list[float] = field(default_factory=list)
    trend_ndcg: list[float] = field(default_factory=list)
    trend_tau: list[float] = field(default_factory=list)
    trend_day_ndcg: list[float] = field(default_factory=list)
    stuffed_day_hours: float = 0.0
    stuffed_trend_hours: float = 0.0
    churn: int = 0
    reads: int = 0
    requests: int = 0
    entered: int = 0
    entered_in_top10: int = 0
    entered_in_top20: int = 0
    top10_entered: int = 0
    delays: list[float] = field(default_factory=list)


def run(world: World, site: RankedSite, abuse: Abuse) -> Outcome:
    """Let the day happen, and measure each hour."""
    traffic = _Traffic(world, site, abuse)
    outcome = Outcome()
    before: set[int] = set()
    for quantum in range(QUANTA):
        site.rank(world.time(quantum))
        if quantum >= FIRST_MEASURED:
            _measure(world, site, traffic.target, quantum, outcome)
            outcome.churn += len(set(site.trend.listed[:10]) - before)
        before = set(site.trend.listed[:10])
        traffic.pass_quantum(quantum)
    outcome.reads = len(site.times)
    outcome.requests = traffic.requests
    _measure_crossing(world, site, outcome)
    return outcome


def _measure(world: World, site: RankedSite, target: int, quantum: int, outcome: Outcome) -> None:
    outcome.stuffed_day_hours += QUANTUM_HOURS * (target in site.day.listed[:10])
    outcome.stuffed_trend_hours += QUANTUM_HOURS * (target in site.trend.listed[:10])
    if quantum % round(1 / QUANTUM_HOURS):
        return
    of_day, now = world.interest_of_last_day(quantum), world.interest(quantum)
    outcome.day_ndcg.append(ndcg(site.day.listed, of_day))
    outcome.day_tau.append(kendall_tau(site.day.listed, of_day))
    outcome.trend_ndcg.append(ndcg(site.trend.listed, now))
    outcome.trend_tau.append(kendall_tau(site.trend.listed, now))
    outcome.trend_day_ndcg.append(ndcg(site.trend.listed, of_day))


def _measure_crossing(world: World, site: RankedSite, outcome: Outcome) -> None:
    truth = np.argsort(-world.interest_of_last_day(QUANTA - 1))
    ten, twenty = set(truth[:10].tolist()), set(truth[:20].tolist())
    entered = {story: at for story, at in site.entered.items() if at >= world.time(FIRST_MEASURED)}
    outcome.entered = len(entered)
    outcome.entered_in_top10 = len(entered.keys() & ten)
    outcome.entered_in_top20 = len(entered.keys() & twenty)
    outcome.top10_entered = len(site.entered.keys() & ten)
    for story in entered.keys() & ten:
        published = START + timedelta(hours=float(world.published[story]))
        outcome.delays.append((entered[story] - published) / timedelta(hours=1))


class _Traffic:
    """The requests of each quantum. Luck of the abusers is drawn apart, so that people's is the same with and without."""

    def __init__(self, world: World, site: RankedSite, abuse: Abuse) -> None:
        self._world, self._site, self._abuse = world, site, abuse
        self._rng = np.random.default_rng(int(world.published[0] * 1e9))
        self._seen: set[tuple[int, int]] = set()
        self.requests = 0
        self._owed_bots = 0.0
        readers = world.size.readers
        office = self._rng.random(readers) < OFFICE
        self._addresses = [
            "203.0.113.7" if abuse.office and office[reader] else f"10.{reader >> 8 & 255}.{reader & 255}.7"
            for reader in range(readers)
        ]
        self._agents = [f"{BROWSER} {reader}" for reader in range(readers)]
        luck = self._rng.random((2, readers))
        self._has_account = np.full(readers, True) if abuse.accounts else (world.channel == FEED) & (luck[0] < 0.5)
        self._prefetches = (world.channel == FEED) & ~self._has_account & (luck[1] < 2 * PREFETCHERS)
        self._scrolls = self._has_account & (luck[1] < SCROLLERS)
        self._arrivals = sorted((hour, story) for story, hours in enumerate(world.arrivals) for hour in hours if hour < 1e3)
        self._arrived = 0
        young = np.flatnonzero((world.published > STUFFED_FROM - 3) & (world.published < STUFFED_FROM - 1))
        self.target = int(young[np.argsort(world.appeal[young])[len(young) // 2]])
        self._handlers: list[Callable[[int, np.ndarray, datetime], None]] = [self._people]
        if abuse.notifications:
            self._handlers.append(self._notify)
        if abuse.slow:
            self._handlers.append(self._stuff_slowly)
        elif abuse.stuffer:
            self._handlers.append(self._stuff)
        if abuse.bots:
            self._handlers.append(self._crawl)

    def pass_quantum(self, quantum: int) -> None:
        now = self._world.time(quantum)
        while self._arrived < len(self._arrivals) and self._arrivals[self._arrived][0] < (quantum + 1) * QUANTUM_HOURS:
            hour, story = self._arrivals[self._arrived]
            self._site.cover(story, START + timedelta(hours=float(hour)))
            self._arrived += 1
        interest = self._world.interest(quantum)
        for handler in self._handlers:
            handler(quantum, interest, now)

    def _people(self, quantum: int, interest: np.ndarray, now: datetime) -> None:
        world = self._world
        visitors = world.visits[quantum]
        total = interest.cumsum()
        top = np.array(self._site.trend.listed, dtype=int)
        for number, reader in enumerate(visitors.tolist()):
            at = now + timedelta(hours=QUANTUM_HOURS * number / len(visitors))
            chances = world.chances[quantum][number]
            channel = world.channel[reader]
            if channel == WEB:
                newest = world.newest(quantum, world.follows[reader], NEWEST_SHOWN)
                self._site.show(top, ATTENTION_OF_TOP[: len(top)], now)
                self._site.show(newest, ATTENTION_OF_NEWEST[: len(newest)], now)
                self._open(reader, top, ATTENTION_OF_TOP[: len(top)] * interest[top], chances, at)
                self._open(reader, newest, ATTENTION_OF_NEWEST[: len(newest)] * interest[newest], chances[TOP_SHOWN:], at)
            elif channel == FEED:
                self._read_feed(quantum, reader, interest, chances, at)
            elif channel == REDIRECT and total[-1] > 0:
                found = int(np.searchsorted(total, world.searches[quantum][number] * total[-1]))
                self._click(reader, found, at)

    def _open(self, reader: int, stories: np.ndarray, chance: np.ndarray, luck: np.ndarray, at: datetime) -> None:
        for story in stories[luck[: len(stories)] < chance].tolist():
            self._click(reader, story, at)

    def _click(self, reader: int, story: int, at: datetime, *, batch: int = 1) -> None:
        if (reader, story) in self._seen and batch == 1:
            return
        self._seen.add((reader, story))
        self.requests += 1
        since = START - timedelta(days=30) if self._has_account[reader] else None
        self._site.request(story, at, self._addresses[reader], self._agents[reader], batch=batch, account_since=since)

    def _read_feed(self, quantum: int, reader: int, interest: np.ndarray, luck: np.ndarray, at: datetime) -> None:
        shown = self._world.newest(quantum, self._world.follows[reader], FEED_SHOWN)
        if not self._has_account[reader]:
            self._site.fetch_feed(at, self._addresses[reader], self._agents[reader])
            if self._abuse.prefetchers and self._prefetches[reader]:
                for story in shown[:NEWEST_SHOWN].tolist():
                    self.requests += 1
                    self._site.request(story, at + timedelta(seconds=1), self._addresses[reader], self._agents[reader])
        if self._abuse.feeds_are_ours:
            self._site.show(shown, ATTENTION_OF_FEED[: len(shown)], self._world.time(quantum))
        self._open(reader, shown, ATTENTION_OF_FEED[: len(shown)] * interest[shown], luck, at + timedelta(minutes=2))
        if self._abuse.mark_all and self._has_account[reader]:
            batch = len(shown) if luck[-1] < MARK_ALL else 15 if self._scrolls[reader] else 0
            for story in shown[:batch].tolist():
                self._click(reader, story, at + timedelta(minutes=3), batch=max(batch, 2))

    def _notify(self, quantum: int, interest: np.ndarray, now: datetime) -> None:
        if quantum % NOTIFICATIONS_EVERY == 0 and interest.max() > 0:
            story = int(self._rng.choice(np.argsort(-interest)[:50]))
            for reader in np.flatnonzero(self._rng.random(self._world.size.readers) < NOTIFIED).tolist():
                self._click(reader, story, now)

    def _crawl(self, quantum: int, _interest: np.ndarray, now: datetime) -> None:
        visits = len(self._world.visits[quantum])
        self._owed_bots += visits * 1.0 * BOT_SHARE / (1 - BOT_SHARE)  # people make about one request a visit
        recent = np.flatnonzero(
            (self._world.published <= quantum * QUANTUM_HOURS) & (self._world.published > quantum * QUANTUM_HOURS - 6)
        )
        while self._owed_bots >= 1 and len(recent):
            self._owed_bots -= 1
            self.requests += 1
            story = int(recent[int(len(recent) * self._rng.random() ** 3)])  # archives from the oldest on
            agent = CRAWLER if self._rng.random() < BOT_RECALL else BROWSER
            self._site.request(story, now, f"198.51.{self._rng.integers(BOT_ADDRESSES)}.1", agent)

    def _stuff(self, quantum: int, _interest: np.ndarray, now: datetime) -> None:
        first, last = STUFFED_FROM / QUANTUM_HOURS, STUFFED_UNTIL / QUANTUM_HOURS
        if first <= quantum < last:
            votes = STUFFER_ADDRESSES * STUFFER_AGENTS
            for vote in range(
                round(votes * (quantum - first) / (last - first)), round(votes * (quantum + 1 - first) / (last - first))
            ):
                agent = f"{BROWSER} stuffer {vote // STUFFER_ADDRESSES}-{vote % STUFFER_ADDRESSES}"
                self.requests += 1
                self._site.request(self.target, now, f"192.0.2.{vote % STUFFER_ADDRESSES}", agent)

    def _stuff_slowly(self, quantum: int, interest: np.ndarray, now: datetime) -> None:
        """Fifty visitors of one network who read like people, to have a usual share, and then vote."""
        live = np.flatnonzero(interest)
        rate = STUFFER_ADDRESSES * SLOW_READS_A_DAY * QUANTUM_HOURS / 24
        for _ in range(self._rng.poisson(rate)):
            visitor = int(self._rng.integers(STUFFER_ADDRESSES))
            story = int(self._rng.choice(live)) if len(live) else self.target
            self.requests += 1
            self._site.request(story, now, f"192.0.2.{visitor}", f"{BROWSER} slow {visitor}")
        self._stuff(quantum, interest, now)
