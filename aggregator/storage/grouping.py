"""What grouping asks of the store and tells it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from aggregator.model.grouping import Arrival, Evidence, Joining, StoryMember, StorySettlement


class GroupingStore(Protocol):
    """Which entries stand in which stories, and by whose decision."""

    def changed_since(self, revision: int, *, limit: int) -> list[Arrival]:
        """Return entries with a higher revision, by revision."""
        ...

    def active(self, *, since: datetime, revision: int) -> list[Arrival]:
        """Return entries dated since and up to a revision, in order of time."""
        ...

    def apart(self) -> set[tuple[int, int]]:
        """Return the pairs of stories that a person parted, the smaller id first."""
        ...

    def join(self, joinings: Sequence[Joining]) -> set[int]:
        """Let entries join stories, with the evidence; return the stories that got any.

        An entry that is alone in the story it founded brings everything of it along, and its story redirects. Entries and
        stories that are no longer stored, and entries a person placed, are passed over. `settle` counts the coverage.
        """
        ...

    def untouched(self, entry_ids: Iterable[int]) -> set[int]:
        """Return the entries that are alone in the story they founded, which nobody has read and no person looked after."""
        ...

    def members(self, story_ids: Iterable[int]) -> dict[int, list[StoryMember]]:
        """Return the entries of stories that have several, in order of time; of very long ones the first and the newest."""
        ...

    def settle(self, settlements: Sequence[StorySettlement]) -> None:
        """Write which entries stand for their stories and which repeat others, and count their coverage by voices anew."""
        ...

    def split(self, entry_ids: Sequence[int]) -> int:
        """Part entries of one story from the rest of it, by a person's decision; return the id of their new story.

        It is the id of the story that one of them founded, where that is free, else a new one. Its redirects come back.
        """
        ...

    def pin(self, entry_ids: Iterable[int], *, reason: str) -> None:
        """Remember that a person decided where these entries stand."""
        ...

    def evidence(self, entry_ids: Iterable[int]) -> dict[int, Evidence]:
        """Return why entries stand where they stand; those that founded their story are left out."""
        ...

    def meanings(self, text_keys: Iterable[bytes], *, model: str) -> dict[bytes, bytes]:
        """Return the sentence vectors that are stored, by the key of the text."""
        ...

    def save_meanings(self, vectors: Mapping[bytes, bytes], *, model: str, now: datetime) -> None:
        """Store sentence vectors."""
        ...

    def prune_meanings(self, *, before: datetime, model: str | None) -> int:
        """Delete sentence vectors made before, and all of models other than `model` (None: keep every model's)."""
        ...
