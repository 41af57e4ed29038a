"""What every format demands of a document."""

from __future__ import annotations

from aggregator.emit.text import strip_forbidden
from aggregator.errors import WriteFeedError
from aggregator.model.document import FeedDocument

UNKNOWN_MEDIA_TYPE = "application/octet-stream"
"""The type of an enclosure of unknown type: RSS and JSON Feed require one."""


def required(document: FeedDocument, field: str, text: str) -> str:
    """Return the text without what cannot be written.

    Raises: WriteFeedError if nothing is left.
    """
    cleaned = strip_forbidden(text)
    if not cleaned.strip():
        raise WriteFeedError("is empty", document=document.path, field=field)
    return cleaned


def require_entries(document: FeedDocument) -> None:
    """Check what an entry must have in every format: an id, a title, a link, and whose it is.

    Raises: WriteFeedError.
    """
    for entry in document.entries:
        required(document, "entry id", entry.id)
        required(document, "entry title", entry.title)
        required(document, "entry url", entry.url)
        required(document, "entry attribution", entry.attribution.title)
        required(document, "entry attribution", entry.attribution.feed_url)
