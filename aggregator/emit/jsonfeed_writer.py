"""JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from html import unescape
from typing import TypeAlias

from aggregator.emit.text import strip_forbidden
from aggregator.emit.wire import UNKNOWN_MEDIA_TYPE, require_entries, required
from aggregator.model.document import DocumentEntry, FeedDocument, Format
from aggregator.model.entry import Enclosure

VERSION = "https://jsonfeed.org/version/1.1"

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | None"


class JsonFeedWriter:
    """Writes JSON Feed 1.1; attribution and related stories, for which it has nothing, stand in the extension `_aggregator`."""

    format = Format.JSON
    media_type = "application/feed+json"

    def write(self, document: FeedDocument) -> bytes:
        """Return the bytes, UTF-8.

        Raises: WriteFeedError.
        """
        require_entries(document)
        feed: Json = {
            "version": VERSION,
            "title": required(document, "title", document.title),
            "home_page_url": document.url,
            "feed_url": document.feed_url(self.format),
            "description": document.description,
            "language": document.language,
            "hubs": [{"type": "WebSub", "url": document.hub_url}] if document.hub_url else None,
            "items": [_item(entry) for entry in document.entries],
        }
        return json.dumps(_clean(feed), ensure_ascii=False, separators=(",", ":")).encode()


def _item(entry: DocumentEntry) -> Json:
    attribution = entry.attribution
    return {
        "id": entry.id,
        "url": entry.url,
        "external_url": entry.external_url,
        "title": entry.title,
        "summary": unescape(entry.summary_html) if entry.content_html else None,  # plain text by the format
        # One of the two content fields is required; without a text of its own an entry is its title.
        "content_html": entry.content_html or entry.summary_html or None,
        "content_text": None if entry.content_html or entry.summary_html else entry.title,
        "image": entry.image_url,
        "date_published": _rfc3339(entry.published_at),
        "date_modified": _rfc3339(entry.updated_at),
        "authors": [{"name": author.name, "url": author.url} for author in entry.authors],
        "tags": list(entry.categories),
        "language": entry.language,
        "attachments": [_attachment(enclosure) for enclosure in entry.enclosures],
        "_aggregator": {
            "source": {"title": attribution.title, "feed_url": attribution.feed_url, "home_page_url": attribution.home_url},
            "page_url": entry.page_url,
            "related": [
                {"url": link.url, "title": link.title, "reason": link.reason, "language": link.language}
                for link in entry.related
            ],
        },
    }


def _attachment(enclosure: Enclosure) -> Json:
    return {
        "url": enclosure.url,
        "mime_type": enclosure.media_type or UNKNOWN_MEDIA_TYPE,
        "size_in_bytes": enclosure.length_bytes,
        "duration_in_seconds": None if enclosure.duration is None else int(enclosure.duration.total_seconds()),
    }


def _clean(value: Json) -> Json:
    """Return the value without absent and empty fields, and without characters that the other formats do not have either."""
    if isinstance(value, str):
        return strip_forbidden(value)
    if isinstance(value, list):
        return [_clean(each) for each in value]
    if isinstance(value, dict):
        return {key: _clean(each) for key, each in value.items() if key == "items" or each not in (None, "", [])}
    return value


def _rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
