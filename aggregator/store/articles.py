"""Articles behind entries, and the robots.txt of their sites."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from aggregator.model.article import Article, WantedArticle
from aggregator.model.robots import RobotsFile
from aggregator.store import dialect
from aggregator.store.feed_tables import articles, robots
from aggregator.store.loading import chunks
from aggregator.store.tables import LIVE, entries, entry_origins


class SqlArticleStore:
    """`ArticleStore` inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def wanted(self, feed_ids: Iterable[int], *, since: datetime, limit: int) -> list[WantedArticle]:
        """Return entries of the feeds without an article, newest first."""
        rows = self._connection.execute(
            select(entries.c.id, entries.c.url)
            .join(entry_origins, entry_origins.c.entry_id == entries.c.id)
            .outerjoin(articles, articles.c.entry_id == entries.c.id)
            .where(
                entry_origins.c.feed_id.in_(list(feed_ids)),
                entry_origins.c.is_primary,
                entry_origins.c.pruned == LIVE,
                articles.c.entry_id.is_(None),
                entries.c.url.is_not(None),
                entries.c.first_seen_at >= since,
            )
            .order_by(entries.c.dated_at.desc(), entries.c.id.desc())
            .limit(limit)
        )
        return [WantedArticle(entry_id=row.id, url=row.url) for row in rows]

    def save(self, found: Sequence[Article]) -> None:
        """Write articles; those whose entry is gone meanwhile are let go."""
        ids = [article.entry_id for article in found]
        there = set(self._connection.execute(select(entries.c.id).where(entries.c.id.in_(ids))).scalars())
        rows = [
            {
                "entry_id": article.entry_id,
                "fetched_at": article.fetched_at,
                "url": article.url,
                "title": article.title,
                "content_html": article.content_html,
                "image_url": article.image_url,
                "reason": article.reason,
            }
            for article in found
            if article.entry_id in there
        ]
        if rows:
            self._connection.execute(dialect.upsert(self._connection, articles, replace=True), rows)

    def get(self, entry_id: int) -> Article | None:
        """Return the article of an entry, if it was fetched."""
        row = self._connection.execute(select(articles).where(articles.c.entry_id == entry_id)).one_or_none()
        if row is None:
            return None
        return Article(
            entry_id=row.entry_id,
            fetched_at=row.fetched_at,
            url=row.url,
            title=row.title,
            content_html=row.content_html,
            image_url=row.image_url,
            reason=row.reason,
        )

    def robots(self, sites: Iterable[str]) -> dict[str, RobotsFile]:
        """Return what is known of the robots.txt of sites."""
        return {
            row.site: RobotsFile(
                site=row.site,
                fetched_at=row.fetched_at,
                failing_since_at=row.failing_since_at,
                body=row.body,
                visited_at=row.visited_at,
            )
            for chunk in chunks(sites)
            for row in self._connection.execute(select(robots).where(robots.c.site.in_(chunk)))
        }

    def save_robots(self, files: Sequence[RobotsFile]) -> None:
        """Write what sites said."""
        if files:
            self._connection.execute(
                dialect.upsert(self._connection, robots, replace=True),
                [
                    {
                        "site": file.site,
                        "fetched_at": file.fetched_at,
                        "failing_since_at": file.failing_since_at,
                        "body": file.body,
                        "visited_at": file.visited_at,
                    }
                    for file in files
                ],
            )

    def visited(self, sites: Iterable[str], *, at: datetime) -> None:
        """Remember when a page of the sites was fetched last."""
        rows = [{"visited": site} for site in sites]
        if rows:
            self._connection.execute(update(robots).where(robots.c.site == bindparam("visited")).values(visited_at=at), rows)
