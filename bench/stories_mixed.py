"""A mixed stream: what captured feeds told, by their own dates, with the labelled titles of OG2021 woven in.

Of a sample of its joins each was read and judged; the labels name entries by hash. What is told is how many of those joins
still occur, and how many of these are right.
"""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from aggregator.errors import ParseError
from aggregator.group.assign import Headline, StoryGrouper
from aggregator.group.words import plain_text
from aggregator.model.fetching import Fetched
from aggregator.model.language import primary_language
from aggregator.model.parsed import ParsedEntry
from aggregator.parse.choose import FeedParser
from bench.quality_labels import HERE, key_of
from bench.stories_data import STORIES, Titles

FEEDS = STORIES.parent / "feeds" / "real"
SINCE, UNTIL = datetime(2001, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)  # all that has a date
WOVEN_SINCE = datetime(2012, 5, 1, tzinfo=UTC)  # the labelled titles are moved there, where entries are densest
LANGUAGES = ("de", "en")
LABELS = HERE / "labels" / "joins.tsv"
_SURE = 1.96  # standard deviations on either side: 95 %
_DEFAULT = "de"  # language of feeds that name none


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """An entry, the one before it in its story (by hash), whether they tell of one event, and why the judge says so."""

    entry: str
    before: str
    is_right: bool
    reason: str


def read_joins(path: Path = LABELS) -> list[Join]:
    with path.open(encoding="utf-8") as lines:
        return [
            Join(entry=row["entry"], before=row["before"], is_right=row["right"] == "1", reason=row["reason"])
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


def read_mixed(titles: Titles) -> list[Headline]:
    """Return the stream in order of time; ids of the labelled titles are negative."""
    found = _read_feeds()
    shift = WOVEN_SINCE - titles.headlines[0].at
    found += [replace(one, entry_id=-one.entry_id, at=one.at + shift) for one in titles.headlines if one.language in LANGUAGES]
    return sorted(found, key=lambda one: (one.at, one.entry_id))


def _read_feeds() -> list[Headline]:
    with (FEEDS / "MANIFEST.tsv").open(encoding="utf-8") as lines:
        files = [(row["file"], row["host"]) for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]
    parser = FeedParser()
    found: dict[str, Headline] = {}
    for file, host in files:
        try:
            feed = parser.parse(Fetched(url=f"https://feeds.example/{file}", body=(FEEDS / file).read_bytes()))
        except ParseError:
            continue
        publisher = (urlsplit(feed.data.home_url or "").hostname or host or file).lower().removeprefix("www.")
        for entry in feed.entries:
            at, title = entry.published_at or entry.updated_at, _title(entry)
            language = primary_language(entry.language or feed.data.language) or _DEFAULT
            if at is None or not title or not SINCE <= at < UNTIL or language not in LANGUAGES:
                continue
            headline = Headline(entry_id=len(found) + 1, title=title, language=language, publisher=publisher, at=at)
            found.setdefault(entry.url or label_of(headline), headline)
    return list(found.values())


def _title(entry: ParsedEntry) -> str:
    return " ".join(plain_text(entry.title.value).split()) if entry.title is not None else ""


def label_of(headline: Headline) -> str:
    return key_of(f"{headline.publisher}\t{headline.at.isoformat()}\t{headline.title}")


def labels_of(stories: Mapping[int, Sequence[Headline]]) -> dict[int, str]:
    """Return labels of the entries of feeds by id; of those that only their addresses tell apart the later have a number."""
    found: dict[int, str] = {}
    times: Counter[str] = Counter()
    for one in sorted((one for members in stories.values() for one in members), key=lambda one: one.entry_id):
        if one.entry_id > 0:
            label = label_of(one)
            times[label] += 1
            found[one.entry_id] = label if times[label] == 1 else f"{label}:{times[label]}"
    return found


def group(stream: Sequence[Headline], grouper: StoryGrouper, meanings: Mapping[int, bytes]) -> dict[int, list[Headline]]:
    """Return the entries of each story, in order of time."""
    stories: dict[int, list[Headline]] = {}
    for headline in stream:
        placement = grouper.place(replace(headline, meaning=meanings.get(headline.entry_id)))
        stories.setdefault(placement.story_id, []).append(headline)
        for lost in placement.merged:
            stories[placement.story_id] += stories.pop(lost, [])
    for members in stories.values():
        members.sort(key=lambda one: (one.at, one.entry_id))
    return stories


def joins_of(stories: Mapping[int, Sequence[Headline]]) -> list[tuple[Headline, Headline]]:
    """Return each entry of a feed that stands behind another of a feed in its story, and that other."""
    return [
        (entry, before)
        for members in stories.values()
        for before, entry in pairwise([one for one in members if one.entry_id > 0])
    ]


def mixed_figures(label: str, stories: Mapping[int, Sequence[Headline]]) -> dict[str, float | int | str]:
    """Return what became of the judged joins, and how large and how mixed stories are."""
    labels = labels_of(stories)
    together = {labels[one.entry_id]: story for story, members in stories.items() for one in members if one.entry_id > 0}
    own = [[one for one in members if one.entry_id > 0] for members in stories.values()]
    joins = read_joins()
    still = [join for join in joins if together.get(join.entry, join.entry) == together.get(join.before, join.before)]
    gone = [join for join in joins if join not in still]
    both = sum(0 < len(feeds) < len(members) for feeds, members in zip(own, stories.values(), strict=True))
    lone = Counter(len(one) for one in own if len(one) > 1 and len({entry.publisher for entry in one}) == 1)
    name = f"mixed stream, {label}"
    return {
        f"{name}: entries of feeds, joins": f"{sum(map(len, own))}, {len(joins_of(stories))}",
        f"{name}: largest story of feed entries": max(map(len, own)),
        f"{name}: stories of both": both,
        f"{name}: stories of one publisher by size": ", ".join(f"{size}: {times}" for size, times in sorted(lone.items())),
        f"{name}: judged joins, right": share(sum(join.is_right for join in joins), len(joins)),
        f"{name}: judged joins that still occur, right": share(sum(join.is_right for join in still), len(still)),
        f"{name}: judged joins that no longer occur": ", ".join(
            f"{join.entry} ({'right' if join.is_right else 'wrong'})" for join in gone
        )
        or "none",
    }


def share(right: int, count: int) -> str:
    """Return a share with its 95 % interval (Wilson 1927)."""
    if not count:
        return "0/0"
    part, square = right / count, _SURE**2
    middle = (part + square / (2 * count)) / (1 + square / count)
    half = _SURE / (1 + square / count) * math.sqrt(part * (1 - part) / count + square / (4 * count * count))
    return f"{right}/{count} = {part:.2f} [{middle - half:.2f}-{middle + half:.2f}]"
