"""The tables. A change here needs a migration: a test compares the two."""

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
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    literal_column,
)

from aggregator.store.columns import Bytes, Duration, Time

SCHEMA_REVISION = "0012"  # the newest migration; revisions are numbered, so that "newer" can be told without their files

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# What origin rows say of their entry.
LIVE = 0  # it is stored
PRUNED_LISTED = 1  # it was deleted by retention; its feed has listed it since the last pruning
PRUNED_UNSEEN = 2  # it was deleted by retention; its feed has not listed it since the last pruning

sequences = Table(  # numbers given out in the transaction that uses them, never twice
    "sequences",
    metadata,
    Column("name", String, primary_key=True),
    Column("next", BigInteger, nullable=False),
)

feeds = Table(
    "feeds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("url", Text, nullable=False, unique=True),  # as configured: the user's key, never rewritten
    Column("fetch_url", Text, nullable=False, index=True),  # where it is polled
    Column("site", Text, nullable=False, index=True),  # of fetch_url
    Column("configured", Boolean, nullable=False),
    Column("settings", Text, nullable=False),  # JSON, FeedSettings without url
    Column("data", Text, nullable=False),  # JSON, FeedData
    Column("state", String, nullable=False),
    Column("etag", Bytes),
    Column("last_modified", Bytes),
    Column("body_hash", Bytes),
    Column("last_polled_at", Time, index=True),
    Column("last_success_at", Time),
    Column("last_new_entry_at", Time),
    Column("next_poll_at", Time),
    Column("interval", Duration),
    Column("failures", Integer, nullable=False),
    Column("failing_since_at", Time),
    Column("error", String),
    Column("reason", Text),
    Column("status", Integer),
    Column("moved_url", Text),
    Column("moved_polls", Integer, nullable=False),
    Column("moved_since_at", Time),
    Column("entries_per_day", Double),
    Column("rhythm", Bytes),  # packed numbers, see rows
    Column("document_url", Text),
    Column("document_entries", Integer),
    Column("delay", Duration),
    Column("delay_weight", Double, nullable=False),
    Column("due_at", Time, index=True),  # next_poll_at while the feed is to be polled at all, else null: the index of claims
    Column("read_since_prune", Boolean, nullable=False),  # a document was read since the last pruning
    Column("pushed_until", Time),  # the end of the lease that its hub granted
)

leases = Table(  # apart from feeds: a claim writes a few pages here and not one for every feed
    "leases",
    metadata,
    Column("feed_id", Integer, ForeignKey("feeds.id"), primary_key=True),
    Column("owner", String, nullable=False),
    Column("until", Time, nullable=False),
)

entries = Table(
    "entries",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("story_id", BigInteger, nullable=False),  # no foreign key: checking it would cost every new entry a search
    Column("revision", BigInteger, nullable=False),
    Column("dated_at", Time, nullable=False),
    Column("first_seen_at", Time, nullable=False),
    Column("modified_at", Time, nullable=False),
    Column("title", Text, nullable=False),
    Column("guid", Text),
    Column("url", Text),
    Column("image_url", Text),
    Column("comments_url", Text),
    Column("language", String),
    Column("published_at", Time),
    Column("updated_at", Time),
    Column("source_title", Text),
    Column("source_url", Text),
    Column("authors", Text),  # JSON [[name, email, url]], null if none
    Column("categories", Text),  # JSON [text], null if none
    Column("enclosures", Text),  # JSON [[url, media type, bytes, seconds]], null if none
    Column("summary_html", Text, nullable=False),
    Column("content_html", Text, nullable=False),  # last: long texts spill, and what stands before them is read without
    Index("ix_entries_revision", "revision", unique=True),
    Index("ix_entries_dated_at_id", "dated_at", "id"),
)
# An entry that stands in the story it founded has its story's id, so only the others are looked for. Conditions of partial
# indexes are text because SQLite uses such an index only where the query repeats its words.
IN_ANOTHERS_STORY: ColumnElement[bool] = literal_column("story_id <> id")
Index("ix_entries_story_id", entries.c.story_id, sqlite_where=IN_ANOTHERS_STORY, postgresql_where=IN_ANOTHERS_STORY)

stories = Table(
    "stories",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),  # of the founding entry
    Column("entry_id", BigInteger, nullable=False),  # the entry that stands for it in lists
    Column("dated_at", Time, nullable=False),
    Column("publishers", Integer, nullable=False),  # sites that carry it
    Column("readers", Integer, nullable=False),  # ever
    Column("readers_24h", Integer, nullable=False),  # these three as of the last ranking, from story_hours
    Column("readers_7d", Integer, nullable=False),
    Column("readers_30d", Integer, nullable=False),
    # Decayed sums by the scales "most-read" (day) and "trending" (trend), and the score made of them by the last ranking.
    Column("day_reads", Double, nullable=False),
    Column("day_coverage", Double, nullable=False),  # one a publisher
    Column("day_exposure", Double, nullable=False),
    Column("day_score", Double),
    Column("trend_reads", Double, nullable=False),
    Column("trend_coverage", Double, nullable=False),
    Column("trend_exposure", Double, nullable=False),
    Column("trend_score", Double),
    Column("touched", Boolean, nullable=False),  # its sums changed since the last ranking
)
READ_24H: ColumnElement[bool] = literal_column("readers_24h > 0")
READ_7D: ColumnElement[bool] = literal_column("readers_7d > 0")
READ_30D: ColumnElement[bool] = literal_column("readers_30d > 0")
IN_TREND: ColumnElement[bool] = literal_column("trend_score IS NOT NULL")
TOUCHED: ColumnElement[bool] = literal_column("touched")
EXPOSED: ColumnElement[bool] = literal_column("day_exposure > 0")
Index("ix_stories_day_score", stories.c.day_score, sqlite_where=READ_24H, postgresql_where=READ_24H)
Index("ix_stories_trend_score", stories.c.trend_score, sqlite_where=IN_TREND, postgresql_where=IN_TREND)
Index("ix_stories_readers_7d", stories.c.readers_7d, sqlite_where=READ_7D, postgresql_where=READ_7D)
Index("ix_stories_readers_30d", stories.c.readers_30d, sqlite_where=READ_30D, postgresql_where=READ_30D)
Index("ix_stories_touched", stories.c.id, sqlite_where=TOUCHED, postgresql_where=TOUCHED)
Index("ix_stories_exposed", stories.c.id, sqlite_where=EXPOSED, postgresql_where=EXPOSED)

story_hours = Table(  # what happened to a story in an hour that anything happened in
    "story_hours",
    metadata,
    Column("story_id", BigInteger, ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True),
    Column("hour", Integer, primary_key=True, index=True),  # whole hours since 1970, UTC
    Column("readers", Integer, nullable=False),
    Column("exposure", Double, nullable=False),
    sqlite_with_rowid=False,
)

site_hours = Table(  # the same over all stories
    "site_hours",
    metadata,
    Column("hour", Integer, primary_key=True, autoincrement=False),
    Column("reads", Double, nullable=False),  # by their weights
    Column("exposure", Double, nullable=False),
)

scales = Table(  # by which the sums of stories decay
    "scales",
    metadata,
    Column("name", String, primary_key=True),
    Column("zero", Time, nullable=False),  # when an event weighs 1
    Column("half_life", Duration, nullable=False),
)

entry_origins = Table(
    "entry_origins",
    metadata,
    Column("feed_id", Integer, ForeignKey("feeds.id"), primary_key=True),
    Column("guid_key", Bytes, primary_key=True),
    Column("entry_id", BigInteger, nullable=False, index=True),  # no foreign key: the row outlives an entry that was pruned
    Column("content_hash", Bytes, nullable=False),
    Column("url_key", Bytes, index=True),
    Column("is_primary", Boolean, nullable=False),
    Column("pruned", SmallInteger, nullable=False),  # LIVE, PRUNED_LISTED, PRUNED_UNSEEN
    Column("first_seen_at", Time, nullable=False),
    sqlite_with_rowid=False,
)
NO_URL_KEY: ColumnElement[bool] = literal_column("url_key IS NULL")
Index(
    "ix_entry_origins_feed_id_content_hash",
    entry_origins.c.feed_id,
    entry_origins.c.content_hash,
    sqlite_where=NO_URL_KEY,
    postgresql_where=NO_URL_KEY,
)
IS_PRUNED: ColumnElement[bool] = literal_column("pruned > 0")
Index("ix_entry_origins_pruned", entry_origins.c.pruned, sqlite_where=IS_PRUNED, postgresql_where=IS_PRUNED)

topics = Table(
    "topics",
    metadata,
    Column("slug", String, primary_key=True),
    Column("title", Text, nullable=False),
    Column("rules_hash", String, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("position", Integer, nullable=False),
)

entry_topics = Table(
    "entry_topics",
    metadata,
    Column("entry_id", BigInteger, ForeignKey("entries.id", ondelete="CASCADE"), primary_key=True),
    Column("slug", String, ForeignKey("topics.slug", ondelete="CASCADE"), primary_key=True),
    Column("dated_at", Time, nullable=False),  # of the entry, which never changes
    Column("reason", Text, nullable=False),
    Index("ix_entry_topics_slug_dated_at_entry_id", "slug", "dated_at", "entry_id"),
    sqlite_with_rowid=False,
)

reads = Table(
    "reads",
    metadata,
    Column("story_id", BigInteger, ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True),
    Column("reader_key", Bytes, primary_key=True),
    Column("entry_id", BigInteger, nullable=False),  # the first entry of the story that the reader read
    Column("at", Time, nullable=False, index=True),
    Column("via", String, nullable=False),
    Column("weight", Double, nullable=False),
    sqlite_with_rowid=False,
)

salts = Table(
    "salts",
    metadata,
    Column("day", String, primary_key=True),  # ISO 8601
    Column("salt", Bytes, nullable=False),
)

list_entries = Table(
    "list_entries",
    metadata,
    Column("name", String, primary_key=True),
    Column("entry_id", BigInteger, ForeignKey("entries.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("item_id", BigInteger, nullable=False, unique=True),  # in feed readers; from `sequences`, as entries have theirs
    Column("entered_at", Time, nullable=False),
    Column("readers", Integer),  # of 24 hours when it entered; null: not known
    Column("publishers", Integer),  # when it entered
    Index("ix_list_entries_name_entered_at_entry_id", "name", "entered_at", "entry_id"),
)

list_places = Table(  # lists as the last ranking left them
    "list_places",
    metadata,
    Column("name", String, primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),  # from 1
    Column("story_id", BigInteger, ForeignKey("stories.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("since_at", Time),  # in the top without a break; null: below it
)

list_views = Table(  # views of the first places of a list since the last ranking
    "list_views",
    metadata,
    Column("name", String, primary_key=True),
    Column("places", Integer, primary_key=True, autoincrement=False),
    Column("views", Integer, nullable=False),
)

editions = Table(
    "editions",
    metadata,
    Column("kind", String, primary_key=True),
    Column("period", String, primary_key=True),  # the day or week it is of, ISO 8601
    Column("ends_at", Time, nullable=False),
    Column("made_at", Time, nullable=False),
    Column("stories", Text, nullable=False),  # JSON, EditionStory
)

documents = Table(
    "documents",
    metadata,
    Column("path", String, primary_key=True),
    Column("fingerprint", String, nullable=False),
    Column("media_type", String, nullable=False),
    Column("etag", String, nullable=False),
    Column("last_modified_at", Time, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Bytes, nullable=False),
    Column("body_gzip", Bytes, nullable=False),
)

gone_documents = Table("gone_documents", metadata, Column("path", String, primary_key=True))

notes = Table(
    "notes",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", Text, nullable=False),
)
