"""From the words of a document to `ParsedEntry` and `FeedData`: the choices that both XML paths share.

The fast path and feedparser each fill a `RawEntry` with what stands in the document; what counts as the link, the content or
the image is decided once, here, so that the two cannot disagree about it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from feedparser.api import StrictFeedParser

from aggregator.model.entry import Enclosure
from aggregator.model.feed import FeedData, Person
from aggregator.model.parsed import ParsedEntry, Text
from aggregator.parse.dates import parse_date

MAX_ENTRIES = 2000
"""Entries read from one document, the first in document order (`reference/security.md`, 5.2)."""
MAX_TITLE_CHARS = 1000
MAX_TEXT_CHARS = 1024 * 1024
MAX_PEOPLE = 50
MAX_CATEGORIES = 100
MAX_ENCLOSURES = 100

_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_VOID_END_TAG = re.compile(r"</(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)>")
_DURATION = re.compile(r"(?:(?:(\d{1,3}):)?(\d{1,4}):)?(\d{1,6})(?:\.\d+)?")
_PICTURE = re.compile(r"\.(?:avif|gif|jpe?g|png|webp)(?:[?#]|$)", re.IGNORECASE)
_MEDIA = ("audio/", "video/")


@dataclass(slots=True, kw_only=True)
class RawText:
    """A text construct as written; `media_type` in full, `base_url` and `language` as in effect there."""

    value: str
    media_type: str
    base_url: str | None = None
    language: str | None = None


@dataclass(slots=True, kw_only=True)
class RawLink:
    """A link (Atom `link`, RSS `link` and `enclosure`)."""

    href: str
    rel: str
    media_type: str
    length: str | None = None


@dataclass(slots=True, kw_only=True)
class RawPerson:
    """An author, still to be completed by the elements inside it."""

    name: str = ""
    email: str = ""
    url: str = ""


@dataclass(slots=True, kw_only=True)
class RawEntry:
    """The words of an entry; attribute dictionaries as in the document.

    `href` is the address feedparser keeps of an RSS `image` inside the item, or of some other element: a picture only where
    it is named as one.
    """

    guid: str | None = None
    link: str | None = None
    links: list[RawLink] = field(default_factory=list)
    title: RawText | None = None
    summary: RawText | None = None
    contents: list[RawText] = field(default_factory=list)
    people: list[RawPerson] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    media_contents: list[dict[str, str]] = field(default_factory=list)
    media_thumbnails: list[dict[str, str]] = field(default_factory=list)
    image: str | None = None
    href: str | None = None
    duration: str | None = None
    comments: str | None = None
    language: str | None = None
    published: str | None = None
    created: str | None = None
    updated: str | None = None
    source_title: str | None = None
    source_link: str | None = None
    source_href: str | None = None


@dataclass(slots=True, kw_only=True)
class RawFeed:
    """The words of a feed about itself."""

    title: RawText | None = None
    subtitle: str | None = None
    id: str | None = None
    link: str | None = None
    links: list[RawLink] = field(default_factory=list)
    people: list[RawPerson] = field(default_factory=list)
    language: str | None = None
    image: str | None = None
    logo: str | None = None
    icon: str | None = None
    rights: str | None = None
    published: str | None = None
    updated: str | None = None
    ttl: str | None = None


def looks_like_markup(text: str) -> bool:
    """Tell whether plain text is meant as HTML, which RSS leaves open: feedparser's rule, known tags or entities only."""
    return ("<" in text or "&" in text) and bool(StrictFeedParser.looks_like_html(text))


def compose_entry(raw: RawEntry, *, atom: bool, feed_language: str | None) -> ParsedEntry:
    """Choose link, texts, image and the rest; `atom`: text types are declared, not guessed."""
    url = _choose_link(raw.link, raw.links, raw.guid)
    if not atom:
        for text in (raw.title, raw.summary, *raw.contents):
            if text is not None and text.media_type == "text/plain" and looks_like_markup(text.value):
                text.media_type = "text/html"
    summary, content = _choose_texts(raw.summary, raw.contents, atom=atom)
    language = raw.language or _language_of(raw.title) or _language_of(content) or _language_of(summary)
    updated_at = parse_date(raw.updated)
    same = raw.published == raw.updated  # as most Atom feeds have it
    published_at = updated_at if same and updated_at else parse_date(raw.published) or parse_date(raw.created)
    if published_at is None and not atom:
        published_at = updated_at  # `dc:date` is when an RSS item was published; only Atom tells the two apart
    return ParsedEntry(
        guid=raw.guid or None,
        guid_is_permalink=bool(raw.guid) and raw.guid == url,
        url=url,
        base_url=(raw.title.base_url or None) if raw.title else None,
        title=_compose_text(raw.title, MAX_TITLE_CHARS),
        summary=_compose_text(summary, MAX_TEXT_CHARS),
        content=_compose_text(content, MAX_TEXT_CHARS),
        authors=compose_people(raw.people),
        categories=_compose_categories(raw.categories) if raw.categories else (),
        enclosures=_compose_enclosures(raw),
        image_url=_choose_image(raw),
        comments_url=raw.comments or _choose_comments(raw.links),
        language=language if language != feed_language else None,
        published_at=published_at,
        updated_at=updated_at,
        source_title=raw.source_title or None,
        source_url=(raw.source_link if is_web_url(raw.source_link) else None) or raw.source_href or None,
    )


def compose_feed(raw: RawFeed) -> FeedData:
    """Choose the feed's own page, image and date."""
    minutes = (raw.ttl or "").strip()
    return FeedData(
        title=raw.title.value if raw.title else "",
        subtitle=raw.subtitle or "",
        id=raw.id or None,
        home_url=_choose_link(raw.link, raw.links, raw.id),
        self_url=next((link.href for link in raw.links if link.rel == "self" and link.href), None),
        hub_urls=tuple(dict.fromkeys(link.href for link in raw.links if link.rel == "hub" and link.href)),
        language=raw.language or None,
        authors=compose_people(raw.people),
        image_url=raw.image or raw.logo or raw.icon or None,
        rights=raw.rights or None,
        updated_at=parse_date(raw.updated) or parse_date(raw.published),
        ttl=timedelta(minutes=int(minutes)) if minutes.isascii() and minutes.isdigit() and len(minutes) < 7 else None,  # noqa: PLR2004 - 6 digits are 1.9 years
    )


def compose_people(people: Iterable[RawPerson]) -> tuple[Person, ...]:
    """Return the people, each once; who gives no name goes by their address."""
    found: dict[str, Person] = {}
    for person in people:
        name = person.name or person.email or person.url
        if name and name not in found:
            found[name] = Person(name=name, email=person.email or None, url=person.url or None)
    return tuple(found.values())[:MAX_PEOPLE]


def is_web_url(text: str | None) -> bool:
    """Tell an absolute web address from an opaque id."""
    return bool(text) and text is not None and text[:8].lower().startswith(("http://", "https://"))


def read_duration(text: str | None) -> timedelta | None:
    """Read `itunes:duration`: seconds, MM:SS or HH:MM:SS."""
    match = _DURATION.fullmatch(text.strip()) if text else None
    if match is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(hours=hours, minutes=minutes, seconds=seconds) or None


def read_length(text: str | None) -> int | None:
    """Read a size in bytes; 0 is what generators write when they do not know."""
    text = (text or "").strip()
    return int(text) or None if text.isascii() and text.isdigit() and len(text) < 16 else None  # noqa: PLR2004 - 15 digits are a petabyte


def _choose_link(link: str | None, links: list[RawLink], guid: str | None) -> str | None:
    if link and len(links) == 1 and links[0].href == link:
        return link
    alternates = [each.href for each in links if each.rel == "alternate" and each.href]
    if link and link in alternates:
        return link
    # A link of another kind, or an id that stands in for a link, which only a web address can do.
    if link and not alternates and (link != guid or is_web_url(link)):
        return link
    return alternates[0] if alternates else None


def _compose_categories(words: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(str.strip, words))))[:MAX_CATEGORIES]


def _choose_comments(links: list[RawLink]) -> str | None:
    for link in links:
        if link.rel == "replies" and link.href and link.media_type in _HTML_TYPES:
            return link.href
    return None


def _choose_texts(summary: RawText | None, contents: list[RawText], *, atom: bool) -> tuple[RawText | None, RawText | None]:
    """Return (summary, content): in RSS the richest text is the content, whatever its element is called.

    Podcasts put the show notes in `description` and one line in `itunes:summary`, which feedparser calls content.
    """
    if summary is not None and not summary.value:
        summary = None
    contents = [content for content in contents if content.value]
    if not contents:
        return summary, None
    content = contents[0] if len(contents) == 1 else max(contents, key=_richness)
    if summary is None:
        return None, content
    if content.value == summary.value:
        return None, content
    if not atom and _richness(summary) > _richness(content):
        return content, summary
    return summary, content


def _language_of(text: RawText | None) -> str | None:
    return text.language if text else None


def _richness(text: RawText) -> tuple[bool, int]:
    return text.media_type in _HTML_TYPES, len(text.value)


def _compose_text(text: RawText | None, limit: int) -> Text | None:
    if text is None or not text.value:
        return None
    value = text.value
    if text.media_type == "application/xhtml+xml":
        value = _VOID_END_TAG.sub("", value)
    return Text(value=value[:limit], html=text.media_type in _HTML_TYPES, base_url=text.base_url or None)


def _files(links: list[RawLink]) -> list[RawLink]:
    return [link for link in links if link.rel == "enclosure" and link.href]


def _compose_enclosures(raw: RawEntry) -> tuple[Enclosure, ...]:
    files = _files(raw.links)
    if not files and not raw.media_contents:
        return ()
    duration = read_duration(raw.duration)
    found: dict[str, Enclosure] = {}
    for link in files:
        if link.href not in found:
            found[link.href] = Enclosure(
                url=link.href,
                media_type=link.media_type or None,
                length_bytes=read_length(link.length),
                duration=duration if link.media_type.startswith(_MEDIA) else None,
            )
    for media in raw.media_contents:
        url, media_type = media.get("url", "").strip(), media.get("type", "").lower()
        if (
            url
            and url not in found
            and (media_type.startswith(_MEDIA) or (not media_type and media.get("medium") in {"audio", "video"}))
        ):
            found[url] = Enclosure(
                url=url,
                media_type=media_type or None,
                length_bytes=read_length(media.get("filesize")),
                duration=read_duration(media.get("duration")),
            )
    return tuple(found.values())[:MAX_ENCLOSURES]


def _choose_image(raw: RawEntry) -> str | None:
    if raw.media_contents:
        pictures = [media for media in raw.media_contents if media.get("url") and _is_picture(media)]
        if pictures:
            return max(pictures, key=lambda media: read_length(media.get("width")) or 0)["url"].strip()
    for thumbnail in raw.media_thumbnails:
        if thumbnail.get("url"):
            return thumbnail["url"].strip() or None
    picture = raw.image or (raw.href if raw.href and _PICTURE.search(raw.href) else None)
    if picture:
        return picture.strip() or None
    for link in _files(raw.links):
        if link.media_type.startswith("image/"):
            return link.href
    return None


def _is_picture(media: dict[str, str]) -> bool:
    media_type = media.get("type", "").lower()
    return media_type.startswith("image/") or (not media_type and media.get("medium") == "image")
