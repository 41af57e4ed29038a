"""Which active stories could an entry belong to: an inverted index with a bounded price for each question."""

from __future__ import annotations

from collections.abc import Iterable

from aggregator.group.vectors import Frequencies, SparseVector

_INDEXED_GRAM = 5  # letters; shorter grams stand in too many stories to find any
_COMMONEST = 0.05  # share of titles; what stands in more of them is not looked up
_FEW_TITLES = 100  # so many before shares mean anything
_BUDGET = 1_500  # stories visited for one title, rarest features first: the price is flat in the size of the window


class StoryIndex:
    """Active stories by their rare features."""

    def __init__(self) -> None:
        self._stories: dict[str, set[int]] = {}

    def add(self, story_id: int, features: Iterable[str]) -> None:
        """Let the features lead to the story."""
        for feature in features:
            if feature[0] == "=" or len(feature) == _INDEXED_GRAM:
                self._stories.setdefault(feature, set()).add(story_id)

    def remove(self, story_id: int, features: Iterable[str]) -> None:
        """Forget the story."""
        for feature in features:
            stories = self._stories.get(feature)
            if stories is not None:
                stories.discard(story_id)
                if not stories:
                    del self._stories[feature]

    def find(self, vector: SparseVector, frequencies: Frequencies, *, limit: int) -> list[int]:
        """Return the stories that share most with the vector, most first."""
        common = max(frequencies.titles, _FEW_TITLES) * _COMMONEST
        postings = [
            (len(stories), weight, stories)
            for feature, weight in vector.items()
            if (stories := self._stories.get(feature)) is not None and frequencies.count(feature) <= common
        ]
        postings.sort(key=lambda posting: posting[0])
        shared: dict[int, float] = {}
        visited = 0
        for size, weight, stories in postings:
            visited += size
            if visited > _BUDGET and shared:
                break
            for story_id in stories:
                shared[story_id] = shared.get(story_id, 0.0) + weight * weight
        return sorted(shared, key=lambda story_id: (-shared[story_id], story_id))[:limit]
