"""Grouping: entries that are new, or changed, or met by changed rules, are assigned to topics."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from aggregator.group.topics import TopicMatcher
from aggregator.model.report import GroupReport
from aggregator.storage import Storage, TopicRow

BATCH_ENTRIES = 500
"""Entries a transaction: small enough that a click waits for at most some tens of milliseconds behind it."""


def group_entries(
    storage: Storage,
    matcher: TopicMatcher,
    *,
    now: datetime | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> GroupReport:
    """Bring every topic up to the newest revision of the entries.

    A topic remembers the revision it was brought to, so a pass can stop and go on anywhere, and a topic whose rules changed
    starts again from the first entry while the others only see what is new. `matcher` knows the topics that the store was
    brought to (`TopicStore.configure`); keep one, its memory of words makes it fast. `now` bounds what is compared by meaning.
    """
    looked_at = assigned = 0
    while not should_stop():
        with storage.read() as tx:
            behind, revision, stop_at = _furthest_behind(tx.topics.all())
            entries = tx.entries.changed_since(revision, limit=BATCH_ENTRIES) if behind else []
        if stop_at is not None:
            entries = [entry for entry in entries if entry.revision <= stop_at]
        if not behind or (not entries and stop_at is None):
            break
        # Matching happens between the transactions: no lock is held while words are compared.
        assignments = [found for entry in entries for found in matcher.match(entry, now=now) if found.slug in behind]
        last = entries[-1].revision if entries else stop_at or revision
        with storage.write() as tx:
            tx.topics.assign(sorted(behind), [entry.id for entry in entries], assignments, revision=last)
        looked_at += len(entries)
        assigned += len(assignments)
    return GroupReport(entries=looked_at, assigned=assigned)


def _furthest_behind(rows: Sequence[TopicRow]) -> tuple[frozenset[str], int, int | None]:
    """Return the topics at the lowest revision, that revision, and the next higher one where others already stand."""
    revisions = sorted({row.revision for row in rows})
    if not revisions:
        return frozenset(), 0, None
    lowest = revisions[0]
    behind = frozenset(row.slug for row in rows if row.revision == lowest)
    return behind, lowest, revisions[1] if len(revisions) > 1 else None
