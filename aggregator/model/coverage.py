"""Who reports what of a story: its entries as links, repeats folded."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.model.entry import Entry

REPEAT_SPAN = timedelta(hours=12)
"""What a publisher brings under a title of before is another issue after this, as grouping has it (`group/series.py`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageEntry:
    """An entry of a story as a link: whose headline, when. `copy_of` is the entry whose text it repeats.

    `is_undated` says that nobody knows when, as of an `Entry`.
    """

    entry_id: int
    title: str
    url: str | None
    publisher: str
    site: str
    language: str | None
    dated_at: datetime
    copy_of: int | None = None
    image_url: str | None = None
    is_undated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one voice reports: an entry, and those that only repeat it, see `fold_copies`."""

    entry: CoverageEntry
    copies: tuple[CoverageEntry, ...] = ()

    @property
    def copying_sites(self) -> int:
        """How many other publishers repeat it."""
        return len({copy.site for copy in self.copies} - {self.entry.site})

    @property
    def repeats(self) -> int:
        """How often its publisher brings it again."""
        return sum(copy.site == self.entry.site for copy in self.copies)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedStory:
    """A story in a list that holds each once: the first of its entries in that list, and the coverage.

    A feed names the story by that first entry: it was there before any other, so no reader sees the story twice, whichever
    entry stands for it later, and whichever story it turns out to be.
    """

    story_id: int
    first_entry_id: int
    first_dated_at: datetime
    publishers: int
    coverage: tuple[CoverageEntry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicStory:
    """A story in a topic with the entry to show, and the place of its newest entry there, by which the list is ordered."""

    entry: Entry
    story: ListedStory
    place: tuple[datetime, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryFace:
    """A story in short: the voices that report it, latest first, and a picture with whose it is (empty where there is none)."""

    publishers: tuple[str, ...] = ()
    image_url: str | None = None
    image_publisher: str = ""


def face_of(coverage: Sequence[CoverageEntry], entry: Entry) -> StoryFace:
    """Return the face of a story that `entry` stands for; its own picture comes before those of others."""
    latest = sorted(coverage, key=_place, reverse=True)
    pictured = sorted((one for one in latest if one.image_url), key=lambda one: one.entry_id != entry.id)
    return StoryFace(
        publishers=tuple(dict.fromkeys(report.entry.publisher for report in fold_copies(coverage))),
        image_url=pictured[0].image_url if pictured else None,
        image_publisher=pictured[0].publisher if pictured else "",
    )


def fold_copies(coverage: Sequence[CoverageEntry]) -> list[Report]:
    """Return what the voices of a story report, latest first.

    Of a text that many print, and of what a publisher brings several times under one title within REPEAT_SPAN (in several
    feeds or formats), the earliest stands for all.
    """
    by_id = {entry.entry_id: entry for entry in coverage}
    first_of: dict[tuple[str, str], CoverageEntry] = {}
    stands_for: dict[int, int] = {}
    for entry in sorted(coverage, key=_place):
        if not _is_copy(entry, by_id):
            key = (entry.site, " ".join(entry.title.casefold().split()))
            first = first_of.get(key)
            if first is None or not key[1] or entry.dated_at - first.dated_at >= REPEAT_SPAN:
                first = first_of[key] = entry
            stands_for[entry.entry_id] = first.entry_id
    copies: dict[int, list[CoverageEntry]] = {first: [] for first in stands_for.values()}
    for entry in coverage:
        original = entry.copy_of if entry.copy_of is not None and _is_copy(entry, by_id) else entry.entry_id
        if stands_for[original] != entry.entry_id:
            copies[stands_for[original]].append(entry)
    reports = [Report(entry=by_id[first], copies=tuple(folded)) for first, folded in copies.items()]
    return sorted(reports, key=lambda report: _place(report.entry), reverse=True)


def _is_copy(entry: CoverageEntry, by_id: Mapping[int, CoverageEntry]) -> bool:
    """Whether the entry repeats one that is there and speaks for itself."""
    original = None if entry.copy_of is None else by_id.get(entry.copy_of)
    return original is not None and original.copy_of is None


def _place(entry: CoverageEntry) -> tuple[datetime, int]:
    return entry.dated_at, entry.entry_id


def choose_others(reports: Sequence[Report], shown: int, *, limit: int) -> list[Report]:
    """Return what others report than the entry that is shown: one of each publisher, latest first."""
    covered: set[str] = {report.entry.site for report in reports if shown in _ids(report.entry, report.copies)}
    found: list[Report] = []
    for report in reports:
        if shown not in _ids(report.entry, report.copies) and report.entry.site not in covered and len(found) < limit:
            covered.add(report.entry.site)
            found.append(report)
    return found


def _ids(entry: CoverageEntry, copies: Sequence[CoverageEntry]) -> Collection[int]:
    return {entry.entry_id, *(copy.entry_id for copy in copies)}
