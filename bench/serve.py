"""How many requests a second does a feed take, under which server, and how far is that from a server that does nothing else?

The bound is a bare ASGI application that sends the same ready bytes: no routing, no store, no negotiation. All servers are
up during the whole run with one process each; wrk asks them in turn, so a slow minute hits all of them.
"""

from __future__ import annotations

import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, MutableMapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from aggregator.app import SystemClock
from aggregator.emit.feedgen_writer import RssWriter
from aggregator.emit.render import render
from aggregator.library.reads import ReadRecorder
from aggregator.model.document import Attribution, DocumentEntry, FeedDocument, Rendered
from aggregator.store.database import open_database
from aggregator.web import recent
from aggregator.web.asgi import create_app
from aggregator.web.feeds import serve_feed
from aggregator.web.site import WebSite
from bench.record import Options, Report, Row, Sample

STORE = "BENCH_SERVE_STORE"  # environment variable with the URL of the store, read by the applications below
FEED = "/topics/bench.rss"
ENTRIES = 100
CONNECTIONS = 16
SECONDS = 3  # a run
PATIENCE = 10  # seconds until wrk calls an answer lost; a machine that others use is slow, not wrong
PER_ROW = 1_000  # requests that a row counts as one run: wrk fixes the time, not the number
SENTENCE = (
    "<p>Der Stadtrat {number} hat am <em>Dienstag</em> den Umbau des Bahnhofs {other} beschlossen, heisst es im Protokoll.</p>"
)
UVICORN = (
    "-m",
    "uvicorn",
    "--factory",
    "--no-access-log",
    "--no-proxy-headers",
    "--no-server-header",
    "--log-level",
    "warning",
)
GRANIAN = ("-m", "granian", "--interface", "asgi", "--factory", "--no-ws", "--no-log", "--workers", "1")

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """An application under a server."""

    name: str
    command: tuple[str, ...]


CONTENDERS = (
    Contender(name="ready bytes, uvicorn", command=(*UVICORN, "bench.serve:ready")),
    Contender(name="ready bytes, granian", command=(*GRANIAN, "bench.serve:ready")),
    Contender(name="aggregator, uvicorn", command=(*UVICORN, "bench.serve:ours")),
    Contender(name="aggregator, granian", command=(*GRANIAN, "bench.serve:ours")),
    Contender(name="aggregator without memory, uvicorn", command=(*UVICORN, "bench.serve:unremembered")),
    Contender(name="aggregator in threads, uvicorn", command=(*UVICORN, "bench.serve:threaded")),
)


def bench(options: Options) -> Iterator[Report]:
    document = _rendered()
    report = Report(
        name="serve",
        question="how many requests a second does one feed take?",
        corpus=f"one RSS feed of {ENTRIES} entries, {len(document.body)} bytes, {len(document.body_gzip)} gzipped; "
        f"wrk, {CONNECTIONS} connections, {SECONDS} s a run, loopback; CPU is the server's",
        baseline="ready bytes, uvicorn",
    )
    etag = document.etag[:-1] + '-gzip"'
    work = {"200, gzip": {"Accept-Encoding": "gzip"}, "304": {"Accept-Encoding": "gzip", "If-None-Match": etag}}
    samples: dict[tuple[str, str], list[Sample]] = defaultdict(list)
    latencies: dict[tuple[str, str], list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        storage = open_database(url)
        with storage.write() as tx:
            tx.documents.put([document])
        storage.close()
        servers = {each.name: stack.enter_context(serving(each, url)) for each in CONTENDERS}
        for kind, headers in work.items():
            for name, (port, _) in servers.items():
                _verify(port, headers, status=int(kind[:3]), body=document.body_gzip, name=name)
                wrk(port, headers, seconds=1)  # warm
            for _ in range(options.runs):
                for name, (port, group) in servers.items():
                    sample, latency = measure(port, group, headers)
                    samples[name, kind].append(sample)
                    latencies[name, kind].append(latency)
    for (name, kind), taken in samples.items():
        report.add(Row(name=name, work=kind, unit="request", count=PER_ROW, samples=tuple(taken)))
        report.facts[f"p99 ms, {kind}, {name}"] = round(statistics.median(latencies[name, kind]), 2)
    yield report


def ours() -> Starlette:
    """Return the real application over the store of the benchmark."""
    storage = open_database(os.environ[STORE])
    recorder = ReadRecorder(storage)
    site = WebSite(title="Bench", base_url="http://127.0.0.1")
    return create_app(storage=storage, site=site, recorder=recorder, clock=SystemClock())


def unremembered() -> Starlette:
    """Return the same asking the store for every request."""
    recent.RECENT = timedelta(0)
    return ours()


def threaded() -> Starlette:
    """Return the same with feeds served from threads, as pages are."""

    def serve_in_thread(request: Request) -> Response:
        work = serve_feed(request)
        try:
            work.send(None)
        except StopIteration as done:
            response: Response = done.value
            return response
        raise RuntimeError("serving a feed awaited something")

    app = ours()
    app.router.routes.insert(0, Route("/topics/{slug}.{format}", serve_in_thread))
    return app


def ready() -> Callable[[MutableMapping[str, Any], object, Send], Awaitable[None]]:
    """Return an application that knows one answer to each of the two questions."""
    storage = open_database(os.environ[STORE])
    with storage.read() as tx:
        document = tx.documents.get(FEED)
    storage.close()
    if document is None:
        raise RuntimeError("the store of the benchmark is empty")
    body = document.body_gzip
    fields = [
        (b"etag", document.etag[:-1].encode() + b'-gzip"'),
        (b"cache-control", b"public, max-age=900"),
        (b"vary", b"accept-encoding"),
    ]
    full = [
        *fields,
        (b"content-type", b"application/rss+xml; charset=utf-8"),
        (b"content-encoding", b"gzip"),
        (b"content-length", str(len(body)).encode()),
    ]

    async def app(scope: MutableMapping[str, Any], _receive: object, send: Send) -> None:
        if scope["type"] != "http":
            return
        if any(name == b"if-none-match" for name, _ in scope["headers"]):
            await send({"type": "http.response.start", "status": 304, "headers": fields})
            await send({"type": "http.response.body", "body": b""})
        else:
            await send({"type": "http.response.start", "status": 200, "headers": full})
            await send({"type": "http.response.body", "body": body})

    return app


def _rendered() -> Rendered:
    at = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    entries = tuple(
        DocumentEntry(
            id=f"tag:news.example,2026:entry/{number}",
            url=f"https://blatt-{number % 9}.example/beitrag-{number}.html",
            title=f"Der Stadtrat verschiebt den Umbau des Bahnhofs ({number})",
            published_at=at,
            updated_at=at,
            summary_html="".join(SENTENCE.format(number=number, other=number * 7919 % 1009 + line) for line in range(5)),
            content_html="",
            authors=(),
            categories=("Inland",),
            enclosures=(),
            image_url=None,
            language="de",
            attribution=Attribution(title="Blatt", home_url=None, feed_url=f"https://blatt-{number % 9}.example/rss"),
            page_url=f"https://news.example/entries/{number}",
        )
        for number in range(1, ENTRIES + 1)
    )
    document = FeedDocument(
        path=FEED.removesuffix(".rss"),
        base_url="https://news.example",
        id="tag:news.example,2026:bench",
        title="Bench",
        description="Bench",
        language="de",
        updated_at=at,
        entries=entries,
    )
    return render(document, RssWriter(), fingerprint="bench")


@contextmanager
def serving(contender: Contender, url: str) -> Iterator[tuple[int, int]]:
    """Run a server; yield its port and its process group."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [sys.executable, *contender.command, "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        command, env={**os.environ, STORE: url}, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _await_port(port, process)
        yield port, process.pid
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await_port(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"a server ended with {process.returncode} before it served")
        with socket.socket() as client:
            client.settimeout(1)
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("a server did not start within 20 s")


def _verify(port: int, headers: dict[str, str], *, status: int, body: bytes, name: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", FEED, headers=headers)
    answer = connection.getresponse()
    got = answer.read()
    connection.close()
    if answer.status != status or got != (body if status == 200 else b""):
        raise RuntimeError(f"{name}: {answer.status} with {len(got)} bytes, expected {status}")


def measure(port: int, group: int, headers: dict[str, str], *, path: str = FEED) -> tuple[Sample, float]:
    """Let wrk ask for some seconds; return the run, and the 99th percentile of latency in ms."""
    before = _group_cpu_seconds(group)
    requests, seconds, latency = wrk(port, headers, seconds=SECONDS, path=path)
    cpu = _group_cpu_seconds(group) - before
    return Sample(wall_seconds=seconds * PER_ROW / requests, cpu_seconds=cpu * PER_ROW / requests), latency


def wrk(port: int, headers: dict[str, str], *, seconds: int, path: str = FEED) -> tuple[int, float, float]:
    """Return requests, seconds, and the 99th percentile of latency in ms."""
    named: Sequence[str] = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    command = [
        "wrk",
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{seconds}s",
        "--latency",
        f"--timeout={PATIENCE}s",
        *named,
        f"http://127.0.0.1:{port}{path}",
    ]
    output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 20).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        raise RuntimeError(output)
    total = re.search(r"(\d+) requests in ([\d.]+)s", output)
    tail = re.search(r"99%\s+([\d.]+)(us|ms|s)", output)
    if total is None or tail is None:
        raise RuntimeError(f"wrk said something else: {output}")
    return int(total[1]), float(total[2]), float(tail[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[tail[2]]


def _group_cpu_seconds(group: int) -> float:
    """Return the CPU of all processes of a group (proc(5): fields 5, 14 and 15 of stat)."""
    ticks = 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        if int(fields[2]) == group:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
