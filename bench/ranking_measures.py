"""How well an order agrees with the truth, and how sure a mean is."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import numpy as np


def ndcg(order: Sequence[int], truth: np.ndarray, *, top: int = 10) -> float:
    """Discounted gain of the first places against that of the best possible ones; 1 is perfect."""
    discount = 1 / np.log2(np.arange(2, top + 2))
    best = np.sort(truth)[::-1][:top]
    gains = truth[list(order[:top])]
    ideal = float((best * discount[: len(best)]).sum())
    return float((gains * discount[: len(gains)]).sum()) / ideal if ideal > 0 else 1.0


def kendall_tau(order: Sequence[int], truth: np.ndarray) -> float:
    """Pairs of the list in true order minus pairs in false order, over all pairs; 1 is perfect, 0 is chance."""
    values = truth[list(order)]
    count = len(values)
    if count < 2:
        return 0.0
    signs = np.sign(values[:, None] - values[None, :])[np.triu_indices(count, 1)]
    return float(signs.mean())


def mean_and_error(values: Sequence[float]) -> tuple[float, float]:
    """The mean and its standard error."""
    if len(values) < 2:
        return (values[0] if values else 0.0), 0.0
    return statistics.fmean(values), statistics.stdev(values) / len(values) ** 0.5


def show(values: Sequence[float], digits: int = 3) -> str:
    mean, error = mean_and_error(values)
    return f"{mean:.{digits}f} ± {error:.{digits}f}"


def show_difference(values: Sequence[float], others: Sequence[float], digits: int = 3) -> str:
    """The paired difference."""
    mean, error = mean_and_error([one - other for one, other in zip(values, others, strict=True)])
    return f"{mean:+.{digits}f} ± {error:.{digits}f}"
