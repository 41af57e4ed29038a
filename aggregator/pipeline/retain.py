"""Retention: what is old enough is taken out of the store."""

from __future__ import annotations

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


def prune(storage: Storage, retention: Retention, *, now: datetime) -> PruneReport:
    """Delete entries and read events past their time; scores and counts stay."""
    with storage.write() as tx:
        entries = tx.entries.prune(before=now - retention.entries, keep_per_feed=retention.keep_per_feed)
        reads = tx.reads.prune(before=now - retention.reads)
        tx.health.prune(before=now - retention.entries)
        tx.grouping.prune_meanings(before=now - retention.entries, model=None)
    return PruneReport(entries=entries, reads=reads)
