"""An active story in memory: a strand for each language, packed, because there may be a hundred thousand of them."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass, field
from operator import itemgetter

from aggregator.group.vectors import SparseVector

_WIDEST = 320  # features of a strand: the heaviest; beyond, a large story would cost more with every title
NO_ROW = -1


@dataclass(slots=True)
class Strand:
    """The titles of a story in one language: the sum of their vectors, its length, their number, the row of their meaning."""

    features: array[int] = field(default_factory=lambda: array("I"))
    weights: array[float] = field(default_factory=lambda: array("f"))
    length: float = 1.0
    size: int = 0
    row: int = NO_ROW

    def dot(self, vector: SparseVector) -> float:
        """Return the product of the sum with a vector."""
        pairs = zip(self.features, self.weights, strict=True)
        return sum([weight * vector[feature] for feature, weight in pairs if feature in vector])

    def cosine(self, vector: SparseVector) -> float:
        """Return how near the sum is to a vector of length 1."""
        return self.dot(vector) / self.length

    def sums(self) -> SparseVector:
        """Return the sum unpacked."""
        return dict(zip(self.features, self.weights, strict=True))

    def add(self, vector: SparseVector, size: int = 1) -> None:
        """Add the vector of a title, or the sum of `size` titles."""
        if self.size:
            sums = self.sums()
            for feature, weight in vector.items():
                sums[feature] = sums.get(feature, 0.0) + weight
            if len(sums) > _WIDEST:
                sums = dict(sorted(sums.items(), key=itemgetter(1), reverse=True)[:_WIDEST])
        else:
            sums = vector
        self.features = array("I", sums.keys())
        self.weights = array("f", sums.values())
        self.length = math.hypot(*sums.values()) or 1.0
        self.size += size


@dataclass(slots=True)
class Story:
    """The strands of an active story by language, when the last title came (POSIX seconds), and by what it is found.

    `is_brief`: no title has said enough yet.
    """

    strands: dict[str, Strand] = field(default_factory=dict)
    last_at: float = 0.0
    indexed: tuple[int, ...] = ()
    titles: tuple[int, ...] = ()
    is_brief: bool = True
