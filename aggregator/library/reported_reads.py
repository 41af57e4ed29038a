"""Reads that the publisher's own site tells of: by its server, or by its pages."""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from aggregator.model.reading import ReadEvent, Via
from aggregator.normalise.identity import url_key
from aggregator.normalise.urls import canonical_url
from aggregator.rank.counting import KEY_BYTES
from aggregator.storage import Storage

READS_AT_ONCE = 500  # written in one transaction, so that a feed pass waits little for the lock
CLOCK_SKEW = timedelta(minutes=5)  # that the clock of the other machine may be ahead


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedRead:
    """A read as the site's server tells it. `reader` is the site's own word for a reader; it is never stored."""

    url: str
    at: datetime
    reader: str


@dataclass(slots=True, kw_only=True)
class ReportedCounts:
    """What became of reported reads: counted, readers counted before, addresses unknown, and not counted why."""

    counted: int = 0
    known: int = 0
    unknown: int = 0
    discarded: Counter[str] = field(default_factory=Counter)


def find_entry_at(storage: Storage, url: str) -> int | None:
    """Return the id of the entry at an address, however it is spelled."""
    key = url_key(url)
    with storage.read() as tx:
        return tx.entries.ids_by_url([key]).get(key)


def is_page_of(url: str, origin: str) -> bool:
    """Return whether a URL is of the host of an origin, `www.` and the like aside: no site tells of another's reads."""
    if not url.startswith(("https://", "http://")):
        return False
    host, own = (canonical_url(each).split("/", 3)[2] for each in (url, origin))
    return host == own


def record_reported(storage: Storage, reads: Sequence[ReportedRead], *, now: datetime) -> ReportedCounts:
    """Count reads of today and yesterday, one a reader, entry and day, however often they are reported.

    Older ones cannot be told from those reported before, because the salt that made their keys is deleted.
    """
    counts = ReportedCounts()
    oldest = now.astimezone(UTC).date() - timedelta(days=1)
    for start in range(0, len(reads), READS_AT_ONCE):
        part = [
            (read, url_key(read.url)) for read in reads[start : start + READS_AT_ONCE] if _is_timely(read, oldest, now, counts)
        ]
        with storage.write() as tx:
            entries = tx.entries.ids_by_url({key for _, key in part})
            salts: dict[date, bytes] = {}
            events = []
            for read, key in part:
                if key not in entries:
                    counts.unknown += 1
                    continue
                day = read.at.astimezone(UTC).date()
                salt = salts.get(day) or salts.setdefault(day, tx.reads.salt(day))
                reader = hmac.digest(salt, b"reader\0" + read.reader.encode(errors="replace"), "sha256")[:KEY_BYTES]
                events.append(ReadEvent(entry_id=entries[key], at=read.at, via=Via.REPORT, reader_key=reader))
            new = tx.reads.add(events)
        counts.counted += new
        counts.known += len(events) - new
    return counts


def _is_timely(read: ReportedRead, oldest: date, now: datetime, counts: ReportedCounts) -> bool:
    if read.at > now + CLOCK_SKEW:
        counts.discarded["future"] += 1
        return False
    if read.at.astimezone(UTC).date() < oldest:
        counts.discarded["too_old"] += 1
        return False
    return True
