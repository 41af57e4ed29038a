"""Who reports what of a story: its entries as links, agency copies folded."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.model.entry import Entry


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
    """What one voice reports: an entry, and those of other publishers that only repeat its text."""

    entry: CoverageEntry
    copies: tuple[CoverageEntry, ...] = ()

    @property
    def copying_sites(self) -> int:
        """How many other publishers repeat it."""
        return len({copy.site for copy in self.copies} - {self.entry.site})


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
    latest = sorted(coverage, key=lambda one: (one.dated_at, one.entry_id), reverse=True)
    pictured = sorted((one for one in latest if one.image_url), key=lambda one: one.entry_id != entry.id)
    return StoryFace(
        publishers=tuple(dict.fromkeys(report.entry.publisher for report in fold_copies(coverage))),
        image_url=pictured[0].image_url if pictured else None,
        image_publisher=pictured[0].publisher if pictured else "",
    )


def fold_copies(coverage: Sequence[CoverageEntry]) -> list[Report]:
    """Return what the voices of a story report, latest first; of a text that many print, the earliest stands for all."""
    originals = {entry.entry_id for entry in coverage if entry.copy_of is None}
    copies: dict[int, list[CoverageEntry]] = {}
    for entry in coverage:
        if entry.copy_of is not None and entry.copy_of in originals:
            copies.setdefault(entry.copy_of, []).append(entry)
    reports = [
        Report(entry=entry, copies=tuple(copies.get(entry.entry_id, ())))
        for entry in coverage
        if entry.copy_of is None or entry.copy_of not in originals
    ]
    return sorted(reports, key=lambda report: (report.entry.dated_at, report.entry.entry_id), reverse=True)


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
