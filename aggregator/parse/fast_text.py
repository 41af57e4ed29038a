"""Text constructs on the fast path: plain, escaped and inline markup, as feedparser would hand them over."""

from __future__ import annotations

import contextlib
import re
from xml.sax.saxutils import escape

from lxml import etree

from aggregator.parse.compose import RawText
from aggregator.parse.fast_names import Declined, Names, is_known

PLAIN, HTML, XHTML = "text/plain", "text/html", "application/xhtml+xml"

_TYPES = {"text": PLAIN, "plain": PLAIN, "html": HTML, "xhtml": XHTML, PLAIN: PLAIN, HTML: HTML, XHTML: XHTML}
_GARBLED = re.compile(r"[\x80-\xbf]")  # C1, and what follows the first byte of a character in UTF-8
_CP1252 = {code: bytes([code]).decode("cp1252") for code in range(0x80, 0xA0) if code not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}}


def read_text(names: Names, element: etree._Element, default_type: str, *, unwrap: bool) -> RawText:
    """Read a text construct; `unwrap`: take the single `div` off that Atom 1.0 puts around XHTML.

    Raises: Declined.
    """
    media_type = default_type
    attributes = names.attributes(element)
    if attributes:
        if attributes.get("mode") == "base64":
            raise Declined("base64 content")
        declared = _TYPES.get(attributes.get("type", default_type))
        if declared is None:
            raise Declined("a text of another type")
        media_type = declared
    if len(element):
        value, media_type = _read_markup(names, element, media_type, unwrap=unwrap)
    else:
        value = element.text or ""
        if media_type == XHTML:
            value = escape(value)
    value = value.strip()
    return RawText(
        value=repair(value) if names.may_be_garbled else value,
        media_type=media_type,
        base_url=names.base(element),
        language=names.language(element, attributes),
    )


def read_plain(element: etree._Element) -> str:
    """Read an element that holds only words; the elements inside it are read on their own."""
    text = element.text or ""
    if len(element):
        text += "".join(child.tail or "" for child in element)
    text = text.strip()
    return text if text.isascii() else repair(text)


def repair(text: str) -> str:
    """Undo UTF-8 read as Latin-1, and windows-1252 read as Latin-1: both are common, neither occurs on purpose."""
    if text.isascii() or not _GARBLED.search(text):
        return text
    with contextlib.suppress(UnicodeError):
        text = text.encode("iso-8859-1").decode("utf-8")
    return text.translate(_CP1252)


def _read_markup(names: Names, element: etree._Element, media_type: str, *, unwrap: bool) -> tuple[str, str]:
    """Write the markup inside out again, as a parser of events sees it: text before the first tag stays as it was."""
    pieces: list[str] = []
    media_type = _write(names, element, media_type, pieces)
    if unwrap and media_type == XHTML:
        pieces = _unwrap(pieces)
    return "".join(pieces), media_type


def _write(names: Names, element: etree._Element, media_type: str, pieces: list[str]) -> str:
    if element.text:
        pieces.append(escape(element.text) if media_type == XHTML else element.text)
    for child in element:
        name = names.name(child)
        local = name.rpartition(":")[2]
        if local in {"svg", "math"} or is_known(name):
            raise Declined(f"{local} inside a text")
        # Elements in text that claims to be escaped: feedparser overlooks a div and believes any other tag.
        overlooked = media_type != XHTML and name in {"div", "xhtml:div"}
        if not overlooked:
            media_type = XHTML
            attributes = "".join(f' {key}="{escape(value, _QUOTE)}"' for key, value in names.attributes(child).items())
            pieces.append(f"<{local}{attributes}>")
        media_type = _write(names, child, media_type, pieces)
        if media_type == XHTML:
            pieces.append(f"</{local}>")
        if child.tail:
            pieces.append(escape(child.tail) if media_type == XHTML else child.tail)
    return media_type


_QUOTE = {'"': "&quot;"}


def _unwrap(pieces: list[str]) -> list[str]:
    while len(pieces) > 1 and not pieces[-1].strip():
        pieces = pieces[:-1]
    while len(pieces) > 1 and not pieces[0].strip():
        pieces = pieces[1:]
    if not pieces or not (pieces[0] == "<div>" or pieces[0].startswith("<div ")) or pieces[-1] != "</div>":
        return pieces
    depth = 0
    for piece in pieces[:-1]:
        if piece.startswith("</"):
            depth -= 1
            if depth == 0:
                return pieces
        elif piece.startswith("<"):
            depth += 1
    return pieces[1:-1]
