"""What a document is, from its first bytes; the media type only breaks ties, servers get it wrong too often."""

from __future__ import annotations

import enum
import re

DETECT_BYTES = 64 * 1024
"""How far in the root element is looked for: licences and style sheets in comments come first in real feeds."""

_PROLOGUE = re.compile(rb"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[[^\]]*\]\s*)?>", re.DOTALL | re.IGNORECASE)
_ROOT = re.compile(rb"<(?:[\w.-]+:)?([\w.-]+)", re.ASCII)
_HTML_DOCTYPE = re.compile(rb"<!DOCTYPE\s+html[\s>]", re.IGNORECASE)
_FEED_TAG = re.compile(rb"<(?:[\w.-]+:)?(rss|rdf|feed|channel)[\s>]", re.IGNORECASE)
_JSON_FEED_KEY = re.compile(rb'"(?:version|items|title|home_page_url|feed_url|description)"\s*:')


class Kind(enum.StrEnum):
    """What a document is."""

    EMPTY = "empty"
    RSS = "rss"
    RDF = "rdf"
    ATOM = "atom"
    CDF = "cdf"
    JSON = "json"
    HTML = "html"
    OTHER_XML = "xml"
    OTHER = "other"


_ROOTS = {
    b"rss": Kind.RSS,
    b"rdf": Kind.RDF,
    b"feed": Kind.ATOM,
    b"channel": Kind.CDF,
    b"html": Kind.HTML,
    b"head": Kind.HTML,
    b"body": Kind.HTML,
    b"script": Kind.HTML,
    b"meta": Kind.HTML,
}


def detect(body: bytes, media_type: str | None = None) -> Kind:
    """Return what the document is; `body` is UTF-8 without a byte order mark (see `decode`)."""
    head = body[:DETECT_BYTES]
    position = 0
    html_doctype = False
    while match := _PROLOGUE.match(head, position):
        html_doctype = html_doctype or bool(_HTML_DOCTYPE.match(head, position))
        position = match.end()
    if position == len(head):
        return Kind.EMPTY if not head.strip() else Kind.OTHER_XML
    if head[position : position + 1] in (b"{", b"["):
        is_feed = bool(_JSON_FEED_KEY.search(head)) or "json" in (media_type or "")
        return Kind.JSON if is_feed else Kind.OTHER
    root = _ROOT.match(head, position)
    if root is None:
        # Words before the document (a PHP warning, a stray header) do not make it something else.
        inner = _FEED_TAG.search(head)
        return _ROOTS[inner[1].lower()] if inner else Kind.OTHER
    kind = _ROOTS.get(root[1].lower(), Kind.OTHER_XML)
    if kind is Kind.OTHER_XML and (html_doctype or "html" in (media_type or "")) and not _FEED_TAG.search(head):
        return Kind.HTML
    return kind


def name_root(body: bytes) -> str:
    """Return the name of the first element, for messages; empty if there is none."""
    head = body[:DETECT_BYTES]
    position = 0
    while match := _PROLOGUE.match(head, position):
        position = match.end()
    root = _ROOT.match(head, position)
    return root[1].decode("ascii", "replace") if root else ""
