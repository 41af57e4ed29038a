"""OPML 2.0: subscription lists in and out (opml.org/spec2.opml)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from aggregator.emit.text import strip_forbidden
from aggregator.errors import ConfigError
from aggregator.model.feed import FeedSettings

MAX_BODY_BYTES = 1_048_576
"""Largest list read, 1 MiB: ten thousand feeds with titles."""

MAX_OUTLINES = 10_000
MAX_DEPTH = 10
"""Outlines inside outlines; readers write one level of folders, rarely two."""

# Half of the lists in the wild (58 of 118) have nothing wrong but bare ampersands. Escaping those is the one repair that
# cannot go wrong, where a recovering parser would drop them from the address.
_BARE_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)")

TAG_SEPARATOR = ","  # of the attribute `category`


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One feed of a list; it stands in the folder of its first tag."""

    title: str
    feed_url: str
    page_url: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()


def write_opml(title: str, outlines: Iterable[Outline]) -> bytes:
    """Return a subscription list, UTF-8; folders stand where their first feed stands. Equal lists give equal bytes."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = strip_forbidden(title)
    body = etree.SubElement(root, "body")
    folders: dict[str, etree._Element] = {}
    for outline in outlines:
        parent = body
        if outline.tags:
            name = strip_forbidden(outline.tags[0])
            if name not in folders:
                folders[name] = etree.SubElement(body, "outline", text=name, title=name)
            parent = folders[name]
        etree.SubElement(parent, "outline", _attributes(outline))
    return etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8")


def read_opml(body: bytes) -> list[FeedSettings]:
    """Return the feeds of a subscription list, each once, in the order of the list; folders and categories become tags.

    Outlines that are no feeds of the web (other schemes, no address) are passed over.

    Raises: ConfigError, with the line where there is one, if the list is too large, no XML, no OPML, or has a DTD.
    """
    if len(body) > MAX_BODY_BYTES:
        raise ConfigError(f"the OPML file is larger than {MAX_BODY_BYTES} bytes")
    root = _parse(body)
    if root.getroottree().docinfo.internalDTD is not None:
        raise ConfigError("the OPML file has a document type; entities are not read")
    if root.tag != "opml":
        raise ConfigError(f"not an OPML file: the root element is <{root.tag}>", line=_line(root))
    feeds: dict[str, FeedSettings] = {}
    for feed in _feeds_in(root.findall("body/outline")):
        known = feeds.get(feed.url, feed)
        feeds[feed.url] = FeedSettings(url=feed.url, title=known.title, tags=_distinct((*known.tags, *feed.tags)))
    return list(feeds.values())


def _parse(body: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True)
    try:
        return etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        try:
            return etree.fromstring(_BARE_AMPERSAND.sub(b"&amp;", body), parser)
        except etree.XMLSyntaxError as error:
            line = error.lineno if isinstance(error.lineno, int) else None
            raise ConfigError(f"the OPML file is no well-formed XML: {error.msg}", line=line) from error


def _feeds_in(outlines: Sequence[etree._Element]) -> Iterator[FeedSettings]:
    """Walk the outlines in document order, without recursion, counting all of them."""
    waiting: list[tuple[etree._Element, tuple[str, ...], int]] = [(outline, (), 1) for outline in reversed(outlines)]
    seen = 0
    while waiting:
        outline, folders, depth = waiting.pop()
        seen += 1
        if seen > MAX_OUTLINES:
            raise ConfigError(f"the OPML file has more than {MAX_OUTLINES} outlines", line=_line(outline))
        if depth > MAX_DEPTH:
            raise ConfigError(f"outlines are nested more than {MAX_DEPTH} deep", line=_line(outline))
        name = " ".join((outline.get("title") or outline.get("text") or "").split())
        url = (outline.get("xmlUrl") or "").strip()
        if url.startswith(("http://", "https://")):
            categories = (each.strip(" /") for each in (outline.get("category") or "").split(TAG_SEPARATOR))
            # Some programs write the address where they know no name; the feed's own title is better.
            title = None if not name or name.startswith(("http://", "https://")) else name
            yield FeedSettings(url=url, title=title, tags=_distinct((*folders, *categories)))
        inner = folders if url or not name else (*folders, name)
        waiting += [(child, inner, depth + 1) for child in reversed(outline.findall("outline"))]


def _attributes(outline: Outline) -> dict[str, str]:
    attributes = {
        "type": "rss",  # the specification's word for a feed of any format
        "text": outline.title,
        "title": outline.title,
        "xmlUrl": outline.feed_url,
        "htmlUrl": outline.page_url,
        "language": outline.language,
        "category": TAG_SEPARATOR.join(tag.replace(TAG_SEPARATOR, " ") for tag in outline.tags),
    }
    return {name: strip_forbidden(value) for name, value in attributes.items() if value}


def _line(element: etree._Element) -> int | None:
    line: object = element.sourceline
    return line if isinstance(line, int) else None


def _distinct(tags: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag for tag in tags if tag))
