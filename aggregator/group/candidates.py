"""Which active stories could an entry belong to: an inverted index with a bounded price for each question."""

from __future__ import annotations

from operator import itemgetter

from aggregator.group.vectors import Frequencies, SparseVector

_COMMONEST = 0.05  # share of titles; what stands in more of them leads nowhere
_FEW_TITLES = 100  # so many before shares mean anything
_INDEXED = 32  # features of a title that lead to its story, the rarest
_LONGEST = 256  # stories that a feature leads to; of more, the latest
_SHORT = 64  # stories that are looked through one by one; a longer list is a dict, as a short one would take thrice the memory
_BUDGET = 400  # stories visited for one title, rarest features first: the price is flat in the size of the window


class StoryIndex:
    """Active stories by their rare features."""

    def __init__(self) -> None:
        self._stories: dict[int, list[int] | dict[int, None]] = {}  # oldest first

    def add(self, story_id: int, vector: SparseVector, frequencies: Frequencies) -> tuple[int, ...]:
        """Let the rarest features of a title lead to its story, and return those that did not yet."""
        common = max(frequencies.titles, _FEW_TITLES) * _COMMONEST
        added = []
        for feature in sorted(vector, key=vector.__getitem__, reverse=True)[:_INDEXED]:
            if frequencies.count(feature) > common:
                continue
            stories = self._stories.get(feature)
            if stories is None:
                self._stories[feature] = [story_id]
            elif story_id in stories:
                continue
            elif isinstance(stories, list):
                stories.append(story_id)
                if len(stories) > _SHORT:
                    self._stories[feature] = dict.fromkeys(stories)
            else:
                stories[story_id] = None
                if len(stories) > _LONGEST:
                    del stories[next(iter(stories))]
            added.append(feature)
        return tuple(added)

    def remove(self, story_id: int, features: tuple[int, ...]) -> None:
        """Forget that the features lead to the story."""
        for feature in features:
            stories = self._stories.get(feature)
            if stories is None or story_id not in stories:
                continue
            if isinstance(stories, list):
                stories.remove(story_id)
            else:
                del stories[story_id]
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
                left = [one for one in stories if one != story_id]
            else:
                left = [other if one == story_id else one for one in stories]
                moved.append(feature)
            self._stories[feature] = left if isinstance(stories, list) else dict.fromkeys(left)
        return tuple(moved)

    def find(self, vector: SparseVector, frequencies: Frequencies, *, limit: int) -> list[int]:
        """Return the stories that share most with the vector, most first."""
        common = max(frequencies.titles, _FEW_TITLES) * _COMMONEST
        postings = [
            (len(stories), feature, stories) for feature in vector if (stories := self._stories.get(feature)) is not None
        ]
        postings.sort(key=itemgetter(0))
        shared: dict[int, float] = {}
        visited = 0
        for size, feature, stories in postings:
            if frequencies.count(feature) > common:
                continue
            visited += size
            if visited > _BUDGET and shared:
                break
            square = vector[feature] * vector[feature]
            for story_id in stories:
                if story_id in shared:
                    shared[story_id] += square
                else:
                    shared[story_id] = square
        return sorted(shared, key=shared.__getitem__, reverse=True)[:limit]  # faster here than a heap of a few
