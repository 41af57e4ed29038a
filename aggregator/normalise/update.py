"""A parsed document made into an update that can be trusted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import urlsplit

from aggregator.model.change import FeedUpdate
from aggregator.model.entry import Enclosure, EntryData
from aggregator.model.feed import FeedData
from aggregator.model.parsed import ParsedEntry, ParsedFeed, Text
from aggregator.normalise.html import clean_characters, first_image, paragraphs, plain_text, sanitise
from aggregator.normalise.identity import identify
from aggregator.normalise.language import language_tag
from aggregator.normalise.people import clean_people
from aggregator.normalise.urls import absolute_url

MAX_ENTRIES = 2000  # of a document; the newest stay (reference: security, parsers and resources)
MAX_CATEGORIES = 50
_KEPT_CHARS = 300  # of the categories of an entry; those of hostile feeds have as many as a document
MAX_ENCLOSURES = 50
MAX_HUBS = 10
MAX_IDENTIFIER_CHARS = 2048  # a longer guid is replaced by its hash, which identifies as well
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # before the web: a date from then is a default of some software
MOST_AHEAD = timedelta(days=1)  # of a clock: all but a few minutes of it are wrong zones, half a day at most where people live

_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+")


def normalise_feed(parsed: ParsedFeed, *, url: str, received_at: datetime, default_language: str | None = None) -> FeedUpdate:
    """Return the document with absolute URLs, clean HTML, plain texts, sane dates, and entries with identities.

    `url` is the address the document came from; relative addresses are resolved against xml:base, else the base of the
    feed, else `url` (or the home page, see `_document_base`). `default_language` is for feeds that do not say theirs.
    """
    base = _document_base(parsed, url)
    language = language_tag(parsed.data.language) or language_tag(default_language)
    data = _feed_data(parsed, base=base, language=language, received_at=received_at)
    entries = [
        _entry_data(entry, base=base, language=language, received_at=received_at, clean=parsed.clean)
        for entry in _newest(parsed.entries)
    ]
    return FeedUpdate(data=data, entries=identify(entries, feed_pages=_feed_pages(data, url)), problem=parsed.problem)


def sane_date(at: datetime | None, *, received_at: datetime) -> datetime | None:
    """Return the date in UTC, never later than `received_at`; None if it is from before the web, or further ahead than clocks.

    There is no tolerance for clocks that are ahead: what is emitted must not lie in the future, and a publisher who
    writes local time as UTC would stand above all others for hours. Further ahead it is the date of something else, an
    event say, and tells nothing of when the entry was published.
    """
    if at is None:
        return None
    at = _aware(at)
    if at < EARLIEST or at - received_at > MOST_AHEAD:
        return None
    return received_at if at > received_at else at.astimezone(UTC)


def _aware(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def _document_base(parsed: ParsedFeed, url: str) -> str:
    """Return what addresses are relative to where the document does not say.

    That is its own address (RFC 3986, 5.1.3), but for feeds of a hosting service, FeedBurner say: their relative addresses
    were written for the publisher's site.
    """
    url = absolute_url(url) or url
    if parsed.base_url:
        return absolute_url(parsed.base_url, base=url) or url
    home = absolute_url(parsed.data.home_url, base=url)
    return home if home and urlsplit(home).hostname != urlsplit(url).hostname else url


def _feed_data(parsed: ParsedFeed, *, base: str, language: str | None, received_at: datetime) -> FeedData:
    said = parsed.data
    ttl = said.ttl or parsed.ttl
    hubs = (absolute_url(hub, base=base) for hub in said.hub_urls)
    return FeedData(
        title=plain_text(said.title, html=True),
        subtitle=plain_text(said.subtitle, html=True),
        id=_identifier(said.id),
        home_url=absolute_url(said.home_url, base=base),
        self_url=absolute_url(said.self_url, base=base),
        hub_urls=tuple(dict.fromkeys(hub for hub in hubs if hub))[:MAX_HUBS],
        language=language,
        authors=clean_people(said.authors, base=base),
        image_url=absolute_url(said.image_url, base=base),
        rights=plain_text(said.rights or "", html=True) or None,
        updated_at=sane_date(said.updated_at, received_at=received_at),
        ttl=ttl if ttl is not None and ttl > timedelta(0) else None,
        skip_hours=said.skip_hours,
        skip_days=said.skip_days,
    )


def _entry_data(
    entry: ParsedEntry, *, base: str, language: str | None, received_at: datetime, clean: bool = False
) -> EntryData:
    if entry.base_url:
        base = absolute_url(entry.base_url, base=base) or base
    url = absolute_url(entry.url, base=base)
    if url is None and entry.guid_is_permalink:
        url = absolute_url(entry.guid)
    summary = _markup(entry.summary, base, clean=clean)
    content = _markup(entry.content, base, clean=clean)
    enclosures = _enclosures(entry.enclosures, base)
    return EntryData(
        title=plain_text(entry.title.value, html=entry.title.html) if entry.title else "",
        guid=_identifier(entry.guid),
        url=url,
        summary_html=summary,
        content_html=content,
        authors=clean_people(entry.authors, base=base) if entry.authors else (),
        categories=_categories(entry.categories) if entry.categories else (),
        enclosures=enclosures,
        image_url=absolute_url(entry.image_url, base=base)
        or _image_enclosure(enclosures)
        or first_image(content)
        or first_image(summary),
        comments_url=absolute_url(entry.comments_url, base=base),
        language=language_tag(entry.language) or language,
        published_at=sane_date(entry.published_at, received_at=received_at),
        updated_at=sane_date(entry.updated_at, received_at=received_at),
        source_title=plain_text(entry.source_title, html=True) or None if entry.source_title else None,
        source_url=absolute_url(entry.source_url, base=base),
    )


def _newest(entries: tuple[ParsedEntry, ...]) -> Iterable[ParsedEntry]:
    """Return at most MAX_ENTRIES, those with the latest dates, in document order."""
    if len(entries) <= MAX_ENTRIES:
        return entries
    oldest_possible = datetime.min.replace(tzinfo=UTC)
    dates = [_aware(entry.published_at or entry.updated_at or oldest_possible) for entry in entries]
    kept = sorted(range(len(entries)), key=dates.__getitem__, reverse=True)[:MAX_ENTRIES]
    return [entries[index] for index in sorted(kept)]


def _feed_pages(data: FeedData, url: str) -> set[str]:
    """Return addresses that name the feed and not an entry: itself, its home page, the root of either's site."""
    pages = {url} | {page for page in (data.home_url, data.self_url) if page}
    for page in list(pages):
        parts = urlsplit(page)
        pages.add(f"{parts.scheme}://{parts.netloc}/")
    return pages


def _identifier(text: str | None) -> str | None:
    text = clean_characters(text).strip() if text else ""
    if len(text) > MAX_IDENTIFIER_CHARS:
        text = "blake2b:" + blake2b(text.encode(), digest_size=32).hexdigest()
    return text or None


def _markup(text: Text | None, base: str, *, clean: bool = False) -> str:
    if text is None or not text.value:
        return ""
    if not text.html:
        return paragraphs(text.value)
    if text.base_url:
        base = absolute_url(text.base_url, base=base) or base
    return sanitise(text.value, base_url=base, clean=clean)


def _categories(categories: tuple[str, ...]) -> tuple[str, ...]:
    """Return plain names in order, each once whatever its capitals. As with authors, the same few come again and again."""
    return _short_categories(categories) if sum(map(len, categories)) <= _KEPT_CHARS else _plain_categories(categories)


@lru_cache(maxsize=4096)
def _short_categories(categories: tuple[str, ...]) -> tuple[str, ...]:
    return _plain_categories(categories)


def _plain_categories(categories: tuple[str, ...]) -> tuple[str, ...]:
    names: dict[str, str] = {}
    for category in categories:
        name = plain_text(category, html=True)
        if name:
            names.setdefault(name.casefold(), name)
    return tuple(names.values())[:MAX_CATEGORIES]


def _enclosures(enclosures: Iterable[Enclosure], base: str) -> tuple[Enclosure, ...]:
    found: dict[str, Enclosure] = {}
    for enclosure in enclosures:
        url = absolute_url(enclosure.url, base=base)
        if url is None or url in found:
            continue
        media_type = (enclosure.media_type or "").partition(";")[0].strip().lower()
        length, duration = enclosure.length_bytes, enclosure.duration
        found[url] = Enclosure(
            url=url,
            media_type=media_type if _MEDIA_TYPE.fullmatch(media_type) else None,
            length_bytes=length if length is not None and length > 0 else None,  # 0 is what software writes for unknown
            duration=duration if duration is not None and duration > timedelta(0) else None,
        )
    return tuple(found.values())[:MAX_ENCLOSURES]


def _image_enclosure(enclosures: tuple[Enclosure, ...]) -> str | None:
    return next((enclosure.url for enclosure in enclosures if (enclosure.media_type or "").startswith("image/")), None)
