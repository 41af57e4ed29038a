"""Tables around feeds: push, what happened to them, where they may have gone, and the articles behind their entries."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ColumnElement, ForeignKey, Index, Integer, String, Table, Text, literal_column

from aggregator.store.columns import Bytes, Time
from aggregator.store.tables import metadata

_SERIAL = BigInteger().with_variant(Integer, "sqlite")

subscriptions = Table(  # at hubs
    "subscriptions",
    metadata,
    Column("feed_id", Integer, ForeignKey("feeds.id"), primary_key=True, autoincrement=False),
    Column("state", String, nullable=False),
    Column("token", String, unique=True),
    Column("secret", String),
    Column("hub_url", Text),
    Column("topic_url", Text),
    Column("requested_at", Time),
    Column("lease_until", Time),
    Column("next_at", Time, index=True),
    Column("failures", Integer, nullable=False),
    Column("reason", Text),
)

deliveries = Table(  # what hubs delivered; without a body it was taken in, and is known so that it is not taken in again
    "deliveries",
    metadata,
    Column("id", _SERIAL, primary_key=True),
    Column("feed_id", Integer, ForeignKey("feeds.id"), nullable=False),
    Column("digest", Bytes, nullable=False),  # of the body
    Column("received_at", Time, nullable=False, index=True),
    Column("media_type", String),
    Column("charset", String),
    Column("body", Bytes),
    Index("ix_deliveries_feed_id_digest", "feed_id", "digest", unique=True),
)
WAITING_DELIVERY: ColumnElement[bool] = literal_column("body IS NOT NULL")  # text: see tables
Index("ix_deliveries_waiting", deliveries.c.id, sqlite_where=WAITING_DELIVERY, postgresql_where=WAITING_DELIVERY)

pings = Table(  # documents of ours whose change our hub has not heard of
    "pings",
    metadata,
    Column("path", String, primary_key=True),
    Column("next_at", Time, nullable=False, index=True),
    Column("failures", Integer, nullable=False),
)

feed_events = Table(
    "feed_events",
    metadata,
    Column("id", _SERIAL, primary_key=True),
    Column("feed_id", Integer, ForeignKey("feeds.id"), nullable=False),
    Column("kind", String, nullable=False),
    Column("at", Time, nullable=False, index=True),
    Column("reason", Text),
    Column("url", Text),
)

feed_searches = Table(  # for the new address of feeds that are gone from the old one
    "feed_searches",
    metadata,
    Column("feed_id", Integer, ForeignKey("feeds.id"), primary_key=True, autoincrement=False),
    Column("searched_at", Time, nullable=False),
    Column("found_url", Text),
    Column("found_title", Text),
)

robots = Table(
    "robots",
    metadata,
    Column("site", Text, primary_key=True),
    Column("fetched_at", Time, nullable=False),
    Column("failing_since_at", Time),
    Column("body", Text),  # null: everything is forbidden while the server cannot say what is
    Column("visited_at", Time),
)

articles = Table(
    "articles",
    metadata,
    Column(
        "entry_id",
        BigInteger().with_variant(Integer, "sqlite"),
        ForeignKey("entries.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("fetched_at", Time, nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("image_url", Text),
    Column("reason", Text),  # why there is no text
    Column("content_html", Text, nullable=False),
)
