"""From a site to its feeds: the links a page offers, and the places where feeds usually are. Pure, no network."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlsplit

import ada_url

PAGE_BYTES = 1 << 20  # what is read of a page: links to feeds stand in its head
MAX_LINKS = 50

FEED_TYPES = (
    "application/atom+xml",
    "application/rss+xml",
    "application/feed+json",
    "application/rdf+xml",
)
GENERIC_TYPES = (
    "application/xml",
    "text/xml",
    "application/json",
)  # feeds by their address or title only: many APIs say so too
WELL_KNOWN = ("feed", "rss", "feed.xml", "rss.xml", "atom.xml", "index.xml", "feed.json", "feeds/posts/default")

_FEED_PATH = re.compile(
    r"(?:^|[/._-])(?:feeds?|rss2?|atom|rdf)(?:$|[/._-])|\.(?:rss|atom|rdf)$|[?&](?:format|type|feed)=(?:rss|atom)",
    re.IGNORECASE,
)
_FEED_WORDS = re.compile(r"\b(?:rss|atom|feeds?|newsfeeds?)\b", re.IGNORECASE)
_NOT_A_DOCUMENT = re.compile(r"\.(?:png|jpe?g|gif|svg|css|js|ico|webp|pdf)$", re.IGNORECASE)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?([A-Za-z0-9._-]{1,40})""", re.IGNORECASE)
_CHARSET_WITHIN_BYTES = 1024  # HTML Standard: the encoding is declared in the first 1024 bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    """A feed that a page links to; `media_type` is None where a plain link only looks like a feed."""

    url: str
    title: str
    media_type: str | None


def feed_links(body: bytes, *, url: str) -> list[FeedLink]:
    """Return the feeds a page links to, absolute: those declared (`rel=alternate`) first, then links that look like feeds."""
    page = _FeedLinkParser(url)
    page.feed(_decode(body[:PAGE_BYTES]))
    page.close()
    found: dict[str, FeedLink] = {}
    for link in (*page.declared, *page.anchors):
        found.setdefault(link.url, link)
    found.pop(url, None)
    return list(found.values())[:MAX_LINKS]


def well_known_feed_urls(url: str) -> list[str]:
    """Return where the feeds of a site usually are, best guess first: below the page itself, then below the site's root."""
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}/"
    folder = root + parts.path.lstrip("/").rstrip("/")
    bases = dict.fromkeys((folder if folder.endswith("/") else f"{folder}/", root))
    return [base + place for base in bases for place in WELL_KNOWN]


class _FeedLinkParser(HTMLParser):
    """Collects what `feed_links` returns."""

    def __init__(self, url: str) -> None:
        super().__init__(convert_charrefs=True)
        self._base = url
        self._based = False
        self._anchor: str | None = None
        self._anchor_text: list[str] = []
        self._anchor_title = ""
        self.declared: list[FeedLink] = []
        self.anchors: list[FeedLink] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "base":
            self._rebase(_attribute(attrs, "href"))
        elif tag == "link":
            self._declare(attrs)
        elif tag == "a":
            self._end_anchor()
            self._anchor = _attribute(attrs, "href")
            self._anchor_title = _attribute(attrs, "title") or _attribute(attrs, "aria-label")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._end_anchor()

    def handle_data(self, data: str) -> None:
        if self._anchor is not None:
            self._anchor_text.append(data)

    def close(self) -> None:
        super().close()
        self._end_anchor()

    def _rebase(self, href: str) -> None:
        base = self._resolve(href) if href and not self._based else None  # only the first one counts (HTML Standard)
        if base:
            self._base, self._based = base, True

    def _declare(self, attrs: list[tuple[str, str | None]]) -> None:
        relations = _attribute(attrs, "rel").lower().split()
        media_type = _attribute(attrs, "type").partition(";")[0].strip().lower()
        link, title = self._resolve(_attribute(attrs, "href")), _clean(_attribute(attrs, "title"))
        if not link:
            return
        feed_type = media_type in FEED_TYPES or (media_type in GENERIC_TYPES and _looks_like_feed(link, title))
        if ("alternate" in relations and feed_type) or "feed" in relations:
            self.declared.append(FeedLink(url=link, title=title, media_type=media_type or None))

    def _end_anchor(self) -> None:
        href, text, title = self._anchor, _clean(" ".join(self._anchor_text)), self._anchor_title
        self._anchor = None
        self._anchor_text.clear()
        if not href or len(self.anchors) >= MAX_LINKS:
            return
        link = self._resolve(href)
        if link and _looks_like_feed(link, text):
            self.anchors.append(FeedLink(url=link, title=text or _clean(title), media_type=None))

    def _resolve(self, href: str) -> str | None:
        try:
            link = ada_url.join_url(self._base, href.strip())
        except ValueError:
            return None
        return link.partition("#")[0] if link.startswith(("http://", "https://")) else None


def _looks_like_feed(link: str, text: str) -> bool:
    parts = urlsplit(link)
    if _NOT_A_DOCUMENT.search(parts.path):
        return False
    address = parts.path + (f"?{parts.query}" if parts.query else "")
    return bool(_FEED_PATH.search(address) or (_FEED_WORDS.search(text) and parts.path.endswith((".xml", ".json"))))


def _attribute(attrs: list[tuple[str, str | None]], name: str) -> str:
    return next((value or "" for known, value in attrs if known == name), "")


def _clean(text: str) -> str:
    return " ".join(text.split())[:200]


def _decode(body: bytes) -> str:
    match = _CHARSET.search(body[:_CHARSET_WITHIN_BYTES])
    try:
        return body.decode(match[1].decode("ascii") if match else "utf-8", "replace")
    except LookupError:  # an encoding nobody knows: links are ASCII all the same
        return body.decode("utf-8", "replace")
