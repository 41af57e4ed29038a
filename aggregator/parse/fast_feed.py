"""What a feed says of itself, on the fast path."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from lxml import etree

from aggregator.parse.compose import RawFeed, RawPerson
from aggregator.parse.fast_names import COLLIDING, Declined, Names, join_url
from aggregator.parse.fast_parts import read_link, read_person
from aggregator.parse.fast_text import HTML, PLAIN, XHTML, read_plain, read_text

ENTRY_NAMES = frozenset({"item", "entry"})

_SUBTITLES = {
    "description": HTML, "dc:description": HTML, "media:description": HTML,
    "subtitle": PLAIN, "tagline": PLAIN, "itunes:subtitle": PLAIN,
}  # fmt: skip
_WORDS = {
    "pubdate": "published", "published": "published", "issued": "published", "dcterms:issued": "published",
    "updated": "updated", "modified": "updated", "lastbuilddate": "updated", "dc:date": "updated",
    "dcterms:modified": "updated", "language": "language", "dc:language": "language", "ttl": "ttl",
    "logo": "logo", "icon": "icon",
}  # fmt: skip


class FeedReader:
    """Reads the children of `channel` or `feed` that are not entries."""

    __slots__ = ("_atom10", "_has_content", "_names", "_summary", "early_content", "has_skipped", "raw")

    def __init__(self, names: Names, *, atom10: bool) -> None:
        self.raw = RawFeed()
        self._names = names
        self._atom10 = atom10
        self._summary: str | None = None
        self._has_content = False
        self.early_content = False
        self.has_skipped = False

    def read(self, element: etree._Element, children: list[etree._Element], early: int) -> RawFeed:
        """Return the words of the feed; `early`: how many of its children stand before the first entry.

        Raises: Declined.
        """
        if self._names.attributes(element).keys() & {"href", "lastmod"}:
            raise Declined("attributes of CDF")
        for index, child in enumerate(children):
            self._read_child(self._names.name(child), child)
            if index < early:
                self.early_content = self._has_content
        if not self.raw.subtitle:
            self.raw.subtitle = self._summary
        return self.raw

    def _read_child(self, name: str, child: etree._Element) -> None:
        reader = self._READERS.get(name)
        if reader is not None:
            reader(self, name, child)
        elif name in COLLIDING:
            raise Declined(f"{name} in a feed")
        elif len(child) and any(self._names.name(inner) in ENTRY_NAMES for inner in child.iterdescendants()):
            raise Declined(f"entries inside {name}")

    def _read_title(self, _name: str, child: etree._Element) -> None:
        if self.raw.title is None or not self.raw.title.value:
            self.raw.title = read_text(self._names, child, PLAIN, unwrap=self._atom10)

    def _read_author(self, _name: str, child: etree._Element) -> None:
        self.raw.people.append(read_person(self._names, child))

    def _read_rights(self, _name: str, child: etree._Element) -> None:
        self.raw.rights = read_text(self._names, child, PLAIN, unwrap=self._atom10).value

    def _read_word(self, name: str, child: etree._Element) -> None:
        key = _WORDS[name]
        if len(child):
            raise Declined(f"elements inside {name}")
        if key == "ttl" and child.attrib:
            return
        value = read_plain(child)
        if key in {"logo", "icon"} and value:
            if child.attrib:
                return
            value = join_url(self._names.base(child), value)
        setattr(self.raw, key, value)

    def _read_subtitle(self, name: str, child: etree._Element) -> None:
        if self._summary is not None and not self._has_content and _SUBTITLES[name] == HTML:
            self._has_content = True
            return
        self.raw.subtitle = read_text(self._names, child, _SUBTITLES[name], unwrap=self._atom10).value

    def _read_summary(self, _name: str, child: etree._Element) -> None:
        if self._summary is not None and not self._has_content:
            self._has_content = True
            return
        self._summary = read_text(self._names, child, PLAIN, unwrap=self._atom10).value

    def _read_link(self, _name: str, child: etree._Element) -> None:
        link = read_link(self._names, child)
        self.raw.links.append(link)
        if link.rel == "alternate" and link.media_type in {HTML, XHTML}:
            self.raw.link = link.href

    def _read_id(self, _name: str, child: etree._Element) -> None:
        permalink = self._names.attributes(child).get("ispermalink", "true") == "true"
        value = read_plain(child)
        self.raw.id = join_url(self._names.base(child), value) if value and permalink else value
        if permalink and self.raw.link is None:
            self.raw.link = self.raw.id

    def _read_owner(self, _name: str, child: etree._Element) -> None:
        """Read the owner of a podcast; feedparser writes it over the author named last, or makes it one."""
        for inner in child:
            name = self._names.name(inner)
            if name not in {"itunes:name", "itunes:email", "name", "email"}:
                continue
            if not self.raw.people:
                self.raw.people.append(RawPerson())
            setattr(self.raw.people[-1], name.rpartition(":")[2], (inner.text or "").strip())

    def _note_skipped(self, _name: str, _child: etree._Element) -> None:
        """Note that hours or days are named, which `skipped` reads."""
        self.has_skipped = True

    def _read_image(self, name: str, child: etree._Element) -> None:
        if name != "image":
            attributes = self._names.attributes(child)
            self.raw.image = attributes.get("href") or attributes.get("url") or self.raw.image
            return
        for inner in child:
            if self._names.name(inner) in {"url", "href"}:
                value = read_plain(inner)
                self.raw.image = join_url(self._names.base(inner), value) if value else ""

    _READERS: ClassVar[Mapping[str, Callable[[FeedReader, str, etree._Element], None]]] = {
        **dict.fromkeys(_WORDS, _read_word),
        **dict.fromkeys(("title", "dc:title"), _read_title),
        **dict.fromkeys(_SUBTITLES, _read_subtitle),
        "itunes:summary": _read_summary,
        "link": _read_link,
        **dict.fromkeys(("id", "guid"), _read_id),
        **dict.fromkeys(("author", "managingeditor", "dc:creator", "dc:author", "itunes:author"), _read_author),
        "itunes:owner": _read_owner,
        **dict.fromkeys(("image", "itunes:image", "itunes:link"), _read_image),
        **dict.fromkeys(("rights", "copyright", "dc:rights"), _read_rights),
        **dict.fromkeys(("skiphours", "skipdays"), _note_skipped),
    }
