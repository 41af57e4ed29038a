"""Reads, their scores, and the lists they make."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, update

from aggregator.model.reading import ReadEvent, Via, add_scores
from aggregator.store import dialect
from aggregator.store.loading import chunks
from aggregator.store.notes import note, noted
from aggregator.store.tables import entries, entry_origins, feeds, list_entries, reads, salts

_SCORED_BY = "score_parameters"  # key of the note
_SALT_BYTES = 32
_SALT_DAYS = 2  # a salt lives for its day and the next: 48 h after its first use it is gone
_STANDING = (
    select(entries.c.id, entries.c.score, entries.c.reads)
    .where(entries.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(entries.c.id)  # so that two writers lock in the same order
    .with_for_update()
)
_SAVE_SCORE = update(entries).where(entries.c.id == bindparam("entry")).values(score=bindparam("new_score"))
_SAVE_READS = _SAVE_SCORE.values(reads=bindparam("new_reads"))
_DATES = (
    select(entries.c.id, entries.c.dated_at)
    .where(entries.c.id > bindparam("after"))
    .order_by(entries.c.id)
    .limit(bindparam("count"))
)
_VOICES = (
    select(entry_origins.c.entry_id, func.count(feeds.c.site.distinct()))
    .join(feeds, feeds.c.id == entry_origins.c.feed_id)
    .where(entry_origins.c.entry_id.between(bindparam("first"), bindparam("last")))
    .group_by(entry_origins.c.entry_id)
)
_EVENTS = (
    select(reads.c.entry_id, reads.c.at, reads.c.via, reads.c.reader_key, reads.c.weight)
    .where(reads.c.entry_id.between(bindparam("first"), bindparam("last")))
    .order_by(reads.c.entry_id, reads.c.at)
)
_RESCORED_AT_ONCE = 5000  # entries: a few megabytes


class SqlReadStore:
    """`ReadStore` inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, events: Sequence[ReadEvent], *, score_of: Callable[[ReadEvent], float]) -> int:
        """Record reads, one a reader key and entry; return how many were new."""
        return sum(self._add(part, score_of) for part in chunks(events))

    def _add(self, events: Sequence[ReadEvent], score_of: Callable[[ReadEvent], float]) -> int:
        ids = list({event.entry_id for event in events})
        standing = {row.id: (row.score, row.reads) for row in self._connection.execute(_STANDING, {"ids": ids})}
        first: dict[tuple[int, bytes], ReadEvent] = {}
        for event in events:
            if event.entry_id in standing:
                first.setdefault((event.entry_id, event.reader_key), event)
        if not first:
            return 0
        # The insert passes over reads that are counted already, and says which were not.
        statement = dialect.upsert(self._connection, reads, replace=False).returning(reads.c.entry_id, reads.c.reader_key)
        new = self._connection.execute(statement, [_read_row(event) for event in first.values()]).all()
        for entry_id, reader_key in new:
            score, readers = standing[entry_id]
            standing[entry_id] = (add_scores(score, score_of(first[entry_id, reader_key])), readers + 1)
        if new:
            self._connection.execute(
                _SAVE_READS,
                [
                    {"entry": entry_id, "new_score": standing[entry_id][0], "new_reads": standing[entry_id][1]}
                    for entry_id in {entry_id for entry_id, _ in new}
                ],
            )
        return len(new)

    def rescore(self, parameters: str, *, score_of: Callable[[ReadEvent], float], prior: Callable[[datetime], float]) -> bool:
        """Recompute every score from the stored reads and origins unless they were made with equal `parameters`."""
        if noted(self._connection, _SCORED_BY) == parameters:
            return False
        for dates in self._dates():
            span = {"first": min(dates), "last": max(dates)}
            voices: dict[int, int] = dict(self._connection.execute(_VOICES, span).all())
            scores = {entry_id: _coverage(prior(dated_at), voices.get(entry_id, 1)) for entry_id, dated_at in dates.items()}
            for row in self._connection.execute(_EVENTS, span):
                event = ReadEvent(
                    entry_id=row.entry_id, at=row.at, via=Via(row.via), reader_key=row.reader_key, weight=row.weight
                )
                scores[row.entry_id] = add_scores(scores[row.entry_id], score_of(event))
            self._connection.execute(
                _SAVE_SCORE, [{"entry": entry_id, "new_score": score} for entry_id, score in scores.items()]
            )
        note(self._connection, _SCORED_BY, parameters)
        return True

    def _dates(self) -> Iterator[dict[int, datetime]]:
        """Yield the dates of all entries by id, some thousands at once."""
        after = 0
        while dates := dict(self._connection.execute(_DATES, {"after": after, "count": _RESCORED_AT_ONCE}).all()):
            yield dates
            after = max(dates)

    def salt(self, day: date) -> bytes:
        """Return the random salt of a UTC day, made on first use; older ones are deleted 48 h after their day began."""
        self._connection.execute(delete(salts).where(salts.c.day <= (day - timedelta(days=_SALT_DAYS)).isoformat()))
        statement = select(salts.c.salt).where(salts.c.day == day.isoformat())
        found: bytes | None = self._connection.execute(statement).scalar_one_or_none()
        if found is not None:
            return found
        made = {"day": day.isoformat(), "salt": secrets.token_bytes(_SALT_BYTES)}
        self._connection.execute(dialect.upsert(self._connection, salts, replace=False), made)
        kept: bytes = self._connection.execute(statement).scalar_one()
        return kept

    def entered(self, name: str, *, limit: int) -> list[tuple[int, datetime]]:
        """Return entry ids that entered the list `name`, and when, latest first, then by id falling."""
        statement = (
            select(list_entries.c.entry_id, list_entries.c.entered_at)
            .where(list_entries.c.name == name)
            .order_by(list_entries.c.entered_at.desc(), list_entries.c.entry_id.desc())
            .limit(limit)
        )
        return list(self._connection.execute(statement))

    def enter(self, name: str, entry_ids: Sequence[int], *, at: datetime) -> None:
        """Record that entries entered the list `name`; one that entered before keeps its time, one not stored is dropped."""
        known: list[int] = []
        for ids in chunks(dict.fromkeys(entry_ids)):
            known.extend(self._connection.execute(select(entries.c.id).where(entries.c.id.in_(ids))).scalars())
        if known:
            rows = [{"name": name, "entry_id": entry_id, "entered_at": at} for entry_id in known]
            self._connection.execute(dialect.upsert(self._connection, list_entries, replace=False), rows)

    def prune(self, *, before: datetime) -> int:
        """Delete read events from before; scores and counts stay."""
        return self._connection.execute(delete(reads).where(reads.c.at < before)).rowcount


def _read_row(event: ReadEvent) -> dict[str, Any]:
    return {
        "entry_id": event.entry_id,
        "reader_key": event.reader_key,
        "at": event.at,
        "via": event.via.value,
        "weight": event.weight,
    }


def _coverage(one: float, voices: int) -> float:
    """Return the score that `voices` publishers of equal worth add up to."""
    total = one
    for _ in range(voices - 1):
        total = add_scores(total, one)
    return total
