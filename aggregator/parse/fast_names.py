"""Names, bases and languages of elements as feedparser sees them: what the fast path must agree on first."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin

from feedparser.api import StrictFeedParser
from feedparser.urls import make_safe_absolute_uri
from lxml import etree

_MANY_SLASHES = re.compile(r"^([A-Za-z][A-Za-z0-9+-.]*://)/*")
_NAMESPACES: dict[str, str] = {uri.lower(): prefix for uri, prefix in StrictFeedParser.namespaces.items()}
_USERLAND = "backend.userland.com/rss"
_AMPERSAND = ord("&")
# Where an element may have such an attribute. Asking the tree takes twice the time.
_BASE = re.compile(rb"base\s*=")
_LANGUAGE = re.compile(rb"lang\s*=")
# In UTF-8, by their first byte, which most documents lack: delete, bidi overrides and isolates, U+FEFF and what follows. Of
# other control characters XML allows white space alone, and those that begin with C2 are left to `may_be_garbled`.
_UNCLEAN = (
    (b"\x7f", re.compile(b"\x7f")),
    (b"\xe2", re.compile(b"\xe2(?:\x80[\xaa-\xae]|\x81[\xa6-\xa9])")),
    (b"\xef", re.compile(b"\xef[\xbb\xbf]")),
)
_LOWER_VALUES = ("rel", "type")


# Elements whose text feedparser would keep under a key that means something else.
COLLIDING = frozenset({
    "authors", "comments", "href", "itunes:duration", "itunes_duration", "links", "media_content", "media_thumbnail",
    "summary_detail", "title_detail",
})  # fmt: skip
# Handled by feedparser, of no consequence for the words that are kept.
_HARMLESS_PREFIXES = frozenset({"admin", "cc", "creativecommons", "geo", "georss", "gml", "icbm", "psc"})


class Declined(Exception):
    """The fast path is not sure of the document; says why, for the figures of the contract test and the benchmark."""


class Names:
    """Canonical names (`media:thumbnail`, `title`) and inherited attributes within one document.

    `may_be_garbled`: some text may hold U+0080 to U+00BF, without which there is nothing to repair (see `fast_text.repair`).
    `clean`: see `ParsedFeed`.
    """

    __slots__ = ("_above", "_cache", "_has_base", "_has_lang", "clean", "may_be_garbled")

    def __init__(self, body: bytes) -> None:
        self._cache: dict[str, str] = {}
        self._above: tuple[etree._Element | None, str | None] = (None, None)
        self.may_be_garbled = b"\xc2" in body or _has_references(body)
        self.clean = not self.may_be_garbled and not any(first in body and rare.search(body) for first, rare in _UNCLEAN)
        self._has_base = _BASE.search(body) is not None
        self._has_lang = _LANGUAGE.search(body) is not None

    def name(self, element: etree._Element) -> str:
        """Return the lower-case name, with the usual prefix of its namespace, whatever prefix the document uses."""
        tag = element.tag
        name = self._cache.get(tag)
        if name is None:
            name = self._cache[tag] = self._find(tag, element.prefix)
        return name

    @staticmethod
    def _find(tag: str, given: str | None) -> str:
        if not isinstance(tag, str):
            raise Declined("a node that is not an element")
        uri, _, local = tag[1:].rpartition("}") if tag.startswith("{") else ("", "", tag)
        if ":" in local:
            raise Declined("a prefix without a namespace")
        uri = uri.lower()
        prefix = "" if _USERLAND in uri else _NAMESPACES.get(uri)
        if prefix is None:
            prefix = (given or "").lower()
        local = local.lower()
        return f"{prefix}:{local}" if prefix else local

    @staticmethod
    def attributes(element: etree._Element) -> dict[str, str]:
        """Return the attributes under lower-case names; those of unknown namespaces go by their local name."""
        found: dict[str, str] = {}
        items: Any = element.items()  # of strings
        for key, value in items:
            name = (_shorten(key) if key[0] == "{" else key).lower()
            found[name] = value.lower() if name in _LOWER_VALUES else value
        return found

    def base(self, element: etree._Element) -> str:
        """Return the xml:base in effect, empty where there is none."""
        if not self._has_base:
            return ""
        base = ""
        for value in self._inherited(element, "xml:base", "base"):
            if value:
                base = (make_safe_absolute_uri(base, value) or base) if base else join_url("", value)
        return base

    def language(self, element: etree._Element, attributes: Mapping[str, str] | None = None) -> str | None:
        """Return the xml:lang in effect; `attributes` are those of the element, where they have been read."""
        if not self._has_lang:
            return None
        if attributes is None:
            attributes = self.attributes(element)
        if not attributes:
            return self._language_above(element)
        own = attributes.get("xml:lang", attributes.get("lang"))
        if own is None:
            return self._language_above(element)
        return own.replace("_", "-") or None

    def _language_above(self, element: etree._Element) -> str | None:
        """Return the xml:lang in effect outside the element; the next one asked about is mostly a child of the same."""
        parent = element.getparent()
        if parent is None:
            return None
        if parent is not self._above[0]:
            self._above = (parent, self.language(parent))
        return self._above[1]

    def _inherited(self, element: etree._Element, name: str, fallback: str) -> list[str | None]:
        """Return the values of an attribute from the root down to the element."""
        values: list[str | None] = []
        node: etree._Element | None = element
        while node is not None:
            attributes = self.attributes(node)
            values.append(attributes.get(name, attributes.get(fallback)))
            node = node.getparent()
        return values[::-1]


def _has_references(body: bytes) -> bool:
    """Tell whether characters are written by their number: one byte is found 50 times as fast as two."""
    at = body.find(b"#")
    while at > 0:
        if body[at - 1] == _AMPERSAND:
            return True
        at = body.find(b"#", at + 1)
    return False


def _shorten(key: str) -> str:
    uri, _, local = key[1:].rpartition("}")
    prefix = _NAMESPACES.get(uri.lower(), "")
    return f"{prefix}:{local}" if prefix else local


@lru_cache(maxsize=4096)
def is_known(name: str) -> bool:
    """Tell whether feedparser does something particular with an element of that name, wherever it stands."""
    prefix, _, local = name.rpartition(":")
    if prefix in _HARMLESS_PREFIXES:
        return False
    method = f"{prefix}_{local}" if prefix else local
    return name in COLLIDING or hasattr(StrictFeedParser, f"_start_{method}") or hasattr(StrictFeedParser, f"_end_{method}")


def join_url(base: str, url: str) -> str:
    """Resolve as feedparser does: superfluous slashes after the scheme dropped, what cannot be joined is empty."""
    if ":///" in url:
        url = _MANY_SLASHES.sub(r"\1", url)
    if not base:
        return url
    try:
        return urljoin(base, url)
    except ValueError:
        return ""
