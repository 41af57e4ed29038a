"""Reads out of an access log of the publisher's own site, each line once however often it is imported.

Nothing of a person is remembered. What was imported is known by the hour: how many lines of an hour followed each other, and a
digest over their times, requests, statuses and sizes, never over addresses or agents. A file that begins its hours with
the same lines, be it renamed, compressed, appended to or joined with others, goes on behind them. Where lines are missing
in between, the daily key of the reader holds off a second count for as long as its salt lives.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from itertools import islice

from aggregator.errors import ConfigError
from aggregator.library.access_log import LoggedRequest, parse_line
from aggregator.model.reading import ReadEvent, ReadFacts, Via
from aggregator.normalise.identity import url_key
from aggregator.rank.abuse import Claim, ReadLedger, Site
from aggregator.rank.counting import network_key, reader_key, why_not_counted
from aggregator.storage import Storage, Transaction

MARKS_NOTE = "imported_log_lines"  # key of the note: hours with the lines imported of them
LINES_AT_ONCE = 2_000  # parsed and written in one transaction, which takes the store's lock for some 20 ms
KNOWN_ADDRESSES = 200_000  # looked up once (about 40 MB); then forgotten, so that a scan of the site fills no memory
SALT_BYTES = 32
DIGEST_BYTES = 8  # tells apart beginnings of one hour, a handful
READ_STATUS = frozenset({200, 304})  # the page was sent, or the reader's browser had it
CLOCK_SKEW = timedelta(minutes=5)  # that the clock of the other machine may be ahead

Lines = Callable[[], Iterable[str]]


@dataclass(slots=True, kw_only=True)
class ImportReport:
    """What became of the lines: imported before, reads counted, readers counted before, addresses unknown, not counted why."""

    lines: int = 0
    imported_before: int = 0
    counted: int = 0
    known: int = 0
    unknown: int = 0
    discarded: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    request: LoggedRequest
    entry_id: int


class _Run:
    """Lines of one hour that follow each other: how many, and their digest."""

    def __init__(self) -> None:
        self.lines = 0
        self._hash = blake2b(digest_size=DIGEST_BYTES)

    def add(self, request: LoggedRequest) -> None:
        path = request.target.partition("?")[0]
        self.lines += 1
        text = f"{request.at:%H:%M:%S} {request.method} {path} {request.status} {request.size}\n"
        self._hash.update(text.encode(errors="replace"))

    @property
    def mark(self) -> tuple[int, str]:
        return self.lines, self._hash.hexdigest()


Marks = dict[str, set[tuple[int, str]]]


def import_log(
    storage: Storage,
    read_lines: Lines,
    *,
    site_url: str | None,
    site: Site,
    now: datetime,
    keep: timedelta,
) -> ImportReport:
    """Count the reads in a log; `read_lines` gives its lines anew each time it is called.

    `site_url` is the origin of the site where the lines name paths only. Lines older than `keep`, the time that single reads
    are kept, are passed over. What was counted before an error stays counted, and the next import goes on behind it.

    Raises: ConfigError if the site is not known; StorageError.
    """
    return _Import(storage, site_url=site_url, site=site, now=now, keep=keep).run(read_lines)


class _Import:
    def __init__(
        self,
        storage: Storage,
        *,
        site_url: str | None,
        site: Site,
        now: datetime,
        keep: timedelta,
    ) -> None:
        self._storage = storage
        self._site_url = site_url
        self._site = site
        self._now = now
        self._oldest = now - keep
        self._report = ImportReport()
        self._ledger = ReadLedger()
        self._network_salt = secrets.token_bytes(SALT_BYTES)
        self._own_salts: dict[date, bytes] = {}
        self._entries: dict[bytes, int | None] = {}
        self._runs: dict[str, _Run] = {}
        self._noted: dict[str, tuple[int, str]] = {}

    def run(self, read_lines: Lines) -> ImportReport:
        with self._storage.read() as tx:
            marks = _load(tx)
        imported = count_imported(read_lines(), marks) if marks else Counter[str]()
        lines = iter(read_lines())
        while chunk := list(islice(lines, LINES_AT_ONCE)):
            self._report.lines += len(chunk)
            visits = self._visits(list(self._fresh(chunk, imported)))
            if visits:
                with self._storage.write() as tx:
                    self._write(tx, visits)
                    self._note(tx)
        with self._storage.write() as tx:
            self._note(tx)
        return self._report

    def _fresh(self, chunk: Iterable[str], imported: Counter[str]) -> Iterator[LoggedRequest]:
        """Yield the requests that were not imported before."""
        for line in chunk:
            request = parse_line(line)
            if request is None:
                self._report.discarded["malformed"] += 1
                continue
            hour = _hour(request)
            if imported[hour] > 0:
                imported[hour] -= 1
                self._report.imported_before += 1
                continue
            self._runs.setdefault(hour, _Run()).add(request)
            yield request

    def _visits(self, requests: list[LoggedRequest]) -> list[_Visit]:
        """Return what may be reads of entries, in order."""
        asked = [(request, self._key(request)) for request in requests if not self._is_discarded(self._why_not_asked(request))]
        self._look_up({key for _, key in asked})
        visits = []
        for request, key in asked:
            entry_id = self._entries[key]
            if entry_id is None:
                self._report.unknown += 1
            elif not self._is_discarded(why_not_counted(ReadFacts(method=request.method, user_agent=request.user_agent))):
                visits.append(_Visit(request=request, entry_id=entry_id))
        return visits

    def _why_not_asked(self, request: LoggedRequest) -> str | None:
        if request.status not in READ_STATUS:
            return "status"
        if request.at < self._oldest:
            return "too_old"
        return "future" if request.at > self._now + CLOCK_SKEW else None

    def _is_discarded(self, reason: str | None) -> bool:
        if reason is not None:
            self._report.discarded[str(reason)] += 1
        return reason is not None

    def _key(self, request: LoggedRequest) -> bytes:
        if request.target.startswith(("https://", "http://")):
            return url_key(request.target)
        if request.host:
            return url_key(f"https://{request.host}{request.target}")
        if self._site_url is None:
            raise ConfigError("the log names paths only; say of which site, or set it", key="reads.site")
        return url_key(self._site_url + request.target)

    def _look_up(self, keys: set[bytes]) -> None:
        if len(self._entries) > KNOWN_ADDRESSES:
            self._entries.clear()
        if new := keys - self._entries.keys():
            with self._storage.read() as tx:
                found = tx.entries.ids_by_url(new)
            self._entries.update((key, found.get(key)) for key in new)

    def _write(self, tx: Transaction, visits: list[_Visit]) -> None:
        salts = {day: self._salt(tx, day) for day in sorted({visit.request.at.date() for visit in visits})}
        events = []
        for visit in visits:
            request = visit.request
            key = reader_key(salt=salts[request.at.date()], address=request.address, user_agent=request.user_agent)
            network = network_key(salt=self._network_salt, address=request.address)
            claim = Claim(story=visit.entry_id, at=request.at, reader=key, network=network)
            if not self._is_discarded(self._ledger.judge(claim, self._site)):
                events.append(ReadEvent(entry_id=visit.entry_id, at=request.at, via=Via.LOG, reader_key=key))
        new = tx.reads.add(events)
        self._report.counted += new
        self._report.known += len(events) - new

    def _salt(self, tx: Transaction, day: date) -> bytes:
        """Return the salt of today or yesterday, shared with clicks; that of an older day lives for this import only."""
        if day >= self._now.astimezone(UTC).date() - timedelta(days=1):
            return tx.reads.salt(day)
        return self._own_salts.setdefault(day, secrets.token_bytes(SALT_BYTES))

    def _note(self, tx: Transaction) -> None:
        """Remember the lines so far, in the transaction of their reads, and forget hours past their time."""
        marks = _load(tx)
        for hour, run in self._runs.items():
            known = marks.setdefault(hour, set())
            if hour in self._noted:
                known.discard(self._noted[hour])
            known.add(run.mark)
            self._noted[hour] = run.mark
        oldest = f"{self._oldest:%Y-%m-%dT%H}"
        kept = {hour: sorted(known) for hour, known in sorted(marks.items()) if hour >= oldest}
        tx.note(MARKS_NOTE, json.dumps(kept, separators=(",", ":")))


def count_imported(lines: Iterable[str], marks: Marks) -> Counter[str]:
    """Return how many lines of each hour, from its first, were imported before."""
    imported: Counter[str] = Counter()
    runs: dict[str, _Run] = {}
    for line in lines:
        request = parse_line(line)
        if request is None or (hour := _hour(request)) not in marks:
            continue
        run = runs.setdefault(hour, _Run())
        run.add(request)
        if run.mark in marks[hour]:
            imported[hour] += run.lines
            del runs[hour]
    return imported


def _hour(request: LoggedRequest) -> str:
    return f"{request.at:%Y-%m-%dT%H}"


def _load(tx: Transaction) -> Marks:
    text = tx.noted(MARKS_NOTE)
    return {hour: {(lines, digest) for lines, digest in known} for hour, known in json.loads(text).items()} if text else {}
