"""Titles as sparse vectors: stems and character 4-grams inside words, weighted by what the past says of their rarity.

Source of the weights: `(1 + ln tf) * (ln((N + 2) / (df + 1)) + 0.3)`, frequencies over all languages, from past titles only.
4-grams together with stems are as good as 3-5-grams with stems, and less than half as many (`bench/quality_stories.py`).
"""

from __future__ import annotations

import math
import zlib
from array import array
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from aggregator.group.words import fold, open_compound, stem, tokenise

SparseVector = dict[int, float]
"""Features with weights, of length 1; the number of a feature is a hash of it."""

_GRAM = 4  # letters
_FLOOR = 0.3  # of a weight: a feature that is everywhere still says something
_FEATURES = 2**21  # numbers of features; a month of news in nine languages has 0.3 million, so one in seven meets another
_FADING = 200_000  # titles, some days of a large site; then all counts are halved, so that old ones fade
_CACHED_WORDS = 32_768
_SHORTEST_STEM = 2  # letters


@lru_cache(maxsize=_CACHED_WORDS)
def _features(token: str, language: str) -> tuple[int, ...]:
    """Return the numbers of the grams and stems of a word, as it is written; `=` before a stem tells it from a gram."""
    texts = []
    for word in map(fold, open_compound(token)):
        padded = f" {word} "
        texts += [padded[at : at + _GRAM] for at in range(len(padded) - _GRAM + 1)]
        if len(word) >= _SHORTEST_STEM:
            texts.append(f"={stem(word, language)}")
    return tuple(zlib.crc32(text.encode()) % _FEATURES for text in texts)


class Frequencies:
    """In how many titles a feature stood so far; memory does not grow."""

    def __init__(self) -> None:
        self._counts = array("I", bytes(4 * _FEATURES))
        self.titles = 0

    def add(self, features: Iterable[int]) -> None:
        """Count a title that has been dealt with."""
        counts = self._counts
        for feature in features:
            counts[feature] += 1
        self.titles += 1
        if self.titles >= _FADING:
            self._counts = array("I", [count // 2 for count in counts])
            self.titles //= 2

    def count(self, feature: int) -> int:
        """Return in how many titles the feature stood."""
        return self._counts[feature]

    def vector(self, title: str, language: str) -> SparseVector:
        """Return the vector of a title."""
        found: list[int] = []
        for token in tokenise(title):
            found += _features(token, language)
        times = Counter(found)
        counts, top, log = self._counts, math.log(self.titles + 2) + _FLOOR, math.log
        weights = {feature: top - log(counts[feature] + 1) for feature in times}
        if len(times) < len(found):
            for feature, often in times.items():
                if often > 1:
                    weights[feature] *= 1 + log(often)
        norm = math.hypot(*weights.values()) or 1.0
        return {feature: weight / norm for feature, weight in weights.items()}


def dot(one: SparseVector, other: SparseVector) -> float:
    """Return the product of two sparse vectors."""
    if len(other) < len(one):
        one, other = other, one
    get = other.get
    return sum([weight * get(feature, 0.0) for feature, weight in one.items()])
