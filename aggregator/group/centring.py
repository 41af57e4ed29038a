"""What all titles have in common is taken out of their sentence vectors: the mean of the language and the main directions.

Raw vectors of a model are all near each other, and those of one language nearer still. Both statistics are of past titles only
and fade, so memory does not grow.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]

_PRIOR_TITLES = 20  # of all languages together; until a language has shown as many, its mean leans on the mean of all
_DIRECTIONS = 3  # what the vectors share beyond their mean: the subject of the day, the form of a title
_BLOCK = 64  # titles between two looks at the directions
_FEWEST = 192  # titles before directions mean anything
_MEMORY = 3_000  # titles after which the past counts a third
_SWEEPS = 2  # of the power iteration; it goes on from the directions found last


class Centring:
    """Learns from each vector it is shown, after it has centred it."""

    def __init__(self, dimensions: int) -> None:
        self._means: dict[str, tuple[int, NDArray[np.float64]]] = {}
        self._all = np.zeros(dimensions, np.float64)
        self.titles = 0
        self._moments = np.zeros((dimensions, dimensions), np.float32)
        self._block: list[Vector] = []
        self._directions = _any_directions(dimensions, _DIRECTIONS)

    def centre(self, meaning: bytes, language: str) -> Vector:
        """Return a float16 vector less what is common, of length 1."""
        raw = np.frombuffer(meaning, np.float16).astype(np.float64)
        count, total = self._means.get(language, (0, np.zeros_like(self._all)))
        prior = self._all / self.titles if self.titles else np.zeros_like(self._all)
        centred = _unit(raw - (total + _PRIOR_TITLES * prior) / (count + _PRIOR_TITLES))
        rest = centred
        if self.titles >= _FEWEST:
            rest = _unit(centred - self._directions @ (self._directions.T @ centred))
        self._means[language] = (count + 1, total + raw)
        self._all = self._all + raw
        self.titles += 1
        self._block.append(centred)
        if len(self._block) == _BLOCK:
            self._learn_directions()
        return rest

    def main_directions(self, count: int) -> NDArray[np.float32]:
        """Return the directions that centred vectors differ in most, in columns, most first; before any was seen, whichever."""
        if self.titles < _BLOCK:
            return _any_directions(len(self._all), count)
        # What is taken out of them all would only be the first of these.
        rest = np.eye(len(self._all), dtype=np.float32) - self._directions @ self._directions.T
        moments = rest @ self._moments @ rest if self.titles >= _FEWEST else self._moments
        return np.ascontiguousarray(np.linalg.eigh(moments)[1][:, : -count - 1 : -1])

    def _learn_directions(self) -> None:
        block = np.stack(self._block)
        self._block = []
        self._moments *= 1 - _BLOCK / _MEMORY
        self._moments += block.T @ block
        for _ in range(_SWEEPS):
            self._directions = np.linalg.qr(self._moments @ self._directions)[0]


def _any_directions(dimensions: int, count: int) -> NDArray[np.float32]:
    """Return directions to start from; which does not matter, but they must be the same every time."""
    drawn = np.random.default_rng(0).standard_normal((dimensions, count))
    return np.ascontiguousarray(np.linalg.qr(drawn)[0], np.float32)


def _unit(vector: NDArray[np.float64] | Vector) -> Vector:
    return np.asarray(vector / (float(np.linalg.norm(vector)) or 1.0), np.float32)
