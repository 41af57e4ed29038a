"""What a publisher always says: words that stand in many of its titles tell nothing when it is compared with itself.

Grouping asks, of single words wherever they stand; whole beginnings and ends of texts, for related stories, are `refrains.py`.
"""

from __future__ import annotations

import zlib
from array import array
from collections import Counter, OrderedDict
from collections.abc import Collection, Iterable, Sequence

_TITLES = 64  # of a publisher, the latest: some days of a large one, months of a small one
_OFTEN = 2  # titles of other stories; what stood in fewer may be news
_SHARE = 0.05  # of its titles in other stories
_PUBLISHERS = 10_000  # remembered, the latest: 2 KiB each
_END = 0  # after the words of a title


class Habits:
    """Knows the words of the latest titles of each publisher; memory is bounded."""

    def __init__(self) -> None:
        self._words: OrderedDict[str, array[int]] = OrderedDict()

    def note(self, publisher: str, words: Iterable[str]) -> None:
        """Remember a title."""
        said = self._words.get(publisher)
        if said is None:
            said = self._words[publisher] = array("I")
            if len(self._words) > _PUBLISHERS:
                self._words.popitem(last=False)
        else:
            self._words.move_to_end(publisher)
        said.extend(sorted({_number(word) for word in words}))
        said.append(_END)
        if said.count(_END) > _TITLES:
            del said[: said.index(_END) + 1]

    def usual(self, publisher: str, words: Iterable[str], inside: Sequence[Collection[str]]) -> set[str]:
        """Return which of the words the publisher uses all the time, beside the titles of one story (the words of each)."""
        said = self._words.get(publisher)
        if said is None:
            return set()
        counts = Counter(said)
        enough = max(_OFTEN, _SHARE * (counts[_END] - len(inside)))
        return {word for word in words if counts[_number(word)] - sum(word in title for title in inside) >= enough}


def _number(word: str) -> int:
    return zlib.crc32(word.encode()) or 1
