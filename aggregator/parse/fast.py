"""The fast path: well-formed RSS, RDF and Atom by lxml, in one walk; it declines whatever it is not sure of.

Contract (`tests/contract/parse/`): what it does not decline it reads as feedparser does, entry by entry.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from aggregator.model.parsed import FeedFormat, ParsedFeed
from aggregator.parse.compose import MAX_ENTRIES, compose_entry, compose_feed
from aggregator.parse.decode import Decoded
from aggregator.parse.fast_entry import EntryReader
from aggregator.parse.fast_feed import ENTRY_NAMES, FeedReader
from aggregator.parse.fast_names import Declined, Names
from aggregator.parse.skipped import with_skipped

PARSER = "fast"

_DOCTYPE = re.compile(rb"<!DOCTYPE[^>]*>")
_ROOT = re.compile(rb"<[A-Za-z_]")
_FORMATS = {"rss": FeedFormat.RSS, "rdf:rdf": FeedFormat.RDF, "feed": FeedFormat.ATOM}
_ATOM_10 = "http://www.w3.org/2005/atom"


def parse_fast(document: Decoded) -> ParsedFeed | None:
    """Read the document, or return None where that is feedparser's work."""
    try:
        return read_fast(document)
    except Declined:
        return None


def read_fast(document: Decoded) -> ParsedFeed:
    """Read the document.

    Raises: Declined, with the reason.
    """
    root = _read_tree(document.body)
    names = Names(document.body)
    root_name = names.name(root)
    form = _FORMATS.get(root_name)
    if form is None:
        raise Declined(f"the root is {root_name}")
    parts = _divide(names, root, form)
    atom = form is FeedFormat.ATOM
    atom10 = atom and any((uri or "").lower() == _ATOM_10 for uri in root.nsmap.values())
    reader = FeedReader(names, atom10=atom10)
    raw = reader.read(parts.head, parts.children, parts.early)
    if form is not FeedFormat.RDF and (language := names.language(root)) and raw.language is None:
        raw.language = language
    data = compose_feed(raw)
    entry_reader = EntryReader(names, atom10=atom10)
    parsed = ParsedFeed(
        format=form,
        parser=PARSER,
        data=data,
        entries=tuple(
            compose_entry(
                entry_reader.read(element, has_content=reader.early_content and not index),
                atom=atom,
                feed_language=data.language,
            )
            for index, element in enumerate(parts.entries[:MAX_ENTRIES])
        ),
        problem=document.problem,
        ttl=data.ttl,
        clean=names.clean,
    )
    return with_skipped(parsed, document.body) if reader.has_skipped else parsed


def _read_tree(body: bytes) -> etree._Element:
    root_at = _ROOT.search(body)
    if root_at is None:
        raise Declined("no element")
    prologue = body[: root_at.start()]
    if b"<!DOCTYPE" in prologue:
        if b"[" in prologue:
            raise Declined("a DOCTYPE with an internal subset")
        # Taken away so that an entity it might declare elsewhere is an error, not a hole in the text.
        body = _DOCTYPE.sub(b"", prologue) + body[root_at.start() :]
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Declined("not well-formed") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Declined("a DOCTYPE where none was seen")
    return root


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """A document taken apart: the element that speaks of the feed, its other children, and the entries."""

    head: etree._Element
    children: list[etree._Element]
    early: int
    entries: list[etree._Element]


def _divide(names: Names, root: etree._Element, form: FeedFormat) -> _Parts:
    if form is FeedFormat.ATOM:
        return _split(names, root)
    parts: _Parts | None = None
    outside: list[etree._Element] = []
    for child in root:
        name = names.name(child)
        if name == "channel":
            if parts is not None or outside:
                raise Declined("two channels, or entries before the channel")
            parts = _split(names, child)
        elif name in ENTRY_NAMES:
            outside.append(child)
        elif ":" not in name and (form is FeedFormat.RSS or name not in {"image", "textinput"}):
            raise Declined(f"{name} beside the channel")
    if parts is None:
        raise Declined("no channel")
    parts.entries.extend(outside)
    return parts


def _split(names: Names, element: etree._Element) -> _Parts:
    children: list[etree._Element] = []
    entries: list[etree._Element] = []
    early = 0
    for child in element:
        if names.name(child) in ENTRY_NAMES:
            entries.append(child)
        else:
            children.append(child)
            early += not entries
    return _Parts(head=element, children=children, early=early, entries=entries)
