"""What was read before tells what a short text is about: its meaning is taken together with that of its nearest neighbours.

A teaser of 300 characters says one thing of its subject; the twenty passages nearest to it, labelled or not, say the rest.
Source of the idea: Tao, Wang, Mei and Zhai, Language Model Information Retrieval with Document Expansion, 2006. Needs numpy, as
the models do.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]

ARCHIVE_PASSAGES = 2_000
"""Passages that are kept, the newest: 3 MB, and a tenth of a millisecond a text. 50 help some, 350 twice as much."""

# Source of these numbers: 10kGNAD, draws 100 to 139 (`bench/quality_topics.py`); ten or all neighbours are .003 worse.
_NEIGHBOURS = 20
_SHARPNESS = 4  # power of a neighbour's likeness, which is its weight: near ones count, and none must be near


class Archive:
    """The newest passages read, by key; their vectors are centred and of length 1. One thread at a time."""

    def __init__(self, dimensions: int) -> None:
        self._vectors: Vector = np.zeros((ARCHIVE_PASSAGES, dimensions), np.float32)
        self._rows: dict[bytes, int] = {}
        self._keys: list[bytes] = []
        self.added = 0

    def add(self, key: bytes, vector: Vector) -> None:
        """Keep a passage, if it is new, in the place of the oldest."""
        if key in self._rows:
            return
        row = self.added % ARCHIVE_PASSAGES
        if len(self._keys) < ARCHIVE_PASSAGES:
            self._keys.append(key)
        else:
            del self._rows[self._keys[row]]
            self._keys[row] = key
        self._rows[key] = row
        self._vectors[row] = vector
        self.added += 1

    def enrich(self, key: bytes, vector: Vector) -> Vector:
        """Return a vector with the weighted mean of its neighbours added; a passage is no neighbour of its own."""
        likenesses = np.maximum(self._vectors @ vector, 0.0)
        own = self._rows.get(key)
        if own is not None:
            likenesses[own] = 0.0
        nearest = np.argpartition(likenesses, -_NEIGHBOURS)[-_NEIGHBOURS:]
        weights = likenesses[nearest] ** _SHARPNESS
        total = float(weights.sum())
        return vector + weights @ self._vectors[nearest] / total if total else vector
