"""From a document to bytes ready to serve."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC
from hashlib import blake2b

from aggregator.model.document import FeedDocument, Rendered
from aggregator.protocols import FeedWriter

VERSION = "2"
"""Version of everything in this package that shapes bytes; a higher one makes every document be rendered anew."""

MAX_BODY_BYTES = 524_288
"""Largest body, 512 KiB: what the smaller feed readers take without trouble."""

HASH_BYTES = 16
GZIP_LEVEL = 6
SHRINK = 0.95
"""How far below the proportional share of entries a document that is too large is cut."""


def document_fingerprint(document: FeedDocument, *, version: str = VERSION) -> str:
    """Return what stands for the document: equal fingerprints give equal bytes in each format. Nothing is written for it."""
    # The repr of frozen dataclasses, strings, numbers and UTC times says all of them and nothing else.
    return blake2b(repr((version, document)).encode(), digest_size=HASH_BYTES).hexdigest()


def render(document: FeedDocument, writer: FeedWriter, *, fingerprint: str | None = None) -> Rendered:
    """Return the document in the writer's format, at most MAX_BODY_BYTES large: the last entries are left out until it fits.

    `fingerprint` is that of the document, where the caller knows it already.

    Raises: WriteFeedError.
    """
    body = writer.write(document)
    fitting = document
    while len(body) > MAX_BODY_BYTES and fitting.entries:
        count = int(len(fitting.entries) * SHRINK * MAX_BODY_BYTES / len(body))  # fewer than there are, so this ends
        fitting = replace(fitting, entries=fitting.entries[:count])
        body = writer.write(fitting)
    return Rendered(
        path=f"{document.path}.{writer.format}",
        media_type=f"{writer.media_type}; charset=utf-8",
        body=body,
        body_gzip=gzip.compress(body, GZIP_LEVEL, mtime=0),
        etag=f'"{blake2b(body, digest_size=HASH_BYTES).hexdigest()}"',
        last_modified_at=document.updated_at.astimezone(UTC).replace(microsecond=0),
        fingerprint=fingerprint or document_fingerprint(document),
        title=document.title,
    )
