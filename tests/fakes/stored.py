"""Stored entries and origins for tests: everything has a default, a test names what matters to it."""

from __future__ import annotations

from datetime import UTC, datetime

from aggregator.model.entry import Entry, EntryData, Origin

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def make_origin(site: str = "zeitung.example", *, feed_id: int = 1, title: str = "Die Zeitung", home: bool = True) -> Origin:
    """Return the feed of a publisher."""
    return Origin(
        feed_id=feed_id,
        feed_url=f"https://{site}/feed.xml",
        feed_title=title,
        home_url=f"https://{site}/" if home else None,
        site=site,
        language="de",
    )


def make_entry(
    entry_id: int = 1,
    data: EntryData | None = None,
    *,
    dated_at: datetime = NOON,
    modified_at: datetime | None = None,
    first_seen_at: datetime | None = None,
    origins: tuple[Origin, ...] | None = None,
    score: float = 0.0,
    reads: int = 0,
    revision: int = 1,
) -> Entry:
    """Return a stored entry."""
    return Entry(
        id=entry_id,
        data=data or EntryData(title=f"Nachricht {entry_id}", url=f"https://zeitung.example/{entry_id}"),
        dated_at=dated_at,
        first_seen_at=first_seen_at or dated_at,
        modified_at=modified_at or first_seen_at or dated_at,
        revision=revision,
        origins=origins or (make_origin(),),
        score=score,
        reads=reads,
    )
