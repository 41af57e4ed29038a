"""What a parser reads from a document: the feed's own words, before anything is trusted, resolved or cleaned."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.model.entry import Enclosure
from aggregator.model.feed import FeedData, Person
from aggregator.model.light import light


class FeedFormat(enum.StrEnum):
    """The format of a document, as detected."""

    RSS = "rss"  # 0.9x and 2.0
    RDF = "rdf"  # RSS 0.90 and 1.0
    ATOM = "atom"  # 0.3 and 1.0
    JSON = "json"  # JSON Feed 1.0 and 1.1
    CDF = "cdf"


@light
class Text:
    """A text construct: plain text (`html` false) or markup; `base_url` is its effective xml:base, if any."""

    value: str
    html: bool = False
    base_url: str | None = None


@light
class ParsedEntry:
    """One entry as the document has it; URLs may be relative to `base_url`, HTML is not clean."""

    guid: str | None = None
    guid_is_permalink: bool = False
    url: str | None = None
    base_url: str | None = None
    title: Text | None = None
    summary: Text | None = None
    content: Text | None = None
    authors: tuple[Person, ...] = ()
    categories: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    image_url: str | None = None
    comments_url: str | None = None
    language: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    source_title: str | None = None
    source_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A whole document. `parser` names the path that read it; `problem` says in words what is malformed, if anything.

    `clean` promises that no text holds control characters nor such as turn the direction of what follows, unless they are
    written as entities of HTML.
    """

    format: FeedFormat
    parser: str
    data: FeedData
    entries: tuple[ParsedEntry, ...]
    base_url: str | None = None
    problem: str | None = None
    ttl: timedelta | None = None
    clean: bool = False
