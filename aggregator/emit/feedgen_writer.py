"""RSS 2.0 and Atom 1.0 through feedgen, the only file that knows it.

feedgen has traps; this adapter owns them:
entries are prepended unless told otherwise; dates default to now; every RSS date calls `locale.setlocale`, which is of the
whole process; the last link of any kind becomes the RSS `<link>`; `type=CDATA` makes invalid Atom and raises on `]]>`;
an RSS author needs an e-mail address; control characters raise; Atom entry links lose every attribute but `href`. What feedgen
lacks is written by two extensions, the way it provides for: Atom `source` and links, `dc:creator`, `media:thumbnail`, the hub,
`xml:lang`, and RSS dates.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from aggregator.emit.text import strip_forbidden
from aggregator.emit.wire import UNKNOWN_MEDIA_TYPE, require_entries, required
from aggregator.errors import WriteFeedError
from aggregator.model.document import DocumentEntry, FeedDocument, Format
from aggregator.model.entry import Enclosure

GENERATOR = "aggregator"  # without version: an upgrade alone must not change a single byte, or every poll becomes a 200

TTL_MINUTES = 60
"""How long an RSS reader may keep the document without asking; they ask cheaply by ETag."""

ATOM = "http://www.w3.org/2005/Atom"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
MEDIA = "http://search.yahoo.com/mrss/"
XML = "http://www.w3.org/XML/1998/namespace"


class RssWriter:
    """Writes RSS 2.0 (rssboard.org/rss-specification)."""

    format = Format.RSS
    media_type = "application/rss+xml"

    def write(self, document: FeedDocument) -> bytes:
        """Return the bytes, UTF-8.

        Raises: WriteFeedError.
        """
        with _foreign_errors(document):
            feed = _start(document, self.format, self.media_type)
            # Without it feedgen writes the date itself, over locale.setlocale; there is no way to unset it but this.
            feed._FeedGenerator__rss_lastBuildDate = None  # noqa: SLF001 - see above; a test holds that no locale is set
            feed.description(required(document, "description", document.description))
            feed.ttl(TTL_MINUTES)
            feed.link(href=strip_forbidden(document.url), rel="alternate")  # the last link is the one RSS shows
            for entry in document.entries:
                _add_rss_item(feed, document, entry)
            return bytes(feed.rss_str(pretty=True))


class AtomWriter:
    """Writes Atom 1.0 (RFC 4287)."""

    format = Format.ATOM
    media_type = "application/atom+xml"

    def write(self, document: FeedDocument) -> bytes:
        """Return the bytes, UTF-8.

        Raises: WriteFeedError.
        """
        with _foreign_errors(document):
            feed = _start(document, self.format, self.media_type)
            feed.id(required(document, "id", document.id))
            feed.updated(_whole_seconds(document.updated_at))
            if document.description:
                feed.subtitle(strip_forbidden(document.description))
            feed.link(href=strip_forbidden(document.url), rel="alternate", type="text/html")
            if document.hub_url:
                feed.link(href=strip_forbidden(document.hub_url), rel="hub")
            for entry in document.entries:
                _add_atom_entry(feed, document, entry)
            return bytes(feed.atom_str(pretty=True))


class _FeedWords(BaseExtension):  # type: ignore[misc]  # feedgen ships no types
    """What feedgen lacks of a channel."""

    document: FeedDocument

    def extend_ns(self) -> dict[str, str]:
        return {"dc": DUBLIN_CORE, "media": MEDIA}

    def extend_rss(self, feed: etree._Element) -> etree._Element:
        channel = feed[0]
        etree.SubElement(channel, "lastBuildDate").text = _rfc822(self.document.updated_at)
        if self.document.hub_url:
            etree.SubElement(channel, f"{{{ATOM}}}link", href=strip_forbidden(self.document.hub_url), rel="hub")
        return feed


class _EntryWords(BaseEntryExtension):  # type: ignore[misc]  # feedgen ships no types
    """What feedgen lacks of an entry."""

    entry: DocumentEntry
    feed_language: str

    def extend_rss(self, item: etree._Element) -> etree._Element:
        entry = self.entry
        etree.SubElement(item, "pubDate").text = _rfc822(entry.published_at)
        for author in entry.authors:
            etree.SubElement(item, f"{{{DUBLIN_CORE}}}creator").text = strip_forbidden(author.name)
        if self._speaks_otherwise() and entry.language:
            etree.SubElement(item, f"{{{DUBLIN_CORE}}}language").text = strip_forbidden(entry.language)
        self._add_thumbnail(item)
        return item

    def extend_atom(self, item: etree._Element) -> etree._Element:
        entry, attribution = self.entry, self.entry.attribution
        if self._speaks_otherwise() and entry.language:
            item.set(f"{{{XML}}}lang", strip_forbidden(entry.language))
        feed_url = strip_forbidden(attribution.feed_url)
        etree.SubElement(item, "link", href=feed_url, rel="via")
        etree.SubElement(item, "link", href=strip_forbidden(entry.page_url), rel="related", type="text/html")
        for enclosure in entry.enclosures:
            etree.SubElement(item, "link", _atom_enclosure(enclosure))
        source = etree.SubElement(item, "source")
        etree.SubElement(source, "id").text = feed_url
        etree.SubElement(source, "title").text = strip_forbidden(attribution.title)
        etree.SubElement(source, "link", href=feed_url, rel="self")
        if attribution.home_url:
            etree.SubElement(source, "link", href=strip_forbidden(attribution.home_url), rel="alternate", type="text/html")
        self._add_thumbnail(item)
        return item

    def _speaks_otherwise(self) -> bool:
        return self.entry.language is not None and self.entry.language.lower() != self.feed_language.lower()

    def _add_thumbnail(self, item: etree._Element) -> None:
        if self.entry.image_url:
            etree.SubElement(item, f"{{{MEDIA}}}thumbnail", url=strip_forbidden(self.entry.image_url))


def _start(document: FeedDocument, form: Format, media_type: str) -> FeedGenerator:
    require_entries(document)
    feed = FeedGenerator()
    feed.register_extension("words", _FeedWords, _EntryWords)
    feed.words.document = document
    feed.title(required(document, "title", document.title))
    feed.language(strip_forbidden(document.language))
    feed.generator(GENERATOR)
    feed.link(href=strip_forbidden(document.feed_url(form)), rel="self", type=media_type)
    return feed


def _add_entry(feed: FeedGenerator, document: FeedDocument, entry: DocumentEntry) -> FeedEntry:
    """Append what both formats have."""
    item = feed.add_entry(order="append")
    item.words.entry = entry
    item.words.feed_language = document.language
    item.id(strip_forbidden(entry.id))
    item.title(strip_forbidden(entry.title))
    item.link(href=strip_forbidden(entry.url), rel="alternate")  # written without rel, which means the same
    for category in entry.categories:
        item.category(term=strip_forbidden(category))
    return item


def _add_rss_item(feed: FeedGenerator, document: FeedDocument, entry: DocumentEntry) -> None:
    item = _add_entry(feed, document, entry)
    item.source(url=strip_forbidden(entry.attribution.feed_url), title=strip_forbidden(entry.attribution.title))
    item.comments(strip_forbidden(entry.page_url))
    if entry.summary_html:
        item.summary(strip_forbidden(entry.summary_html))
    if entry.content_html:
        # `]]>` cannot stand in CDATA; in HTML text and attributes `]]&gt;` says the same.
        item.content(strip_forbidden(entry.content_html).replace("]]>", "]]&gt;"), type="CDATA")
    for enclosure in entry.enclosures[:1]:  # RSS has one
        item.enclosure(**_rss_enclosure(enclosure))


def _add_atom_entry(feed: FeedGenerator, document: FeedDocument, entry: DocumentEntry) -> None:
    item = _add_entry(feed, document, entry)
    item.published(_whole_seconds(entry.published_at))
    item.updated(_whole_seconds(entry.updated_at))
    for author in entry.authors:
        uri = {"uri": strip_forbidden(author.url)} if author.url else {}
        item.author(name=strip_forbidden(author.name), **uri)
    if entry.summary_html:
        item.summary(strip_forbidden(entry.summary_html), type="html")
    if entry.content_html:
        item.content(strip_forbidden(entry.content_html), type="html")


def _rss_enclosure(enclosure: Enclosure) -> dict[str, str]:
    return {
        "url": strip_forbidden(enclosure.url),
        "length": str(enclosure.length_bytes or 0),  # required; 0 is what the field has agreed on for "unknown"
        "type": strip_forbidden(enclosure.media_type or UNKNOWN_MEDIA_TYPE),
    }


def _atom_enclosure(enclosure: Enclosure) -> dict[str, str]:
    link = {"href": strip_forbidden(enclosure.url), "rel": "enclosure"}
    if enclosure.media_type:
        link["type"] = strip_forbidden(enclosure.media_type)
    if enclosure.length_bytes:
        link["length"] = str(enclosure.length_bytes)
    return link


def _whole_seconds(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)


def _rfc822(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC), usegmt=True)


@contextmanager
def _foreign_errors(document: FeedDocument) -> Iterator[None]:
    """Map what feedgen and lxml raise."""
    try:
        yield
    except (ValueError, TypeError, NotImplementedError, etree.LxmlError) as error:
        raise WriteFeedError(str(error), document=document.path, field="document") from error
