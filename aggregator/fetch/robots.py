"""robots.txt (RFC 9309): what a site lets us fetch that nobody asked for by hand. Pure; protego reads the file.

A file that is not there allows everything; a server that cannot answer allows nothing until it can, for a month at most.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

from protego import Protego

from aggregator.errors import FetchError
from aggregator.model.fetching import FetchOutcome, FetchRequest, NotModified
from aggregator.model.robots import RobotsFile

PRODUCT = "aggregator"  # the token that a robots.txt names us by: that of the User-Agent
FRESH = timedelta(hours=24)
MAX_BYTES = 500 * 1024  # what the standard says must be read at least
UNREACHABLE_ALLOWS = timedelta(days=30)
LONGEST_DELAY = timedelta(hours=1)  # a site that wants more gets no visit in a pass anyway


def robots_request(url: str) -> FetchRequest:
    """Return the request for the robots.txt of a URL's site."""
    parts = urlsplit(url)
    return FetchRequest(url=f"{parts.scheme}://{parts.netloc}/robots.txt", accept="text/plain, */*;q=0.1")


def is_fresh(robots: RobotsFile | None, *, now: datetime) -> bool:
    """Return whether the file need not be asked for again."""
    return robots is not None and now - robots.fetched_at < FRESH


def after_robots(known: RobotsFile | None, outcome: FetchOutcome, *, site: str, now: datetime) -> RobotsFile:
    """Return what holds for a site after its robots.txt was asked for."""
    before = known or RobotsFile(site=site, fetched_at=now)
    if isinstance(outcome, FetchError):
        if outcome.status is not None and _says_there_is_none(outcome.status):
            return replace(before, fetched_at=now, failing_since_at=None, body="")
        since = before.failing_since_at or now
        body = "" if before.body is None and now - since >= UNREACHABLE_ALLOWS else before.body
        return replace(before, fetched_at=now, failing_since_at=since, body=body)
    if isinstance(outcome, NotModified):
        return replace(before, fetched_at=now, failing_since_at=None)
    return replace(before, fetched_at=now, failing_since_at=None, body=outcome.body[:MAX_BYTES].decode("utf-8-sig", "replace"))


def may_fetch(robots: RobotsFile, url: str) -> bool:
    """Return whether the site lets us fetch the URL."""
    return robots.body is not None and bool(Protego.parse(robots.body).can_fetch(url, PRODUCT))


def crawl_delay(robots: RobotsFile) -> timedelta:
    """Return the time that the site wants between two visits of ours; nothing where it does not say."""
    seconds = Protego.parse(robots.body or "").crawl_delay(PRODUCT) or 0
    return min(timedelta(seconds=max(float(seconds), 0.0)), LONGEST_DELAY)


def _says_there_is_none(status: int) -> bool:
    # 429 is a 4xx that says the opposite of "take what you like".
    return HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.TOO_MANY_REQUESTS
