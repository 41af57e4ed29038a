"""Structural rules of the formats we emit, as a validator of our own: each function returns what is wrong, in words."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
# RFC 822 with four digits of the year, in GMT; RFC 3339 in whole seconds, UTC.
RFC822_DATE = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT")
RFC3339_DATE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|\+00:00)")
TAG_URI = re.compile(r"tag:[a-z0-9.-]+,\d{4}:\S+")


def problems_of_rss(body: bytes) -> list[str]:
    return list(_rss(body))


def problems_of_atom(body: bytes) -> list[str]:
    return list(_atom(body))


def problems_of_json(body: bytes) -> list[str]:
    return list(_json(body))


def _rss(body: bytes) -> Iterator[str]:
    root = etree.fromstring(body)
    channel = root.find("channel")
    if root.tag != "rss" or root.get("version") != "2.0" or channel is None:
        yield "root is not rss 2.0 with a channel"
        return
    yield from _exactly_once(channel, ["title", "link", "description", "language", "lastBuildDate", "ttl", "generator"])
    yield from _dates(channel, "lastBuildDate", RFC822_DATE)
    selves = [link for link in channel.findall(f"{ATOM}link") if link.get("rel") == "self"]
    if [link.get("type") for link in selves] != ["application/rss+xml"] or not _is_web(selves[0].get("href")):
        yield "channel has not one atom:link rel=self with type and href"
    items = channel.findall("item")
    yield from _repeated(item.findtext("guid") for item in items)
    for item in items:
        yield from _exactly_once(item, ["title", "link", "guid", "pubDate", "source", "comments"])
        yield from _dates(item, "pubDate", RFC822_DATE)
        yield from _broken(_rules_of_item(item))


def _rules_of_item(item: etree._Element) -> dict[str, bool]:
    tags = [str(child.tag) for child in item]
    enclosures = item.findall("enclosure")
    return {
        "guid is a tag URI": TAG_URI.fullmatch(item.findtext("guid") or "") is not None,
        "guid is no permalink": [guid.get("isPermaLink") for guid in item.findall("guid")] == ["false"],
        "source has a url": all(_is_web(source.get("url")) for source in item.findall("source")),
        "item link is of the web": _is_web(item.findtext("link")),
        "there is dc:creator and no author (an e-mail address in RSS)": CREATOR in tags and "author" not in tags,
        "at most one enclosure and content:encoded": len(enclosures) <= 1 and tags.count(CONTENT) <= 1,
        "enclosures have url, length and type": all(set(each.attrib) == {"url", "length", "type"} for each in enclosures),
        "enclosures have a length in digits": all(str(each.get("length")).isdigit() for each in enclosures),
        "content:encoded follows description": CONTENT not in tags or "description" in tags[: tags.index(CONTENT)],
    }


def _atom(body: bytes) -> Iterator[str]:
    root = etree.fromstring(body)
    entries = root.findall(f"{ATOM}entry")
    yield from _broken(
        {
            "root is atom:feed": root.tag == f"{ATOM}feed",
            "feed has xml:lang": bool(root.get(XML_LANG)),
            "feed has one self and one alternate link": _rels(root)["self"] == _rels(root)["alternate"] == 1,
        }
    )
    yield from _exactly_once(root, [f"{ATOM}{name}" for name in ("id", "title", "updated", "generator")])
    yield from _dates(root, f"{ATOM}updated", RFC3339_DATE)
    yield from _repeated(entry.findtext(f"{ATOM}id") for entry in entries)
    for entry in entries:
        yield from _exactly_once(entry, [f"{ATOM}{name}" for name in ("id", "title", "updated", "published", "source")])
        for name in ("updated", "published"):
            yield from _dates(entry, f"{ATOM}{name}", RFC3339_DATE)
        yield from _broken(_rules_of_entry(entry))


def _rules_of_entry(entry: etree._Element) -> dict[str, bool]:
    links, rels = entry.findall(f"{ATOM}link"), _rels(entry)
    texts = entry.findall(f"{ATOM}summary") + entry.findall(f"{ATOM}content")
    names = [author.findtext(f"{ATOM}name") for author in entry.findall(f"{ATOM}author")]
    return {
        "entry id is a tag URI": TAG_URI.fullmatch(entry.findtext(f"{ATOM}id") or "") is not None,
        "entry has one alternate, one via and one related link": rels["alternate"] == rels["via"] == rels["related"] == 1,
        "entry links are of the web": all(_is_web(link.get("href")) for link in links),
        "summary and content are of type html": all(text.get("type") == "html" for text in texts),
        "source has an id and a title": all(bool(entry.findtext(f"{ATOM}source/{ATOM}{name}")) for name in ("id", "title")),
        "entry has authors with names": bool(names) and all(names),
    }


def _rels(parent: etree._Element) -> Counter[str]:
    return Counter(link.get("rel", "alternate") for link in parent.findall(f"{ATOM}link"))  # RFC 4287, section 4.2.7.2


def _json(body: bytes) -> Iterator[str]:
    feed = json.loads(body)
    yield from _broken(
        {
            "version is 1.1": feed.get("version") == "https://jsonfeed.org/version/1.1",
            "feed has title, home_page_url, feed_url, language and items": {
                "title", "home_page_url", "feed_url", "language", "items",
            } <= feed.keys(),
        }
    )  # fmt: skip
    yield from _repeated(item.get("id") for item in feed.get("items", []))
    for item in feed.get("items", []):
        yield from _broken(_rules_of_json_item(item))


def _rules_of_json_item(item: dict[str, Any]) -> dict[str, bool]:
    source = item.get("_aggregator", {}).get("source", {})
    authors = item.get("authors", [])
    dates = [item.get("date_published", ""), item.get("date_modified", "")]
    return {
        "item id is a tag URI": TAG_URI.fullmatch(item.get("id", "")) is not None,
        "item url is of the web": _is_web(item.get("url")),
        "item has one of content_html and content_text": ("content_html" in item) != ("content_text" in item),
        "dates are RFC 3339": all(RFC3339_DATE.fullmatch(date) for date in dates),
        "item has a title": bool(item.get("title")),
        "item has authors with names": bool(authors) and all(author.get("name") for author in authors),
        "item has attribution": bool(source.get("title")) and _is_web(source.get("feed_url")),
        "attachments have url and type": all(each.keys() >= {"url", "mime_type"} for each in item.get("attachments", [])),
    }


def _broken(rules: dict[str, bool]) -> Iterator[str]:
    yield from (f"not so: {rule}" for rule, kept in rules.items() if not kept)


def _exactly_once(parent: etree._Element, names: list[str]) -> Iterator[str]:
    for name in names:
        found = parent.findall(name)
        if len(found) != 1 or not str(found[0].xpath("string()")).strip():
            yield f"{parent.tag} has not one {name} with content"


def _dates(parent: etree._Element, name: str, form: re.Pattern[str]) -> Iterator[str]:
    for element in parent.findall(name):
        text = element.text or ""
        if not form.fullmatch(text):
            yield f"{name} is not of the form of its format: {text!r}"
            continue
        date = parsedate_to_datetime(text) if form is RFC822_DATE else datetime.fromisoformat(text)
        if date.utcoffset() is None:
            yield f"{name} has no zone"


def _repeated(ids: Iterable[str | None]) -> Iterator[str]:
    yield from (f"id {key!r} stands {count} times" for key, count in Counter(ids).items() if count > 1 or not key)


def _is_web(url: str | None) -> bool:
    return bool(url) and urlsplit(url or "").scheme in {"http", "https"}
