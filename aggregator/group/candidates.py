"""Which active stories could an entry belong to: an inverted index with a bounded price for each question."""

from __future__ import annotations

from heapq import nlargest

from aggregator.group.vectors import Frequencies, SparseVector

_COMMONEST = 0.05  # share of titles; what stands in more of them leads nowhere
_FEW_TITLES = 100  # so many before shares mean anything
_INDEXED = 32  # features of a title that lead to its story, the rarest
_LONGEST = 256  # stories that a feature leads to; of more, the latest
_BUDGET = 800  # stories visited for one title, rarest features first: the price is flat in the size of the window


class StoryIndex:
    """Active stories by their rare features."""

    def __init__(self) -> None:
        self._stories: dict[int, list[int]] = {}

    def add(self, story_id: int, vector: SparseVector, frequencies: Frequencies) -> tuple[int, ...]:
        """Let the rarest features of a title lead to its story, and return those that did not yet."""
        common = max(frequencies.titles, _FEW_TITLES) * _COMMONEST
        added = []
        for feature in nlargest(_INDEXED, vector, key=vector.__getitem__):
            if frequencies.count(feature) > common:
                continue
            stories = self._stories.get(feature)
            if stories is None:
                self._stories[feature] = [story_id]
            elif story_id in stories:
                continue
            else:
                stories.append(story_id)
                if len(stories) > _LONGEST:
                    del stories[0]
            added.append(feature)
        return tuple(added)

    def remove(self, story_id: int, features: tuple[int, ...]) -> None:
        """Forget that the features lead to the story."""
        for feature in features:
            stories = self._stories.get(feature)
            if stories is None or story_id not in stories:
                continue
            stories.remove(story_id)
            if not stories:
                del self._stories[feature]

    def move(self, story_id: int, other: int, features: tuple[int, ...]) -> tuple[int, ...]:
        """Let the features of a story lead to another, and return those that did not yet."""
        moved = []
        for feature in features:
            stories = self._stories.get(feature)
            if stories is None or story_id not in stories:
                continue
            if other in stories:
                stories.remove(story_id)
            else:
                stories[stories.index(story_id)] = other
                moved.append(feature)
        return tuple(moved)

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
            square = weight * weight
            for story_id in stories:
                shared[story_id] = shared.get(story_id, 0.0) + square
        return nlargest(limit, shared, key=shared.__getitem__)
