"""Conditional responses: which representation a client gets, and whether it has it already (RFC 9110, sections 8, 12, 13)."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import Response

from aggregator.model.document import Rendered

GZIP_SUFFIX = "-gzip"  # one strong tag a representation: the bytes differ (RFC 9110, 8.8.3.3)
GZIP_MINIMUM_BYTES = 1024  # below, the headers weigh more than what is saved
GZIP_LEVEL = 5  # 1.5 ms for 60 KB of HTML; level 9 takes three times that for 1 % less
_TAG = re.compile(r'(?:W/)?("[^"]*")')


@dataclass(frozen=True, slots=True, kw_only=True)
class Representation:
    """Bytes ready to send. `etag` is strong, quoted, over `body`; `body_gzip` is empty where there is none."""

    media_type: str
    body: bytes
    body_gzip: bytes
    etag: str
    last_modified_at: datetime | None = None


def as_rendered(document: Rendered) -> Representation:
    """Return a feed as it was rendered."""
    return Representation(
        media_type=document.media_type,
        body=document.body,
        body_gzip=document.body_gzip,
        etag=document.etag,
        last_modified_at=document.last_modified_at,
    )


def represent_page(html: str, *, gzipped: bool) -> Representation:
    """Return a page made for this request, compressed only if it will be sent so."""
    return represent(html, media_type="text/html; charset=utf-8", gzipped=gzipped)


def represent(text: str, *, media_type: str, gzipped: bool) -> Representation:
    """Return a text made for this request, compressed only if it will be sent so."""
    body = text.encode()
    compress = gzipped and len(body) >= GZIP_MINIMUM_BYTES
    return Representation(
        media_type=media_type,
        body=body,
        body_gzip=gzip.compress(body, GZIP_LEVEL, mtime=0) if compress else b"",
        etag=f'"{hashlib.sha256(body).hexdigest()[:24]}"',
    )


def respond(
    request: Request, made: Representation, *, cache_control: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Return 200 with the bytes, or 304 if the client has them. HEAD gets the headers of GET."""
    gzipped = bool(made.body_gzip) and accepts_gzip(request.headers.get("accept-encoding", ""))
    etag = with_suffix(made.etag) if gzipped else made.etag
    fields = {"vary": "accept-encoding", **(headers or {}), "etag": etag, "cache-control": cache_control}
    if made.last_modified_at is not None:
        fields["last-modified"] = format_datetime(made.last_modified_at.astimezone(UTC), usegmt=True)
    known = known_tag(request, made, etag)
    if known is not None:
        return Response(status_code=304, headers={**fields, "etag": known})
    body = made.body_gzip if gzipped else made.body
    fields["content-type"] = made.media_type
    fields["content-length"] = str(len(body))
    if gzipped:
        fields["content-encoding"] = "gzip"
    return Response(b"" if request.method == "HEAD" else body, headers=fields)


def known_tag(request: Request, made: Representation, etag: str) -> str | None:
    """Return the tag under which the client has the content (either coding will do), None if it has to be sent.

    If-None-Match wins over If-Modified-Since; a date equal to or after Last-Modified matches.
    """
    given = request.headers.getlist("if-none-match")
    if given:
        line = ", ".join(given)
        if line.strip() == "*":
            return etag
        tags = set(_TAG.findall(line))
        return next((tag for tag in (etag, made.etag, with_suffix(made.etag)) if tag in tags), None)
    since = request.headers.get("if-modified-since")
    if since is None or made.last_modified_at is None:
        return None
    try:
        since_at = parsedate_to_datetime(since)
    except ValueError:
        return None
    if since_at.tzinfo is None:  # "-0000": a date of unknown zone is UTC in HTTP
        since_at = since_at.replace(tzinfo=UTC)
    return etag if made.last_modified_at.replace(microsecond=0) <= since_at else None


def with_suffix(etag: str) -> str:
    """Return the tag of the gzip representation."""
    return f'{etag[:-1]}{GZIP_SUFFIX}"'


def accepts_gzip(header: str) -> bool:
    """Return whether Accept-Encoding allows gzip, a quality of 0 refusing it."""
    accepted: dict[str, bool] = {}
    for part in header.lower().split(","):
        coding, _, parameters = part.partition(";")
        accepted[coding.strip()] = not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", parameters)
    return accepted.get("gzip", accepted.get("x-gzip", accepted.get("*", False)))
