"""gofeed's suite, asked about our adapter: every fact of the expected JSON that our model has a place for."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from aggregator.errors import ParseError
from aggregator.model.fetching import Fetched
from aggregator.model.parsed import ParsedEntry, ParsedFeed, Text
from aggregator.parse.choose import FeedParser
from tests.contract.parse.shared_data import feeds_in

pytestmark = pytest.mark.corpus

URL = "http://127.0.0.1/feed.xml"

Fact = tuple[str, object, object]  # what it is about, what gofeed says, what we say

# folder: (facts that agree, facts that do not).
EXPECTED: dict[str, tuple[int, int]] = {
    "extensions/dublincore": (17, 1),
    "extensions/itunes": (2, 0),
    "extensions/media": (4, 1),
    "parser/atom": (393, 34),
    "parser/rss": (252, 9),
    "translator/atom": (74, 1),
    "translator/rss": (121, 10),
}


@cache
def results(folder: Path) -> tuple[dict[str, Counter[bool]], list[str]]:
    counted: dict[str, Counter[bool]] = {}
    wrong: list[str] = []
    for path in sorted(folder.rglob("*.xml")):
        expectation = path.with_suffix(".json")
        if not expectation.is_file():
            continue
        counts = counted.setdefault(path.parent.relative_to(folder).as_posix(), Counter())
        try:
            parsed = FeedParser().parse(Fetched(url=URL, body=path.read_bytes()))
        except ParseError as error:
            counts[False] += 1
            wrong.append(f"{path.name}: {error.reason}")
            continue
        for about, theirs, ours in facts(json.loads(expectation.read_text(encoding="utf-8")), parsed):
            agrees = _same(theirs, ours)
            counts[agrees] += 1
            if not agrees:
                wrong.append(f"{path.name}: {about}: {theirs!r} but we have {ours!r}")
    return counted, wrong


def facts(feed: dict[str, Any], parsed: ParsedFeed) -> Iterator[Fact]:
    data = parsed.data
    items = feed.get("items") or feed.get("entries") or []
    yield "entries", len(items), len(parsed.entries)
    for key, ours in (
        ("title", data.title),
        ("description", data.subtitle),
        ("subtitle", data.subtitle),
        ("link", data.home_url),
        ("id", data.id),
        ("language", data.language),
        ("copyright", data.rights),
        ("rights", data.rights),
    ):
        if isinstance(feed.get(key), str):
            yield f"feed {key}", feed[key], ours
    if isinstance(feed.get("image"), dict) and feed["image"].get("url"):
        yield "feed image", feed["image"]["url"], data.image_url
    yield from _people("feed", feed, (person.name for person in data.authors))
    for item, entry in zip(items, parsed.entries, strict=False):
        yield from _entry_facts(item, entry)


def _entry_facts(item: dict[str, Any], entry: ParsedEntry) -> Iterator[Fact]:
    for key, ours in (
        ("title", _value(entry.title)),
        ("link", entry.url),
        ("id", entry.guid),
        ("guid", entry.guid),
        ("comments", entry.comments_url),
    ):
        if (theirs := _word(item.get(key))) is not None:
            yield key, theirs, ours
    texts = [text.value for text in (entry.summary, entry.content) if text]
    for key in ("description", "summary", "content"):
        if (theirs := _word(item.get(key))) is not None:
            yield key, theirs, next((each for each in texts if _same(theirs, each)), texts)
    for key, at in (
        ("publishedParsed", entry.published_at),
        ("pubDateParsed", entry.published_at),
        ("updatedParsed", entry.updated_at),
    ):
        if item.get(key):
            yield key, datetime.fromisoformat(item[key]), at
    yield from _entry_lists(item, entry)
    yield from _people("entry", item, (person.name for person in entry.authors))


def _entry_lists(item: dict[str, Any], entry: ParsedEntry) -> Iterator[Fact]:
    if item.get("categories"):
        yield "categories", {_category(each) for each in item["categories"]}, set(entry.categories)
    if item.get("enclosures"):
        yield "enclosures", [each.get("url") for each in item["enclosures"]], [each.url for each in entry.enclosures]
    if isinstance(item.get("image"), dict) and item["image"].get("url"):
        yield "image", item["image"]["url"], entry.image_url


def _word(value: Any) -> str | None:
    value = value.get("value") if isinstance(value, dict) else value
    return value if isinstance(value, str) else None


def _people(about: str, mapping: dict[str, Any], ours: Iterable[str]) -> Iterator[Fact]:
    people = [each for each in mapping.get("authors") or [] if isinstance(each, dict)]
    if people:
        yield f"{about} authors", [each.get("name") or each.get("email") or each.get("uri") for each in people], list(ours)


def _category(category: Any) -> object:
    return category if isinstance(category, str) else category.get("label") or category.get("term") or category.get("value")


def _value(text: Text | None) -> str | None:
    return text.value if text else None


def _same(theirs: object, ours: object) -> bool:
    if isinstance(theirs, str) and isinstance(ours, str | None):
        return "".join(theirs.split()) == "".join((ours or "").split())
    return theirs == ours


def test_the_facts_of_the_suite_of_gofeed_hold_for_our_adapter() -> None:
    counted, wrong = results(feeds_in("suite-gofeed") / "testdata")
    figures = {folder: (counts[True], counts[False]) for folder, counts in counted.items()}
    assert figures == EXPECTED, "\n".join(wrong)
