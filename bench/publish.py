"""What does it cost to build and render a feed, against feedgen alone and against lxml alone?

Every contender starts from the same stored entries and ends with bytes. The bounds do less than we do: they write a title, a
link, an id, a date and a summary, no attribution, authors, categories, enclosures or images, and clean nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from itertools import chain

from feedgen.feed import FeedGenerator
from lxml import etree

from aggregator.emit.build import MAX_ENTRIES, Site, build_topic_feed
from aggregator.emit.feedgen_writer import AtomWriter, RssWriter
from aggregator.emit.jsonfeed_writer import JsonFeedWriter
from aggregator.emit.render import document_fingerprint, render
from aggregator.model.document import FeedDocument
from aggregator.model.entry import Enclosure, Entry, EntryData, Origin
from aggregator.model.feed import Person
from aggregator.model.topic import Topic
from aggregator.protocols import FeedWriter
from bench.record import Options, Report, measure

SIZES = (50, 500)
ENTRIES_A_RUN = 2_000  # a run lasts long enough to be timed on a shared machine
START = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
SITE = Site(title="Bench", base_url="https://news.example", language="de", tag_authority="news.example")
TOPIC = Topic(slug="bench", title="Bench", limit=max(SIZES))
PARAGRAPH = "<p>Der Bundesrat hat am <em>Dienstag</em> &uuml;ber die <a href='https://a.example/'>Vorlage</a> entschieden. </p>"
ATOM = "http://www.w3.org/2005/Atom"


def bench(options: Options) -> Iterator[Report]:
    for size in SIZES:
        yield _report(size, options)


def _report(size: int, options: Options) -> Report:
    entries = [_entry(number) for number in range(1, size + 1)]
    document = _document(entries)
    report = Report(
        name=f"publish-{size}",
        question=f"what does it cost to build and render a feed of {size} entries?",
        corpus=f"{size} generated entries, each a summary of 650 characters, an author, two categories, an image, an enclosure",
        baseline="feedgen alone",
    )
    times = max(1, ENTRIES_A_RUN // size)

    def add(work: str, name: str, one: Callable[[], object]) -> None:
        def many() -> None:
            for _ in range(times):
                one()

        report.add(measure(name, many, count=times, unit="feed", kind=work, runs=options.runs))

    writers: tuple[FeedWriter, ...] = (RssWriter(), AtomWriter(), JsonFeedWriter())
    for writer in writers:
        add(writer.format, "aggregator, build and write", partial(_build_and_write, entries, writer))
        add(writer.format, "aggregator, write", partial(writer.write, document))
        if size <= MAX_ENTRIES:  # a larger one is over the cap on bytes and would be written twice
            add(writer.format, "aggregator, write, hash, gzip", partial(render, document, writer, fingerprint="known"))
        report.facts[f"{writer.format}, bytes"] = len(writer.write(document))
    add("rss", "feedgen alone", partial(_feedgen_rss, document))
    add("atom", "feedgen alone", partial(_feedgen_atom, document))
    add("rss", "lxml alone", partial(_lxml_rss, document))
    add("atom", "lxml alone", partial(_lxml_atom, document))
    add("json", "json.dumps alone", partial(_json_alone, document))
    add("any", "aggregator, build", partial(_document, entries))
    add("any", "aggregator, fingerprint", partial(document_fingerprint, document))
    return report


def _build_and_write(entries: Sequence[Entry], writer: FeedWriter) -> bytes:
    return writer.write(_document(entries))


def _document(entries: Sequence[Entry]) -> FeedDocument:
    """Build as `publish` does; more entries than a feed may have are built in parts."""
    parts = [build_topic_feed(SITE, TOPIC, entries[at : at + MAX_ENTRIES]) for at in range(0, len(entries), MAX_ENTRIES)]
    return replace(parts[0], entries=tuple(chain.from_iterable(part.entries for part in parts)))


def _entry(number: int) -> Entry:
    site = f"site{number % 20}.example"
    at = START - timedelta(minutes=number)
    data = EntryData(
        title=f"Nachricht {number}: Bundesrat & Parlament über die Vorlage",
        url=f"https://{site}/artikel/{number}?a=1&b=2",
        summary_html=PARAGRAPH * 5,
        authors=(Person(name="Anna Muster"),),
        categories=("Inland", "Politik"),
        enclosures=(Enclosure(url=f"https://{site}/{number}.mp3", media_type="audio/mpeg", length_bytes=1_000_000),),
        image_url=f"https://{site}/{number}.jpg",
        language="de",
    )
    origin = Origin(
        feed_id=number % 20, feed_url=f"https://{site}/rss", feed_title=site, home_url=f"https://{site}/", site=site
    )
    return Entry(
        id=number, data=data, dated_at=at, first_seen_at=at, modified_at=at, revision=number, origins=(origin,), score=0.0
    )


def _feedgen(document: FeedDocument) -> FeedGenerator:
    feed = FeedGenerator()
    feed.id(document.id)
    feed.title(document.title)
    feed.description(document.description)
    feed.link(href=document.url, rel="alternate")
    for entry in document.entries:
        item = feed.add_entry(order="append")
        item.id(entry.id)
        item.title(entry.title)
        item.link(href=entry.url)
        item.published(entry.published_at)
        item.updated(entry.updated_at)
        item.summary(entry.summary_html)
    return feed


def _feedgen_rss(document: FeedDocument) -> bytes:
    return bytes(_feedgen(document).rss_str())


def _feedgen_atom(document: FeedDocument) -> bytes:
    return bytes(_feedgen(document).atom_str())


def _lxml_rss(document: FeedDocument) -> bytes:
    root = etree.Element("rss", version="2.0")
    channel = etree.SubElement(root, "channel")
    etree.SubElement(channel, "title").text = document.title
    etree.SubElement(channel, "link").text = document.url
    etree.SubElement(channel, "description").text = document.description
    for entry in document.entries:
        item = etree.SubElement(channel, "item")
        etree.SubElement(item, "title").text = entry.title
        etree.SubElement(item, "link").text = entry.url
        etree.SubElement(item, "guid", isPermaLink="false").text = entry.id
        etree.SubElement(item, "pubDate").text = format_datetime(entry.published_at, usegmt=True)
        etree.SubElement(item, "description").text = entry.summary_html
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _lxml_atom(document: FeedDocument) -> bytes:
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})  # type: ignore[dict-item]  # lxml-stubs know no default namespace
    etree.SubElement(root, f"{{{ATOM}}}id").text = document.id
    etree.SubElement(root, f"{{{ATOM}}}title").text = document.title
    etree.SubElement(root, f"{{{ATOM}}}updated").text = document.updated_at.isoformat()
    for entry in document.entries:
        item = etree.SubElement(root, f"{{{ATOM}}}entry")
        etree.SubElement(item, f"{{{ATOM}}}id").text = entry.id
        etree.SubElement(item, f"{{{ATOM}}}title").text = entry.title
        etree.SubElement(item, f"{{{ATOM}}}link", href=entry.url)
        etree.SubElement(item, f"{{{ATOM}}}published").text = entry.published_at.isoformat()
        etree.SubElement(item, f"{{{ATOM}}}updated").text = entry.updated_at.isoformat()
        etree.SubElement(item, f"{{{ATOM}}}summary", type="html").text = entry.summary_html
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _json_alone(document: FeedDocument) -> bytes:
    items = [
        {
            "id": entry.id,
            "url": entry.url,
            "title": entry.title,
            "content_html": entry.summary_html,
            "date_published": entry.published_at.isoformat(),
        }
        for entry in document.entries
    ]
    return json.dumps({"title": document.title, "items": items}, ensure_ascii=False).encode()
