"""Markup made safe to show, and text made plain."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from html import escape, unescape

import nh3

from aggregator.normalise.urls import absolute_url

MAX_TEXT_CHARS = 1000  # titles, names, categories (reference: longest title read in 521 feeds is under 700)
MAX_HTML_CHARS = 512 * 1024  # one text of an entry; the cost of hostile markup grows with its square
# HTML parsers take time with the square of the nesting (1 MB of `<div>`: 107 s measured). Browsers stop at 512.
MAX_DEPTH = 200

_TAGS = {
    *("a", "abbr", "b", "bdi", "bdo", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "del", "details"),
    *("dfn", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins"),
    *("kbd", "li", "mark", "ol", "p", "pre", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "summary"),
    *("sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "u", "ul", "var", "wbr"),
}
_DROPPED_WITH_CONTENT = {
    *("script", "style", "svg", "math", "form", "iframe", "object", "embed", "applet", "template", "noscript", "noembed"),
    *("noframes", "frameset", "select", "textarea", "button", "title", "head", "audio", "video", "canvas", "xmp", "dialog"),
}
# No id, class, name (DOM clobbering), no style, no on*, no srcset (nh3 would not check its addresses).
_ATTRIBUTES = {
    "*": {"lang", "dir", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start", "reversed"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
_SCHEMES = {"http", "https", "mailto"}
_LINK_REL = "noopener noreferrer nofollow"
# The publisher of a picture need not learn who reads, nor of entries that nobody scrolls to. Written here and not by nh3,
# which sets several attributes in an order that varies from run to run.
_IMAGE_PRIVACY = ' loading="lazy" referrerpolicy="no-referrer">'

_TAG_START = re.compile("<(/?)([a-zA-Z][a-zA-Z0-9]*)")
# Void elements, and those that the next of their kind closes: they nest only through others, which count.
_SELF_CLOSING = frozenset(
    {
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"),
        *("p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "colgroup", "option", "rp", "rt"),
    }
)

# The sanitiser writes attributes in one way, so patterns over its output are exact.
_IMAGE = re.compile(r'<img(?: (?:src="([^"]*)"|[a-z]+="[^"]*"))*+>')
_IMAGE_SOURCE = re.compile(r'<img(?: [a-z]+="[^"]*")*? src="([^"]*)"')
_NOTHING_TO_SEE = re.compile(r'(?:\s|&nbsp;|</?(?!img|hr)[a-z0-9]+(?: [a-z]+="[^"]*")*>)*+')
_PADDED_VALUE = re.compile(r'="\s')
_PADDED_ADDRESS = re.compile(r'(<(?:a|img)(?: [a-z]+="[^"]*")*? (?:href|src)=")\s+')
_LEADING_NEWLINES = re.compile("<pre>\n+")
_TINY = re.compile(r' (?:width|height)="[012](?:px)?"')  # pixels; no picture of that size is for people
# Pixels that come without a size: mail and feed services, audience measurement, VG Wort (royalties of German authors).
_TRACKER = re.compile(
    r"https?://(?:[^/]*\.)?(?:feedburner\.com/~|feedsportal\.com/|feedblitz\.com/|pheedo\.com/|pixel\.wp\.com/|stats\.wordpress\.com/"
    r"|doubleclick\.net/|scorecardresearch\.com/|google-analytics\.com/|quantserve\.com/|blogger\.googleusercontent\.com/tracker/"
    r"|medium\.com/_/stat|vgwort\.de/|ioam\.de/)",
    re.IGNORECASE,
)

# Not allowed in XML (C0 but tab, line feed and return; surrogates; U+FFFE, U+FFFF), C1, bidi overrides and isolates, BOM.
_NEVER_IN_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")
_INVISIBLE = re.compile("[\u00ad\u200b]")  # soft hyphen, zero-width space: they hide words from search and rules
_RAW_CONTENT = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style)\b[^<>]*>.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_TAG_IN_TEXT = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)(?:[\s/][^<>]*)?>")
_BREAKING = frozenset({"br", "p", "div", "li", "tr", "td", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "img"})
_STRIPPED = frozenset(
    _TAGS | _DROPPED_WITH_CONTENT | {"font", "center", "strike", "tt", "big", "acronym", "nobr", "input", "body"}
)
_PARAGRAPHS = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


def sanitise(html: str, *, base_url: str, clean: bool = False) -> str:
    """Return markup that is safe to show, every address absolute, without trackers; empty if there is nothing to see.

    Sanitising twice gives what once gives, but for tables and headings nested wrongly: a parser sorts them out pass by pass.
    `clean`: what `clean_characters` looks for is known not to be there.
    """
    html = html[:MAX_HTML_CHARS]
    if not clean:
        html = clean_characters(html)
    if not _needs_cleaner(html):
        return html.strip()
    if html.count("<") > MAX_DEPTH and _is_too_deep(html):
        return paragraphs(unescape(_TAG_IN_TEXT.sub(" ", _RAW_CONTENT.sub(" ", html))))
    cleaned = _cleaner(base_url).clean(html)
    if "&" in html and "&#" in html:  # what was written as a character reference is a character only now
        cleaned = clean_characters(cleaned)
    if "\r" in cleaned:  # written as &#13;
        cleaned = cleaned.replace("\r\n", "\n").replace("\r", "\n")
    if '="' in cleaned and _PADDED_VALUE.search(cleaned):
        cleaned = _PADDED_ADDRESS.sub(r"\1", cleaned)
    if "<img" in cleaned:
        cleaned = _IMAGE.sub(lambda match: _image(match, base_url), cleaned)
    if "<pre>\n" in cleaned:  # a parser drops the first newline of a pre: one pass less each time it is read
        cleaned = _LEADING_NEWLINES.sub("<pre>", cleaned)
    return "" if _NOTHING_TO_SEE.fullmatch(cleaned) else cleaned.strip()


def paragraphs(text: str) -> str:
    """Return plain text as markup: blank lines part paragraphs, other line ends are kept."""
    text = clean_characters(text[:MAX_HTML_CHARS]).replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        return ""
    parts = _PARAGRAPHS.split(escape(text, quote=False).replace("\xa0", "&nbsp;"))
    return "".join(f"<p>{part.strip().replace(chr(10), '<br>')}</p>" for part in parts)


def plain_text(text: str, *, html: bool, limit: int = MAX_TEXT_CHARS) -> str:
    """Return text on one line, without markup, of at most `limit` characters.

    With `html`, tags that HTML knows go and entities are decoded once: `AT&amp;amp;T` in the source of an RSS document
    becomes `AT&T`, while `List<String>` and `5 < 6` stay as they are. Callers escape it wherever they show it.
    """
    text = text[: limit * 10]  # markup may take space, but not without end
    if html:
        if "<" in text:
            text = _TAG_IN_TEXT.sub(_strip_tag, _RAW_CONTENT.sub(" ", text))
        if "&" in text:
            text = unescape(text)
    if not (text.isascii() and text.isprintable()):
        text = clean_characters(text)
        if "\u00ad" in text or "\u200b" in text:
            text = _INVISIBLE.sub("", text)
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def clean_characters(text: str) -> str:
    """Return text without characters that break XML or turn the direction of what follows."""
    # A table look-up a character tells what is surely clean, four times as fast as the pattern; line ends are clean too.
    return text if text.replace("\n", "").isprintable() else _NEVER_IN_TEXT.sub("", text)


def first_image(html: str) -> str | None:
    """Return the address of the first picture of sanitised markup."""
    match = _IMAGE_SOURCE.search(html) if "<img" in html else None
    return unescape(match[1]).strip() if match else None


@lru_cache(maxsize=64)  # building one costs as much as using it, and the entries of a feed share their base
def _cleaner(base_url: str) -> nh3.Cleaner:
    base = absolute_url(base_url)  # nh3 does not hold the schemes against what it resolves: a file: base would pass
    return nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags=_DROPPED_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        url_relative=("rewrite_with_base", base) if base else "deny",
        link_rel=_LINK_REL,
    )


def _image(match: re.Match[str], base_url: str) -> str:
    """Return the picture to keep, or nothing for pixels and for addresses that are none."""
    address = unescape(match[1] or "")
    # An empty address becomes the base: a page, no picture.
    if not address.startswith(("https://", "http://")) or address == base_url or _TRACKER.match(address):
        return ""
    if _TINY.search(match[0]):
        return ""
    return match[0][:-1] + _IMAGE_PRIVACY


def _needs_cleaner(html: str) -> bool:
    """Return whether the sanitiser would change anything; a character is found in a tenth of the time that a set takes."""
    return "<" in html or "&" in html or ">" in html or "\xa0" in html or "\r" in html


def _is_too_deep(html: str) -> bool:
    """Return whether elements may be nested deeper than MAX_DEPTH; unclosed ones count, as in a parser."""
    opened: Counter[str] = Counter()
    depth = 0
    for match in _TAG_START.finditer(html):
        name = match[2].lower()
        if not match[1]:
            if name not in _SELF_CLOSING:
                opened[name] += 1
                depth += 1
                if depth > MAX_DEPTH:
                    return True
        elif opened[name]:
            opened[name] -= 1
            depth -= 1
    return False


def _strip_tag(match: re.Match[str]) -> str:
    name = match[1].lower()
    if name not in _STRIPPED:
        return match[0]
    return " " if name in _BREAKING else ""
