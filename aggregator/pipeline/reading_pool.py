"""Processes that read documents under limits of memory and time: what one document does to its process, no other feels.

Processes are started with the first document that needs one and end when they have been idle for a while. They are programs
of their own and not forks: a fork of a process with threads and open connections holds whatever these held.

Sound documents are not sent here. Measured with passes of 700 new documents on two busy cores: sharing them took up to a
seventh more CPU a feed, and no pass was sooner done (ADR 16).
"""

from __future__ import annotations

import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from queue import Empty, SimpleQueue

from aggregator.errors import NotAFeed, ParseError
from aggregator.model.change import FeedUpdate
from aggregator.pipeline.reading import ReadOutcome, UnreadDocument
from aggregator.pipeline.reading_worker import LENGTH, NOT_A_FEED, NOT_READ

MAX_PROCESSES = 4
WAITING_BYTES = 64 << 20
"""Documents that may wait to be read; whoever brings more waits, so that memory stays bounded."""

IDLE = timedelta(minutes=1)
"""How long a process waits for the next document: the broken feeds of one pass come within that."""

_PIECE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingLimits:
    """What one document may take. `memory_bytes` is address space, 40 MiB of which the process has before it reads.

    A document of 18 MiB takes feedparser 130 MiB and 4 s. `wall` stands above `cpu_seconds` for busy
    machines.
    """

    memory_bytes: int = 512 << 20
    cpu_seconds: int = 10
    wall: timedelta = timedelta(seconds=60)


_Job = tuple[UnreadDocument, "Future[ReadOutcome]"]


class ReadingPool:
    """Reads documents in other processes (`reading.Readers`); safe to use from several threads."""

    def __init__(self, *, limits: ReadingLimits | None = None, processes: int | None = None, idle: timedelta = IDLE) -> None:
        self._limits = limits or ReadingLimits()
        # One core is left for those who fetch, store and serve.
        self._most = processes or min(max((os.cpu_count() or 1) - 1, 1), MAX_PROCESSES)
        self._idle = idle
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._changed = threading.Condition()
        self._attendants: set[_Attendant] = set()
        self._free = 0
        self._waiting = 0
        self._waiting_bytes = 0
        self._closed = False

    def submit(self, document: UnreadDocument) -> Future[ReadOutcome]:
        """Return what will hold the outcome; waits while too much waits already."""
        future: Future[ReadOutcome] = Future()
        size = len(document.fetched.body)
        with self._changed:
            self._changed.wait_for(
                lambda: self._closed or not self._waiting_bytes or self._waiting_bytes + size <= WAITING_BYTES
            )
            if self._closed:
                _cancel(future)
                return future
            self._waiting += 1
            self._waiting_bytes += size
            self._jobs.put((document, future))
            if self._waiting > self._free and len(self._attendants) < self._most:
                attendant = _Attendant(self)
                self._attendants.add(attendant)
                self._free += 1
                attendant.start()
        return future

    def close(self) -> None:
        """End the processes; what was not read is cancelled."""
        with self._changed:
            self._closed = True
            attendants = list(self._attendants)
            self._changed.notify_all()
        for _ in attendants:
            self._jobs.put(None)
        for attendant in attendants:
            attendant.kill()
        for attendant in attendants:
            attendant.join()
        with suppress(Empty):
            while True:
                job = self._jobs.get_nowait()
                if job is not None:
                    _cancel(job[1])

    # What the attendants call

    def take(self, attendant: _Attendant) -> _Job | None:
        """Return the next document, or None where there is nothing more to do; the attendant is forgotten then."""
        while True:
            try:
                job = self._jobs.get(timeout=self._idle.total_seconds())
            except Empty:
                job = None
            with self._changed:
                if job is None and self._waiting and not self._closed:
                    continue  # it came in the last moment
                self._free -= 1
                if job is not None:
                    self._waiting -= 1
                if job is None or self._closed:
                    self._attendants.discard(attendant)
            if job is not None and self._closed:
                _cancel(job[1])
                return None
            return job

    def done(self, document: UnreadDocument) -> None:
        """Count a document as read."""
        with self._changed:
            self._free += 1
            self._waiting_bytes -= len(document.fetched.body)
            self._changed.notify_all()

    @property
    def closed(self) -> bool:
        """Whether nothing is to be read any more."""
        return self._closed

    @property
    def limits(self) -> ReadingLimits:
        """What a document may take."""
        return self._limits


class _Attendant(threading.Thread):
    """Looks after one process: starts it, hands it documents, ends it where it takes too much."""

    def __init__(self, pool: ReadingPool) -> None:
        super().__init__(name="reading", daemon=True)
        self._pool = pool
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None

    def run(self) -> None:
        try:
            while (job := self._pool.take(self)) is not None:
                document, future = job
                try:
                    outcome = self._read(document)
                except BaseException as error:  # noqa: BLE001 -- handed to whoever waits
                    self._end()
                    future.set_exception(error)
                else:
                    if outcome is None:
                        _cancel(future)
                    else:
                        future.set_result(outcome)
                finally:
                    self._pool.done(document)
        finally:
            self._end()

    def kill(self) -> None:
        """End the process from another thread."""
        process = self._process
        if process is not None:
            process.kill()

    def _read(self, document: UnreadDocument) -> ReadOutcome | None:
        """Return the outcome, or None where the pool was closed meanwhile."""
        deadline = time.monotonic() + self._pool.limits.wall.total_seconds()
        url = document.feed_url
        try:
            answer = self._ask(document, deadline)
        except TimeoutError:
            self._end()
            reason = f"the document took longer than {self._pool.limits.wall.total_seconds():g} s to read"
        except (OSError, EOFError, pickle.UnpicklingError):
            reason = self._autopsy()
        else:
            if isinstance(answer, FeedUpdate):
                return answer
            kind, said = answer
            if kind == NOT_A_FEED:
                return NotAFeed(said, feed_url=url)
            if kind == NOT_READ:
                return ParseError(said, feed_url=url)
            self._end()  # what is left of its memory is anybody's guess
            reason = self._too_much_memory()
        return None if self._pool.closed else ParseError(reason, feed_url=url)

    def _ask(self, document: UnreadDocument, deadline: float) -> FeedUpdate | tuple[str, str]:
        channel = self._channel or self._start()
        packed = pickle.dumps(document, protocol=pickle.HIGHEST_PROTOCOL)
        for piece in (LENGTH.pack(len(packed)), packed):
            channel.settimeout(max(deadline - time.monotonic(), 0.001))
            channel.sendall(piece)
        (length,) = LENGTH.unpack(_receive(channel, LENGTH.size, deadline))
        answer: FeedUpdate | tuple[str, str] = pickle.loads(_receive(channel, length, deadline))  # noqa: S301 - from our own child
        return answer

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        limits = self._pool.limits
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own program, under our own interpreter
                [
                    *(sys.executable, "-m", "aggregator.pipeline.reading_worker"),
                    *(str(limits.memory_bytes), str(limits.cpu_seconds)),
                ],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        self._channel = ours
        if self._pool.closed:  # while it was being started, nobody could end it
            self._process.kill()
        return ours

    def _autopsy(self) -> str:
        """Say why the process is gone."""
        process = self._process
        code = self._end()
        if process is None or code is None:
            return "no process could be started to read the document"
        if code == -signal.SIGXCPU:
            return f"the document took more than {self._pool.limits.cpu_seconds} s of computing to read"
        if code in {-signal.SIGKILL, -signal.SIGSEGV, -signal.SIGABRT}:
            return f"{self._too_much_memory()}, or broke its reader (signal {-code})"
        return f"reading the document ended its process (code {code})"

    def _too_much_memory(self) -> str:
        return f"the document took more than {self._pool.limits.memory_bytes >> 20} MiB of memory to read"

    def _end(self) -> int | None:
        """End the process, if there is one, and return its exit code: its own if it was gone already."""
        process, channel = self._process, self._channel
        self._process = self._channel = None
        if channel is not None:
            channel.close()
        if process is None:
            return None
        try:
            return process.wait(timeout=1)  # the closed socket is its end, unless it is busy
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()


def _cancel(future: Future[ReadOutcome]) -> None:
    future.cancel()
    future.set_running_or_notify_cancel()  # else those who wait for several are not woken


def _receive(channel: socket.socket, size: int, deadline: float) -> bytes:
    pieces = bytearray()
    while len(pieces) < size:
        channel.settimeout(max(deadline - time.monotonic(), 0.001))
        piece = channel.recv(min(size - len(pieces), _PIECE_BYTES))
        if not piece:
            raise EOFError
        pieces += piece
    return bytes(pieces)
