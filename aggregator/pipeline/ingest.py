"""Ingest: feeds that are due are fetched, parsed, normalised, decided on and stored.

    claim ─▶ fetch ─▶ parse ─▶ normalise ─▶ decide ─▶ store
                └────── a failure is a value and takes the same way ──────┘

No transaction is open while a server is working, and what is stored is stored many feeds at a time.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.errors import FeedError, FetchError, StorageBusy, StorageError
from aggregator.fetch.cadence import (
    CadenceRules,
    FeedWishes,
    after_document,
    after_failure,
    after_not_modified,
    hold_until,
)
from aggregator.fetch.moves import follow_move, leave_address
from aggregator.model.change import EntryChanges, EntryUpdate, FeedChange, FeedUpdate
from aggregator.model.feed import Feed, FeedData, FeedState, site_of
from aggregator.model.fetching import Fetched, FetchOutcome, FetchRequest, NotModified
from aggregator.model.report import FeedFailure, PollReport
from aggregator.normalise.decide import FeedToDecide, decide
from aggregator.pipeline.budget import count_polls, read_price
from aggregator.pipeline.feed_events import events_of
from aggregator.pipeline.reading import DocumentReader, ReadOutcome, UnreadDocument
from aggregator.protocols import Clock, Fetcher
from aggregator.storage import Storage, Transaction

log = logging.getLogger(__name__)

CLAIM_FEEDS = 500
"""Feeds claimed at a time, when the fetcher asks for more: what a pass holds does not grow with the feeds that are due."""

BATCH_FEEDS = 50
"""Feeds a transaction. Measured: 20 feeds a transaction store nearly twice as fast as one, more brings little."""

BATCH_AGE = timedelta(seconds=1)
"""A batch is stored after this long even if it is small, so that news does not wait for slow servers."""

LEASE = timedelta(minutes=30)
"""Longer than the feeds of a claim wait; a dead process's leases are given back at once, this is for machines that vanish."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestRules:
    """How to ingest: who we are, and when to poll next.

    With a `budget` in polls an hour, the price of a poll comes from the store and follows what the passes spend.
    """

    owner: str
    cadence: CadenceRules
    budget: float | None = None
    default_language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Polled:
    """One feed that came back: its outcome, and its document if there was one to read."""

    feed: Feed
    outcome: FetchOutcome
    update: FeedUpdate | None = None
    error: FeedError | None = None
    body_hash: bytes = b""


def ingest(
    storage: Storage,
    fetcher: Fetcher,
    reader: DocumentReader,
    clock: Clock,
    rules: IngestRules,
    *,
    everything: bool = False,
    site_feeds: int | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> PollReport:
    """Poll the feeds that are due (`everything`: all that are not gone), once each, and store what they say.

    Of one site at most `site_feeds` are polled; the others stay due. `on_progress` is told how many feeds are done and how
    many were due. When `should_stop` turns true, what has come
    back is stored, the rest is given back untouched.

    Raises: StorageError if the store refuses; then what was not stored will be polled again.
    """
    started_at, started = clock.now(), time.monotonic()
    report = PollReport()
    with storage.write() as tx:
        due = tx.feeds.count_due(now=started_at, everything=everything)
        if rules.budget is not None:
            rules = replace(rules, cadence=replace(rules.cadence, price=read_price(tx, now=started_at).price))
    feeds = _claim(storage, clock, rules.owner, due=due, started_at=started_at, everything=everything, should_stop=should_stop)
    if site_feeds is not None:
        feeds = _share(feeds, site_feeds)
    try:
        with storage.write_behind() as write:
            for batch in _batches(_poll(feeds, fetcher, reader, clock=clock, rules=rules, should_stop=should_stop)):
                with write() as tx:
                    changes = _store(tx, batch, clock.now(), rules)
                report = _count(report, batch, changes)
                on_progress(report.polled, due)
    finally:
        _give_back(storage, rules.owner)
    with storage.write() as tx:
        tx.note("last_pass_at", clock.now().isoformat())
        if rules.budget is not None:
            count_polls(tx, report.polled, now=clock.now(), budget=rules.budget)
    return replace(report, seconds=time.monotonic() - started)


def _claim(
    storage: Storage,
    clock: Clock,
    owner: str,
    *,
    due: int,
    started_at: datetime,
    everything: bool,
    should_stop: Callable[[], bool],
) -> Iterator[Feed]:
    """Yield the feeds that were due when the pass began, each leased to us; a few are claimed whenever more are wanted.

    Where the store is busy, the rest waits for the next pass: what has been asked for by now has to be stored.
    """
    left = due
    while left > 0 and not should_stop():
        lease = clock.now() - started_at + LEASE
        try:
            with storage.write() as tx:
                feeds = tx.feeds.claim_due(
                    now=started_at, limit=min(left, CLAIM_FEEDS), lease=lease, owner=owner, everything=everything
                )
        except StorageBusy as error:
            log.warning("%s feeds wait for the next pass: %s", left, error)
            return
        if not feeds:  # another poller was quicker
            return
        left -= len(feeds)
        yield from feeds


def _share(feeds: Iterable[Feed], most: int) -> Iterator[Feed]:
    """Yield at most so many feeds of each site; the others are given back with what is left over at the end."""
    taken: Counter[str] = Counter()
    for feed in feeds:
        site = site_of(feed.fetch_url)
        taken[site] += 1
        if taken[site] <= most:
            yield feed


def _give_back(storage: Storage, owner: str) -> None:
    """Release what was claimed and not stored, even when the store is why the pass ended."""
    try:
        with storage.write() as tx:
            tx.feeds.release(owner)
    except StorageError as error:
        log.warning("leases not given back, they end by themselves: %s", error)


def _poll(
    feeds: Iterable[Feed],
    fetcher: Fetcher,
    reader: DocumentReader,
    *,
    clock: Clock,
    rules: IngestRules,
    should_stop: Callable[[], bool],
) -> Iterator[_Polled | None]:
    """Yield feeds as they come back, and None whenever none has for a while."""
    asked: dict[int, Feed] = {}
    requests = (_ask(feed, asked) for feed in feeds)
    later: dict[Future[ReadOutcome], _Polled] = {}
    with closing(fetcher.fetch_with_pauses(requests, pause=BATCH_AGE)) as outcomes:  # type: ignore[type-var]  # an iterator with close, see Fetcher
        for came in outcomes:
            if came is None:
                yield None
            else:
                request, outcome = came
                polled, reading = _read(asked.pop(request.feed_id), outcome, reader, clock.now(), rules)
                if reading is None:
                    yield polled
                else:
                    later[reading] = polled
            if later:
                yield from _take_read(later)
            if should_stop():
                return
    while later and not should_stop():
        wait(later, timeout=BATCH_AGE.total_seconds(), return_when=FIRST_COMPLETED)
        yield from _take_read(later)
        yield None


def _ask(feed: Feed, asked: dict[int, Feed]) -> FetchRequest:
    asked[feed.id] = feed
    return FetchRequest(
        url=feed.fetch_url,
        feed_id=feed.id,
        validators=feed.poll.validators,
        validators_url=feed.poll.document_url,
    )


def _take_read(later: dict[Future[ReadOutcome], _Polled]) -> Iterator[_Polled]:
    """Take out what has been read meanwhile; what was given up has been asked for and not read, as at any stop."""
    for reading in [reading for reading in later if reading.done()]:
        polled = later.pop(reading)
        if not reading.cancelled():
            yield _with_read(polled, reading.result())


def _read(
    feed: Feed, outcome: FetchOutcome, reader: DocumentReader, now: datetime, rules: IngestRules
) -> tuple[_Polled, Future[ReadOutcome] | None]:
    """Read the document, unless there is none or it is the one we read last time; the future is for one read elsewhere."""
    if isinstance(outcome, FetchError):
        return _Polled(feed=feed, outcome=outcome, error=outcome), None
    if isinstance(outcome, NotModified):
        return _Polled(feed=feed, outcome=outcome), None
    # Of what is at hand the fastest: processors have instructions for it. Who makes two bodies alike harms their own feed.
    body_hash = hashlib.sha1(outcome.body, usedforsecurity=False).digest()
    polled = _Polled(feed=feed, outcome=replace(outcome, body=b""), body_hash=body_hash)  # the body is not held any longer
    if body_hash == feed.poll.body_hash:
        return polled, None
    read = reader.read_later(unread_document(feed, outcome, now=now, default_language=rules.default_language))
    return (polled, read) if isinstance(read, Future) else (_with_read(polled, read), None)


def _with_read(polled: _Polled, read: ReadOutcome) -> _Polled:
    return replace(polled, error=read) if isinstance(read, FeedError) else replace(polled, update=read)


def unread_document(feed: Feed, fetched: Fetched, *, now: datetime, default_language: str | None) -> UnreadDocument:
    """Return a document of a feed as a reader wants it."""
    return UnreadDocument(
        fetched=fetched,
        feed_url=feed.settings.url,
        received_at=now,
        default_language=feed.settings.language or default_language,
    )


def decide_updates(tx: Transaction, read: Sequence[tuple[Feed, FeedUpdate]], *, now: datetime) -> dict[int, EntryChanges]:
    """Return by feed id what documents change of what is stored; to be applied in the same transaction."""
    known = tx.entries.known([(feed.id, update.entries) for feed, update in read])
    decided = decide(
        [FeedToDecide(feed_id=feed.id, update=update, first_poll=feed.poll.last_success_at is None) for feed, update in read],
        known,
        now=now,
    )
    return {feed.id: changes for (feed, _), changes in zip(read, decided, strict=True)}


def _batches(polled: Iterator[_Polled | None]) -> Iterator[list[_Polled]]:
    batch: list[_Polled] = []
    opened = time.monotonic()
    for one in polled:
        if not batch:
            opened = time.monotonic()
        if one is not None:
            batch.append(one)
        elif not batch:
            continue
        if len(batch) >= BATCH_FEEDS or time.monotonic() - opened >= BATCH_AGE.total_seconds():
            yield batch
            batch = []
    if batch:
        yield batch


def _store(tx: Transaction, batch: Sequence[_Polled], now: datetime, rules: IngestRules) -> list[FeedChange]:
    read = [(one.feed, one.update) for one in batch if one.update is not None]
    changes_of = decide_updates(tx, read, now=now)
    changes = [_change(one, changes_of.get(one.feed.id, EntryChanges()), now, rules) for one in batch]
    tx.entries.apply(changes)
    tx.health.add([event for one, change in zip(batch, changes, strict=True) for event in events_of(one.feed, change)])
    for one in batch:
        until = hold_until(one.outcome, now) if isinstance(one.outcome, FetchError) else None
        if until is not None:
            tx.feeds.hold_site(one.feed.source.site, until=until)
    return changes


def _change(one: _Polled, entries: EntryChanges, now: datetime, rules: IngestRules) -> FeedChange:
    feed, outcome = one.feed, one.outcome
    if isinstance(outcome, FetchError) or one.error is not None:
        error = outcome if isinstance(outcome, FetchError) else one.error
        assert error is not None  # noqa: S101 - told to the type checker: one of the two it is
        poll = after_failure(feed.poll, error=error, rules=rules.cadence, now=now, seed=feed.id)
        poll, left_for = leave_address(
            poll,
            error=error,
            configured_url=feed.settings.url,
            fetch_url=feed.fetch_url,
            now=now,
            retry_at=now + rules.cadence.min_interval,
        )
        if left_for is not None:
            log.warning("feed address left, it fails url=%s left=%s next=%s", feed.settings.url, feed.fetch_url, left_for)
        return FeedChange(feed_id=feed.id, polled_at=now, poll=poll, url=left_for)
    data = one.update.data if one.update is not None else None
    wishes = _wishes(feed, data or feed.data, now=now)
    if isinstance(outcome, Fetched) and one.update is not None:
        poll = after_document(
            feed.poll,
            fetched=outcome,
            body_hash=one.body_hash,
            entry_dates=[_date(entry) for entry in one.update.entries],
            new_dates=new_dates(entries),
            rules=rules.cadence,
            now=now,
            seed=feed.id,
            wishes=wishes,
            problem=one.update.problem,
        )
    else:
        poll = after_not_modified(feed.poll, answer=outcome, rules=rules.cadence, now=now, seed=feed.id, wishes=wishes)
    poll, moved = follow_move(poll, permanent_url=outcome.permanent_url, now=now)
    if moved is not None:
        log.info("feed moved url=%s to=%s", feed.settings.url, moved)
    return FeedChange(feed_id=feed.id, polled_at=now, poll=poll, data=data, entries=entries, url=moved)


def _wishes(feed: Feed, data: FeedData, *, now: datetime) -> FeedWishes:
    pushed = feed.pushed_until is not None and feed.pushed_until > now
    return FeedWishes(
        ttl=data.ttl,
        skip_hours=frozenset(data.skip_hours),
        skip_days=frozenset(data.skip_days),
        interval=feed.settings.interval,
        pushed=pushed,
    )


def _date(entry: EntryUpdate) -> datetime | None:
    return entry.data.published_at or entry.data.updated_at


def new_dates(entries: EntryChanges) -> list[datetime | None]:
    """Return the dates of the entries that this feed had not shown before; one under a new guid it had."""
    return [_date(entry.update) for entry in entries.new] + [
        _date(added.update) for added in entries.added_origins if not added.rebinds
    ]


def _count(report: PollReport, batch: Sequence[_Polled], changes: Sequence[FeedChange]) -> PollReport:
    failures = tuple(
        FeedFailure(
            url=one.feed.settings.url,
            error=change.poll.error or "",
            reason=change.poll.reason or "",
            next_poll_at=change.poll.next_poll_at,
        )
        for one, change in zip(batch, changes, strict=True)
        if one.error is not None
    )
    gone = sum(change.poll.state is FeedState.GONE for change in changes)
    not_modified = sum(isinstance(one.outcome, NotModified) for one in batch)
    return replace(
        report,
        polled=report.polled + len(batch),
        ok=report.ok + len(batch) - len(failures) - not_modified,
        not_modified=report.not_modified + not_modified,
        failed=report.failed + len(failures) - gone,
        gone=report.gone + gone,
        new=report.new + sum(len(change.entries.new) for change in changes),
        modified=report.modified + sum(len(change.entries.modified) for change in changes),
        unmodified=report.unmodified + sum(change.entries.unmodified + len(change.entries.added_origins) for change in changes),
        failures=report.failures + failures,
    )
