"""Titles as sparse vectors: character 3-5-grams inside words and stems, weighted by what the past says of their rarity.

Source of the weights: `(1 + ln tf) * (ln((N + 2) / (df + 1)) + 0.3)`, frequencies over all languages, from past titles only.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from aggregator.group.words import fold, open_compound, stem, tokenise

SparseVector = dict[str, float]
"""Features with weights, of length 1; `=` before a stem tells it from a gram."""

_GRAM_SIZES = (3, 4, 5)
_FLOOR = 0.3  # of a weight: a feature that is everywhere still says something
_REMEMBERED = 400_000  # features, about 60 MB; above, counts are halved and those that vanish forgotten
_CACHED_WORDS = 32_768
_SHORTEST_STEM = 2  # letters


@lru_cache(maxsize=_CACHED_WORDS)
def _word_grams(word: str) -> tuple[str, ...]:
    padded = f" {word} "
    return tuple(padded[at : at + size] for size in _GRAM_SIZES for at in range(len(padded) - size + 1))


class Frequencies:
    """In how many titles a feature stood so far; old counts fade, so memory stays flat."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self.titles = 0

    def add(self, features: Iterable[str]) -> None:
        """Count a title that has been dealt with."""
        counts = self._counts
        for feature in features:
            counts[feature] = counts.get(feature, 0) + 1
        self.titles += 1
        if len(counts) > _REMEMBERED:
            self._counts = {feature: count // 2 for feature, count in counts.items() if count > 1}
            self.titles //= 2

    def count(self, feature: str) -> int:
        """Return in how many titles the feature stood."""
        return self._counts.get(feature, 0)

    def vector(self, title: str, language: str) -> SparseVector:
        """Return the vector of a title; grams and stems weigh the same."""
        words = [fold(part) for token in tokenise(title) for part in open_compound(token)]
        grams = Counter(gram for word in words for gram in _word_grams(word))
        stems = Counter(f"={stem(word, language)}" for word in words if len(word) >= _SHORTEST_STEM)
        return {**self._weighted(grams), **self._weighted(stems)}

    def _weighted(self, features: Counter[str]) -> SparseVector:
        counts, top = self._counts, math.log(self.titles + 2) + _FLOOR
        weights = {}
        for feature, times in features.items():
            weight = top - math.log(counts.get(feature, 0) + 1)
            weights[feature] = weight * (1 + math.log(times)) if times > 1 else weight
        norm = math.sqrt(2 * sum(weight * weight for weight in weights.values())) or 1.0
        return {feature: weight / norm for feature, weight in weights.items()}
