"""Everything that is not quite a feed, read by feedparser; it gets bytes in hand and never opens anything."""

from __future__ import annotations

import xml.sax
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aggregator.errors import NotAFeed, ParseError
from aggregator.model.parsed import FeedFormat, ParsedFeed
from aggregator.parse.bounded import OutOfBounds, Reading, read_bounded
from aggregator.parse.compose import (
    MAX_ENTRIES,
    RawEntry,
    RawFeed,
    RawLink,
    RawPerson,
    RawText,
    compose_entry,
    compose_feed,
)
from aggregator.parse.decode import Decoded
from aggregator.parse.detect import name_root

PARSER = "feedparser"
MAX_DOCUMENT_BYTES = 20 * 1024 * 1024
"""The cap on decompressed bodies (`reference/security.md`, 5.2), held here too for documents that were not fetched."""


def parse_universal(document: Decoded, *, feed_url: str) -> ParsedFeed:
    """Read the document with feedparser.

    Raises: NotAFeed where nothing in it is of a feed, ParseError where feedparser fails.
    """
    if len(document.body) > MAX_DOCUMENT_BYTES:
        raise ParseError(f"the document is larger than {MAX_DOCUMENT_BYTES // 2**20} MiB", feed_url=feed_url)
    with mapped_feedparser_errors(feed_url):
        reading = read_bounded(document.body)
    return compose_reading(reading, document, feed_url=feed_url)


def compose_reading(reading: Reading, document: Decoded, *, feed_url: str) -> ParsedFeed:
    """Put feedparser's dictionaries into our words.

    Raises: NotAFeed.
    """
    # feedparser has no version for CDF.
    cdf = not reading.version and name_root(document.body).lower() == "channel"
    problem = document.problem or _describe(reading.error)
    if not reading.entries and not reading.version and not cdf:
        raise NotAFeed(f"no feed in it ({problem})" if problem else "no feed in it", feed_url=feed_url)
    data = compose_feed(_read_feed(reading.feed))
    return ParsedFeed(
        format=FeedFormat.CDF if cdf else _format_of(reading.version),
        parser=PARSER,
        data=data,
        entries=tuple(
            compose_entry(_read_entry(entry), atom=reading.version.startswith("atom"), feed_language=data.language)
            for entry in reading.entries[:MAX_ENTRIES]
        ),
        problem=problem,
        ttl=data.ttl,
    )


@contextmanager
def mapped_feedparser_errors(feed_url: str) -> Iterator[None]:
    """Turn whatever feedparser lets through into ParseError.

    feedparser promises to raise nothing, so what it does raise has no common root: any `Exception` counts.
    """
    try:
        yield
    except OutOfBounds as error:
        raise ParseError(str(error), feed_url=feed_url) from error
    except MemoryError:  # says nothing about the document: how much there is, is the caller's decision
        raise
    except Exception as error:
        raise ParseError(f"feedparser failed: {type(error).__name__}: {error}", feed_url=feed_url) from error


def _describe(error: Exception | None) -> str | None:
    if error is None:
        return None
    if isinstance(error, xml.sax.SAXParseException):
        return f"malformed: {error.getMessage()} (line {error.getLineNumber()})"
    return f"malformed: {error}"


def _format_of(version: str) -> FeedFormat:
    if version.startswith("atom"):
        return FeedFormat.ATOM
    if version in {"rss090", "rss10"}:
        return FeedFormat.RDF
    return FeedFormat.RSS


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _read_feed(feed: Any) -> RawFeed:
    get = _getter(feed)
    return RawFeed(
        title=_read_text(get("title"), get("title_detail")),
        subtitle=_text(get("subtitle")) or _text(get("summary")),
        id=_text(get("id")),
        link=_text(get("link")),
        links=_read_links(get("links")),
        people=_read_people(get("authors")),
        language=_text(get("language")),
        image=_text(_getter(get("image"))("href")),
        logo=_text(get("logo")),
        icon=_text(get("icon")),
        rights=_text(get("rights")),
        published=_text(get("published")),
        updated=_text(get("updated")),
        ttl=_text(get("ttl")),
    )


def _read_entry(entry: Any) -> RawEntry:
    get = _getter(entry)
    source = _getter(get("source"))
    summary = get("summary")
    contents = get("content")
    return RawEntry(
        guid=_text(get("id")),
        link=_text(get("link")),
        links=_read_links(get("links")),
        title=_read_text(get("title"), get("title_detail")),
        # Without a detail the summary is feedparser's copy of the content.
        summary=_read_text(summary, get("summary_detail")) if get("summary_detail") else None,
        contents=[text for each in _dicts(contents) if (text := _read_text(dict.get(each, "value"), each))],
        people=_read_people(get("authors")),
        categories=[word for tag in _dicts(get("tags")) if (word := _text(tag.get("label")) or _text(tag.get("term")))],
        media_contents=_dicts(get("media_content")),
        media_thumbnails=_dicts(get("media_thumbnail")),
        image=_text(_getter(get("image"))("href")),
        href=_text(get("href")),
        duration=_text(get("itunes_duration")),
        comments=_text(get("comments")),
        language=_text(get("language")),
        published=_text(get("published")),
        created=_text(get("created")),
        updated=_text(get("updated")),
        source_title=_text(source("title")),
        source_link=_text(source("link")),
        source_href=_text(source("href")),
    )


def _getter(mapping: Any) -> Any:
    """Return plain dictionary access: feedparser's own falls back from one key to another."""
    return lambda key: dict.get(mapping, key) if isinstance(mapping, dict) else None


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _read_text(value: Any, detail: Any) -> RawText | None:
    if not isinstance(value, str):
        return None
    get = _getter(detail)
    return RawText(
        value=value,
        media_type=_text(get("type")) or "text/plain",
        base_url=_text(get("base")),
        language=_text(get("language")),
    )


def _read_links(links: Any) -> list[RawLink]:
    return [
        RawLink(
            href=_text(dict.get(link, "href")) or "",
            rel=_text(dict.get(link, "rel")) or "",
            media_type=_text(dict.get(link, "type")) or "",
            length=_text(dict.get(link, "length")),
        )
        for link in _dicts(links)
    ]


def _read_people(people: Any) -> list[RawPerson]:
    return [
        RawPerson(
            name=_text(dict.get(person, "name")) or "",
            email=_text(dict.get(person, "email")) or "",
            url=_text(dict.get(person, "href")) or "",
        )
        for person in _dicts(people)
    ]
