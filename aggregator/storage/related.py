"""Related stories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from aggregator.model.related import Related, RelatedLink, StoryText


class RelatedStore(Protocol):
    """Mehr zum Thema: for each story the others to name beside it."""

    def touched(self, *, after: int, until: int, limit: int) -> tuple[int, list[int]]:
        """Return the stories of entries whose revision is above `after` and at most `until`, and up to where was looked."""
        ...

    def due(self, *, now: datetime, limit: int) -> list[int]:
        """Return stories whose list is to be made anew by now, longest due first."""
        ...

    def newest(self, *, limit: int) -> list[int]:
        """Return the stories with the highest ids."""
        ...

    def texts(self, story_ids: Iterable[int]) -> dict[int, StoryText]:
        """Return what the stories that exist among `story_ids` say."""
        ...

    def save(self, lists: Mapping[int, Sequence[Related]], *, due_at: Mapping[int, datetime]) -> None:
        """Replace the lists of stories, and say when each is due again (left out: never).

        Stories that are no longer stored are passed over.
        """
        ...

    def hasten(self, story_ids: Iterable[int], *, due_at: datetime) -> None:
        """Let the lists of stories that have one be due then, where they would be later."""
        ...

    def links(self, story_ids: Iterable[int], *, limit: int) -> dict[int, tuple[RelatedLink, ...]]:
        """Return of the lists of stories what is in the language of each, at most `limit` for each, the first first.

        Stories beside which nothing stands are left out.
        """
        ...

    def of(self, story_ids: Iterable[int]) -> dict[int, tuple[Related, ...]]:
        """Return the lists of stories that have one, those named that were merged by what they are now, those gone left out."""
        ...
