"""Sentence vectors of active stories: centred by language with the past only, and searched in one multiplication."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]

_PRIOR_TITLES = 20  # of all languages together; until a language has shown as many, its mean leans on the mean of all
_START_ROWS = 256


class Meanings:
    """The mean sentence vector of each active story; `meaning` is a float16 vector as an `Embedder` gives it."""

    def __init__(self, dimensions: int) -> None:
        self._sums: NDArray[np.float32] = np.zeros((_START_ROWS, dimensions), np.float32)
        self._norms: NDArray[np.float32] = np.ones(_START_ROWS, np.float32)
        self._rows: dict[int, int] = {}
        self._stories: list[int] = [0] * _START_ROWS
        self._free = list(range(_START_ROWS))
        self._means: dict[str, tuple[int, NDArray[np.float64]]] = {}
        self._all = np.zeros(dimensions, np.float64)
        self._titles = 0

    def centre(self, meaning: bytes, language: str) -> Vector:
        """Return the vector less what its language has in common, of length 1; then let the means learn from it."""
        raw = np.frombuffer(meaning, np.float16).astype(np.float64)
        count, total = self._means.get(language, (0, np.zeros_like(self._all)))
        prior = self._all / self._titles if self._titles else np.zeros_like(self._all)
        centred = raw - (total + _PRIOR_TITLES * prior) / (count + _PRIOR_TITLES) if self._titles else raw
        self._means[language] = (count + 1, total + raw)
        self._all = self._all + raw
        self._titles += 1
        return np.asarray(centred / (float(np.linalg.norm(centred)) or 1.0), np.float32)

    def add(self, story_id: int, vector: Vector) -> None:
        """Add a title's vector to its story."""
        row = self._rows.get(story_id)
        if row is None:
            if not self._free:
                self._grow()
            row = self._rows[story_id] = self._free.pop()
            self._stories[row] = story_id
        self._sums[row] += vector
        self._norms[row] = float(np.linalg.norm(self._sums[row])) or 1.0

    def _grow(self) -> None:
        rows = len(self._sums)
        self._sums = np.concatenate([self._sums, np.zeros_like(self._sums)])
        self._norms = np.concatenate([self._norms, np.ones(rows, np.float32)])
        self._stories += [0] * rows
        self._free = list(range(rows, 2 * rows))

    def remove(self, story_id: int) -> None:
        """Forget a story."""
        row = self._rows.pop(story_id, None)
        if row is not None:
            self._sums[row] = 0.0
            self._norms[row] = 1.0
            self._free.append(row)

    def absorb(self, into: int, other: int) -> None:
        """Add what is known of `other` to `into`, and forget `other`."""
        row = self._rows.get(other)
        if row is not None:
            self.add(into, self._sums[row].copy())
            self.remove(other)

    def find(self, vector: Vector, *, limit: int) -> dict[int, float]:
        """Return the nearest stories with their cosines."""
        if not self._rows:
            return {}
        used = max(self._rows.values()) + 1 if len(self._rows) < _START_ROWS else len(self._sums)
        cosines = (self._sums[:used] @ vector) / self._norms[:used]
        rows = np.argpartition(-cosines, min(limit, used - 1))[:limit]
        return {self._stories[row]: float(cosines[row]) for row in rows.tolist() if self._rows.get(self._stories[row]) == row}

    def cosine(self, story_id: int, vector: Vector) -> float:
        """Return how near a story is; 0 if nothing is known of it."""
        row = self._rows.get(story_id)
        return 0.0 if row is None else float(self._sums[row] @ vector) / float(self._norms[row])
