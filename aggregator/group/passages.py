"""What texts mean: the middle of their pieces, read by a sentence model, alone and with their neighbours. Needs numpy."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from aggregator.group.archive import ARCHIVE_PASSAGES, Archive, Vector
from aggregator.group.embed import READ_CHARS, READ_PIECES, passage_key, text_key
from aggregator.protocols import Embedder

_WORDS = 2.0  # weight of likeness by words, against that by meaning; draws 100 to 109, as in `ridge.py`
_LEAST_PIECE = 60  # characters; a shorter rest says nothing
_LEAST_GROWTH = 200  # passages
_KEPT_VECTORS = 8_192  # pieces, 8 MB: entries that change, and pages previewed again, are not read anew


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """The vector of a text, of length 1, and the same with its neighbours, the longer the more they agree."""

    alone: Vector
    enriched: Vector


class PassageReader:
    """Reads texts against what those `learned` and the `background` have in common; one thread at a time.

    `recalled` are vectors made earlier, by key of the piece, the oldest first: no piece among them is read anew. They and all
    that is read later are the archive that texts are read together with.
    """

    def __init__(
        self, embedder: Embedder, learned: Sequence[str], background: Sequence[str], recalled: Mapping[bytes, bytes]
    ) -> None:
        self._embedder = embedder
        self._vectors = dict(recalled)  # by key of the piece
        self._new: dict[bytes, bytes] = {}
        texts = [*learned, *background]
        raw = self._middles(texts)
        self._mean: Vector = np.mean(raw, axis=0)
        self._archive = Archive(embedder.dimensions)
        for key, vector in recalled.items():
            self._archive.add(key, self._centred(_numbers(vector)))
        self._add(learned)
        self._learned_with = self._archive.added
        self.learned = self._passages(texts, raw)
        self._alone = np.stack([passage.alone for passage in self.learned])
        self._enriched = np.stack([passage.enriched for passage in self.learned])

    def read(self, texts: Sequence[str]) -> list[Passage]:
        """Return what the texts mean; the model is asked once for all of them."""
        read = self._passages(texts, self._middles(texts))
        self._add(texts)
        return read

    def compare(self, passage: Passage) -> Passage:
        """Return the likenesses to all that was learned, each alone and each with its neighbours."""
        return Passage(alone=self._alone @ passage.alone, enriched=self._enriched @ passage.enriched)

    def _passages(self, texts: Sequence[str], raw: Sequence[Vector]) -> list[Passage]:
        return [
            Passage(alone=vector, enriched=self._archive.enrich(passage_key(text), vector))
            for text, vector in zip(texts, map(self._centred, raw), strict=True)
        ]

    def _add(self, texts: Sequence[str]) -> None:
        for key in map(passage_key, texts):
            self._archive.add(key, self._centred(_numbers(self._vectors[key])))

    def _centred(self, vector: Vector) -> Vector:
        return _unit(vector - self._mean)

    @property
    def has_outgrown(self) -> bool:
        """The archive holds mostly what was not there when the texts were learned: it is time to learn them again."""
        grown = self._archive.added - self._learned_with
        return grown >= min(max(self._learned_with, _LEAST_GROWTH), ARCHIVE_PASSAGES)

    def take_new(self) -> dict[bytes, bytes]:
        """Return the vectors of passages that were made since the last call, by key."""
        new, self._new = self._new, {}
        return new

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
            made = dict(zip(map(text_key, missing), self._embedder.embed(missing), strict=True))
            self._vectors |= made
            self._new |= {key: made[key] for key in map(passage_key, texts) if key in made}
        return [np.mean([_numbers(self._vectors[text_key(piece)]) for piece in each], axis=0) for each in pieces]


def _numbers(stored: bytes) -> Vector:
    return np.frombuffer(stored, np.float16).astype(np.float32)


def _pieces(text: str) -> list[str]:
    starts = range(0, min(len(text) - _LEAST_PIECE, READ_PIECES * READ_CHARS), READ_CHARS)
    return [text[start : start + READ_CHARS] for start in starts] or [text[:READ_CHARS]]


def _unit(vector: Vector) -> Vector:
    length = math.sqrt(float(vector @ vector)) or 1.0
    return vector / length
