"""Titles of one publisher that share their frame and nothing else: a rubric, not a story (`Leserbrief: …`, `Zitat #17221`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice, takewhile

from aggregator.group.words import fold

_TITLES = 8
"""Titles of a story that are kept, the first."""

_WORD = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d")
_SHORTEST = 4  # letters of a word that says something


def is_rubric(title: str, others: Iterable[str]) -> bool:
    """Return whether a title has no more than a frame in common with each of a publisher's others (at least one).

    A frame is what both begin or end with; numbers in it may differ. Titles that are the same are no rubric.
    """
    words = _words(title)
    seen = list(islice(others, _TITLES))
    return bool(seen) and all(_share_frame_only(words, _words(other)) for other in seen)


def _words(title: str) -> list[str]:
    return ["#" if _DIGIT.search(word) else word for word in _WORD.findall(fold(title))]


def _share_frame_only(one: Sequence[str], other: Sequence[str]) -> bool:
    before = _common(one, other)
    after = _common(one[before:][::-1], other[before:][::-1])
    rest = one[before : len(one) - after], other[before : len(other) - after]
    if before + after == 0:
        return False
    spoken = [{word[:_SHORTEST] for word in part if len(word) >= _SHORTEST} for part in rest]
    return not spoken[0] & spoken[1]


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


class OwnTitles:
    """Knows the stories that one publisher has for itself, and what it said there."""

    def __init__(self) -> None:
        self._stories: dict[int, tuple[set[str], list[str]]] = {}

    def note(self, story_id: int, publisher: str, title: str) -> None:
        """Remember a title of a story."""
        publishers, titles = self._stories.setdefault(story_id, (set(), []))
        publishers.add(publisher)
        if len(titles) < _TITLES:
            titles.append(title)

    def only_repeats(self, story_id: int, publisher: str, title: str, *, surely: bool) -> bool:
        """Return whether a publisher, alone in a story, would only repeat itself there.

        It does where it is not `surely` similar, for its own titles look alike, or where no more than their frame is the same.
        """
        publishers, titles = self._stories.get(story_id, (set(), []))
        if not publisher or publishers != {publisher}:
            return False
        return not surely or is_rubric(title, titles)

    def absorb(self, into: int, other: int) -> None:
        """Let one story take up another."""
        publishers, titles = self._stories.pop(other, (set(), []))
        own_publishers, own_titles = self._stories.setdefault(into, (set(), []))
        own_publishers |= publishers
        own_titles += titles[: _TITLES - len(own_titles)]

    def forget(self, story_id: int) -> None:
        """Forget a story."""
        self._stories.pop(story_id, None)
