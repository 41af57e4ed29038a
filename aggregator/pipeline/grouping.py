"""Grouping: entries that are new, or changed, or met by changed rules, are assigned to topics.

What a topic is about is compared within a budget of time. Entries that it does not suffice for, and old ones that changed rules
meet, are matched by words at once, and noted: `compare_later` looks at them again, the newest first.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from aggregator.group.topics import TopicMatcher
from aggregator.model.entry import Entry
from aggregator.model.report import CatchUpReport, GroupReport
from aggregator.model.topic import Assignment
from aggregator.pipeline.passages import keep_passages
from aggregator.storage import TOPICS_LEFT_NOTE, Ranges, Storage, TopicRow, Transaction, read_ranges, write_ranges

BATCH_ENTRIES = 500
"""Entries a transaction: small enough that a click waits for at most some tens of milliseconds behind it."""

BUDGET = timedelta(seconds=10)
"""What comparing with what topics are about may take of a pass: some 100 entries with the slower model."""

STEP = timedelta(seconds=0.5)
"""What a step of `compare_later` may take: a pass that wants to match entries waits hardly longer."""

LATER_ENTRIES = 100
"""Entries that a step of `compare_later` reads at most."""


def group_entries(
    storage: Storage,
    matcher: TopicMatcher,
    *,
    now: datetime | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    elapsed: Callable[[], float] = time.monotonic,
) -> GroupReport:
    """Bring every topic up to the newest revision of the entries.

    A topic remembers the revision it was brought to, so a pass can stop and go on anywhere, and a topic whose rules changed
    starts again from the first entry while the others only see what is new, and see it first: after the budget of time, the
    report says that topics are still behind, and another pass goes on. `matcher` knows the topics that the store was
    brought to (`TopicStore.configure`); keep one, its memory of words makes it fast. `now` bounds what is compared by meaning.
    `elapsed` tells seconds.
    """
    looked_at = assigned = 0
    until = elapsed() + BUDGET.total_seconds()
    is_behind = False
    while not should_stop():
        with storage.read() as tx:
            rows = tx.topics.all(counted=False)
            behind, revision, stop_at = _foremost(rows)
            entries = tx.entries.changed_since(revision, limit=BATCH_ENTRIES) if behind else []
            if not entries:
                behind, revision, stop_at = _furthest_behind(rows)
                is_behind = stop_at is not None and elapsed() >= until
                entries = tx.entries.changed_since(revision, limit=BATCH_ENTRIES) if behind else []
        if stop_at is not None:
            entries = [entry for entry in entries if entry.revision <= stop_at]
        if is_behind or not behind or (not entries and stop_at is None):
            break
        # Matching happens between the transactions: no lock is held while words are compared.
        is_new = revision == max(row.revision for row in rows)  # of older ones the latest are compared first, later
        assignments, compared = _match(matcher, entries, behind, now=now, elapsed=elapsed, until=until if is_new else -math.inf)
        last = entries[-1].revision if entries else stop_at or revision
        with storage.write() as tx:
            if now is not None:
                keep_passages(tx, matcher, now=now)
            done, rest = entries[:compared], entries[compared:]
            tx.topics.assign(sorted(behind), *_of(done, assignments), revision=last)
            tx.topics.assign(sorted(behind - matcher.described), *_of(rest, assignments), revision=None)
            if rest and (described := behind & matcher.described):
                # A description that was not looked at says nothing: who stands in the topic stays until it was.
                for slug in described:
                    by_words = [made for made in assignments if made.slug == slug]
                    found = {made.entry_id for made in by_words}
                    tx.topics.assign([slug], *_of([one for one in rest if one.id in found], by_words), revision=None)
                _note_ranges(tx, _extended(ranges_left(tx), described, (rest[0].revision - 1, last)))
        looked_at += len(entries)
        assigned += len(assignments)
    return GroupReport(entries=looked_at, assigned=assigned, is_behind=is_behind)


def _of(entries: Sequence[Entry], assignments: Sequence[Assignment]) -> tuple[list[int], list[Assignment]]:
    """Return the ids of entries, and the assignments that are theirs."""
    ids = {entry.id for entry in entries}
    return sorted(ids), [made for made in assignments if made.entry_id in ids]


def _match(
    matcher: TopicMatcher,
    entries: Sequence[Entry],
    slugs: Iterable[str],
    *,
    now: datetime | None,
    elapsed: Callable[[], float],
    until: float,
) -> tuple[list[Assignment], int]:
    """Return the assignments to topics, and how many entries there was time to compare by meaning; the rest went by words."""
    wanted = frozenset(slugs)
    found: list[Assignment] = []
    compared = 0
    for number, entry in enumerate(entries):
        by_meaning = compared == number and elapsed() < until
        compared += by_meaning
        found += [made for made in matcher.match(entry, now=now, by_meaning=by_meaning) if made.slug in wanted]
    return found, compared


def compare_later(
    storage: Storage,
    matcher: TopicMatcher,
    *,
    now: datetime,
    elapsed: Callable[[], float] = time.monotonic,
) -> CatchUpReport:
    """Compare the newest entries that there was no time for with what topics are about; one step.

    It is noted in the transaction that assigns them, so it can stop and go on anywhere.
    """
    with storage.read() as tx:
        ranges = ranges_left(tx)
        top = max((high for _, high in ranges.values()), default=0)
        slugs = frozenset(slug for slug, (_, high) in ranges.items() if high == top)
        low = max([0, *(ranges[slug][0] for slug in slugs), *(high for _, high in ranges.values() if high < top)])
        entries = tx.entries.changed_until(top, after=low, limit=LATER_ENTRIES) if ranges else []
    if not ranges:
        return CatchUpReport()
    until = elapsed() + STEP.total_seconds()
    assignments, compared = _match(matcher, entries, slugs & matcher.described, now=now, elapsed=elapsed, until=until)
    done = entries[:compared]
    reached = low if compared == len(entries) < LATER_ENTRIES else (done[-1].revision - 1 if done else top)
    with storage.write() as tx:
        ids, made = _of(done, assignments)
        tx.topics.assign(sorted(slugs & matcher.described), ids, made, revision=None)
        keep_passages(tx, matcher, now=now)
        # Another process may have extended a range meanwhile: such a one is not cut, and some of it is compared twice.
        left = {
            slug: (after, min(high, reached) if (after, high) == ranges.get(slug) else high)
            for slug, (after, high) in ranges_left(tx).items()
        }
        left = {slug: (after, high) for slug, (after, high) in left.items() if after < high and slug in matcher.described}
        _note_ranges(tx, left)
    with storage.read() as tx:  # of a whole archive it takes tens of milliseconds, in which a click need not wait
        waiting = tx.entries.count_changed(set(left.values()))
    return CatchUpReport(entries=len(done), assigned=len(made), entries_left=waiting)


def ranges_left(tx: Transaction) -> Ranges:
    """Return which entries wait to be compared with which topic."""
    return read_ranges(tx.noted(TOPICS_LEFT_NOTE))


def _note_ranges(tx: Transaction, ranges: Ranges) -> None:
    tx.note(TOPICS_LEFT_NOTE, write_ranges(ranges))


def _extended(ranges: Ranges, slugs: Iterable[str], added: tuple[int, int]) -> Ranges:
    """Return the ranges with one more for some topics; a topic has one range: what lies between two is compared again."""
    after, until = added
    known = {slug: ranges.get(slug, added) for slug in slugs}
    return ranges | {slug: (min(low, after), max(high, until)) for slug, (low, high) in known.items()}


def _foremost(rows: Sequence[TopicRow]) -> tuple[frozenset[str], int, int | None]:
    """Return the topics at the highest revision, and that revision."""
    highest = max((row.revision for row in rows), default=0)
    return frozenset(row.slug for row in rows if row.revision == highest), highest, None


def _furthest_behind(rows: Sequence[TopicRow]) -> tuple[frozenset[str], int, int | None]:
    """Return the topics at the lowest revision, that revision, and the next higher one where others already stand."""
    revisions = sorted({row.revision for row in rows})
    if not revisions:
        return frozenset(), 0, None
    lowest = revisions[0]
    behind = frozenset(row.slug for row in rows if row.revision == lowest)
    return behind, lowest, revisions[1] if len(revisions) > 1 else None
