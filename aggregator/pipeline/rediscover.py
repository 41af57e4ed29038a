"""Feeds that are gone from their address are looked for on the home page of their site, once a week.

What is found is a suggestion: nobody but a person changes the configuration.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from urllib.parse import urljoin

from aggregator.errors import FeedError
from aggregator.fetch.discovery import feed_links
from aggregator.fetch.robots import may_fetch
from aggregator.model.feed import Feed, site_of
from aggregator.model.fetching import Fetched, FetchRequest
from aggregator.model.health import FeedEvent, FeedEventKind, FeedSearch
from aggregator.model.report import SearchReport
from aggregator.model.robots import RobotsFile
from aggregator.pipeline.reading import DocumentReader, UnreadDocument
from aggregator.pipeline.robots import read_robots
from aggregator.protocols import Fetcher
from aggregator.storage import Storage

log = logging.getLogger(__name__)

GONE_FOR = timedelta(days=3)
"""A feed that is not found for so long has probably moved, and not only broken down."""

SEARCHED_EVERY = timedelta(days=7)
BATCH_FEEDS = 20


def search_lost_feeds(
    storage: Storage,
    fetcher: Fetcher,
    reader: DocumentReader,
    *,
    now: datetime,
    should_stop: Callable[[], bool] = lambda: False,
) -> SearchReport:
    """Look for feeds that are gone: one request for the home page, and one for the best feed that it links to."""
    with storage.read() as tx:
        lost = tx.health.lost(now=now, failing_for=GONE_FOR, searched_every=SEARCHED_EVERY, limit=BATCH_FEEDS)
        known = {url for feed in tx.feeds.all() for url in (feed.settings.url, feed.fetch_url)} if lost else set()
    searched = found = 0
    robots = read_robots(storage, fetcher, map(home_of, lost), now=now) if lost else {}
    for feed in lost:
        if should_stop():
            break
        searched += 1
        search = _search(feed, robots, known, fetcher, reader, now=now)
        with storage.write() as tx:
            tx.health.save_search(search)
            if search.found_url is not None:
                found += 1
                tx.health.add([FeedEvent(feed_id=feed.id, kind=FeedEventKind.FOUND, at=now, url=search.found_url)])
                log.info("feed may have moved url=%s to=%s", feed.settings.url, search.found_url)
    return SearchReport(searched=searched, found=found)


def home_of(feed: Feed) -> str:
    """Return the home page: what the feed named as such while it could be read, else the root of its site."""
    return feed.data.home_url or urljoin(feed.settings.url, "/")


def _search(
    feed: Feed, robots: Mapping[str, RobotsFile], known: set[str], fetcher: Fetcher, reader: DocumentReader, *, now: datetime
) -> FeedSearch:
    home_url = home_of(feed)
    page = _fetch(fetcher, home_url) if may_fetch(robots[site_of(home_url)], home_url) else None
    found = _as_feed(page, reader, now=now) if page else None  # the home page of a feed may have become a feed
    if page and found is None:
        link = next((link.url for link in feed_links(page.body, url=page.url) if link.url not in known), None)
        candidate = _fetch(fetcher, link) if link else None
        found = _as_feed(candidate, reader, now=now) if candidate else None
    url, title = found or (None, "")
    return FeedSearch(feed_id=feed.id, searched_at=now, found_url=url, found_title=title)


def _as_feed(fetched: Fetched, reader: DocumentReader, *, now: datetime) -> tuple[str, str] | None:
    """Return the address to use from now on and the title, if the document is a feed."""
    read = reader.read(UnreadDocument(fetched=fetched, feed_url=fetched.url, received_at=now))
    return None if isinstance(read, FeedError) else (fetched.permanent_url or fetched.url, read.data.title)


def _fetch(fetcher: Fetcher, url: str) -> Fetched | None:
    (_, outcome), *_ = fetcher.fetch_all([FetchRequest(url=url)])
    return outcome if isinstance(outcome, Fetched) else None
