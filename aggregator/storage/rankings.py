"""Reads, the stories they pool on, and the lists they make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal, Protocol

from aggregator.model.coverage import CoverageEntry
from aggregator.model.edition import Edition, EditionKind
from aggregator.model.reading import ReadEvent
from aggregator.model.story import Entered, ListPlace, Ranking, Scale, SiteHour, StoryStanding, Window, Worth


class ReadStore(Protocol):
    """Reads, one a reader and story."""

    def add(self, events: Sequence[ReadEvent]) -> int:
        """Record reads, one a reader key and story; return how many were new. Sums and counts of stories rise in the same step.

        Reads of entries that do not exist are dropped, and so are those without weight.
        """
        ...

    def salt(self, day: date) -> bytes:
        """Return the random salt of a UTC day, made on first use; salts older than two days are deleted."""
        ...

    def readers_a_day(self, *, since: datetime, until: datetime) -> float:
        """Return the mean of distinct readers a UTC day, over the days on which anybody read; 0 if nobody did."""
        ...

    def prune(self, *, before: datetime) -> int:
        """Delete read events from before; sums and counts stay, hourly counts for as long as the longest window."""
        ...


class StoryStore(Protocol):
    """Stories and their decayed sums; scores are made of the sums when stories are ranked."""

    def scales(self) -> Mapping[Ranking, Scale]:
        """Return how the sums decay now."""
        ...

    def use_half_lives(self, half_lives: Mapping[Ranking, timedelta], *, now: datetime, limit: int | None = None) -> bool:
        """Recompute every sum from stored reads, exposures and origins unless they decay by these half-lives already.

        Returns whether it did; where there is a `limit`, it recomputes so many stories and is to be called again, in
        transactions of their own, until it returns False. No story ranks until then. Reads older than their retention no
        longer count after a change.
        """
        ...

    def rebase(self, ranking: Ranking, *, zero: datetime, factor: float) -> None:
        """Move the zero of an order: every sum and score of it is multiplied by `factor`, so that no order changes."""
        ...

    def expose(self, exposures: Mapping[int, float], *, at: datetime) -> None:
        """Add exposures to stories; those no longer stored are passed over."""
        ...

    def rank(
        self, worths: Mapping[Ranking, Worth], *, now: datetime, everything: bool = False, limit: int | None = None
    ) -> int:
        """Bring windows and scores of the stories that changed, or all, up to date; return how many that were.

        Where there is a `limit`, at most so many: it is to be called again, for those that changed, until they are fewer.

        score = reads + worth.coverage * publishers - worth.exposure * exposures, each as its decayed sum.
        """
        ...

    def ranked(self, ranking: Ranking, *, limit: int, topic: str | None = None) -> list[StoryStanding]:
        """Return stories by score falling, then the newer id; *Meistgelesen* holds what was read in the last 24 hours.

        Those of a topic are looked for among its 500 newest entries and the 2,000 first stories of the whole order.
        """
        ...

    def most_read(self, window: Window, *, limit: int, topic: str | None = None) -> list[StoryStanding]:
        """Return stories by their readers in the window falling, then the newer id; the score is the number of readers.

        Those of a topic are looked for as in `ranked`.
        """
        ...

    def of_span(self, *, since: datetime, until: datetime, limit: int) -> list[StoryStanding]:
        """Return what was read most in a span, by its readers in it, and what was carried most, by publishers; each to `limit`.

        `readers` are those of the span, to whole hours; the score is that of *Trend*, as the last ranking left it.
        """
        ...

    def standings(self, story_ids: Iterable[int], ranking: Ranking) -> dict[int, StoryStanding]:
        """Return the stories that exist among `story_ids`; a score not made yet is 0."""
        ...

    def of_entries(self, entry_ids: Iterable[int]) -> dict[int, int]:
        """Return the story of each entry that exists."""
        ...

    def site_hours(self, *, since: datetime) -> list[SiteHour]:
        """Return what happened in each hour since, where anything did."""
        ...

    def count_reads(self, *, since: datetime, by: Literal["topic", "site"]) -> list[tuple[str, int, int]]:
        """Return by topic (slug) or by site of the publisher how many reads there were since, and of how many readers.

        Most reads first. A read of an entry in several topics counts in each.
        """
        ...

    def merge(self, into: int, other: int) -> None:
        """Make two stories one, `into`: a reader of both counts once, as of the earlier read, while read events exist.

        `other` redirects from then on (`current`), and what was parted from it is parted from `into`.
        """
        ...

    def current(self, story_id: int) -> int | None:
        """Return the id of a story, or of the one that it was merged into; None if neither is stored."""
        ...

    def existed(self, story_id: int) -> bool:
        """Return whether there was a story of that id, ever; numbers of list items are told apart while the item is stored."""
        ...

    def entries(self, story_id: int) -> list[int]:
        """Return the entries of a story, by id."""
        ...

    def version(self, story_id: int) -> str | None:
        """Return what changes whenever the entries of a story, or which stands for it, change; None if it is not stored."""
        ...

    def coverage(self, story_ids: Iterable[int]) -> dict[int, list[CoverageEntry]]:
        """Return the entries of stories as links, by id."""
        ...


class ListStore(Protocol):
    """Ranked lists as the last ranking left them, what entered them and how often they were seen."""

    def places(self, name: str) -> list[ListPlace]:
        """Return the list `name`, best first."""
        ...

    def put_places(self, name: str, places: Sequence[ListPlace]) -> None:
        """Replace the list `name`."""
        ...

    def drop_others(self, names: Iterable[str]) -> None:
        """Delete the places of lists that are not among `names`; what entered them is kept."""
        ...

    def add_views(self, views: Mapping[tuple[str, int], int]) -> None:
        """Add views of the first so many places (0: all) of lists."""
        ...

    def take_views(self) -> dict[tuple[str, int], int]:
        """Return the views since they were last taken, and begin again from zero."""
        ...

    def entered(self, name: str, *, limit: int) -> list[Entered]:
        """Return what entered the list `name`, latest first, then by entry id falling."""
        ...

    def enter(self, name: str, entered: Sequence[Entered]) -> None:
        """Record that entries entered the list `name`; one that entered before keeps its time and figures."""
        ...


class EditionStore(Protocol):
    """Editions of days and weeks, each made once."""

    def add(self, edition: Edition) -> bool:
        """Keep an edition unless there is one of its period; return whether it was kept."""
        ...

    def latest(self, kind: EditionKind, *, limit: int) -> list[Edition]:
        """Return the latest editions, by period falling."""
        ...

    def get(self, kind: EditionKind, period: str) -> Edition | None:
        """Return an edition."""
        ...

    def beside(self, kind: EditionKind, period: str) -> tuple[str | None, str | None]:
        """Return the periods of the edition before and of the one after."""
        ...

    def prune(self, kind: EditionKind, *, keep: int) -> int:
        """Delete all but the latest `keep`, which is 1 or more; return how many went."""
        ...
