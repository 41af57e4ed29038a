"""Sentence vectors of active stories, searched in one multiplication."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aggregator.group.centring import Centring, Vector

_START_ROWS = 512
_SEARCHED = 20_000  # rows, the latest: 3 ms with 384 dimensions; older stories are found by their words
_FREE = -1
_SETTLED_TITLES = 50  # before, the first story told would pass for what all titles have in common


class Meanings:
    """Sums of the sentence vectors of the titles of a story in one language, a row each.

    `meaning` is a float16 vector as an `Embedder` gives it.
    """

    def __init__(self, dimensions: int) -> None:
        self._sums: NDArray[np.float32] = np.zeros((_START_ROWS, dimensions), np.float32)
        self._norms: NDArray[np.float32] = np.ones(_START_ROWS, np.float32)
        self._stories: NDArray[np.int64] = np.full(_START_ROWS, _FREE, np.int64)
        self._head = 0  # rows are given out in a ring, so the latest lie before the head
        self._used = 0
        self._centring = Centring(dimensions)

    @property
    def is_settled(self) -> bool:
        """Whether enough titles were seen to tell what they have in common from what they say."""
        return self._centring.titles >= _SETTLED_TITLES

    def centre(self, meaning: bytes, language: str) -> Vector:
        """Return the vector less what it has in common with all, of length 1; learn from it."""
        return self._centring.centre(meaning, language)

    def open_row(self, story_id: int) -> int:
        """Return a row for the titles of a story in one language."""
        if 2 * self._used >= len(self._sums):
            self._grow()
        while self._stories[self._head] != _FREE:
            self._head = (self._head + 1) % len(self._sums)
        row = self._head
        self._stories[row] = story_id
        self._used += 1
        self._head = (row + 1) % len(self._sums)
        return row

    def _grow(self) -> None:
        rows = len(self._sums)
        self._sums = np.concatenate([self._sums, np.zeros_like(self._sums)])
        self._norms = np.concatenate([self._norms, np.ones(rows, np.float32)])
        self._stories = np.concatenate([self._stories, np.full(rows, _FREE, np.int64)])
        self._head = rows

    def add(self, row: int, vector: Vector) -> None:
        """Add a title's vector to a row."""
        self._sums[row] += vector
        self._norms[row] = float(np.linalg.norm(self._sums[row])) or 1.0

    def close_row(self, row: int) -> None:
        """Forget a row."""
        self._sums[row] = 0.0
        self._norms[row] = 1.0
        self._stories[row] = _FREE
        self._used -= 1

    def rename(self, row: int, story_id: int) -> None:
        """Give a row to another story."""
        self._stories[row] = story_id

    def absorb(self, row: int, other: int) -> None:
        """Add what is known in the row `other` to `row`, and forget `other`."""
        self.add(row, self._sums[other])
        self.close_row(other)

    def find(self, vector: Vector, *, limit: int) -> list[int]:
        """Return the stories of the nearest among the latest rows."""
        if not self._used:
            return []
        end, length = self._head, min(_SEARCHED, len(self._sums))
        found: list[tuple[float, int]] = []
        for low, high in ((max(end - length, 0), end), (len(self._sums) - max(length - end, 0), len(self._sums))):
            if low >= high:
                continue
            cosines = (self._sums[low:high] @ vector) / self._norms[low:high]
            best = np.argpartition(cosines, -limit)[-limit:] if high - low > limit else np.arange(high - low)
            found += zip(cosines[best].tolist(), self._stories[low + best].tolist(), strict=True)
        found.sort(reverse=True)
        return list(dict.fromkeys(story_id for _, story_id in found if story_id != _FREE))[:limit]

    def dot(self, row: int, vector: Vector) -> float:
        """Return the product of a row with a vector."""
        return float(self._sums[row] @ vector)

    def cosine(self, row: int, vector: Vector) -> float:
        """Return how near a row is to a vector of length 1."""
        return float(self._sums[row] @ vector) / float(self._norms[row])

    def dot_rows(self, row: int, other: int) -> float:
        """Return the product of two rows."""
        return float(self._sums[row] @ self._sums[other])

    def cosine_rows(self, row: int, other: int) -> float:
        """Return how near two rows are."""
        return self.dot_rows(row, other) / float(self._norms[row] * self._norms[other])
