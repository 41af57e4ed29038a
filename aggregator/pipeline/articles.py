"""Articles: the pages behind the entries of feeds with `full_text`, fetched politely, their text kept beside the feed's.

Bounded a pass: what a site's robots.txt forbids is never fetched, its Crawl-delay is kept from pass to pass, and no site gets
more than a few requests at once. A page that gives no article is not asked for again.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain

from aggregator.errors import FeedError, Redirected
from aggregator.fetch.robots import crawl_delay, may_fetch
from aggregator.model.article import Article, WantedArticle
from aggregator.model.feed import site_of
from aggregator.model.fetching import Fetched, FetchOutcome, FetchRequest
from aggregator.model.report import ArticleReport
from aggregator.model.robots import RobotsFile
from aggregator.normalise.html import plain_text, sanitise
from aggregator.normalise.urls import absolute_url
from aggregator.parse.article import ExtractedArticle
from aggregator.pipeline.robots import read_robots
from aggregator.protocols import Clock, Fetcher
from aggregator.storage import Storage

log = logging.getLogger(__name__)

BATCH_ARTICLES = 20
BATCH_OF_SITE = 5
"""Articles of one site a pass; the fetcher lets seconds pass between them."""

CANDIDATES = 200
"""Entries looked at, newest first, so that one site with much to fetch does not keep the others waiting."""

NEWS = timedelta(days=2)
"""Entries first seen longer ago are left alone: a feed that is new here need not be caught up on."""

MAX_HOPS = 5  # redirects, as for feeds
TOO_MANY_HOPS = "The server redirects too often."

ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"

Extract = Callable[[Fetched], ExtractedArticle]


def fetch_articles(
    storage: Storage,
    fetcher: Fetcher,
    extract: Extract,
    clock: Clock,
    *,
    should_stop: Callable[[], bool] = lambda: False,
) -> ArticleReport:
    """Fetch the newest articles that are wanted and that may be fetched now."""
    now = clock.now()
    with storage.read() as tx:
        feed_ids = [feed.id for feed in tx.feeds.all() if feed.settings.full_text]
        wanted = tx.articles.wanted(feed_ids, since=now - NEWS, limit=CANDIDATES) if feed_ids else []
    if not wanted:
        return ArticleReport()
    robots = read_robots(storage, fetcher, (one.url for one in wanted), now=now)
    allowed, forbidden = _sort_out(wanted, robots, now=now)
    chosen = {one.url: one for one in _choose(allowed, robots, now=now)}
    with storage.write() as tx:
        tx.articles.save(forbidden)
        tx.articles.visited({site_of(url) for url in chosen}, at=now)  # before: a crash does not visit twice
    report = ArticleReport(forbidden=len(forbidden))
    places = {url: (one,) for url, one in chosen.items()}
    for _ in range(MAX_HOPS):
        found, elsewhere = _fetch(storage, fetcher, extract, clock, places, should_stop=should_stop)
        report += found
        if not elsewhere or should_stop():
            return report
        # Each hop is a visit of its own: what its robots.txt forbids is not fetched, whoever sends us there.
        robots = read_robots(storage, fetcher, elsewhere, now=now)
        targets = [replace(one, url=url) for url, those in elsewhere.items() for one in those]
        allowed, forbidden = _sort_out(targets, robots, now=now)
        report += ArticleReport(forbidden=len(forbidden))
        # On the same site it is the same visit; on another, one of those that a pass may make there.
        stays = {url for url, those in elsewhere.items() if any(site_of(one.url) == site_of(url) for one in those)}
        places = {}
        for one in chain(
            (one for one in allowed if one.url in stays),
            _choose((one for one in allowed if one.url not in stays), robots, now=now),
        ):
            places[one.url] = (*places.get(one.url, ()), one)
        with storage.write() as tx:
            tx.articles.save(forbidden)
            tx.articles.visited({site_of(url) for url in places}, at=now)
    lost = [
        Article(entry_id=one.entry_id, fetched_at=now, url=url, reason=TOO_MANY_HOPS) for url in places for one in places[url]
    ]
    with storage.write() as tx:
        tx.articles.save(lost)
    return report + ArticleReport(failed=len(lost))


def _fetch(
    storage: Storage,
    fetcher: Fetcher,
    extract: Extract,
    clock: Clock,
    places: Mapping[str, tuple[WantedArticle, ...]],
    *,
    should_stop: Callable[[], bool],
) -> tuple[ArticleReport, dict[str, tuple[WantedArticle, ...]]]:
    """Fetch pages and keep what they say; return by address the articles that are said to be elsewhere."""
    report = ArticleReport()
    elsewhere: dict[str, tuple[WantedArticle, ...]] = {}
    requests = [FetchRequest(url=url, accept=ACCEPT, follows=False) for url in places]
    with closing(fetcher.fetch_all(requests)) as outcomes:  # type: ignore[type-var]  # an iterator with close, see Fetcher
        for request, outcome in outcomes:
            wanted = places[request.url]
            if isinstance(outcome, Redirected):
                elsewhere[outcome.target] = (*elsewhere.get(outcome.target, ()), *wanted)
                continue
            articles = [_read(one, outcome, extract, now=clock.now()) for one in wanted]
            with storage.write() as tx:
                tx.articles.save(articles)
            failed = sum(article.reason is not None for article in articles)
            report += ArticleReport(fetched=len(articles) - failed, failed=failed)
            if should_stop():
                break
    return report, elsewhere


def _sort_out(
    wanted: Iterable[WantedArticle], robots: Mapping[str, RobotsFile], *, now: datetime
) -> tuple[list[WantedArticle], list[Article]]:
    """Return what may be fetched, and what may not as articles without text; sites that cannot say so wait."""
    allowed: list[WantedArticle] = []
    forbidden: list[Article] = []
    for one in wanted:
        file = robots[site_of(one.url)]
        if may_fetch(file, one.url):
            allowed.append(one)
        elif file.body is not None:
            reason = "The robots.txt of the site forbids it."
            forbidden.append(Article(entry_id=one.entry_id, fetched_at=now, url=one.url, reason=reason))
    return allowed, forbidden


def _choose(allowed: Iterable[WantedArticle], robots: Mapping[str, RobotsFile], *, now: datetime) -> Iterable[WantedArticle]:
    of_site: Counter[str] = Counter()
    for one in allowed:
        if of_site.total() >= BATCH_ARTICLES:
            return
        site = site_of(one.url)
        delay = crawl_delay(robots[site])
        visited_at = robots[site].visited_at
        if delay and visited_at is not None and now - visited_at < delay:
            continue
        if of_site[site] < (1 if delay else BATCH_OF_SITE):
            of_site[site] += 1
            yield one


def _read(wanted: WantedArticle, outcome: FetchOutcome, extract: Extract, *, now: datetime) -> Article:
    if not isinstance(outcome, Fetched):
        reason = outcome.reason if isinstance(outcome, FeedError) else "not modified"
        return Article(entry_id=wanted.entry_id, fetched_at=now, url=wanted.url, reason=reason)
    try:
        found = extract(outcome)
    except FeedError as error:
        return Article(entry_id=wanted.entry_id, fetched_at=now, url=outcome.url, reason=error.reason)
    except Exception as error:  # the boundary of one page: whatever it provokes, the others go on
        log.exception("article not understood url=%s", outcome.url)
        reason = f"the page could not be read ({type(error).__name__})"
        return Article(entry_id=wanted.entry_id, fetched_at=now, url=outcome.url, reason=reason)
    return Article(
        entry_id=wanted.entry_id,
        fetched_at=now,
        url=outcome.url,
        title=plain_text(found.title, html=False),
        content_html=sanitise(found.html, base_url=outcome.url),
        image_url=absolute_url(found.image_url),
    )
