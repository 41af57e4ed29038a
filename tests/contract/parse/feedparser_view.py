"""Our `ParsedFeed` under feedparser's names, so that its suite can be asked about our adapter.

What our model does not hold raises `Unmapped`: such an expectation says nothing about us.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from aggregator.model.entry import Enclosure
from aggregator.model.feed import FeedData, Person
from aggregator.model.parsed import ParsedEntry, ParsedFeed, Text


class Unmapped(Exception):
    """The expectation asks for something that our model leaves out."""


class View:
    """A dictionary of some keys; any other key, and comparing the whole, is `Unmapped`."""

    __hash__ = None  # type: ignore[assignment]  # compared by nobody, so hashed by nobody

    def __init__(self, fields: Mapping[str, Callable[[], object]]) -> None:
        self._fields = fields

    def __getitem__(self, key: str) -> Any:
        if key not in self._fields:
            raise Unmapped(key)
        value = self._fields[key]()
        if value is None:
            raise KeyError(key)
        return value

    def __getattr__(self, key: str) -> Any:
        if key.startswith("__"):
            raise AttributeError(key)
        try:
            return self[key]
        except KeyError as error:
            raise AttributeError(key) from error

    def get(self, key: str, default: object = None) -> Any:
        try:
            return self[key]
        except KeyError:
            return default

    def __contains__(self, key: str) -> bool:
        try:
            self[key]
        except KeyError:
            return False
        return True

    has_key = __contains__

    def __eq__(self, other: object) -> bool:
        raise Unmapped("a comparison of a whole object")

    def __iter__(self) -> Iterator[str]:
        raise Unmapped("the keys of an object")

    def __len__(self) -> int:
        raise Unmapped("the size of an object")


def view(parsed: ParsedFeed) -> dict[str, object]:
    """Return the names an expectation may use."""
    return {
        "bozo": parsed.problem is not None,
        "feed": _feed(parsed.data),
        "entries": [_entry(entry) for entry in parsed.entries],
    }


def _feed(data: FeedData) -> View:
    fields: dict[str, Callable[[], object]] = {
        "title": lambda: data.title or None,
        "title_detail": lambda: View({"value": lambda: data.title}) if data.title else None,
        "link": lambda: data.home_url,
        "id": lambda: data.id,
        "guid": lambda: data.id,
        "language": lambda: data.language,
        "image": lambda: View({"href": lambda: data.image_url}),
        "logo": lambda: data.image_url,
        "icon": lambda: data.image_url,
        "updated_parsed": lambda: _time(data.updated_at),
        "modified_parsed": lambda: _time(data.updated_at),
        "ttl": lambda: str(int(data.ttl.total_seconds() // 60)) if data.ttl else None,
        **_people(data.authors),
    }
    fields |= dict.fromkeys(("subtitle", "description", "tagline"), lambda: data.subtitle or None)
    fields |= dict.fromkeys(("rights", "copyright"), lambda: data.rights)
    return View(fields)


def _entry(entry: ParsedEntry) -> View:
    summary = entry.summary or entry.content
    fields: dict[str, Callable[[], object]] = {
        "title": lambda: _value(entry.title),
        "title_detail": lambda: _detail(entry.title),
        "link": lambda: entry.url,
        "id": lambda: entry.guid,
        "guid": lambda: entry.guid,
        "content": lambda: [_detail(text)] if (text := entry.content or entry.summary) else None,
        "published_parsed": lambda: _time(entry.published_at),
        "issued_parsed": lambda: _time(entry.published_at),
        "updated_parsed": lambda: _time(entry.updated_at),
        "modified_parsed": lambda: _time(entry.updated_at),
        "date_parsed": lambda: _time(entry.updated_at),
        "created_parsed": lambda: _time(entry.published_at),
        "comments": lambda: entry.comments_url,
        "enclosures": lambda: [_enclosure(enclosure) for enclosure in entry.enclosures],
        "category": lambda: entry.categories[0] if entry.categories else None,
        "tags": lambda: [View({"term": lambda term=term: term}) for term in entry.categories],  # type: ignore[misc]  # bound early
        "source": lambda: View(
            {
                "title": lambda: entry.source_title,
                "href": lambda: entry.source_url,
                "link": lambda: entry.source_url,
            }
        ),
        "image": lambda: View({"href": lambda: entry.image_url}),
        **_people(entry.authors),
    }
    fields |= dict.fromkeys(("summary", "description"), lambda: _value(summary))
    fields |= dict.fromkeys(("summary_detail", "description_detail"), lambda: _detail(summary))
    return View(fields)


def _value(text: Text | None) -> str | None:
    return text.value if text else None


def _detail(text: Text | None) -> View | None:
    return View({"value": lambda: text.value, "base": lambda: text.base_url}) if text else None


def _time(at: datetime | None) -> time.struct_time | None:
    return at.utctimetuple() if at else None


def _enclosure(enclosure: Enclosure) -> View:
    return View(
        {
            "href": lambda: enclosure.url,
            "url": lambda: enclosure.url,
            "type": lambda: enclosure.media_type,
            "length": lambda: str(enclosure.length_bytes) if enclosure.length_bytes else None,
        }
    )


def _person(person: Person) -> View:
    return View(
        {
            "name": lambda: person.name if person.name != person.email else None,
            "email": lambda: person.email,
            "href": lambda: person.url,
            "url": lambda: person.url,
        }
    )


def _people(people: tuple[Person, ...]) -> dict[str, Callable[[], object]]:
    def author() -> str | None:
        if not people:
            return None
        last = people[-1]
        return f"{last.name} ({last.email})" if last.email and last.name != last.email else last.name

    return {
        "author": author,
        "author_detail": lambda: _person(people[-1]) if people else None,
        "authors": lambda: [_person(person) for person in people],
    }
