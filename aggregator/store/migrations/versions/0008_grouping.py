"""How entries came into stories, where stories went, and what sentences mean."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "placements",
        sa.Column("entry_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_operator", sa.Boolean(), nullable=False),
        sa.Column("copy_of", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_placements_entry_id_entries"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_placements")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "story_redirects",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("story_id", sa.BigInteger(), nullable=False),
        _of_story("story_redirects", "story_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_redirects")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_story_redirects_story_id"), "story_redirects", ["story_id"], unique=False)
    op.create_table(
        "stories_apart",
        sa.Column("one", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("other", sa.BigInteger(), autoincrement=False, nullable=False),
        _of_story("stories_apart", "one"),
        _of_story("stories_apart", "other"),
        sa.PrimaryKeyConstraint("one", "other", name=op.f("pk_stories_apart")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_stories_apart_other"), "stories_apart", ["other"], unique=False)
    op.create_table(
        "meanings",
        sa.Column("text_key", sa.LargeBinary(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("text_key", "model", name=op.f("pk_meanings")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_meanings_made_at"), "meanings", ["made_at"], unique=False)


def _of_story(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["stories.id"], name=op.f(f"fk_{table}_{column}_stories"), ondelete="CASCADE")
