"""A store whose feeds, entries and readers are written straight in, for rankings over days."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta

from aggregator.emit.build import Site
from aggregator.emit.feedgen_writer import AtomWriter
from aggregator.model.change import NewEntry
from aggregator.model.document import Rendered
from aggregator.model.entry import EntryData
from aggregator.model.feed import Feed
from aggregator.model.reading import ReadEvent, Via
from aggregator.model.report import RankReport
from aggregator.model.story import Entered, Ranking
from aggregator.model.topic import Assignment, Topic
from aggregator.pipeline.publish import publish
from aggregator.pipeline.ranking import RankingRules, list_name, rank_stories
from aggregator.storage import Storage
from tests.fakes.changes import NOON, configure, key_of, make_update, read_feed, save

BERN = Topic(slug="bern", title="Bern")
RANKED_PATHS = ("/most-read", "/trending", f"/topics/{BERN.slug}/most-read", f"/topics/{BERN.slug}/trending")
ENTRIES_AN_HOUR = 4
SITE = Site(title="Newsraum", base_url="https://news.example", language="de", tag_authority="news.example")


class Press:
    """A few publishers, and what they and their readers do; the first topic takes every entry of even number."""

    def __init__(self, storage: Storage, *, publishers: int = 3, rules: RankingRules | None = None) -> None:
        self.storage = storage
        self.rules = rules or RankingRules()
        self.feeds: list[Feed] = configure(storage, *(f"https://p{number}.example/feed" for number in range(publishers)))
        with storage.write() as tx:
            tx.topics.configure([BERN])

    def publish_entry(self, number: int, *, publisher: int = 0, at: datetime = NOON) -> None:
        """A publisher brings out the entry with that id."""
        url = f"https://p{publisher}.example/{number}"
        update = make_update(url, data=EntryData(title=f"Nachricht {number}", guid=url, url=url))
        save(self.storage, read_feed(self.feeds[publisher].id, new=[NewEntry(id=number, update=update, dated_at=at)], now=at))
        if number % 2 == 0:
            with self.storage.write() as tx:
                tx.topics.assign(
                    [BERN.slug], [number], [Assignment(slug=BERN.slug, entry_id=number, reason="")], revision=number
                )

    def read(self, number: int, readers: Iterable[str], *, at: datetime = NOON) -> None:
        """Readers read an entry."""
        with self.storage.write() as tx:
            tx.reads.add([ReadEvent(entry_id=number, at=at, via=Via.CLICK, reader_key=key_of(name)) for name in readers])

    def view(self, name: str, times: int, *, places: int = 0) -> None:
        """A list is seen."""
        with self.storage.write() as tx:
            tx.lists.add_views({(name, places): times})

    def live_an_hour(self, hour: int, chance: random.Random) -> None:
        """Publishers bring entries out; readers prefer a few, mostly new ones; pages are seen."""
        at = NOON + hour * HOUR
        with self.storage.read() as tx:
            first = tx.entries.known([]).next_entry_id  # lists take numbers of entries for their items
        for number in range(first, first + ENTRIES_AN_HOUR):
            self.publish_entry(number, publisher=chance.randrange(3), at=at)
        for reader in range(12):
            number = max(1, first + ENTRIES_AN_HOUR - 1 - int(chance.paretovariate(0.8)))
            self.read(number, [f"reader {reader}"], at=at + timedelta(minutes=chance.randrange(60)))
        self.view("trending", chance.randrange(20))
        self.view("most-read", chance.randrange(20))

    def rank(self, at: datetime = NOON, *, at_once: bool = True) -> RankReport:
        """Rank."""
        return rank_stories(self.storage, [BERN], self.rules, now=at, at_once=at_once)

    def places(self, ranking: Ranking, topic: Topic | None = None) -> list[int]:
        """The stories of a list, best first."""
        with self.storage.read() as tx:
            return [place.story_id for place in tx.lists.places(list_name(ranking, topic))]

    def entered(self, ranking: Ranking, topic: Topic | None = None) -> list[Entered]:
        """What entered the feed of a list, latest first."""
        with self.storage.read() as tx:
            return tx.lists.entered(list_name(ranking, topic), limit=99)

    def emit(self, *, now: datetime) -> dict[str, Rendered]:
        """What feed readers get, as Atom, by path without suffix."""
        publish(self.storage, [BERN], SITE, [AtomWriter()], now=now)
        with self.storage.read() as tx:
            return {document.path.removesuffix(".atom"): document for document in tx.documents.all()}


def people(count: int, *, first: int = 0) -> list[str]:
    """Names of readers."""
    return [f"reader {number}" for number in range(first, first + count)]


HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)
