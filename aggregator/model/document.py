"""What goes out: a feed free of format, and bytes ready to serve."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from aggregator.model.entry import Enclosure
from aggregator.model.feed import Person


class Format(enum.StrEnum):
    """The formats every emitted feed exists in; the value is the suffix of its path."""

    RSS = "rss"
    ATOM = "atom"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Whose entry it is: the publisher's name, page and feed."""

    title: str
    home_url: str | None
    feed_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLink:
    """A link to another story, and in words why it is there; `language` is its own where that is not the feed's."""

    url: str
    title: str
    reason: str
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentEntry:
    """One entry of an outgoing feed; `id` is permanent, `url` is what a reader opens.

    `external_url` is the publisher's page where `url` is a counted link of ours. `related` stands in `content_html`, too.
    """

    id: str
    url: str
    title: str
    published_at: datetime
    updated_at: datetime
    summary_html: str
    content_html: str
    authors: tuple[Person, ...]
    categories: tuple[str, ...]
    enclosures: tuple[Enclosure, ...]
    image_url: str | None
    language: str | None
    attribution: Attribution
    page_url: str
    external_url: str | None = None
    related: tuple[DocumentLink, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDocument:
    """An outgoing feed, free of format.

    `path` is without suffix (`/topics/schweiz`), `query` what stands behind it (`?q=bern`, empty for most); `url` is its page,
    absolute; `updated_at` is the newest change of what is shown, never the time of rendering. `entries` stand in the order to
    emit.
    """

    path: str
    base_url: str
    id: str
    title: str
    description: str
    language: str
    updated_at: datetime
    entries: tuple[DocumentEntry, ...]
    hub_url: str | None = None
    query: str = ""

    @property
    def url(self) -> str:
        """The page that shows the same entries."""
        return self.base_url + self.path + self.query

    def feed_url(self, form: Format) -> str:
        """Return the address of the feed itself."""
        return f"{self.base_url}{self.path}.{form}{self.query}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """Bytes ready to serve. `path` has its suffix; `etag` is strong, quoted, and over the uncompressed body.

    `media_type` names the charset. `fingerprint` stands for what was rendered: equal fingerprints need no new rendering.
    """

    path: str
    media_type: str
    body: bytes
    body_gzip: bytes
    etag: str
    last_modified_at: datetime
    fingerprint: str
    title: str = ""
