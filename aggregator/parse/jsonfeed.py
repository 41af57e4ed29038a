"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), lenient where feeds err."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from aggregator.errors import NotAFeed, ParseError
from aggregator.model.entry import Enclosure
from aggregator.model.feed import FeedData, Person
from aggregator.model.parsed import FeedFormat, ParsedEntry, ParsedFeed, Text
from aggregator.parse.compose import MAX_CATEGORIES, MAX_ENCLOSURES, MAX_ENTRIES, MAX_PEOPLE, MAX_TEXT_CHARS, MAX_TITLE_CHARS
from aggregator.parse.dates import parse_date
from aggregator.parse.decode import Decoded

PARSER = "json"

_VERSIONS = ("https://jsonfeed.org/version/", "http://jsonfeed.org/version/", "https://www.jsonfeed.org/version/")


def parse_json(document: Decoded, *, feed_url: str) -> ParsedFeed:
    """Read a JSON Feed.

    Raises: ParseError where it is not JSON, NotAFeed where it is JSON of another kind.
    """
    try:
        feed = json.loads(document.body)
    except (ValueError, RecursionError) as error:
        raise ParseError(f"not JSON: {error}", feed_url=feed_url) from error
    if not isinstance(feed, dict):
        raise NotAFeed("JSON, but not a JSON Feed", feed_url=feed_url)
    version = feed.get("version")
    versioned = isinstance(version, str) and version.startswith(_VERSIONS)
    items = feed.get("items")
    if not versioned and not isinstance(items, list):
        raise NotAFeed("JSON, but not a JSON Feed: neither a version nor items", feed_url=feed_url)
    read = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    data = _read_feed(feed)
    return ParsedFeed(
        format=FeedFormat.JSON,
        parser=PARSER,
        data=data,
        entries=tuple(_read_item(item, data.language) for item in read[:MAX_ENTRIES]),
        problem=document.problem or (None if versioned else "no version of JSON Feed named"),
    )


def _read_feed(feed: dict[str, Any]) -> FeedData:
    hubs = (_string(hub.get("url")) for hub in _list(feed.get("hubs")) if isinstance(hub, dict))
    return FeedData(
        title=_string(feed.get("title")) or "",
        subtitle=_string(feed.get("description")) or "",
        id=_string(feed.get("feed_url")),
        home_url=_string(feed.get("home_page_url")),
        self_url=_string(feed.get("feed_url")),
        hub_urls=tuple(filter(None, hubs)),
        language=_string(feed.get("language")),
        authors=_read_authors(feed),
        image_url=_string(feed.get("icon")) or _string(feed.get("favicon")),
    )


def _read_item(item: dict[str, Any], feed_language: str | None) -> ParsedEntry:
    url = _string(item.get("url"))
    guid = _string(item.get("id")) or url
    html, plain, summary = (_string(item.get(key)) for key in ("content_html", "content_text", "summary"))
    content = Text(value=html[:MAX_TEXT_CHARS], html=True) if html else _plain(plain, MAX_TEXT_CHARS)
    language = _string(item.get("language"))
    return ParsedEntry(
        guid=guid,
        guid_is_permalink=guid is not None and guid == url,
        url=url or _string(item.get("external_url")),
        title=_plain(_string(item.get("title")), MAX_TITLE_CHARS),
        summary=_plain(summary, MAX_TEXT_CHARS),
        content=content,
        authors=_read_authors(item),
        categories=tuple(dict.fromkeys(filter(None, map(_string, _list(item.get("tags"))))))[:MAX_CATEGORIES],
        enclosures=tuple(filter(None, map(_read_attachment, _list(item.get("attachments")))))[:MAX_ENCLOSURES],
        image_url=_string(item.get("image")) or _string(item.get("banner_image")),
        language=language if language != feed_language else None,
        published_at=parse_date(_string(item.get("date_published"))),
        updated_at=parse_date(_string(item.get("date_modified"))),
    )


def _read_authors(item: dict[str, Any]) -> tuple[Person, ...]:
    """Read `authors` (1.1) or `author` (1.0), each an object, or just a name as some write it."""
    people: dict[str, Person] = {}
    for author in [*_list(item.get("authors")), *_list(item.get("author"))]:
        fields = author if isinstance(author, dict) else {"name": author}
        url = _string(fields.get("url"))
        name = _string(fields.get("name")) or url
        if name:
            email = url.removeprefix("mailto:") if url and url.startswith("mailto:") else None
            people.setdefault(name, Person(name=name, email=email, url=None if email else url))
    return tuple(people.values())[:MAX_PEOPLE]


def _read_attachment(attachment: Any) -> Enclosure | None:
    url = _string(attachment.get("url")) if isinstance(attachment, dict) else None
    if url is None:
        return None
    size, seconds = _number(attachment.get("size_in_bytes")), _number(attachment.get("duration_in_seconds"))
    return Enclosure(
        url=url,
        media_type=_string(attachment.get("mime_type")),
        length_bytes=int(size) if size else None,
        duration=timedelta(seconds=seconds) if seconds else None,
    )


def _plain(value: str | None, limit: int) -> Text | None:
    return Text(value=value[:limit]) if value else None


def _string(value: Any) -> str | None:
    """Return text; numbers where text belongs (ids) are written out."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return str(value).strip() or None
    except ValueError:  # an integer of more digits than Python writes out
        return None


def _number(value: Any) -> float | None:
    """Return a positive number within reason; some write numbers as text."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if 0 < number < 10**12 else None


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
