"""Plain text for feeds: what XML cannot hold goes, HTML becomes a teaser, long becomes short."""

from __future__ import annotations

import re

from lxml import etree, html

TEASER_CHARS = 250
"""Length of a teaser: short extracts are free of the press publishers' right (§ 87g UrhG), longer ones need a licence."""

TITLE_CHARS = 300
"""Longest title emitted; headlines end well below, and one hostile title must not fill a document."""

SCANNED_CHARS = 8_000
"""How much HTML is read for a teaser; what is not found by then is not the beginning of a text."""

ELLIPSIS = "…"

# XML 1.0, production Char; C1 controls are allowed there, but they are never text (they come from mistaken encodings).
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Embeddings, overrides and isolates reach past the text they stand in; the plain marks U+200E and U+200F do not.
_BIDI_REACH = re.compile("[\u202a-\u202e\u2066-\u2069]")
_BLOCK = re.compile(
    r"<(?=/?(?:address|article|blockquote|br|dd|div|dl|dt|figcaption|figure|h[1-6]|hr|li|ol|p|pre|table|td|th|tr|ul)\b)",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"[<&]")
_SENTENCE_ENDS = (".", "!", "?")
_SENTENCE_REST = " ,;:-\u2013\u2014(«„“\"'"


def strip_forbidden(text: str) -> str:
    """Return the text without characters that XML cannot hold: controls, lone surrogates, non-characters."""
    # What is printable holds none of them; most text is, and asking is ten times faster than searching.
    return text if text.isprintable() else _FORBIDDEN.sub("", text)


def one_line(text: str, *, limit: int = TITLE_CHARS) -> str:
    """Return plain text on one line, at most `limit` characters, with nothing in it that reaches beyond its end."""
    if not text.isprintable():
        text = _BIDI_REACH.sub("", strip_forbidden(text))
    return shorten(" ".join(text.split()), limit=limit)


def shorten(text: str, *, limit: int) -> str:
    """Return at most `limit` characters: cut at a word where one ends in the last third, with an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text[: limit - len(ELLIPSIS) - 1]
    if not text[len(cut)].isspace():
        space = cut.rfind(" ")
        if space > limit * 2 // 3:
            cut = cut[:space]
    cut = cut.rstrip(_SENTENCE_REST)
    return f"{cut} {ELLIPSIS}" if cut.endswith(_SENTENCE_ENDS) else cut + ELLIPSIS


def teaser(markup: str, *, limit: int = TEASER_CHARS) -> str:
    """Return the beginning of sanitised HTML as one line of plain text."""
    scanned = strip_forbidden(markup[:SCANNED_CHARS])
    return one_line(_text_of(scanned) if _MARKUP.search(scanned) else scanned, limit=limit)


def _text_of(markup: str) -> str:
    spaced = _BLOCK.sub(" <", markup)
    try:
        root = html.document_fromstring(f"<div>{spaced}</div>")
    except (etree.ParserError, ValueError):  # nothing but markup
        return ""
    etree.strip_elements(root, "script", "style", with_tail=False)
    return str(root.xpath("string()"))
