"""Being a good guest: how much is asked of the network at once, and of one host in particular."""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, fields
from datetime import timedelta
from threading import Lock
from typing import Generic, TypeVar

MAX_CONCURRENCY = 256  # select() sees descriptors below 1024 only; this leaves room for kept connections and the rest

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """Caps on what is asked of the network. Source of the defaults: the project's fetching rules 10, 12 and 14.

    `concurrency` bounds requests under way plus outcomes not yet taken, over all hosts (at most 256); `per_host_gap` lies
    between two starts on one host. `first_byte_timeout` and `stall_timeout` are checked about four times in their length;
    `timeout` bounds one document with all its redirects. `max_body_bytes` is what comes over the wire; twice that is
    allowed decompressed.

    Raises: ValueError for a limit out of range.
    """

    concurrency: int = 20
    per_host_connections: int = 1
    per_host_gap: timedelta = timedelta(seconds=2)
    connect_timeout: timedelta = timedelta(seconds=10)
    first_byte_timeout: timedelta = timedelta(seconds=20)
    stall_timeout: timedelta = timedelta(seconds=15)
    timeout: timedelta = timedelta(seconds=60)
    max_body_bytes: int = 10 << 20
    max_redirects: int = 5

    def __post_init__(self) -> None:
        may_be_zero = {"per_host_gap", "max_redirects"}
        for field in fields(self):
            value = getattr(self, field.name)
            zero = timedelta(0) if isinstance(value, timedelta) else 0
            if value < zero or (value == zero and field.name not in may_be_zero):
                raise ValueError(
                    f"{field.name} must be {'at least' if field.name in may_be_zero else 'more than'} 0, not {value}"
                )
        if self.concurrency > MAX_CONCURRENCY:
            raise ValueError(f"concurrency must be at most {MAX_CONCURRENCY}, not {self.concurrency}")


class HostGaps:
    """From when each host may be asked next, over all schedules that share it; safe to use from several threads."""

    def __init__(self, gap: timedelta) -> None:
        self._gap = gap.total_seconds()
        self._until: dict[str, float] = {}
        self._lock = Lock()

    def take(self, site: str, now: float) -> float:
        """Take the host's turn at `now` and return 0; or, where that is too early, return from when it may be taken."""
        with self._lock:
            until = self._until.get(site, 0.0)
            if until > now:
                return until
            if len(self._until) >= _REMEMBERED_HOSTS:
                self._until = {name: at for name, at in self._until.items() if at > now}
            self._until[site] = now + self._gap
            return 0.0


_REMEMBERED_HOSTS = 10_000  # until those are forgotten whose gap is over


@dataclass(slots=True, eq=False)
class _Site(Generic[Item]):
    """One host: what waits for it, how many of its requests are under way, and from when the next may start.

    It stands in at most one of the two lines (`queued`): those ready now, or those to come.
    """

    name: str
    waiting: deque[Item]
    active: int = 0
    not_before: float = 0.0
    queued: bool = False


class HostSchedule(Generic[Item]):
    """Whose turn it is: a line of hosts that may start now, and a heap of hosts by when they may.

    Every step costs O(1), or O(log hosts) where a gap is kept. Hosts take turns; within a host the order is that of adding.
    Times are seconds on a clock that never goes back. Hosts are remembered only as long as their gap lasts.
    """

    def __init__(self, *, connections: int, gap: timedelta, gaps: HostGaps | None = None) -> None:
        """Keep `gap` between two starts on a host; `gaps` is shared with other schedules that ask the same hosts."""
        self._connections = connections
        self._gaps = gaps or HostGaps(gap)
        self._gap = gap.total_seconds()
        self._sites: dict[str, _Site[Item]] = {}
        self._ready: deque[_Site[Item]] = deque()
        self._later: list[tuple[float, int, _Site[Item]]] = []
        self._serial = 0  # breaks ties in the heap
        self._waiting = 0

    def __len__(self) -> int:
        """Return how many items wait."""
        return self._waiting

    def add(self, site: str, item: Item) -> None:
        """Let an item wait for its host."""
        record = self._sites.get(site)
        if record is None:
            record = self._sites[site] = _Site(name=site, waiting=deque())
        record.waiting.append(item)
        self._waiting += 1
        self._line_up(record)

    def next_ready(self, now: float) -> tuple[str, Item] | None:
        """Take the next item whose host may be asked now, and count its request as under way; None where none may."""
        later = self._later
        while later and later[0][0] <= now:
            record = heapq.heappop(later)[2]
            record.queued = False
            record.not_before = 0.0
            self._line_up(record)
        while self._ready:
            record = self._ready.popleft()
            record.queued = False
            if not record.waiting:  # withdrawn meanwhile
                self._line_up(record)
                continue
            if self._gap and (until := self._gaps.take(record.name, now)):  # another schedule asked the host
                record.not_before = until
                self._line_up(record)
                continue
            item = record.waiting.popleft()
            self._waiting -= 1
            record.active += 1
            if self._gap:
                record.not_before = now + self._gap
            self._line_up(record)
            return record.name, item
        return None

    def next_ready_at(self) -> float | None:
        """Return when a waiting host may be asked (0 for now), or None where nothing waits for a moment in time."""
        if self._ready:
            return 0.0
        return self._later[0][0] if self._later else None

    def finished(self, site: str) -> None:
        """Count a request of the host as no longer under way."""
        record = self._sites[site]
        record.active -= 1
        self._line_up(record)

    def withdraw(self, site: str) -> list[Item]:
        """Take back everything that waits for the host."""
        record = self._sites.get(site)
        if record is None:
            return []
        items = list(record.waiting)
        record.waiting.clear()
        self._waiting -= len(items)
        return items

    def clear(self) -> None:
        """Take back everything, and count nothing as under way; gaps go on."""
        for record in list(self._sites.values()):
            record.waiting.clear()
            record.active = 0
            self._line_up(record)
        self._waiting = 0

    def _line_up(self, record: _Site[Item]) -> None:
        """Put the host in the line where it belongs, or forget it."""
        if record.queued:
            return
        if record.not_before:
            if record.waiting or not record.active:  # without anything waiting it stands there to be forgotten in time
                record.queued = True
                self._serial += 1
                heapq.heappush(self._later, (record.not_before, self._serial, record))
        elif record.waiting:
            if record.active < self._connections:
                record.queued = True
                self._ready.append(record)
        elif not record.active:
            self._sites.pop(record.name, None)
