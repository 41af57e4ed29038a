"""Subscriptions: find the feed behind an address a person typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from aggregator.emit.opml import Outline, write_opml
from aggregator.errors import FeedError, FeedNotFound, FetchError, NotAFeed
from aggregator.fetch.discovery import feed_links, well_known_feed_urls
from aggregator.fetch.services import feed_address_of
from aggregator.model.fetching import Fetched, FetchOutcome, FetchRequest, NotModified
from aggregator.model.parsed import ParsedFeed
from aggregator.protocols import Fetcher, Parser
from aggregator.storage import Storage

MAX_LINKED_TRIES = 5
"""Feeds linked from a page that are tried, best first: pages list the main feed first, and each try is a request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeed:
    """A feed that was fetched and read; `others` are further feeds the site offers, not tried."""

    url: str
    title: str
    language: str | None
    entries: int
    others: tuple[str, ...] = ()


def find_feed(address: str, *, fetcher: Fetcher, parser: Parser) -> FoundFeed:
    """Return the feed at an address: the address itself, one its page links to, or one in a well-known place.

    Addresses of channels, accounts and repositories are turned into those of their feeds first. The body of a page is used for
    what it links to; nothing is fetched twice.

    Raises: FetchError if the address cannot be fetched; FeedNotFound, with what was tried, if there is no feed.
    """
    url = address if "://" in address else f"https://{address}"
    tried = []
    if (service_url := feed_address_of(url)) is not None:
        tried.append(service_url)
        with suppress(FeedError):  # the rule may be a guess: then what was typed is tried
            fetched = _fetch(service_url, fetcher)
            return _found(fetched, parser.parse(fetched))
    fetched = _fetch(url, fetcher)
    try:
        return _found(fetched, parser.parse(fetched))
    except NotAFeed:
        links = [link.url for link in feed_links(fetched.body, url=fetched.url)]
    tried.append(url)
    for candidates, rest in ((links[:MAX_LINKED_TRIES], links), (well_known_feed_urls(fetched.url), [])):
        for candidate in candidates:
            if candidate in tried:
                continue
            tried.append(candidate)
            try:
                found = _fetch(candidate, fetcher)
                return _found(found, parser.parse(found), others=(link for link in rest if link != candidate))
            except FeedError:
                continue
    raise FeedNotFound(f"no feed found; tried {', '.join(tried)}", feed_url=url, tried=tried)


def check_feeds(urls: Sequence[str], *, fetcher: Fetcher, parser: Parser) -> Iterator[tuple[str, FoundFeed | FeedError]]:
    """Fetch every feed once and yield what it is, or what is wrong with it, as the answers come."""
    for request, outcome in fetcher.fetch_all(FetchRequest(url=url) for url in urls):
        try:
            yield request.url, _found(fetched := _body(request.url, outcome), parser.parse(fetched))
        except FeedError as error:
            yield request.url, error


def _fetch(url: str, fetcher: Fetcher) -> Fetched:
    (_, outcome), *_ = fetcher.fetch_all([FetchRequest(url=url)])
    return _body(url, outcome)


def _body(url: str, outcome: FetchOutcome) -> Fetched:
    if isinstance(outcome, FetchError):
        raise outcome
    if isinstance(outcome, NotModified):
        raise FetchError("304 to a request without validators", feed_url=url)
    return outcome


def _found(fetched: Fetched, parsed: ParsedFeed, *, others: Iterable[str] = ()) -> FoundFeed:
    """Describe a feed; its address is where it came from unless the way there may change (RFC 9110, 302 and 307)."""
    return FoundFeed(
        url=fetched.permanent_url or fetched.url,
        title=parsed.data.title.strip(),
        language=parsed.data.language,
        entries=len(parsed.entries),
        others=tuple(others),
    )


def write_sources_opml(storage: Storage, *, title: str) -> bytes:
    """Return our sources as OPML, by title, in the folders of their first tags."""
    with storage.read() as tx:
        feeds = tx.feeds.all()
    return write_opml(
        title,
        (
            Outline(
                title=feed.title,
                feed_url=feed.settings.url,
                page_url=feed.data.home_url,
                language=feed.settings.language or feed.data.language,
                tags=feed.settings.tags,
            )
            for feed in feeds
        ),
    )
