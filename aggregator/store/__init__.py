"""The store: SQLAlchemy Core over SQLite (embedded) or PostgreSQL, behind the protocols of `aggregator.storage`.

Nothing here knows of fetching, parsing or serving. Only `dialect.py` asks which database it is.
"""
