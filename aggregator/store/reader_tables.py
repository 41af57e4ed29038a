"""The tables of readers: accounts, numbers of streams, subscriptions, states. A change here needs a migration."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Double,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    false,
    literal_column,
)

from aggregator.store.columns import Bytes, Time
from aggregator.store.tables import entries, metadata

readers = Table(
    "readers",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # from `sequences`: never given out twice
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False, unique=True),  # casefolded
    Column("password_hash", Text, nullable=False),
    Column("api_password", Bytes, nullable=False),  # SHA-256, like the next two
    Column("token", Bytes, nullable=False, unique=True),
    Column("fever_key", Bytes, nullable=False, unique=True),
    Column("counts_reads", Boolean, nullable=False),
    Column("created_at", Time, nullable=False),
    Column("subscriptions_changed_at", Time, nullable=False),
    Column("is_operator", Boolean, nullable=False, server_default=false()),  # accounts made before there were operators
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", Bytes, primary_key=True),  # SHA-256 of the token in the browser's cookie
    Column("reader_id", Integer, ForeignKey("readers.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Time, nullable=False),
    Column("expires_at", Time, nullable=False),
    sqlite_with_rowid=False,
)

streams = Table(  # numbers of the lists we emit, by their path; a row stays when its list goes, so that no number comes back
    "streams",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # from `sequences`
    Column("path", String, nullable=False, unique=True),
)

reader_subscriptions = Table(
    "reader_subscriptions",
    metadata,
    Column("reader_id", Integer, ForeignKey("readers.id", ondelete="CASCADE"), primary_key=True),
    Column("stream_id", Integer, primary_key=True),  # of `streams` or of `feeds`
    Column("title", Text),
    Column("folders", Text, nullable=False),  # JSON [text]
    sqlite_with_rowid=False,
)

entry_states = Table(
    "entry_states",
    metadata,
    # The entry comes first: deleting an entry looks its states up by this key.
    Column("entry_id", BigInteger, ForeignKey("entries.id", ondelete="CASCADE"), primary_key=True),
    Column("reader_id", Integer, ForeignKey("readers.id", ondelete="CASCADE"), primary_key=True),
    Column("read_at", Time),
    Column("starred_at", Time),
    Column("pending_at", Time),
    Column("pending_weight", Double, nullable=False),
    Column("counted", Boolean, nullable=False),
    sqlite_with_rowid=False,
)
IS_STARRED: ColumnElement[bool] = literal_column("starred_at IS NOT NULL")
Index("ix_entry_states_starred", entry_states.c.reader_id, sqlite_where=IS_STARRED, postgresql_where=IS_STARRED)
IS_PENDING: ColumnElement[bool] = literal_column("pending_at IS NOT NULL")
Index("ix_entry_states_pending_at", entry_states.c.pending_at, sqlite_where=IS_PENDING, postgresql_where=IS_PENDING)

# Feed readers page by when an entry was first seen, and ask for what came since their last visit.
Index("ix_entries_first_seen_at_id", entries.c.first_seen_at, entries.c.id)
