"""Retention: what is old enough is taken out of the store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.model.report import PruneReport
from aggregator.storage import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long entries and read events stay, and how many entries of a feed stay whatever their age."""

    entries: timedelta
    reads: timedelta
    keep_per_feed: int


BATCH_ENTRIES = 500
"""Entries a transaction: polls and clicks wait for at most some tenths of a second behind it."""


def prune(
    storage: Storage, retention: Retention, *, now: datetime, should_stop: Callable[[], bool] = lambda: False
) -> PruneReport:
    """Delete entries and read events past their time; scores and counts stay.

    What is past its time is found without the write lock and goes a batch at a time; what is left at a stop goes the next time.
    """
    with storage.write() as tx:
        tx.entries.forget_unlisted()
        reads = tx.reads.prune(before=now - retention.reads)
        tx.health.prune(before=now - retention.entries)
        tx.grouping.prune_meanings(before=now - retention.entries, model=None)
    with storage.read() as tx:
        expired = tx.entries.expired(before=now - retention.entries, keep_per_feed=retention.keep_per_feed)
    gone = 0
    for start in range(0, len(expired), BATCH_ENTRIES):
        if should_stop():
            break
        with storage.write() as tx:
            gone += tx.entries.prune(expired[start : start + BATCH_ENTRIES])
    return PruneReport(entries=gone, reads=reads)
