"""An entry on the fast path: its children in document order, under feedparser's rules of which one wins.

The rules, of feedparser 6.0 (`mixin.py`, `namespaces/*.py`): the last of equals wins, an element deeper down never displaces
one nearer the entry, the first title that says something ends the search, and a second description is content.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from lxml import etree

from aggregator.parse.compose import RawEntry, RawLink, RawText
from aggregator.parse.fast_names import Declined, Names, is_known, join_url
from aggregator.parse.fast_parts import PERSON_PARTS, read_category, read_link, read_person
from aggregator.parse.fast_text import HTML, PLAIN, XHTML, read_plain, read_text

_IMAGE_PARTS = frozenset({"url", "title", "link", "width", "height"})
_PAGE_TYPES = frozenset({HTML, XHTML})

# Known to feedparser, of no consequence for the words that are kept.
_HARMLESS = frozenset({
    "copyright", "dc:publisher", "dc:rights", "expirationdate", "generator", "height", "itunes:block", "itunes:explicit",
    "itunes:subtitle", "media:credit", "media:license", "media:player", "media:rating", "media:restriction", "rights",
    "subtitle", "tagline", "webmaster", "width",
})  # fmt: skip


class EntryReader:
    """Reads the entries of one document, one after the other."""

    __slots__ = (
        "_atom10",
        "_by_tag",
        "_depths",
        "_guid_is_link",
        "_has_content",
        "_has_summary",
        "_names",
        "_raw",
        "_title_depth",
    )

    def __init__(self, names: Names, *, atom10: bool) -> None:
        self._names = names
        self._atom10 = atom10
        self._by_tag: dict[str, Callable[[EntryReader, etree._Element, int], None]] = {}
        self._start(has_content=False)

    def _start(self, *, has_content: bool) -> None:
        self._raw = RawEntry()
        self._depths: dict[str, int] = {}
        self._has_content = has_content
        self._has_summary = False
        self._title_depth = -1
        self._guid_is_link = False

    def read(self, element: etree._Element, *, has_content: bool = False) -> RawEntry:
        """Return the words of the entry; `has_content`: feedparser counts the feed's own content against its first entry.

        Raises: Declined.
        """
        self._start(has_content=has_content)
        if element.attrib:
            attributes = self._names.attributes(element)
            if "href" in attributes or "lastmod" in attributes:
                raise Declined("attributes of CDF")
            self._raw.guid = attributes.get("rdf:about") or None
        self._read_children(element, 1)
        return self._raw

    def _read_children(self, element: etree._Element, depth: int) -> None:
        by_tag = self._by_tag
        for child in element:
            handler = by_tag.get(child.tag)
            if handler is None:
                handler = by_tag[child.tag] = self._choose(self._names.name(child))
            handler(self, child, depth)

    def _choose(self, name: str) -> Callable[[EntryReader, etree._Element, int], None]:
        if name in self._HANDLERS:
            return self._HANDLERS[name]
        if name in _HARMLESS:
            return EntryReader._ignore
        return EntryReader._decline if is_known(name) else EntryReader._skip

    def _ignore(self, element: etree._Element, _depth: int) -> None:
        """Pass over."""

    def _skip(self, element: etree._Element, _depth: int) -> None:
        """Pass over an unknown element, unless it holds what feedparser would take for part of the entry."""
        if not len(element):
            return
        for inner in element.iterdescendants():
            name = self._names.name(inner)
            if is_known(name):
                raise Declined(f"{name} inside {self._names.name(element)}")

    def _decline(self, element: etree._Element, _depth: int) -> None:
        raise Declined(f"{self._names.name(element)} in an entry")

    def _wins(self, key: str, depth: int) -> bool:
        known = self._depths.get(key)
        if known is not None and depth > known:
            return False
        self._depths[key] = depth
        return True

    def _read_word(self, key: str, element: etree._Element, depth: int) -> str | None:
        """Return the text where it wins."""
        if len(element):
            raise Declined(f"elements inside {key}")
        return read_plain(element) if self._wins(key, depth) else None

    def _text(self, element: etree._Element, default_type: str) -> RawText:
        return read_text(self._names, element, default_type, unwrap=self._atom10)

    def _published(self, element: etree._Element, depth: int) -> None:
        if (word := self._read_word("published", element, depth)) is not None:
            self._raw.published = word

    def _updated(self, element: etree._Element, depth: int) -> None:
        if (word := self._read_word("updated", element, depth)) is not None:
            self._raw.updated = word

    def _created(self, element: etree._Element, depth: int) -> None:
        if (word := self._read_word("created", element, depth)) is not None:
            self._raw.created = word

    def _language(self, element: etree._Element, depth: int) -> None:
        if (word := self._read_word("language", element, depth)) is not None:
            self._raw.language = word

    def _comments(self, element: etree._Element, depth: int) -> None:
        # With attributes feedparser keeps those instead of the text.
        if not element.attrib and (word := self._read_word("comments", element, depth)) is not None:
            self._raw.comments = join_url(self._names.base(element), word) if word else word

    def _duration(self, element: etree._Element, depth: int) -> None:
        if not element.attrib and (word := self._read_word("duration", element, depth)) is not None:
            self._raw.duration = word

    def _title(self, element: etree._Element, depth: int, *, ends_search: bool = True) -> None:
        text = self._text(element, PLAIN)
        if -1 < self._title_depth <= depth:
            return
        if self._wins("title", depth):
            self._raw.title = text
        elif self._raw.title is not None:
            # feedparser keeps the value and takes the details of the later one.
            text.value = self._raw.title.value
            self._raw.title = text
        if ends_search and text.value:
            self._title_depth = depth

    def _media_title(self, element: etree._Element, depth: int) -> None:
        self._title(element, depth, ends_search=False)

    def _description(self, element: etree._Element, depth: int, default_type: str = HTML) -> None:
        if self._has_summary and not self._has_content:
            self._content(element, depth)
            return
        text = self._text(element, default_type)
        if not self._wins("summary", depth) and self._raw.summary is not None:
            text.value = self._raw.summary.value
        self._raw.summary = text
        self._has_summary = True

    def _summary(self, element: etree._Element, depth: int) -> None:
        self._description(element, depth, PLAIN)

    def _content(self, element: etree._Element, _depth: int, default_type: str = PLAIN) -> None:
        self._has_content = True
        text = self._text(element, default_type)
        self._raw.contents.append(text)
        if text.media_type != XHTML:
            self._has_summary = True

    def _content_encoded(self, element: etree._Element, depth: int) -> None:
        self._content(element, depth, HTML)

    def _guid(self, element: etree._Element, depth: int) -> None:
        attributes = self._names.attributes(element)
        self._guid_is_link = attributes.get("ispermalink", "true") == "true"
        if len(element):
            raise Declined("elements inside an id")
        value = read_plain(element)
        if value and self._guid_is_link:
            value = join_url(self._names.base(element), value)
        if self._wins("guid", depth):
            self._raw.guid = value
        if self._guid_is_link and self._raw.link is None:
            self._raw.link = value

    def _link(self, element: etree._Element, _depth: int) -> None:
        link = read_link(self._names, element)
        self._raw.links.append(link)
        if link.rel != "alternate" or link.media_type not in _PAGE_TYPES:
            return
        self._raw.link = link.href

    def _enclosure(self, element: etree._Element, _depth: int) -> None:
        attributes = self._names.attributes(element)
        href = attributes.get("url", attributes.get("uri", attributes.get("href", "")))
        self._raw.links.append(
            RawLink(href=href, rel="enclosure", media_type=attributes.get("type", ""), length=attributes.get("length"))
        )
        if len(element):
            self._skip(element, _depth)

    def _author(self, element: etree._Element, depth: int) -> None:
        person = read_person(self._names, element)
        self._raw.people.append(person)
        if person.url and self._wins("href", depth + 1):
            self._raw.href = person.url

    def _contributor(self, element: etree._Element, _depth: int) -> None:
        for inner in element:
            if self._names.name(inner) not in PERSON_PARTS:
                raise Declined("a contributor with more than a name")

    def _category(self, element: etree._Element, depth: int) -> None:
        read_category(self._names, element, self._raw.categories)
        if len(element):
            self._read_children(element, depth + 1)

    def _keywords(self, element: etree._Element, _depth: int) -> None:
        if not element.attrib:
            self._raw.categories.extend(filter(None, (word.strip() for word in read_plain(element).split(","))))

    def _media_group(self, element: etree._Element, depth: int) -> None:
        self._read_children(element, depth + 1)

    def _media_content(self, element: etree._Element, depth: int) -> None:
        self._raw.media_contents.append(self._names.attributes(element))
        if len(element):
            self._read_children(element, depth + 1)

    def _media_thumbnail(self, element: etree._Element, _depth: int) -> None:
        attributes = self._names.attributes(element)
        text = read_plain(element)
        if text and "url" not in attributes:
            attributes["url"] = join_url(self._names.base(element), text)
        self._raw.media_thumbnails.append(attributes)

    def _itunes_image(self, element: etree._Element, _depth: int) -> None:
        attributes = self._names.attributes(element)
        if href := attributes.get("href") or attributes.get("url"):
            self._raw.image = href

    def _image(self, element: etree._Element, depth: int) -> None:
        """Read the `image` some put into RSS items, in the form of the channel's."""
        self._title_depth = -1
        for inner in element:
            name = self._names.name(inner)
            if name not in _IMAGE_PARTS or len(inner):
                raise Declined(f"{name} inside an image")
            if name == "title":
                self._title(inner, depth + 1)
            elif name == "url" and self._wins("href", depth + 1):
                self._raw.href = join_url(self._names.base(inner), read_plain(inner))

    def _source(self, element: etree._Element, depth: int) -> None:
        raw = self._raw
        self._title_depth = -1
        raw.source_href = self._names.attributes(element).get("url")
        raw.source_title = raw.source_link = None
        for inner in element:
            name = self._names.name(inner)
            if name == "title":
                text = self._text(inner, PLAIN)
                if not -1 < self._title_depth <= depth + 1:
                    raw.source_title = text.value
                if text.value:
                    self._title_depth = depth + 1
            elif name == "link":
                link = read_link(self._names, inner)
                if link.rel == "alternate" and link.media_type in _PAGE_TYPES:
                    raw.source_link = link.href
            elif name == "id" and raw.source_link is None:
                raw.source_link = join_url(self._names.base(inner), read_plain(inner))
            elif name in {"item", "entry", "image", "source", "itunes:image"}:
                raise Declined(f"{name} inside a source")
        if words := read_plain(element):
            raw.source_title = words

    def _address(self, element: etree._Element, depth: int) -> None:
        if len(element):
            raise Declined("elements inside an address")
        if self._wins("href", depth):
            self._raw.href = join_url(self._names.base(element), read_plain(element))

    _HANDLERS: ClassVar[Mapping[str, Callable[[EntryReader, etree._Element, int], None]]] = {
        "title": _title,
        "dc:title": _title,
        "media:title": _media_title,
        "link": _link,
        "guid": _guid,
        "id": _guid,
        "pubdate": _published,
        "published": _published,
        "issued": _published,
        "dcterms:issued": _published,
        "updated": _updated,
        "modified": _updated,
        "lastbuilddate": _updated,
        "dc:date": _updated,
        "dcterms:modified": _updated,
        "created": _created,
        "dcterms:created": _created,
        "language": _language,
        "dc:language": _language,
        "description": _description,
        "dc:description": _description,
        "media:description": _description,
        "summary": _summary,
        "itunes:summary": _summary,
        "content": _content,
        "content:encoded": _content_encoded,
        "enclosure": _enclosure,
        "author": _author,
        "managingeditor": _author,
        "dc:creator": _author,
        "dc:author": _author,
        "itunes:author": _author,
        "contributor": _contributor,
        "category": _category,
        "keywords": _category,
        "dc:subject": _category,
        "media:category": _category,
        "itunes:category": _category,
        "media:keywords": _keywords,
        "itunes:keywords": _keywords,
        "media:group": _media_group,
        "media:content": _media_content,
        "media:thumbnail": _media_thumbnail,
        "itunes:image": _itunes_image,
        "itunes:link": _itunes_image,
        "image": _image,
        "source": _source,
        "url": _address,
        "uri": _address,
        "homepage": _address,
        "comments": _comments,
        "itunes:duration": _duration,
    }
