"""Stories: reads pool on them, in decayed sums for two orders and in hourly buckets; lists keep their places and numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_MICROSECONDS_AN_HOUR = 3_600_000_000
_ENTRY_COLUMNS = (
    "revision", "dated_at", "first_seen_at", "modified_at", "title", "guid", "url", "image_url", "comments_url", "language",
    "published_at", "updated_at", "source_title", "source_url", "authors", "categories", "enclosures", "summary_html",
    "content_html",
)  # fmt: skip


def upgrade() -> None:
    _make_tables()
    _found_a_story_for_every_entry()
    _pool_reads_on_stories()
    _drop_scores_of_entries()
    op.add_column("list_entries", sa.Column("readers", sa.Integer(), nullable=True))
    op.add_column("list_entries", sa.Column("publishers", sa.Integer(), nullable=True))
    op.execute("UPDATE list_entries SET name = 'topics/' || substr(name, 11) || '/most-read' WHERE name LIKE 'most-read/%'")


def _make_tables() -> None:
    op.create_table(
        "stories",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("dated_at", sa.BigInteger(), nullable=False),
        sa.Column("publishers", sa.Integer(), nullable=False),
        sa.Column("readers", sa.Integer(), nullable=False),
        sa.Column("readers_24h", sa.Integer(), nullable=False),
        sa.Column("readers_7d", sa.Integer(), nullable=False),
        sa.Column("readers_30d", sa.Integer(), nullable=False),
        sa.Column("day_reads", sa.Double(), nullable=False),
        sa.Column("day_coverage", sa.Double(), nullable=False),
        sa.Column("day_exposure", sa.Double(), nullable=False),
        sa.Column("day_score", sa.Double(), nullable=True),
        sa.Column("trend_reads", sa.Double(), nullable=False),
        sa.Column("trend_coverage", sa.Double(), nullable=False),
        sa.Column("trend_exposure", sa.Double(), nullable=False),
        sa.Column("trend_score", sa.Double(), nullable=True),
        sa.Column("touched", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stories")),
    )
    for name, column, condition in (
        ("ix_stories_day_score", "day_score", "readers_24h > 0"),
        ("ix_stories_trend_score", "trend_score", "trend_score IS NOT NULL"),
        ("ix_stories_readers_7d", "readers_7d", "readers_7d > 0"),
        ("ix_stories_readers_30d", "readers_30d", "readers_30d > 0"),
        ("ix_stories_touched", "id", "touched"),
        ("ix_stories_exposed", "id", "day_exposure > 0"),
    ):
        op.create_index(
            name, "stories", [column], unique=False, sqlite_where=sa.text(condition), postgresql_where=sa.text(condition)
        )
    op.create_table(
        "story_hours",
        sa.Column("story_id", sa.BigInteger(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("readers", sa.Integer(), nullable=False),
        sa.Column("exposure", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_story_hours_story_id_stories"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("story_id", "hour", name=op.f("pk_story_hours")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_story_hours_hour"), "story_hours", ["hour"], unique=False)
    op.create_table(
        "site_hours",
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reads", sa.Double(), nullable=False),
        sa.Column("exposure", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("hour", name=op.f("pk_site_hours")),
    )
    op.create_table(
        "scales",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("zero", sa.BigInteger(), nullable=False),
        sa.Column("half_life", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_scales")),
    )
    op.create_table(
        "list_places",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("story_id", sa.BigInteger(), nullable=False),
        sa.Column("since_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_list_places_story_id_stories"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("name", "place", name=op.f("pk_list_places")),
    )
    op.create_index(op.f("ix_list_places_story_id"), "list_places", ["story_id"], unique=False)
    op.create_table(
        "list_views",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("places", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", "places", name=op.f("pk_list_views")),
    )
    scales = sa.table(
        "scales", sa.column("name", sa.String), sa.column("zero", sa.BigInteger), sa.column("half_life", sa.BigInteger)
    )
    # What a household begins with. Zero is 1 November 2026: a past moment that sums still fit in a float from.
    op.bulk_insert(
        scales,
        [
            {"name": "most-read", "zero": 1_793_491_200_000_000, "half_life": 24 * _MICROSECONDS_AN_HOUR},
            {"name": "trending", "zero": 1_793_491_200_000_000, "half_life": 12 * _MICROSECONDS_AN_HOUR},
        ],
    )


def _found_a_story_for_every_entry() -> None:
    """Leave the sums at zero: the note below has them computed from reads and origins when scales are first set."""
    op.execute(
        "INSERT INTO stories SELECT e.id, e.id, e.dated_at, (SELECT count(DISTINCT f.site) FROM entry_origins AS o "
        "JOIN feeds AS f ON f.id = o.feed_id WHERE o.entry_id = e.id), e.reads, 0, 0, 0, 0, 0, 0, NULL, 0, 0, 0, NULL, "
        "e.id > 0 FROM entries AS e"
    )
    op.execute("DELETE FROM notes WHERE key = 'score_parameters'")
    op.execute("INSERT INTO notes SELECT 'recount', '1' WHERE EXISTS (SELECT 1 FROM entries)")


def _pool_reads_on_stories() -> None:
    op.create_table(
        "new_reads",
        sa.Column("story_id", sa.BigInteger(), nullable=False),
        sa.Column("reader_key", sa.LargeBinary(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_reads_story_id_stories", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("story_id", "reader_key", name="pk_new_reads"),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO new_reads SELECT entry_id, reader_key, entry_id, at, via, weight FROM reads")
    op.execute(
        f"INSERT INTO story_hours SELECT entry_id, at / {_MICROSECONDS_AN_HOUR} AS hour, count(*), 0 FROM reads "  # noqa: S608 - a constant
        "GROUP BY entry_id, hour"
    )
    op.execute(
        f"INSERT INTO site_hours SELECT at / {_MICROSECONDS_AN_HOUR} AS hour, sum(weight), 0 FROM reads GROUP BY hour"  # noqa: S608 - a constant
    )
    op.drop_table("reads")
    op.rename_table("new_reads", "reads")
    op.create_index(op.f("ix_reads_at"), "reads", ["at"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX pk_new_reads RENAME TO pk_reads")


def _drop_scores_of_entries() -> None:
    op.drop_index("ix_entries_score", table_name="entries")
    if op.get_bind().dialect.name == "sqlite":
        _rebuild_entries()
    else:
        op.add_column("entries", sa.Column("story_id", sa.BigInteger(), nullable=True))
        op.execute("UPDATE entries SET story_id = id")
        op.alter_column("entries", "story_id", nullable=False)
        op.drop_column("entries", "score")
        op.drop_column("entries", "reads")
    condition = sa.text("story_id <> id")
    op.create_index(
        "ix_entries_story_id", "entries", ["story_id"], unique=False, sqlite_where=condition, postgresql_where=condition
    )


def _rebuild_entries() -> None:
    """Copy the table once: SQLite can neither add a column that must be set nor put it before the long texts."""
    op.create_table(
        "new_entries",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("story_id", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("dated_at", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("guid", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("image_url", sa.Text(), nullable=True),
        sa.Column("comments_url", sa.Text(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=True),
        sa.Column("source_title", sa.Text(), nullable=True),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("authors", sa.Text(), nullable=True),
        sa.Column("categories", sa.Text(), nullable=True),
        sa.Column("enclosures", sa.Text(), nullable=True),
        sa.Column("summary_html", sa.Text(), nullable=False),
        sa.Column("content_html", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
    )
    columns = ", ".join(_ENTRY_COLUMNS)
    op.execute(f"INSERT INTO new_entries (id, story_id, {columns}) SELECT id, id, {columns} FROM entries")  # noqa: S608 - constants
    op.drop_table("entries")
    op.rename_table("new_entries", "entries")
    op.create_index("ix_entries_dated_at_id", "entries", ["dated_at", "id"], unique=False)
    op.create_index("ix_entries_revision", "entries", ["revision"], unique=True)
