"""A site, a topic and entries as feeds emit them: the samples of the golden files and of the tests beside them."""

from __future__ import annotations

from datetime import timedelta

from aggregator.emit.build import Site, build_ranked_feed, build_topic_feed
from aggregator.emit.feedgen_writer import AtomWriter, RssWriter
from aggregator.emit.jsonfeed_writer import JsonFeedWriter
from aggregator.model.document import FeedDocument
from aggregator.model.entry import Enclosure, Entry, EntryData
from aggregator.model.feed import Person
from aggregator.model.story import Entered, Ranking
from aggregator.model.topic import Topic
from aggregator.protocols import FeedWriter
from tests.fakes.stored import NOON, make_entry, make_origin

SITE = Site(title="Newsraum", base_url="https://news.example", language="de-CH", tag_authority="news.example")
TOPIC = Topic(slug="schweiz", title="Schweiz & Europa")


def all_writers() -> tuple[FeedWriter, ...]:
    return RssWriter(), AtomWriter(), JsonFeedWriter()


def plain_entries() -> list[Entry]:
    """Entries with every field, with few, in another language, changed after publication, and of two publishers."""
    rich = EntryData(
        title="Bundesrat wählt «Präsidium» \u2013 was nun? & <b>mehr</b>",
        url="https://zeitung.example/a?b=1&c=2",
        guid="https://zeitung.example/a",
        summary_html="<p>Der Bundesrat hat am <em>Dienstag</em> entschieden.</p><p>Die Kantone &amp; Städte begrüssen es.</p>",
        content_html="<p>Der Bundesrat hat am Dienstag entschieden.</p><ul><li>eins</li><li>zwei</li></ul>",
        authors=(Person(name="Anna Muster", email="anna@zeitung.example", url="https://zeitung.example/anna"),),
        categories=("Inland", "Politik", "Inland"),
        enclosures=(
            Enclosure(
                url="https://zeitung.example/a.mp3",
                media_type="audio/mpeg",
                length_bytes=1_234_567,
                duration=timedelta(minutes=3, seconds=20),
            ),
            Enclosure(url="https://zeitung.example/a.pdf"),
        ),
        image_url="https://zeitung.example/a.jpg",
        language="de",
        published_at=NOON,
    )
    english = EntryData(
        title="Cantons vote on energy law",
        url="https://post.example/vote",
        language="en",
        summary_html="Voters in five cantons decide on Sunday. " * 12,
    )
    origins = (make_origin("post.example", feed_id=2, title="The Post"), make_origin())
    return [
        make_entry(12, rich, dated_at=NOON, modified_at=NOON + timedelta(hours=2), first_seen_at=NOON),
        make_entry(11, english, dated_at=NOON - timedelta(hours=1, microseconds=-5), origins=origins),
        make_entry(7, EntryData(title="Kurzmeldung"), dated_at=NOON - timedelta(days=2), origins=(make_origin(home=False),)),
    ]


def listed_entries() -> list[tuple[Entry, Entered]]:
    """The same entries with the time they entered a ranked list: known by many, by few, and by nobody knows how many."""
    figures = ((412, 7), (2, 2), (None, None))
    return [
        (entry, Entered(entry_id=entry.id, at=NOON + timedelta(hours=3 - number), readers=readers, publishers=publishers))
        for number, (entry, (readers, publishers)) in enumerate(zip(plain_entries(), figures, strict=True))
    ]


def topic_document(entries: list[Entry] | None = None, *, full_text: bool = False, site: Site = SITE) -> FeedDocument:
    return build_topic_feed(site, TOPIC, plain_entries() if entries is None else entries, full_text=full_text)


def most_read_document() -> FeedDocument:
    return build_ranked_feed(SITE, Ranking.MOST_READ, None, listed_entries())
