"""Key points of stories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from aggregator.model.keypoint import KeyPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The key points of a story, maybe none, and the fingerprint of the texts they were chosen from."""

    fingerprint: str
    points: tuple[KeyPoint, ...]


class KeyPointStore(Protocol):
    """Das Wichtigste in Kürze."""

    def touched(self, *, after: int, until: int, limit: int) -> tuple[int, dict[int, list[int]]]:
        """Return the stories of entries whose revision is above `after` and at most `until`, and up to where was looked.

        Of many, `limit` entries are looked at. Only stories of several entries are returned, with all of them.
        """
        ...

    def fingerprints(self, story_ids: Iterable[int]) -> dict[int, str]:
        """Return the fingerprints of what was chosen from, where something was."""
        ...

    def save(self, summaries: Mapping[int, Summary]) -> None:
        """Replace the key points of stories; those that are no longer stored are passed over."""
        ...

    def of(self, story_ids: Iterable[int]) -> dict[int, tuple[KeyPoint, ...]]:
        """Return the key points of stories, where there are any; none of a story that lost an entry they stand in."""
        ...
