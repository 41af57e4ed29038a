"""What longer texts mean: their pieces, read by a sentence model, and the middle of those. Needs numpy, as the models do."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from aggregator.group.embed import READ_CHARS, READ_PIECES, text_key
from aggregator.protocols import Embedder

Vector = NDArray[np.float32]

_WORDS = 2.0  # weight of likeness by words, against that by meaning; draws 100 to 109, as in `ridge.py`
_LEAST_PIECE = 60  # characters; a shorter rest says nothing
_KEPT_VECTORS = 8_192  # pieces, 8 MB: entries that change, and pages previewed again, are not read anew


class PassageReader:
    """Reads texts against what `learned` (and all like them) have in common; one thread at a time."""

    def __init__(self, embedder: Embedder, learned: Sequence[str]) -> None:
        self._embedder = embedder
        self._vectors: dict[bytes, bytes] = {}  # by key of the piece
        raw = self._middles(learned)
        self._mean: Vector = np.mean(raw, axis=0)
        self.learned = np.stack([_unit(vector - self._mean) for vector in raw])

    def read(self, texts: Sequence[str]) -> list[Vector]:
        """Return the vectors, of length 1; the model is asked once for all of them."""
        return [_unit(vector - self._mean) for vector in self._middles(texts)]

    @staticmethod
    def weigh(by_words: Sequence[float], by_meaning: Vector) -> NDArray[np.float64]:
        """Return one row of likenesses out of those by words and by meaning."""
        return _WORDS * np.asarray(by_words) + by_meaning

    def _middles(self, texts: Sequence[str]) -> list[Vector]:
        pieces = [_pieces(text) for text in texts]
        missing = [piece for piece in dict.fromkeys(chain.from_iterable(pieces)) if text_key(piece) not in self._vectors]
        if len(self._vectors) + len(missing) > _KEPT_VECTORS:
            self._vectors.clear()
            missing = list(dict.fromkeys(chain.from_iterable(pieces)))
        if missing:
            self._vectors |= zip(map(text_key, missing), self._embedder.embed(missing), strict=True)
        return [
            np.mean([np.frombuffer(self._vectors[text_key(piece)], np.float16).astype(np.float32) for piece in each], axis=0)
            for each in pieces
        ]


def _pieces(text: str) -> list[str]:
    starts = range(0, min(len(text) - _LEAST_PIECE, READ_PIECES * READ_CHARS), READ_CHARS)
    return [text[start : start + READ_CHARS] for start in starts] or [text[:READ_CHARS]]


def _unit(vector: Vector) -> Vector:
    length = math.sqrt(float(vector @ vector)) or 1.0
    return vector / length
