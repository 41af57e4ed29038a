"""Sentence vectors of active stories, searched in three steps: a rough outline of all, a fine one of some, few vectors."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

from aggregator.group.centring import Centring, Vector

_START_ROWS = 512
_GROWTH = 1.125  # of the rows, when all are taken: they grow in place, so often costs little, and little is too much
_SEARCHED = 20_000  # rows, the latest that got a title; older stories are found by their words
_FREE = -1
_SETTLED_TITLES = 50  # before, the first story told would pass for what all titles have in common
_FINE = 192  # numbers of the outline of a vector; `python -m bench grouping` tells what is found by it
_ROUGH = 96  # the first of them, along the directions that titles differ in most
_PROMISING = 300  # rows whose fine outlines are compared, of those searched
_COMPARED = 40  # of them, rows whose vectors are compared
_SAMPLED = 16  # of as many rows one is looked at to tell how near the most promising are
_FIRST_VIEW = 256  # titles after which the outline is drawn along what titles differ in; then anew after twice as many
_LAST_VIEW = 8_192  # titles; from there on it is drawn anew each time as many were added
_REDRAWN = 1_024  # rows at once


class Meanings:
    """Sums of the sentence vectors of the titles of a story in one language, a row each.

    `meaning` is a float16 vector as an `Embedder` gives it. An outline is what a row looks like along the directions that
    titles differ in most, first things first. All vectors do not fit the cache of a processor, so each that is compared is
    waited for; rough outlines are read in one go, and what is left after the fine ones is few.
    """

    def __init__(self, dimensions: int) -> None:
        self._sums: NDArray[np.float32] = np.zeros((_START_ROWS, dimensions), np.float32)
        self._norms: NDArray[np.float32] = np.ones(_START_ROWS, np.float32)
        self._stories: NDArray[np.int64] = np.full(_START_ROWS, _FREE, np.int64)
        self._free = list(range(_START_ROWS))[::-1]
        self._centring = Centring(dimensions)
        self._view: NDArray[np.float32] = self._centring.main_directions(min(_FINE, dimensions))
        self._next_view = _FIRST_VIEW
        # An outline has a place, whatever its row; memory of places that were never taken is none.
        # The rough part of all is read for each title, so it stands apart, each number of all outlines side by side: half the
        # memory to read, in its order.
        fine = self._view.shape[1]
        self._rough: NDArray[np.float32] = np.zeros((min(_ROUGH, fine), _SEARCHED), np.float32)
        self._rest: NDArray[np.float32] = np.zeros((_SEARCHED, fine - len(self._rough)), np.float32)
        self._rows: NDArray[np.int64] = np.zeros(_SEARCHED, np.int64)
        self._places: OrderedDict[int, int] = OrderedDict()  # by row, the latest that got a title last
        self._left: list[int] = []  # places whose rows were closed
        self._drawn = 0  # places that were ever taken

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
            self._redraw()
        return centred

    def _redraw(self) -> None:
        taken = list(self._places.items())
        for start in range(0, len(taken), _REDRAWN):
            rows, places = np.array(taken[start : start + _REDRAWN]).T
            self._draw(places, (self._sums[rows] @ self._view) / self._norms[rows, None])

    def _draw(self, places: NDArray[np.int64] | int, outlines: NDArray[np.float32]) -> None:
        self._rough[:, places] = outlines[..., : len(self._rough)].T
        self._rest[places] = outlines[..., len(self._rough) :]

    def open_row(self, story_id: int) -> int:
        """Return a row for the titles of a story in one language."""
        if not self._free:
            self._grow()
        row = self._free.pop()
        self._stories[row] = story_id
        return row

    def _grow(self) -> None:
        rows, dimensions = self._sums.shape
        more = int(rows * _GROWTH)
        # In place: a copy would take twice the memory while it is made. Nobody else ever holds a part of these.
        self._sums.resize((more, dimensions), refcheck=False)
        self._norms.resize(more, refcheck=False)
        self._stories.resize(more, refcheck=False)
        self._norms[rows:] = 1.0
        self._stories[rows:] = _FREE
        self._free = list(range(rows, more))[::-1]

    def add(self, row: int, vector: Vector) -> None:
        """Add a title's vector to a row."""
        self._sums[row] += vector
        norm = float(np.linalg.norm(self._sums[row])) or 1.0
        self._norms[row] = norm
        self._draw(self._place(row), (self._sums[row] @ self._view) / norm)

    def _place(self, row: int) -> int:
        """Return the place of a row's outline, which from now on is the latest; where none is left, the oldest gives way."""
        place = self._places.pop(row, None)
        if place is None:
            if self._left:
                place = self._left.pop()
            elif self._drawn < _SEARCHED:
                place = self._drawn
                self._drawn += 1
            else:
                place = self._places.popitem(last=False)[1]
            self._rows[place] = row
        self._places[row] = place
        return place

    def close_row(self, row: int) -> None:
        """Forget a row."""
        self._sums[row] = 0.0
        self._norms[row] = 1.0
        self._stories[row] = _FREE
        self._free.append(row)
        place = self._places.pop(row, None)
        if place is not None:
            self._rough[:, place] = 0.0
            self._left.append(place)

    def rename(self, row: int, story_id: int) -> None:
        """Give a row to another story."""
        self._stories[row] = story_id

    def absorb(self, row: int, other: int) -> None:
        """Add what is known in the row `other` to `row`, and forget `other`."""
        self.add(row, self._sums[other])
        self.close_row(other)

    def find(self, vector: Vector, *, limit: int) -> list[int]:
        """Return the stories of the nearest among the latest rows."""
        if not self._places:
            return []
        rows = self._rows[self._promising(vector @ self._view)]
        cosines = (self._sums[rows] @ vector) / self._norms[rows]
        stories = self._stories[rows[np.argsort(-cosines)]].tolist()
        return list(dict.fromkeys(stories))[:limit]

    def _promising(self, outline: Vector) -> NDArray[np.int64]:
        """Return the places of the outlines that are nearest, as many as vectors are compared."""
        rough, rest = outline[: len(self._rough)], outline[len(self._rough) :]
        likely = rough @ self._rough[:, : self._drawn]
        # Of a sample, the one that as many rows would exceed: a sixteenth of the price of finding that one among all.
        sample = likely[::_SAMPLED]
        nth = len(sample) * _PROMISING // self._drawn
        least = np.partition(sample, -1 - nth)[-1 - nth] if nth < len(sample) else 0.0
        places = np.flatnonzero(likely > max(least, 0.0))  # what points elsewhere is never near; those that are left are 0
        if len(places) <= _COMPARED:
            return places
        nearer = likely[places] + self._rest[places] @ rest
        return places[np.argpartition(nearer, -_COMPARED)[-_COMPARED:]]

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
