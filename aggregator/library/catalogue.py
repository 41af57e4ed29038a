"""What can be subscribed to: sources, topics, and ranked lists, each under a number that never changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import tzinfo
from functools import cached_property

from aggregator.emit.words import words_of
from aggregator.library.rankings import list_name
from aggregator.model.document import Format
from aggregator.model.feed import Feed
from aggregator.model.reader import FIRST_LIST_STREAM, Members
from aggregator.model.story import Ranking
from aggregator.storage import Transaction

TOPIC_PREFIX = "/topics/"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderSite:
    """The site as feed readers see it. `base_url` has no slash at its end; `zone` is where the days of a search begin."""

    title: str
    base_url: str
    language: str = "de"
    zone: tzinfo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One thing to subscribe to: its number, its words, its addresses, and which entries it holds."""

    id: int
    title: str
    feed_url: str
    page_url: str
    members: Members

    @property
    def is_source(self) -> bool:
        """Whether it is a publisher's feed, not one of ours."""
        return self.id < FIRST_LIST_STREAM


class Catalogue:
    """Every stream there is, read as far as it is asked for; good for one transaction."""

    def __init__(self, tx: Transaction, site: ReaderSite) -> None:
        self._tx = tx
        self._site = site

    @cached_property
    def _feeds(self) -> dict[int, Feed]:
        return {feed.id: feed for feed in self._tx.feeds.all()}

    @cached_property
    def lists(self) -> dict[int, Stream]:
        """Our lists that have a number and are still there: topics in their order, then rankings."""
        paths = self._tx.streams.paths()
        titles = dict(self._tx.streams.topics())
        found = (_list_stream(stream_id, path, titles, self._site) for stream_id, path in paths.items())
        by_id = {stream.id: stream for stream in found if stream is not None}
        places = {path: place for place, path in enumerate(list_paths(titles))}
        return dict(sorted(by_id.items(), key=lambda item: places[paths[item[0]]]))

    def get(self, stream_id: int) -> Stream | None:
        """Return the stream with that number."""
        if stream_id >= FIRST_LIST_STREAM:
            return self.lists.get(stream_id)
        feed = self._feeds.get(stream_id)
        return None if feed is None else _source_stream(feed)

    def find(self, url: str) -> Stream | None:
        """Return the stream at an address: of a source as configured, polled or named by itself, or of a list of ours."""
        for stream in self.lists.values():
            if url in _addresses(stream):
                return stream
        for feed in self._feeds.values():
            if url in {feed.settings.url, feed.fetch_url, feed.data.self_url, feed.data.home_url}:
                return _source_stream(feed)
        return None


def list_paths(slugs: Iterable[str]) -> list[str]:
    """Return the paths of our lists: every topic, then the rankings over all, then those of each topic."""
    slugs = list(slugs)
    rankings = [f"/{list_name(ranking, slug)}" for slug in (None, *slugs) for ranking in Ranking]
    return [*(f"{TOPIC_PREFIX}{slug}" for slug in slugs), *rankings]


def is_topic(path: str) -> bool:
    """Return whether the list at a path is a topic, not a ranking."""
    return path.startswith(TOPIC_PREFIX) and "/" not in path.removeprefix(TOPIC_PREFIX)


def first_paths(slugs: Iterable[str]) -> list[str]:
    """Return the paths of the lists that a new reader is given: every topic, and what is read most over all."""
    return [*(f"{TOPIC_PREFIX}{slug}" for slug in slugs), f"/{list_name(Ranking.MOST_READ)}"]


def _list_stream(stream_id: int, path: str, titles: dict[str, str], site: ReaderSite) -> Stream | None:
    """Return the stream of a list of ours, None if the configuration has it no more."""
    slug = path.removeprefix(TOPIC_PREFIX)
    ranked = _ranking_at(path, titles)
    if ranked is not None:
        ranking, topic = ranked
        words = words_of(site.language).rankings[ranking]
        title = words.title if topic is None else words.on_topic.format(title=titles[topic])
        members = Members(lists=((stream_id, list_name(ranking, topic)),))
    elif is_topic(path) and slug in titles:
        title, members = titles[slug], Members(topics=(slug,))
    else:
        return None
    page_url = site.base_url + path
    return Stream(id=stream_id, title=title, feed_url=f"{page_url}.{Format.ATOM}", page_url=page_url, members=members)


def _ranking_at(path: str, titles: Iterable[str]) -> tuple[Ranking, str | None] | None:
    """Return the order at a path and the slug of its topic (None: over all), None if there is none."""
    places = ((ranking, slug) for slug in (None, *titles) for ranking in Ranking)
    return next((place for place in places if path == f"/{list_name(*place)}"), None)


def _source_stream(feed: Feed) -> Stream:
    return Stream(
        id=feed.id,
        title=feed.title,
        feed_url=feed.settings.url,
        page_url=feed.data.home_url or feed.settings.url,
        members=Members(feeds=(feed.id,)),
    )


def _addresses(stream: Stream) -> set[str]:
    return {stream.page_url, *(f"{stream.page_url}.{form}" for form in Format)}
