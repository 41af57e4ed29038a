"""Links, people and categories on the fast path: the constructs that entries and feeds share."""

from __future__ import annotations

import re

from lxml import etree

from aggregator.parse.compose import RawLink, RawPerson
from aggregator.parse.fast_names import Declined, Names, is_known, join_url
from aggregator.parse.fast_text import HTML, XHTML, read_plain

MAX_AUTHOR_CHARS = 2000
"""The pattern for addresses takes quadratic time on long words."""

# An address in an author's name; the pattern is feedparser's.
_EMAIL = re.compile(
    r"([a-zA-Z0-9_\-.+]+)@((\[[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.)|(([a-zA-Z0-9\-]+\.)+))"
    r"([a-zA-Z]{2,4}|[0-9]{1,3})(\]?)(\?subject=\S+)?"
)
# What feedparser takes for a broken entity is the next parameter of a query.
_QUERY_ENTITY = re.compile(r"&([A-Za-z0-9_]+);")
_HTML_TYPES = {"html": HTML, "xhtml": XHTML}
PERSON_PARTS = {
    "name": "name",
    "itunes:name": "name",
    "email": "email",
    "itunes:email": "email",
    "uri": "url",
    "url": "url",
    "homepage": "url",
}


def read_link(names: Names, element: etree._Element) -> RawLink:
    """Read a link, by its address in an attribute (Atom) or in its text (RSS)."""
    attributes = names.attributes(element)
    if not attributes and not len(element):
        return RawLink(href=_read_href(names, element), rel="alternate", media_type=HTML)
    rel = attributes.get("rel", "alternate")
    media_type = attributes.get("type", "application/atom+xml" if rel == "self" else "text/html")
    href = attributes.get("url", attributes.get("uri", attributes.get("href")))
    if href or "href" in attributes:
        return RawLink(
            href=join_url(names.base(element), href or ""),
            rel=rel,
            media_type=_HTML_TYPES.get(media_type, media_type),
            length=attributes.get("length"),
        )
    if "rel" in attributes or "type" in attributes or len(element):
        raise Declined("a link without an address")
    return RawLink(href=_read_href(names, element), rel=rel, media_type=media_type)


def _read_href(names: Names, element: etree._Element) -> str:
    text = read_plain(element)
    if text:
        text = join_url(names.base(element), text)
        if "&" in text:
            text = _QUERY_ENTITY.sub(r"&\1", text.replace("&amp;", "&"))
    return text


def read_person(names: Names, element: etree._Element) -> RawPerson:
    """Read an author: an Atom person, or words that hold a name, an address or both."""
    person = RawPerson()
    structured = False
    for inner in element:
        name = names.name(inner)
        key = PERSON_PARTS.get(name)
        if key is None:
            if is_known(name) or len(inner):
                raise Declined(f"{name} inside an author")
            continue
        structured = True
        if len(inner):
            raise Declined(f"elements inside {name}")
        if key == "url":
            value = read_plain(inner)
            person.url = join_url(names.base(inner), value) if value else ""
        else:
            setattr(person, key, (inner.text or "").strip())
    if structured:
        return person
    words = read_plain(element)
    if len(words) > MAX_AUTHOR_CHARS:
        raise Declined("a very long author")
    return split_author(words)


def split_author(words: str) -> RawPerson:
    """Split `address (Name)` and `Name <address>`."""
    match = _EMAIL.search(words) if "@" in words else None
    if match is None:
        return RawPerson(name=words)
    email = match.group(0)
    for noise in (email, "()", "<>", "&lt;&gt;"):
        words = words.replace(noise, "")
    words = words.strip().removeprefix("(").removesuffix(")").strip()
    return RawPerson(name=words, email=email)


def read_category(names: Names, element: etree._Element, categories: list[str]) -> None:
    """Add the category's label, else its term, else its text."""
    attributes = names.attributes(element)
    text = read_plain(element)
    if not attributes:
        if text:
            categories.append(text)
        return
    term = attributes.get("text" if names.name(element) == "itunes:category" else "term")
    label = attributes.get("label")
    first = label or term or text
    if first:
        categories.append(first)
    if term and text:
        categories.append(text)
