"""What goes wrong at the origin, by feed: the same feeds every time, in the shares that a large list of feeds has.

A feed has one fault or none, and keeps it. Healthy feeds are answered as ever.
"""

from __future__ import annotations

import asyncio
import enum
import gzip
import random
from collections.abc import Iterable

HUGE_BYTES = 50 * 1024 * 1024
PIECE_BYTES = 256 * 1024
DRIP_SECONDS = 0.5
"""Between two bytes of a slow drip: often enough that nobody can say it stopped."""
MONSTER_CATEGORIES = 100_000
"""Of one entry: below our cap on elements, and minutes of work for feedparser, which compares each with all before it."""
SEED = 6


class Fault(enum.StrEnum):
    """What is wrong with a feed."""

    TIMEOUT = "never answers"
    ERROR = "500"
    NOT_FOUND = "404"
    GONE = "410"
    MOVED = "301 to a sound feed"
    BROKEN = "broken XML"
    HUGE = "50 MB, without a length"
    BOMB = "50 MB in 50 kB of gzip"
    DRIP = "a byte now and then"
    MONSTER = "broken XML that takes feedparser minutes"


SHARES = {
    Fault.TIMEOUT: 0.02,
    Fault.ERROR: 0.02,
    Fault.NOT_FOUND: 0.01,
    Fault.GONE: 0.01,
    Fault.MOVED: 0.02,
    Fault.BROKEN: 0.02,
    Fault.HUGE: 0.001,
    Fault.BOMB: 0.001,
    Fault.DRIP: 0.002,
    Fault.MONSTER: 0.001,
}
READABLE = frozenset({Fault.MOVED, Fault.BROKEN})
"""Faults that a reader is expected to cope with: every entry of these feeds can be had."""


def plan_faults(numbers: Iterable[int]) -> dict[int, Fault]:
    """Return the faulty feeds: of each fault its share, at least one."""
    order = list(numbers)
    random.Random(SEED).shuffle(order)
    planned: dict[int, Fault] = {}
    for fault, share in SHARES.items():
        for _ in range(max(round(share * len(order)), 1)):
            planned[order[len(planned)]] = fault
    return planned


def break_markup(body: bytes) -> bytes:
    """Return the feed as careless software writes it: with ampersands that are not escaped."""
    return body.replace(b"</title>", b" & mehr</title>")


def monster() -> bytes:
    """Return a document that only feedparser reads, and slowly."""
    draw = random.Random(SEED)  # texts that differ, or it would pass for a decompression bomb
    categories = "".join(f"<category>{draw.getrandbits(64)}</category>" for _ in range(MONSTER_CATEGORIES))
    return f"<rss version='2.0'><channel><title>a & b</title><item><title>c</title>{categories}</item></channel></rss>".encode()


async def send_huge(transport: asyncio.Transport) -> None:
    """Send 50 MB as fast as they are taken."""
    transport.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nConnection: close\r\n\r\n<rss><channel><title>")
    for _ in range(HUGE_BYTES // PIECE_BYTES):
        if transport.is_closing():
            return
        transport.write(b"x" * PIECE_BYTES)
        while transport.get_write_buffer_size() and not transport.is_closing():  # noqa: ASYNC110 - a transport has no event for it
            await asyncio.sleep(0.005)
    transport.close()


async def send_drip(transport: asyncio.Transport) -> None:
    """Send a byte now and then, until the other side has had enough."""
    transport.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n<rss><channel><title>")
    while not transport.is_closing():
        transport.write(b"x")
        await asyncio.sleep(DRIP_SECONDS)


def bomb() -> bytes:
    """Return an answer that is small on the wire only."""
    packed = gzip.compress(b"<rss><channel><title>" + b"x" * HUGE_BYTES, 9, mtime=0)
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Encoding: gzip\r\n"
    return f"{head}Content-Length: {len(packed)}\r\n\r\n".encode() + packed
