"""The origin as a program: serves feeds on many loopback hosts, as fast as it can, until its standard input ends.

It prints one JSON line when it is ready: `{"port": …, "places": [[host, path], …]}`. Start it through `bench.origin.Origin`.

    /feeds/<n>                      generated feeds
    /tiny/<n>                       with --tiny: feeds of one entry, made when asked for, however many
    /<file name>                    with --directory: the files of a folder, on one address a publisher if the folder names them
    /control/counters               counts since the last reset
    /control/reset                  counts to zero
    /control/change?share=0.05      so many feeds get one new entry and lose their oldest
    /control/latency?seconds=0.1    every later answer waits

With --faults some of the generated feeds misbehave (`origin_faults`); the ready line says which: `"faults": {path: fault}`.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import hashlib
import json
import random
import socket
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import cast
from urllib.parse import parse_qs, quote, urlsplit

import uvloop

from bench.corpus import generate
from bench.origin_faults import Fault, bomb, break_markup, monster, plan_faults, send_drip, send_huge

HEAD_END = b"\r\n\r\n"
HEAD_LIMIT_BYTES = 64 * 1024
PORT_TRIES = 20
ADDRESSES_A_NET = 250  # loopback addresses of publishers in 127.0.1.0/24, then in 127.0.2.0/24 and so on
COLUMNS = ("file", "kind", "host")
SECOND_LEVELS = {"ac", "co", "com", "gov", "net", "org"}  # of a country: example.co.uk is one publisher, co.uk is none
HOSTING = {"hipcast.com", "podomatic.com", "podspot.de", "tumblr.com", "typepad.com", "wordpress.com"}
"""Domains under which each host is a publisher of its own."""
CAPTURED_AT = datetime(2026, 5, 1, tzinfo=UTC)  # Last-Modified of captured files: their own times are those of the checkout
MEDIA_TYPES = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
    "rdf": "application/rdf+xml",
}
NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Document:
    """One feed, with its three possible answers ready."""

    etag: bytes
    last_modified: bytes
    plain: bytes
    gzipped: bytes
    not_modified: bytes


def prepare(body: bytes, *, media_type: str, etag: str, updated_at: datetime) -> Document:
    last_modified = format_datetime(updated_at, usegmt=True)
    shared = f'ETag: "{etag}"\r\nLast-Modified: {last_modified}\r\nVary: Accept-Encoding\r\n'
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\n{shared}"
    packed = gzip.compress(body, 6, mtime=0)
    return Document(
        etag=f'"{etag}"'.encode(),
        last_modified=last_modified.encode(),
        plain=f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body,
        gzipped=f"{head}Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode() + packed,
        not_modified=f"HTTP/1.1 304 Not Modified\r\n{shared}\r\n".encode(),
    )


def tiny_document(number: int) -> Document:
    """Return a feed of one entry, the same whenever it is asked for."""
    site = f"https://klein-{number}.example"
    item = f"<item><title>Ein Beitrag von {number}</title><link>{site}/1</link><guid>{site}/1</guid></item>"
    body = f"<rss version='2.0'><channel><title>Klein {number}</title><link>{site}/</link>{item}</channel></rss>"
    return prepare(body.encode(), media_type=MEDIA_TYPES["rss"], etag=f"tiny-{number}", updated_at=CAPTURED_AT)


class Shelf:
    """The documents by path, the counts, and what the control paths do to both."""

    def __init__(self) -> None:
        self.documents: dict[bytes, Document] = {}
        self.publishers: dict[str, str] = {}  # of paths, where known
        self.versions: dict[int, int] = {}
        self.counts: Counter[str] = Counter()
        self.rounds = 0
        self.latency_seconds = 0.0
        self.tiny = 0
        self.faults: dict[bytes, Fault] = {}

    def misbehave(self) -> None:
        """Give some of the generated feeds a fault each."""
        for number, fault in plan_faults(self.versions).items():
            path = b"/feeds/%d" % number
            self.faults[path] = fault
            if fault is Fault.MOVED:
                self.documents[b"/moved" + path] = self.documents[path]
            elif fault in {Fault.BROKEN, Fault.MONSTER}:
                feed = generate(number)
                body = monster() if fault is Fault.MONSTER else break_markup(feed.body)
                self.documents[path] = prepare(
                    body, media_type=feed.media_type, etag=f"{number}-broken", updated_at=feed.updated_at
                )
        self.bomb = bomb() if Fault.BOMB in self.faults.values() else b""

    def fault_answer(self, path: bytes) -> bytes | None:
        """Return the short answer of a feed at fault, None where it has the usual one."""
        status = {Fault.ERROR: "500 Internal Server Error", Fault.NOT_FOUND: "404 Not Found", Fault.GONE: "410 Gone"}
        fault = self.faults.get(path)
        if fault in status:
            return f"HTTP/1.1 {status[fault]}\r\nContent-Length: 0\r\n\r\n".encode()
        if fault is Fault.MOVED:
            return b"HTTP/1.1 301 Moved Permanently\r\nLocation: /moved%s\r\nContent-Length: 0\r\n\r\n" % path
        return self.bomb if fault is Fault.BOMB else None

    def generate(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            version = self.versions.setdefault(number, 0)
            feed = generate(number, version=version)
            self.documents[b"/feeds/%d" % number] = prepare(
                feed.body, media_type=feed.media_type, etag=f"{number}-{version}", updated_at=feed.updated_at
            )

    def read(self, directory: Path) -> None:
        """Take the files of a folder; a MANIFEST.tsv with `file`, `kind` and `host` columns names those to take, else all."""
        for name, kind, host in _listed(directory):
            body = (directory / name).read_bytes()
            path = f"/{quote(name)}"
            self.documents[path.encode()] = prepare(
                body, media_type=_media_type(name, kind), etag=hashlib.sha256(body).hexdigest()[:16], updated_at=CAPTURED_AT
            )
            if host:
                self.publishers[path] = publisher_of(host)

    def change(self, share: float) -> int:
        """Give some generated feeds a new entry: others in every round, the same in every session."""
        self.rounds += 1
        chosen = random.Random(self.rounds).sample(sorted(self.versions), round(share * len(self.versions)))
        for number in chosen:
            self.versions[number] += 1
        self.generate(chosen)
        return len(chosen)

    def control(self, target: str) -> object:
        parts = urlsplit(target)
        query = parse_qs(parts.query)
        if parts.path == "/control/counters":
            return dict(self.counts)
        if parts.path == "/control/reset":
            self.counts.clear()
            return {}
        if parts.path == "/control/change":
            return {"changed": self.change(float(query["share"][0]))}
        if parts.path == "/control/latency":
            self.latency_seconds = float(query["seconds"][0])
            return {}
        return {"error": "no such control"}

    def place(self, hosts: Sequence[str]) -> list[tuple[str, str]]:
        """Return a host for each path: that of its publisher where it is known, else one of `hosts` in turn."""
        own = {name: address_of(number) for number, name in enumerate(dict.fromkeys(self.publishers.values()))}
        paths = [path.decode() for path in self.documents if not path.startswith(b"/moved")]
        paths += [f"/tiny/{number}" for number in range(self.tiny)]
        return [
            (own[self.publishers[path]] if path in self.publishers else hosts[number % len(hosts)], path)
            for number, path in enumerate(paths)
        ]

    def answer(self, target: bytes, head: bytes) -> bytes:
        """Return the bytes to send; `head` is the request with all header names still as the client wrote them."""
        document = self.documents.get(target)
        if document is None and self.tiny and target.startswith(b"/tiny/"):
            document = tiny_document(int(target[len(b"/tiny/") :]))
        if document is None:
            if target.startswith(b"/control/"):
                text = json.dumps(self.control(target.decode())).encode()
                return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(text) + text
            self.counts.update(("requests", "not_found"))
            return NOT_FOUND
        return self.answer_with(document, head)

    def answer_with(self, document: Document, head: bytes) -> bytes:
        """Return a document as the request wants it."""
        self.counts["requests"] += 1
        lowered = head.lower()
        etags = _header(head, lowered, b"\r\nif-none-match:")
        since = _header(head, lowered, b"\r\nif-modified-since:")
        if etags is None and since is None:
            self.counts["unconditional"] += 1
        if (document.etag in etags) if etags is not None else (since == document.last_modified):
            self.counts["not_modified"] += 1
            return document.not_modified
        self.counts["ok"] += 1
        return document.gzipped if b"gzip" in (_header(head, lowered, b"\r\naccept-encoding:") or b"") else document.plain


class Connection(asyncio.Protocol):
    """One kept-alive connection; requests have no body here, so a request ends with its head."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.pending = b""
        self.sending: asyncio.Task[None] | None = None  # held here: the loop itself does not hold tasks

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.shelf.counts["connections"] += 1

    def data_received(self, data: bytes) -> None:
        self.pending += data
        while (end := self.pending.find(HEAD_END)) >= 0:
            head, self.pending = self.pending[:end], self.pending[end + len(HEAD_END) :]
            words = head.split(b"\r\n", 1)[0].split(b" ")
            if len(words) != 3 or words[0] != b"GET":
                self.transport.write(BAD_REQUEST)
                self.transport.close()
                return
            fault = self.shelf.faults.get(words[1])
            if fault in {Fault.TIMEOUT, Fault.HUGE, Fault.DRIP}:
                self.shelf.counts["requests"] += 1
                if fault is not Fault.TIMEOUT:
                    send = send_huge if fault is Fault.HUGE else send_drip
                    self.sending = asyncio.get_running_loop().create_task(send(self.transport))
                return
            answer = self.shelf.fault_answer(words[1]) or self.shelf.answer(words[1], head)
            last = b"\r\nconnection: close" in head.lower()
            if self.shelf.latency_seconds and not words[1].startswith(b"/control/"):
                asyncio.get_running_loop().call_later(self.shelf.latency_seconds, self._send, answer, last)
            else:
                self._send(answer, last)
        if len(self.pending) > HEAD_LIMIT_BYTES:
            self.transport.close()

    def _send(self, answer: bytes, last: bool) -> None:  # noqa: FBT001 -- called by the loop, which passes positions only
        if self.transport.is_closing():  # the client was killed while its answer waited
            return
        self.transport.write(answer)
        if last:
            self.transport.close()


def _header(head: bytes, lowered: bytes, name: bytes) -> bytes | None:
    start = lowered.find(name)
    if start < 0:
        return None
    start += len(name)
    end = head.find(b"\r\n", start)
    return head[start : end if end >= 0 else None].strip()


def publisher_of(host: str) -> str:
    """Return the domain that a publisher registered (`medien.wdr.de`: `wdr.de`)."""
    labels = host.lower().rstrip(".").split(".")
    count = 3 if len(labels) > 2 and labels[-2] in SECOND_LEVELS and len(labels[-1]) == 2 else 2
    domain = ".".join(labels[-count:])
    return ".".join(labels) if domain in HOSTING else domain


def address_of(number: int) -> str:
    """Return the loopback address of a publisher; those in 127.0.0.0/24 are left to generated feeds."""
    return f"127.0.{1 + number // ADDRESSES_A_NET}.{1 + number % ADDRESSES_A_NET}"


def _listed(directory: Path) -> list[tuple[str, str, str]]:
    """Return name, kind and host of the files; the latter two are empty where nothing is said of them."""
    manifest = directory / "MANIFEST.tsv"
    if not manifest.exists():
        return [(path.name, "", "") for path in sorted(directory.iterdir()) if path.is_file()]
    lines = [line.split("\t") for line in manifest.read_text(encoding="utf-8").splitlines()]
    file, kind, host = (lines[0].index(column) for column in COLUMNS)
    return [(line[file], line[kind], line[host]) for line in lines[1:]]


def _media_type(name: str, kind: str) -> str:
    ending = name.rpartition(".")[2]
    return MEDIA_TYPES.get(kind) or MEDIA_TYPES.get(ending) or "application/xml"


def listen(hosts: list[str]) -> list[socket.socket]:
    """Open the same free port on every host.

    Raises: OSError if no port was free on all of them.
    """
    for _ in range(PORT_TRIES):
        sockets = [_open(hosts[0], 0)]
        port = sockets[0].getsockname()[1]
        try:
            sockets.extend(_open(host, port) for host in hosts[1:])
        except OSError:
            for opened in sockets:
                opened.close()
        else:
            return sockets
    raise OSError(f"no port is free on all of {len(hosts)} loopback hosts")


def _open(host: str, port: int) -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((host, port))
    except OSError:
        opened.close()
        raise
    return opened


async def serve(shelf: Shelf, hosts: list[str]) -> None:
    loop = asyncio.get_running_loop()
    places = shelf.place(hosts)
    sockets = listen(list(dict.fromkeys([*hosts, *(host for host, _ in places)])))
    servers = [await loop.create_server(lambda: Connection(shelf), sock=opened, backlog=1024) for opened in sockets]
    ready = {
        "port": sockets[0].getsockname()[1],
        "places": places,
        "faults": {path.decode(): fault.value for path, fault in shelf.faults.items()},
    }
    print(json.dumps(ready), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)  # the parent holds the other end: it closes when the parent does
    for server in servers:
        server.close()


def main() -> int:
    parser = argparse.ArgumentParser(description="A loopback origin for benchmarks and tests")
    parser.add_argument("--feeds", type=int, default=0, help="generated feeds to serve")
    parser.add_argument("--tiny", type=int, default=0, help="feeds of one entry to serve")
    parser.add_argument("--faults", action="store_true", help="some generated feeds misbehave")
    parser.add_argument(
        "--directory",
        type=Path,
        help="folder of files to serve, on addresses of their publishers if its MANIFEST.tsv names hosts",
    )
    parser.add_argument("--hosts", type=int, default=64, help="loopback addresses to serve on, from 127.0.0.1")
    chosen = parser.parse_args()
    shelf = Shelf()
    shelf.generate(range(chosen.feeds))
    shelf.tiny = chosen.tiny
    if chosen.faults:
        shelf.misbehave()
    if chosen.directory:
        shelf.read(chosen.directory)
    uvloop.run(serve(shelf, [f"127.0.0.{number}" for number in range(1, chosen.hosts + 1)]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
