"""feedparser's two parsers (strict and loose) with bounds, run on bytes in hand.

`feedparser.parse` opens whatever its argument looks like, trusts labels of encodings, and takes unbounded time on some
documents. Its parsers are used here without it: UTF-8 comes in (see `decode`), and three things are held in check.

Written against feedparser 6.0; the contract test compares the outcome with `feedparser.parse` over the corpus.
"""

from __future__ import annotations

import io
import re
import xml.sax
import xml.sax.handler
import xml.sax.xmlreader
from dataclasses import dataclass
from typing import Any

from feedparser.api import LooseFeedParser, StrictFeedParser
from feedparser.exceptions import UndeclaredNamespace
from feedparser.sanitizer import replace_doctype

MAX_ELEMENTS = 250_000
"""feedparser takes about 25 µs an element; the largest real feeds have some ten thousand."""
MAX_AUTHOR_CHARS = 2000
"""The pattern that looks for an address in an author's name takes quadratic time."""
MAX_PROLOGUE_BYTES = 16 * 1024
"""Declarations and comments before the root; real ones are below 2 KiB."""

_ROOT = re.compile(rb"<\w")
_DECLARATION = re.compile(rb"^<\?xml[^>]*\?>")
_WHITE_SPACE = re.compile(rb"\s{2,}")
_DOCTYPE_SUBSET = re.compile(rb"<!DOCTYPE[^>\[]*\[.*?\]\s*>", re.DOTALL | re.IGNORECASE)
_ENTITY_DECLARATION = re.compile(rb"<!ENTITY[^>]*>", re.IGNORECASE)


class OutOfBounds(Exception):
    """The document is larger or stranger than any feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What feedparser read: its dictionaries, its word for the format, and the error that made it read loosely."""

    version: str
    feed: dict[str, Any]
    entries: list[dict[str, Any]]
    error: Exception | None


class _Bounds:
    """What both parsers are held to; stands before feedparser's classes in the order of resolution."""

    elements = 0

    def unknown_starttag(self: Any, tag: str, attrs: list[tuple[str, str]]) -> Any:
        self.elements += 1
        if self.elements > MAX_ELEMENTS:
            raise OutOfBounds(f"more than {MAX_ELEMENTS} elements")
        return super().unknown_starttag(tag, attrs)  # type: ignore[misc]  # the next in the order is feedparser's mixin

    def unknown_endtag(self: Any, tag: str) -> None:
        super().unknown_endtag(tag)  # type: ignore[misc]  # as above
        # feedparser lets the xml:base of an element go on after its end where nothing above declares one.
        self.baseuri = self.basestack[-1] if self.basestack else ""

    def _sync_author_detail(self: Any, key: str = "author") -> None:
        context = self._get_context()
        author = dict.get(context, key)
        if isinstance(author, str) and len(author) > MAX_AUTHOR_CHARS:
            context[key] = author[:MAX_AUTHOR_CHARS]
        super()._sync_author_detail(key)  # type: ignore[misc]  # as above


class _Strict(_Bounds, StrictFeedParser):  # type: ignore[misc]  # feedparser ships no types
    pass


class _Loose(_Bounds, LooseFeedParser):  # type: ignore[misc]  # feedparser ships no types
    pass


def read_bounded(body: bytes) -> Reading:
    """Read UTF-8 strictly, else loosely.

    Raises: OutOfBounds, and whatever feedparser lets through.
    """
    version, data, entities = replace_doctype(_tame(body))
    parser: Any = _prepare(_Strict("", None, "utf-8"))
    error: Exception | None = None
    try:
        _run_strict(parser, data)
    except (xml.sax.SAXException, UndeclaredNamespace) as raised:
        error = parser.exc or raised
        parser = _prepare(_Loose("", None, "utf-8", entities))
        parser.feed(data.decode("utf-8", "replace"))
    return Reading(version=version or parser.version, feed=parser.feeddata, entries=parser.entries, error=error)


def _prepare(parser: Any) -> Any:
    parser.resolve_relative_uris = False
    parser.sanitize_html = False
    return parser


def _run_strict(parser: Any, data: bytes) -> None:
    reader = xml.sax.make_parser()  # noqa: S317 - DTDs are gone by now, external entities are off
    reader.setFeature(xml.sax.handler.feature_namespaces, True)
    reader.setFeature(xml.sax.handler.feature_external_ges, False)
    reader.setContentHandler(parser)
    reader.setErrorHandler(parser)
    source = xml.sax.xmlreader.InputSource()
    source.setByteStream(io.BytesIO(data))
    reader.parse(source)


def _tame(body: bytes) -> bytes:
    """Rewrite what stands before the root, where patterns take quadratic time and documents explode.

    The declaration is ours, white space is folded, and the internal subset of a DOCTYPE goes, with its entities.
    """
    declaration = b"<?xml version='1.0' encoding='utf-8'?>\n"
    root = _ROOT.search(body)
    if root is None:
        return declaration + body
    prologue = _WHITE_SPACE.sub(b"\n", _DECLARATION.sub(b"", body[: root.start()]))
    if b"<!" in prologue:
        if len(prologue) > MAX_PROLOGUE_BYTES:
            raise OutOfBounds(f"more than {MAX_PROLOGUE_BYTES // 1024} KiB before the first element")
        prologue = _ENTITY_DECLARATION.sub(b"", _DOCTYPE_SUBSET.sub(b"", prologue))
    return declaration + prologue + body[root.start() :]
