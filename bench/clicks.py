"""How long does a click on `/r/<id>` take, at rest and while a pass over feeds runs, and is any of a burst lost?

The server is `aggregator serve` and the pass `aggregator poll --all`, each a process of its own over one SQLite store, as in
the daemon, with the niceness of its poller. Clicks come by HTTP over loopback from so many invented visitors, at a fixed rate;
a click's time runs from when it was due, so that what waits behind a slow one is charged too. Afterwards the reads in the store
are counted.
"""

from __future__ import annotations

import json
import os
import selectors
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from aggregator.cli.workers import POLLER_NICENESS
from bench.ingest import check, configuration, program
from bench.origin import Origin
from bench.record import Report, Row, Sample, Spread, run_program

FEEDS = 200
NEWS = 1.0  # share of the feeds that have a new entry in every pass, so that each pass parses and stores
STEADY_RATE, STEADY_SECONDS = 100, 10
BURST_RATE, BURST_SECONDS = 1_000, 10
CONNECTIONS = 32
WRITTEN_SECONDS = 30  # within which the last read must be in the store
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
AT_REST, IN_A_PASS = "nothing else runs", "while passes run"
_END = b"\r\n\r\n"


def measure_clicks(runs: int) -> Report:
    """Return the report.

    Raises: RuntimeError where a click was answered wrongly or lost.
    """
    report = Report(
        name="clicks",
        question="How long does a click take, and is any lost?",
        corpus=f"{FEEDS} generated feeds on loopback; {STEADY_RATE} clicks/s for {STEADY_SECONDS} s and {BURST_RATE} clicks/s "
        f"for {BURST_SECONDS} s a run, {CONNECTIONS} connections; a click is timed from when it was due; SQLite",
        baseline=AT_REST,
    )
    times: dict[tuple[str, str], list[list[float]]] = {}
    with tempfile.TemporaryDirectory() as name, Origin(feeds=FEEDS) as origin:
        folder = Path(name)
        port = _free_port()
        text = configuration(origin.urls).replace(
            "feeds:\n", f"server: {{port: {port}, trusted_proxies: [127.0.0.1]}}\nfeeds:\n"
        )
        (folder / "config.yaml").write_text(text, encoding="utf-8")
        run_program([*program(folder), "poll", "--all"])
        with closing(sqlite3.connect(folder / "aggregator.db")) as store:
            entries = [row[0] for row in store.execute("SELECT id FROM entries ORDER BY id")]
        visitors = _Visitors(entries)
        with _serving(folder, port):
            click(port, visitors.requests(200), rate=200)  # warm
            for _ in range(runs):
                for state in (AT_REST, IN_A_PASS):
                    with _passes(folder, origin, wanted=state == IN_A_PASS):
                        steady = visitors.requests(STEADY_RATE * STEADY_SECONDS)
                        times.setdefault((f"{STEADY_RATE} clicks/s", state), []).append(click(port, steady, rate=STEADY_RATE))
                        burst = visitors.requests(BURST_RATE * BURST_SECONDS)
                        times.setdefault((f"{BURST_RATE} clicks/s", state), []).append(click(port, burst, rate=BURST_RATE))
                    check(_await_reads(folder, visitors.made), visitors.made, f"reads in the store, {state}")
    for (work, state), taken in times.items():
        # One click a run: its wall time is the median of the run, so that units/s is how many a single visitor could make.
        samples = tuple(Sample(wall_seconds=_quantile(run, 0.5)) for run in taken)
        report.add(Row(name=state, work=work, count=1, unit="click", samples=samples))
        for share, label in ((0.5, "median"), (0.99, "p99"), (1.0, "slowest")):
            spread = Spread.of(_quantile(run, share) * 1000 for run in taken)
            report.facts[f"{label} ms, {work}, {state}"] = round(spread.median, 2)
    report.facts["processes that wanted a processor meanwhile (load of 5 min)"] = round(os.getloadavg()[1], 1)
    report.facts["clicks made"] = visitors.made
    report.facts["reads in the store"] = visitors.made
    return report


class _Visitors:
    """Requests of visitors who never come twice: each is of a network of its own, and reads one entry."""

    def __init__(self, entries: Sequence[int]) -> None:
        self._entries = entries
        self.made = 0

    def requests(self, count: int) -> list[bytes]:
        made = []
        for number in range(self.made, self.made + count):
            address = f"{20 + (number >> 16) % 200}.{(number >> 8) % 256}.{number % 256}.7"  # a /24 each
            entry = self._entries[number * 7919 % len(self._entries)]
            made.append(
                f"GET /r/{entry} HTTP/1.1\r\nHost: news.example\r\nUser-Agent: {FIREFOX}\r\nX-Forwarded-For: {address}\r\n"
                "Accept: text/html\r\nAccept-Language: de\r\nSec-Fetch-Mode: navigate\r\n\r\n".encode()
            )
        self.made += count
        return made


def click(port: int, requests: Sequence[bytes], *, rate: float) -> list[float]:
    """Send each request when it is due, over connections that are kept; return the seconds that each took.

    Raises: RuntimeError for any answer that is no redirect.
    """
    seconds: list[float] = []
    with selectors.DefaultSelector() as selector:
        free: deque[socket.socket] = deque()
        waiting: dict[socket.socket, float] = {}
        for _ in range(CONNECTIONS):
            connection = socket.create_connection(("127.0.0.1", port), timeout=10)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(connection, selectors.EVENT_READ)
            free.append(connection)
        sent, start = 0, time.perf_counter() + 0.05
        while len(seconds) < len(requests):
            while sent < len(requests) and free and start + sent / rate <= time.perf_counter():
                connection = free.popleft()
                connection.sendall(requests[sent])
                waiting[connection] = start + sent / rate
                sent += 1
            pause = start + sent / rate - time.perf_counter() if sent < len(requests) and free else 5.0
            for key, _ in selector.select(max(pause, 0.0)):
                connection = key.fileobj  # type: ignore[assignment]  # only sockets were registered
                answer = connection.recv(65_536)
                if not (answer.startswith(b"HTTP/1.1 302") and answer.endswith(_END)):
                    raise RuntimeError(f"a click was answered by {answer[:80]!r}")
                seconds.append(time.perf_counter() - waiting.pop(connection))
                free.append(connection)
        for connection in free:
            selector.unregister(connection)
            connection.close()
    return seconds


@contextmanager
def _serving(folder: Path, port: int) -> Iterator[None]:
    process = subprocess.Popen([*program(folder), "serve"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if process.poll() is not None:
                raise RuntimeError(f"the server ended with {process.returncode} before it served")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def _passes(folder: Path, origin: Origin, *, wanted: bool) -> Iterator[None]:
    """Run passes over all feeds, one after the other, until the block ends; at least one must have ended well."""
    if not wanted:
        yield
        return
    stop, done, failures = threading.Event(), [0], list[str]()

    def run() -> None:
        while not stop.is_set():
            origin.change(NEWS)
            try:
                _, output = run_program(["nice", "-n", str(POLLER_NICENESS), *program(folder), "poll", "--all", "--json"])
            except RuntimeError as error:
                failures.append(str(error))
                return
            report = json.loads(output)
            done[0] += report["entries"]["new"]

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    if failures or not done[0]:
        raise RuntimeError(f"the passes beside the clicks stored {done[0]} entries; {failures}")


def _await_reads(folder: Path, expected: int) -> int:
    """Return the reads in the store once they are as many as expected, or when time is over."""
    deadline = time.monotonic() + WRITTEN_SECONDS
    with closing(sqlite3.connect(folder / "aggregator.db")) as store:
        while True:
            found: int = store.execute("SELECT count(*) FROM reads").fetchone()[0]
            if found >= expected or time.monotonic() > deadline:
                return found
            time.sleep(0.2)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


if __name__ == "__main__":
    print(measure_clicks(int(sys.argv[1]) if len(sys.argv) > 1 else 1).table())
