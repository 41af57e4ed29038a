"""What the full-text index needs besides itself.

The index is FTS5's virtual table `search_index` in SQLite and the column `words` in PostgreSQL; migrations make both.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, String, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import TSVECTOR

from aggregator.store.columns import Bytes
from aggregator.store.tables import metadata

INDEX_TABLES = "search_index"  # FTS5's own tables begin so

search_documents = Table(
    "search_documents",
    metadata,
    Column("entry_id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("language", String, nullable=False),  # primary subtag
    # In SQLite what was indexed, compressed: an index without content forgets a text only if it is told it again.
    Column("words", Bytes().with_variant(TSVECTOR(), "postgresql"), nullable=False),
)

# Long words, each twice: behind ">" as it is, behind "<" from its end, so that either end is a range of the key. Letters are
# compared by their codes in both databases.
search_words = Table(
    "search_words",
    metadata,
    Column("word", String().with_variant(postgresql.TEXT(collation="C"), "postgresql"), primary_key=True),
    sqlite_with_rowid=False,
)
