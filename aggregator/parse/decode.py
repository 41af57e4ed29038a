"""Bytes to UTF-8: one decision on the encoding, taken before any parser sees the document.

Order: byte order mark; what is valid UTF-8 is UTF-8, whatever the labels say (a feed labelled ISO-8859-1 that is UTF-8 is
common, the reverse impossible by accident); the charset of the HTTP header; the XML declaration; windows-1252.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']\s*([A-Za-z0-9._:-]+)\s*["']""")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# `<?` or `<r` without a byte order mark (XML 1.0, appendix F.1); four-byte forms first.
_SHAPES = (
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
    (b"{\x00", "utf-16-le"),
    (b"\x00{", "utf-16-be"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)
# Encodings whose bytes are all ASCII, so that "valid UTF-8" says nothing about them.
_SEVEN_BIT = re.compile(r"iso-?2022|hz|utf-?7", re.IGNORECASE)
# WHATWG Encoding: pages that say Latin-1 mean windows-1252; GB 2312 is read as its superset.
_SUPERSETS = {"iso-8859-1": "windows-1252", "iso8859-1": "windows-1252", "latin-1": "windows-1252", "gb2312": "gb18030"}
_SUPERSETS |= {"latin1": "windows-1252", "us-ascii": "windows-1252", "ascii": "windows-1252", "gbk": "gb18030"}
_LAST_RESORT = "windows-1252"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A document in UTF-8, without byte order mark and leading white space; its declaration may still name another encoding."""

    body: bytes
    encoding: str
    problem: str | None = None


def decode(body: bytes, charset: str | None = None) -> Decoded:
    """Return the document in UTF-8; `charset` is that of the HTTP header."""
    marked = next(((mark, name) for mark, name in _BOMS if body.startswith(mark)), None)
    if marked:
        mark, name = marked
        return _transcode(body[len(mark) :], [name])
    shaped = next((name for shape, name in _SHAPES if body.startswith(shape)), None)
    if shaped:
        return _transcode(body, [shaped])
    declared_match = _DECLARED.match(body[:512])
    declared = declared_match[1].decode("ascii") if declared_match else ""
    labels = [label for label in (charset or "", declared) if label]
    if not any(_SEVEN_BIT.match(label) for label in labels) and _is_utf8(body):
        return _trimmed(body, "utf-8")
    return _transcode(body, labels)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _transcode(body: bytes, labels: list[str]) -> Decoded:
    for label in labels:
        name = _SUPERSETS.get(label.lower(), label)
        try:
            text = body.decode(name)
        except (LookupError, UnicodeError):
            continue
        return _trimmed(text.encode("utf-8", "replace"), name)
    named = labels[0] if labels else "utf-8"
    try:
        # Mostly UTF-8 with a few cut or foreign bytes: keep what is whole.
        text = body.decode("utf-8", "replace")
        if text.count("�") * 20 > sum(map((127).__lt__, body)):
            text = body.decode(_LAST_RESORT)
            named_as = _LAST_RESORT
        else:
            named_as = "utf-8"
    except UnicodeError:
        text, named_as = body.decode("utf-8", "replace"), "utf-8"
    return _trimmed(text.encode("utf-8"), named_as, problem=f"bytes that are not {named}; read as {named_as}")


def _trimmed(body: bytes, encoding: str, *, problem: str | None = None) -> Decoded:
    if body[:1].isspace():
        stripped = body.lstrip()
        if stripped.startswith(b"<?xml"):
            problem = problem or "white space before the XML declaration"
        body = stripped
    return Decoded(body=body, encoding=encoding, problem=problem)
