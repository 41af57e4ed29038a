"""Full-text search: the index is made empty here, and filled by its own flow from the first entry on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_documents",
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("words", sa.LargeBinary().with_variant(postgresql.TSVECTOR(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_search_documents")),
    )
    op.create_table(
        "search_words",
        sa.Column("word", sa.String().with_variant(postgresql.TEXT(collation="C"), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_words")),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "sqlite":
        # Stems are separated by spaces and hold no other ASCII but letters and digits: `ascii` takes them as they are.
        op.execute("CREATE VIRTUAL TABLE search_index USING fts5(title, text, people, marks, content='', tokenize='ascii')")
    else:
        op.execute("CREATE INDEX ix_search_documents_words ON search_documents USING gin (words)")
