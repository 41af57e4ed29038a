"""Many documents at once: a thread drives libcurl's multi handle, outcomes come through a queue as they are ready.

The thread lets libcurl's clocks run even while the caller is busy with an outcome. It starts new requests only while those
under way and the outcomes not yet taken are fewer than the limit, so a slow caller slows the fetching, not the memory.
"""

from __future__ import annotations

import select
import socket
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from itertools import islice
from queue import Empty, SimpleQueue
from threading import Thread

import pycurl

from aggregator.errors import FetchError
from aggregator.fetch.addresses import AddressGuard
from aggregator.fetch.failures import raised_failure
from aggregator.fetch.http import Exchange, Visit, trusted_certificates
from aggregator.fetch.politeness import FetchLimits, HostGaps, HostSchedule
from aggregator.model.fetching import FetchOutcome, FetchRequest

LOOK_AHEAD = 10_000  # requests read ahead of the outcomes where hosts are lacking: one's long list hides no others
_READ_AHEAD = 1_000  # requests read ahead otherwise
_PULL = 500  # requests read at a time
_LONGEST_WAIT_SECONDS = 1.0
_KEPT_CONNECTIONS = 4  # idle connections kept for each one allowed at a time

_Pair = tuple[FetchRequest, FetchOutcome]
_Outcomes = list[_Pair]


class CurlFetcher:
    """Fetches documents with libcurl (`protocols.Fetcher`).

    Requests are read ahead, in the caller's thread; connections, and the gaps between visits to a host, last from one call
    of `fetch_all` to the next. `agent` is sent as User-Agent (see `http.user_agent`).
    """

    def __init__(self, *, limits: FetchLimits, guard: AddressGuard, user_agent: str) -> None:
        self._limits = limits
        self._guard = guard
        self._agent = user_agent
        self._idle: list[Fleet] = []
        self._running: list[Fleet] = []
        self._closed = False
        self._gaps = HostGaps(limits.per_host_gap)

    def fetch_all(self, requests: Iterable[FetchRequest]) -> Iterator[tuple[FetchRequest, FetchOutcome]]:
        """Yield an outcome for every request, as they become ready; closing the iterator abandons what is under way."""
        with closing(self._fetch(requests, pause_seconds=None)) as outcomes:
            yield from filter(None, outcomes)

    def fetch_with_pauses(
        self, requests: Iterable[FetchRequest], *, pause: timedelta
    ) -> Iterator[tuple[FetchRequest, FetchOutcome] | None]:
        """Yield as `fetch_all` does, and None whenever nothing came for as long as `pause`."""
        return self._fetch(requests, pause_seconds=pause.total_seconds())

    def _fetch(self, requests: Iterable[FetchRequest], *, pause_seconds: float | None) -> Generator[_Pair | None]:
        fleet = self._borrow()
        self._running.append(fleet)
        try:
            yield from fleet.run(requests, pause_seconds=pause_seconds)
        finally:
            self._running.remove(fleet)
            self._give_back(fleet)

    def close(self) -> None:
        """End passes under way, in whichever thread, and close every connection; what they had not yielded is abandoned."""
        self._closed = True
        for fleet in tuple(self._running):
            fleet.abandon()
        while self._idle:
            self._idle.pop().close()

    def _borrow(self) -> Fleet:
        if self._closed:
            raise RuntimeError("the fetcher is closed")
        if self._idle:
            return self._idle.pop()
        return Fleet(limits=self._limits, guard=self._guard, agent=self._agent, gaps=self._gaps)

    def _give_back(self, fleet: Fleet) -> None:
        if self._closed:
            fleet.close()
        else:
            self._idle.append(fleet)


class Fleet:
    """One pass at a time: the caller's side (`run`) and the thread's side (`_drive`) meet in `_inbox` and `_results`.

    Only one side writes each counter: the caller `_taken`, the thread `_delivered`.
    """

    def __init__(self, *, limits: FetchLimits, guard: AddressGuard, agent: str, gaps: HostGaps) -> None:
        self._limits = limits
        self._guard = guard
        certificates = trusted_certificates()
        self._free = [
            Exchange(limits=limits, guard=guard, agent=agent, certificates=certificates) for _ in range(limits.concurrency)
        ]
        self._flying: dict[pycurl.Curl, _Flight] = {}
        self._schedule: HostSchedule[Visit] = HostSchedule(
            connections=limits.per_host_connections, gap=limits.per_host_gap, gaps=gaps
        )
        self._held: dict[str, FetchError] = {}
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_MAXCONNECTS, _KEPT_CONNECTIONS * limits.concurrency)
        self._bell, self._bell_rope = socket.socketpair()
        self._bell.setblocking(False)
        self._bell_rope.setblocking(False)
        shortest = min(limits.first_byte_timeout, limits.stall_timeout).total_seconds()
        self._worth_waking = -(-limits.concurrency // 2)
        self._sweep_seconds = min(max(shortest / 4, 0.01), _LONGEST_WAIT_SECONDS)
        self._begin()

    def _begin(self) -> None:
        self._inbox: deque[FetchRequest] = deque()
        self._results: SimpleQueue[_Outcomes | BaseException] = SimpleQueue()
        self._outbox: _Outcomes = []
        self._held.clear()
        self._taken = self._delivered = 0
        self._stopping = False
        self._abandoned = False
        self._asleep = False
        self._starved = False
        self._lacks_hosts = False
        self._next_sweep = 0.0

    # The caller's side

    def run(self, requests: Iterable[FetchRequest], *, pause_seconds: float | None = None) -> Generator[_Pair | None]:
        """Yield an outcome for every request, and None after each pause without one."""
        self._begin()
        source = iter(requests)
        exhausted = False
        pulled = 0
        thread = Thread(target=self._drive, name="fetch", daemon=True)
        thread.start()
        try:
            while True:
                room = (LOOK_AHEAD if self._lacks_hosts else _READ_AHEAD) - (pulled - self._taken)
                if not exhausted and room > 0:
                    # Before the thread hears of more, so that it says so again where that is not enough.
                    self._lacks_hosts = False
                    more = list(islice(source, min(room, _PULL)))
                    exhausted = len(more) < min(room, _PULL)
                    pulled += len(more)
                    self._inbox.extend(more)
                    self._ring()
                if exhausted and pulled == self._taken:
                    return
                self._ring_for(1)
                waits = exhausted or room <= 0
                try:
                    batch = self._results.get(block=waits, timeout=pause_seconds)
                except Empty:
                    if waits:
                        yield None
                    continue
                if self._abandoned:
                    return
                if isinstance(batch, BaseException):
                    raise batch
                for pair in batch:
                    self._taken += 1
                    self._ring_for(self._worth_waking)  # to be woken for each outcome costs a 304 a tenth more
                    yield pair
        finally:
            self._stopping = True
            self._ring()
            thread.join()

    def abandon(self) -> None:
        """End the pass under way from another thread, also while its caller waits for an outcome."""
        self._abandoned = True
        self._results.put([])

    def close(self) -> None:
        """Close the handles and their connections."""
        for exchange in self._free:
            exchange.curl.close()
        self._free.clear()
        self._multi.close()
        self._bell.close()
        self._bell_rope.close()

    def _ring(self) -> None:
        """Wake the thread if it sleeps."""
        if self._asleep:
            self._asleep = False
            self._starved = False
            with suppress(BlockingIOError):  # it has been rung often enough
                self._bell_rope.send(b"!")

    def _ring_for(self, room: int) -> None:
        """Wake the thread if it sleeps because outcomes were not taken, and as many may start by now."""
        if self._starved and self._room() >= room:
            self._ring()

    # The thread's side

    def _drive(self) -> None:
        try:
            while not self._stopping:
                self._receive()
                self._start()
                self._multi.perform()
                finished = self._collect()
                self._sweep()
                if self._outbox:
                    self._delivered += len(self._outbox)
                    self._results.put(self._outbox)
                    self._outbox = []
                if not finished:
                    self._sleep()
        except BaseException as error:  # noqa: BLE001 -- handed to the caller's side, which raises it there
            self._results.put(error)
        finally:
            for curl, flight in self._flying.items():
                self._multi.remove_handle(curl)
                self._free.append(flight.exchange)
            self._flying.clear()
            self._schedule.clear()

    def _receive(self) -> None:
        """Line up what the caller asked for."""
        while self._inbox:
            request = self._inbox.popleft()
            try:
                visit = Visit.of(request, self._guard)
            except FetchError as error:
                self._outbox.append((request, error))
            else:
                self._line_up(visit)

    def _line_up(self, visit: Visit) -> None:
        answer = self._held.get(visit.site)
        if answer:
            self._outbox.append((visit.request, _withheld(visit, answer)))
        else:
            self._schedule.add(visit.site, visit)

    def _room(self) -> int:
        undelivered = self._delivered + len(self._outbox) - self._taken
        return self._limits.concurrency - len(self._flying) - undelivered

    def _start(self) -> None:
        """Start what may start."""
        room = self._room()
        while room > 0 and self._free:
            ready = self._schedule.next_ready(time.monotonic())
            if ready is None:
                self._ask_for_hosts()
                return
            self._launch(self._free.pop(), ready[1])
            room -= 1

    def _ask_for_hosts(self) -> None:
        """Tell the caller's side, which may be waiting for an outcome, that every host at hand is busy or keeps its gap."""
        if not self._lacks_hosts:
            self._lacks_hosts = True
            self._results.put([])

    def _launch(self, exchange: Exchange, visit: Visit) -> None:
        try:
            exchange.open(visit)
            self._multi.add_handle(exchange.curl)
        except FetchError as error:
            self._end(exchange, visit, error)
        except pycurl.error as error:
            self._end(exchange, visit, raised_failure(error, url=visit.request.url, host=visit.site))
        else:
            self._flying[exchange.curl] = _Flight(exchange)

    def _collect(self) -> int:
        """Take in the answers that are complete; return how many."""
        finished = 0
        queued = 1
        while queued:
            queued, succeeded, failed = self._multi.info_read()
            for curl in succeeded:
                self._land(curl, 0, "")
            for curl, code, detail in failed:
                self._land(curl, code, detail)
            finished += len(succeeded) + len(failed)
        return finished

    def _land(self, curl: pycurl.Curl, code: int, detail: str) -> None:
        exchange = self._flying.pop(curl).exchange
        self._multi.remove_handle(curl)
        visit = exchange.visit
        result = exchange.close(code, detail, now=datetime.now(UTC))
        if not isinstance(result, Visit):
            self._end(exchange, visit, result)
        elif result.site == visit.site and visit.site not in self._held:
            self._launch(exchange, result)  # the same host, the same visit
        else:
            self._free.append(exchange)
            self._schedule.finished(visit.site)
            self._line_up(result)

    def _end(self, exchange: Exchange, visit: Visit, outcome: FetchOutcome) -> None:
        self._free.append(exchange)
        self._schedule.finished(visit.site)
        self._outbox.append((visit.request, outcome))
        if isinstance(outcome, FetchError) and outcome.status == HTTPStatus.TOO_MANY_REQUESTS:
            self._held[visit.site] = outcome
            for waiting in self._schedule.withdraw(visit.site):
                self._outbox.append((waiting.request, _withheld(waiting, outcome)))

    def _sweep(self) -> None:
        """Give up on what does not get on; libcurl itself keeps the time for connecting and for the whole."""
        now = time.monotonic()
        if now < self._next_sweep:
            return
        self._next_sweep = now + self._sweep_seconds
        limits = self._limits
        for curl, flight in list(self._flying.items()):
            progress = flight.exchange.progress()
            if progress != flight.progress:
                flight.progress, flight.progress_at = progress, now
                continue
            patience = limits.stall_timeout if progress else limits.first_byte_timeout
            if now - flight.progress_at > patience.total_seconds():
                del self._flying[curl]
                self._multi.remove_handle(curl)
                self._end(flight.exchange, flight.exchange.visit, flight.exchange.expire(first_byte=not progress))

    def _sleep(self) -> None:
        """Wait until something arrives, a moment comes, or the caller rings."""
        seconds = _LONGEST_WAIT_SECONDS
        if self._flying:
            curl_ms = self._multi.timeout()
            seconds = self._sweep_seconds if curl_ms < 0 else min(self._sweep_seconds, curl_ms / 1000)
        ready_at = self._schedule.next_ready_at()
        self._asleep = True
        if ready_at is not None:
            if self._room() > 0:
                seconds = min(seconds, max(ready_at - time.monotonic(), 0.0))
            else:
                self._starved = True
        if self._inbox or self._stopping or (self._starved and self._room() > 0):  # rung before it was asleep
            seconds = 0.0
        if seconds > 0:
            readable, writable, failing = self._multi.fdset()
            bell = self._bell.fileno()
            awake, _, _ = select.select([*readable, bell], writable, failing, seconds)
            if bell in awake:
                self._silence()
        self._asleep = self._starved = False

    def _silence(self) -> None:
        with suppress(BlockingIOError):
            self._bell.recv(64)


class _Flight:
    """An exchange under way, and when it last got on (seconds on the monotonic clock)."""

    __slots__ = ("exchange", "progress", "progress_at")

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.progress = 0
        self.progress_at = time.monotonic()


def _withheld(visit: Visit, answer: FetchError) -> FetchError:
    return FetchError(
        f"not asked: {visit.site} answered 429 (Too Many Requests) to another request of this pass",
        feed_url=visit.request.url,
        status=answer.status,
        retry_after=answer.retry_after,
    )
