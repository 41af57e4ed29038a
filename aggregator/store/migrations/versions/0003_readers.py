"""Readers: accounts, numbers of streams, subscriptions, what was read and starred."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "readers",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("api_password", sa.LargeBinary(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("fever_key", sa.LargeBinary(), nullable=False),
        sa.Column("counts_reads", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("subscriptions_changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readers")),
        sa.UniqueConstraint("name_key", name=op.f("uq_readers_name_key")),
        sa.UniqueConstraint("token", name=op.f("uq_readers_token")),
        sa.UniqueConstraint("fever_key", name=op.f("uq_readers_fever_key")),
    )
    op.create_table(
        "streams",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_streams")),
        sa.UniqueConstraint("path", name=op.f("uq_streams_path")),
    )
    op.create_table(
        "reader_subscriptions",
        sa.Column("reader_id", sa.Integer(), nullable=False),
        sa.Column("stream_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("folders", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["readers.id"], name=op.f("fk_reader_subscriptions_reader_id_readers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("reader_id", "stream_id", name=op.f("pk_reader_subscriptions")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "entry_states",
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("reader_id", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        sa.Column("starred_at", sa.BigInteger(), nullable=True),
        sa.Column("pending_at", sa.BigInteger(), nullable=True),
        sa.Column("pending_weight", sa.Double(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_entry_states_entry_id_entries"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["readers.id"], name=op.f("fk_entry_states_reader_id_readers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("entry_id", "reader_id", name=op.f("pk_entry_states")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_entry_states_starred",
        "entry_states",
        ["reader_id"],
        unique=False,
        sqlite_where=sa.text("starred_at IS NOT NULL"),
        postgresql_where=sa.text("starred_at IS NOT NULL"),
    )
    op.create_index(
        "ix_entry_states_pending_at",
        "entry_states",
        ["pending_at"],
        unique=False,
        sqlite_where=sa.text("pending_at IS NOT NULL"),
        postgresql_where=sa.text("pending_at IS NOT NULL"),
    )
    op.create_index("ix_entries_first_seen_at_id", "entries", ["first_seen_at", "id"], unique=False)
    sequences = sa.table("sequences", sa.column("name", sa.String), sa.column("next", sa.BigInteger))
    op.bulk_insert(sequences, [{"name": "reader_id", "next": 1}, {"name": "stream_id", "next": 1_000_000_001}])
