"""The first schema: feeds, entries with their origins, topics, reads, rendered documents."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("etag", sa.String(), nullable=False),
        sa.Column("last_modified_at", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("body_gzip", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_documents")),
    )
    op.create_table(
        "entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("dated_at", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("reads", sa.Integer(), nullable=False),
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
    op.create_index("ix_entries_dated_at_id", "entries", ["dated_at", "id"], unique=False)
    op.create_index("ix_entries_revision", "entries", ["revision"], unique=True)
    op.create_index(
        "ix_entries_score",
        "entries",
        ["score"],
        unique=False,
        sqlite_where=sa.text("reads > 0"),
        postgresql_where=sa.text("reads > 0"),
    )
    op.create_table(
        "feeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("fetch_url", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("configured", sa.Boolean(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("etag", sa.LargeBinary(), nullable=True),
        sa.Column("last_modified", sa.LargeBinary(), nullable=True),
        sa.Column("body_hash", sa.LargeBinary(), nullable=True),
        sa.Column("last_polled_at", sa.BigInteger(), nullable=True),
        sa.Column("last_success_at", sa.BigInteger(), nullable=True),
        sa.Column("last_new_entry_at", sa.BigInteger(), nullable=True),
        sa.Column("next_poll_at", sa.BigInteger(), nullable=True),
        sa.Column("interval", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since_at", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("moved_url", sa.Text(), nullable=True),
        sa.Column("moved_polls", sa.Integer(), nullable=False),
        sa.Column("moved_since_at", sa.BigInteger(), nullable=True),
        sa.Column("entries_per_day", sa.Double(), nullable=True),
        sa.Column("rhythm", sa.LargeBinary(), nullable=True),
        sa.Column("document_url", sa.Text(), nullable=True),
        sa.Column("document_entries", sa.Integer(), nullable=True),
        sa.Column("delay", sa.BigInteger(), nullable=True),
        sa.Column("delay_weight", sa.Double(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("read_since_prune", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feeds")),
        sa.UniqueConstraint("url", name=op.f("uq_feeds_url")),
    )
    op.create_index(op.f("ix_feeds_due_at"), "feeds", ["due_at"], unique=False)
    op.create_index(op.f("ix_feeds_fetch_url"), "feeds", ["fetch_url"], unique=False)
    op.create_index(op.f("ix_feeds_last_polled_at"), "feeds", ["last_polled_at"], unique=False)
    op.create_index(op.f("ix_feeds_site"), "feeds", ["site"], unique=False)
    op.create_table(
        "leases",
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_leases_feed_id_feeds")),
        sa.PrimaryKeyConstraint("feed_id", name=op.f("pk_leases")),
    )
    op.create_table(
        "gone_documents",
        sa.Column("path", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_gone_documents")),
    )
    op.create_table(
        "notes",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_notes")),
    )
    op.create_table(
        "salts",
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_salts")),
    )
    op.create_table(
        "sequences",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("next", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sequences")),
    )
    op.create_table(
        "topics",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("rules_hash", sa.String(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_topics")),
    )
    op.create_table(
        "entry_origins",
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("guid_key", sa.LargeBinary(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("url_key", sa.LargeBinary(), nullable=True),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("pruned", sa.SmallInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_entry_origins_feed_id_feeds")),
        sa.PrimaryKeyConstraint("feed_id", "guid_key", name=op.f("pk_entry_origins")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_entry_origins_entry_id"), "entry_origins", ["entry_id"], unique=False)
    op.create_index(
        "ix_entry_origins_feed_id_content_hash",
        "entry_origins",
        ["feed_id", "content_hash"],
        unique=False,
        sqlite_where=sa.text("url_key IS NULL"),
        postgresql_where=sa.text("url_key IS NULL"),
    )
    op.create_index(
        "ix_entry_origins_pruned",
        "entry_origins",
        ["pruned"],
        unique=False,
        sqlite_where=sa.text("pruned > 0"),
        postgresql_where=sa.text("pruned > 0"),
    )
    op.create_index(op.f("ix_entry_origins_url_key"), "entry_origins", ["url_key"], unique=False)
    op.create_table(
        "entry_topics",
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("dated_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_entry_topics_entry_id_entries"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["slug"], ["topics.slug"], name=op.f("fk_entry_topics_slug_topics"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("entry_id", "slug", name=op.f("pk_entry_topics")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_entry_topics_slug_dated_at_entry_id", "entry_topics", ["slug", "dated_at", "entry_id"], unique=False)
    op.create_table(
        "list_entries",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_list_entries_entry_id_entries"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("name", "entry_id", name=op.f("pk_list_entries")),
    )
    op.create_index(op.f("ix_list_entries_entry_id"), "list_entries", ["entry_id"], unique=False)
    op.create_index(
        "ix_list_entries_name_entered_at_entry_id", "list_entries", ["name", "entered_at", "entry_id"], unique=False
    )
    op.create_table(
        "reads",
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("reader_key", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_reads_entry_id_entries"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("entry_id", "reader_key", name=op.f("pk_reads")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_reads_at"), "reads", ["at"], unique=False)
    sequences = sa.table("sequences", sa.column("name", sa.String), sa.column("next", sa.BigInteger))
    op.bulk_insert(sequences, [{"name": "entry_id", "next": 1}, {"name": "revision", "next": 1}])
