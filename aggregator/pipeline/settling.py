"""Settle: reads that a feed reader reported count once their reader had time to take them back."""

from __future__ import annotations

from datetime import datetime

from aggregator.model.reader import SECOND_THOUGHTS
from aggregator.storage import Storage

BATCH = 500  # reads a transaction: well under 0.1 s


def settle_reads(storage: Storage, *, now: datetime) -> int:
    """Count the reads that stood for as long as second thoughts may take; return how many.

    A read leaves the waiting and enters the scores in one transaction: none is lost, none counts twice.
    """
    settled = 0
    while True:
        with storage.write() as tx:
            events = tx.states.take_settled(before=now - SECOND_THOUGHTS, limit=BATCH)
            tx.reads.add(events)
        settled += len(events)
        if len(events) < BATCH:
            return settled
