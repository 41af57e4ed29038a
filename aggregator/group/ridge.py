"""Kernel ridge regression: each topic's examples are 1 and all others 0, solved at once; numpy comes with the sentence model.

Source of the closed forms (the solution, and what it would say of a row left out): Rasmussen and Williams, Gaussian Processes
for Machine Learning, 2006, sections 2.2 and 5.4.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Source of these numbers: 10kGNAD, draws 100 to 109; those that `bench/quality_topics.py` reports are 0 to 4.
_RIDGE = 1.0  # of a likeness
_BACKGROUND = 0.1  # weight of a row that belongs to no topic; an example of the largest topic weighs 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ridge:
    """Scores by topic (columns): `left_out` are those of each row, as if it had not been learned from."""

    left_out: NDArray[np.float64]
    _weights: NDArray[np.float64]
    _bias: NDArray[np.float64]

    def score(self, row: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the scores of a text of which `row` is the likeness to every row learned."""
        return row @ self._weights + self._bias


def fit_ridge(
    likenesses: Sequence[NDArray[np.float64]] | NDArray[np.float64], owners: Sequence[int | None], topics: int
) -> Ridge:
    """Learn from the likenesses of rows to each other and their topics; small topics weigh as much as large ones."""
    sizes = [sum(owner == topic for owner in owners) for topic in range(topics)]
    weights = np.array([_BACKGROUND if owner is None else max(sizes) / sizes[owner] for owner in owners])
    wanted = np.array([[float(owner == topic) for topic in range(topics)] for owner in owners])
    bias = np.average(wanted, axis=0, weights=weights)
    inverse = np.linalg.inv(np.asarray(likenesses) + np.diag(_RIDGE / weights))
    solved = inverse @ (wanted - bias)
    left_out = wanted - solved / np.diag(inverse)[:, None]
    return Ridge(left_out=left_out, _weights=solved, _bias=bias)
