"""The tables of stories: placements, redirects, parted pairs, vectors, key points, related ones. A change needs a migration."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Double, ForeignKey, String, Table, Text

from aggregator.store.columns import Bytes, Time
from aggregator.store.tables import metadata

placements = Table(  # of entries that did not found the story they stand in, or that a person placed
    "placements",
    metadata,
    Column("entry_id", BigInteger, ForeignKey("entries.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("score", Double, nullable=False),
    Column("reason", String, nullable=False),
    Column("by_operator", Boolean, nullable=False),
    Column("copy_of", BigInteger),  # the entry whose text it repeats
    sqlite_with_rowid=False,
)

story_redirects = Table(  # where stories went that were merged into others, chains resolved
    "story_redirects",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("story_id", BigInteger, ForeignKey("stories.id", ondelete="CASCADE"), nullable=False, index=True),
    sqlite_with_rowid=False,
)

stories_apart = Table(  # pairs that a person parted; the smaller id first
    "stories_apart",
    metadata,
    Column("one", BigInteger, ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column(
        "other", BigInteger, ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True, index=True, autoincrement=False
    ),
    sqlite_with_rowid=False,
)

meanings = Table(  # sentence vectors, by what was said and by which model
    "meanings",
    metadata,
    Column("text_key", Bytes, primary_key=True),
    Column("model", String, primary_key=True),
    Column("vector", Bytes, nullable=False),  # float16
    Column("made_at", Time, nullable=False, index=True),
    sqlite_with_rowid=False,
)

summaries = Table(  # key points of stories of several entries
    "summaries",
    metadata,
    Column("story_id", BigInteger, ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("fingerprint", String, nullable=False),  # of the texts they were chosen from
    Column("points", Text, nullable=False),  # JSON [KeyPoint], [] where nothing was good enough
    sqlite_with_rowid=False,
)

related_stories = Table(  # Mehr zum Thema: what to name beside a story
    "related_stories",
    metadata,
    Column("story_id", BigInteger, ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("listed", Text, nullable=False),  # JSON [[story, reason, score]], the nearest first
    Column("due_at", Time, index=True),  # when it is made anew; null once the story is old
    sqlite_with_rowid=False,
)
