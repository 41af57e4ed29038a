"""Sentence vectors of active stories, searched in two steps: an outline of all, then the vectors of the most promising."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aggregator.group.centring import Centring, Vector

_START_ROWS = 512
_GROWTH = 1.5  # of the rows, when they are nearly all taken
_DENSEST = 0.8  # share of the rows that are taken; more, and a free one is long looked for
_SEARCHED = 20_000  # rows, the latest; older stories are found by their words
_FREE = -1
_SETTLED_TITLES = 50  # before, the first story told would pass for what all titles have in common
_OUTLINE = 96  # numbers of the outline of a vector; `python -m bench grouping` tells what it finds
_PROMISING = 300  # rows whose vectors are compared, of those searched
_SAMPLED = 16  # of as many rows one is looked at to tell how near the most promising are
_FIRST_VIEW = 256  # titles after which the outline is drawn along what titles differ in; then anew after twice as many
_LAST_VIEW = 8_192  # titles; from there on it is drawn anew each time as many were added


class Meanings:
    """Sums of the sentence vectors of the titles of a story in one language, a row each.

    `meaning` is a float16 vector as an `Embedder` gives it. An outline is what a row looks like along the directions that
    titles differ in most: a quarter of the numbers, so that all of them fit the cache of a processor.
    """

    def __init__(self, dimensions: int) -> None:
        self._sums: NDArray[np.float32] = np.zeros((_START_ROWS, dimensions), np.float32)
        self._norms: NDArray[np.float32] = np.ones(_START_ROWS, np.float32)
        self._stories: NDArray[np.int64] = np.full(_START_ROWS, _FREE, np.int64)
        self._head = 0  # rows are given out in a ring, so the latest lie before the head
        self._used = 0
        self._centring = Centring(dimensions)
        self._view: NDArray[np.float32] = self._centring.main_directions(min(_OUTLINE, dimensions))
        self._outlines: NDArray[np.float32] = np.zeros((_START_ROWS, self._view.shape[1]), np.float32)
        self._next_view = _FIRST_VIEW

    @property
    def is_settled(self) -> bool:
        """Whether enough titles were seen to tell what they have in common from what they say."""
        return self._centring.titles >= _SETTLED_TITLES

    def centre(self, meaning: bytes, language: str) -> Vector:
        """Return the vector less what it has in common with all, of length 1; learn from it."""
        centred = self._centring.centre(meaning, language)
        if self._centring.titles >= self._next_view:
            self._next_view += min(self._next_view, _LAST_VIEW)
            self._view = self._centring.main_directions(self._view.shape[1])
            self._outlines = (self._sums @ self._view) / self._norms[:, None]
        return centred

    def open_row(self, story_id: int) -> int:
        """Return a row for the titles of a story in one language."""
        if self._used >= _DENSEST * len(self._sums):
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
        more = int(rows * (_GROWTH - 1))
        self._sums = np.concatenate([self._sums, np.zeros((more, self._sums.shape[1]), np.float32)])
        self._norms = np.concatenate([self._norms, np.ones(more, np.float32)])
        self._stories = np.concatenate([self._stories, np.full(more, _FREE, np.int64)])
        self._outlines = np.concatenate([self._outlines, np.zeros((more, self._outlines.shape[1]), np.float32)])
        self._head = rows

    def add(self, row: int, vector: Vector) -> None:
        """Add a title's vector to a row."""
        self._sums[row] += vector
        norm = float(np.linalg.norm(self._sums[row])) or 1.0
        self._norms[row] = norm
        self._outlines[row] = (self._sums[row] @ self._view) / norm

    def close_row(self, row: int) -> None:
        """Forget a row."""
        self._sums[row] = 0.0
        self._norms[row] = 1.0
        self._stories[row] = _FREE
        self._outlines[row] = 0.0
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
        rows = self._promising(vector)
        cosines = (self._sums[rows] @ vector) / self._norms[rows]
        stories = self._stories[rows[np.argsort(-cosines)]].tolist()
        return list(dict.fromkeys(story_id for story_id in stories if story_id != _FREE))[:limit]

    def _promising(self, vector: Vector) -> NDArray[np.int64]:
        """Return the rows, among the latest, that by their outlines are nearest; about as many as are compared."""
        outline = vector @ self._view
        end, length = self._head, min(_SEARCHED, len(self._sums))
        found = []
        for low, high in ((max(end - length, 0), end), (len(self._sums) - max(length - end, 0), len(self._sums))):
            if low >= high:
                continue
            likely = self._outlines[low:high] @ outline
            # Of a sample, the one that as many rows would exceed: a sixteenth of the price of finding that one among all.
            sample = likely[::_SAMPLED]
            place = len(sample) * _PROMISING // max(length, 1)
            least = np.partition(sample, -1 - place)[-1 - place] if place < len(sample) else 0.0
            found.append(low + np.flatnonzero(likely > max(least, 0.0)))  # what points elsewhere is never near; free rows are 0
        return np.concatenate(found)

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
