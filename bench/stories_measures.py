"""How well predicted stories agree with labelled ones, how sure that is, and parameters chosen on stories not scored."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES = 1_000
SEED = 20261124
SPLIT_SEEDS = (0, 1, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Precision and recall of each title (BCubed) among the titles of some languages, and of pairs."""

    precisions: np.ndarray
    recalls: np.ndarray
    stories: np.ndarray
    pair_precision: float
    pair_recall: float

    def f1(self, chosen: np.ndarray | None = None) -> float:
        """Return BCubed F1 over the titles, or over some of them."""
        part = slice(None) if chosen is None else chosen
        return harmonic(float(self.precisions[part].mean()), float(self.recalls[part].mean()))

    def interval(self) -> tuple[float, float]:
        """Return the 90 % interval of F1, stories resampled."""
        numbers, counts = (
            np.unique(self.stories, return_inverse=True)[1],
            np.bincount(np.unique(self.stories, return_inverse=True)[1]),
        )
        precision, recall = np.bincount(numbers, self.precisions), np.bincount(numbers, self.recalls)
        drawn = np.random.default_rng(SEED).integers(0, len(counts), (RESAMPLES, len(counts)))
        titles = counts[drawn].sum(axis=1)
        one, other = precision[drawn].sum(axis=1) / titles, recall[drawn].sum(axis=1) / titles
        low, high = np.quantile(2 * one * other / (one + other), (0.05, 0.95))
        return float(low), float(high)

    def __str__(self) -> str:
        low, high = self.interval()
        pairs = harmonic(self.pair_precision, self.pair_recall)
        return (
            f"BCubed F1 {self.f1():.3f} [{low:.2f}-{high:.2f}] P {self.precisions.mean():.3f} R {self.recalls.mean():.3f}; "
            f"pairs F1 {pairs:.3f} P {self.pair_precision:.3f} R {self.pair_recall:.3f}"
        )


def harmonic(precision: float, recall: float) -> float:
    """Return F1."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def agreement(predicted: np.ndarray, gold: np.ndarray, mask: np.ndarray) -> Agreement:
    """Compare the titles of the mask."""
    found = np.unique(predicted[mask], return_inverse=True)[1]
    true = np.unique(gold[mask], return_inverse=True)[1]
    both = np.unique(found.astype(np.int64) * len(gold) + true, return_inverse=True, return_counts=True)
    sizes, gold_sizes, shared = np.bincount(found), np.bincount(true), both[2]
    hits = _pairs(shared)
    return Agreement(
        precisions=shared[both[1]] / sizes[found],
        recalls=shared[both[1]] / gold_sizes[true],
        stories=gold[mask],
        pair_precision=hits / max(_pairs(sizes), 1),
        pair_recall=hits / max(_pairs(gold_sizes), 1),
    )


def _pairs(sizes: np.ndarray) -> int:
    return int((sizes.astype(np.int64) * (sizes - 1) // 2).sum())


def across(predicted: np.ndarray, gold: np.ndarray, one: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """Return recall and precision of pairs of titles of two languages that were joined."""
    true = gold[one][:, None] == gold[other][None]
    found = predicted[one][:, None] == predicted[other][None]
    hits = int((true & found).sum())
    return hits / max(int(true.sum()), 1), hits / max(int(found.sum()), 1)


def halves(gold: np.ndarray, hours: np.ndarray) -> dict[str, np.ndarray]:
    """Return ways to part the stories in two, as masks of titles: early and late, and by hash."""
    stories = int(gold.max()) + 1
    first = np.full(stories, np.inf)
    np.minimum.at(first, gold, hours)
    order = np.argsort(first, kind="stable")
    titles = np.bincount(gold, minlength=stories)[order].cumsum()
    late = np.zeros(stories, bool)
    late[order[titles > titles[-1] / 2]] = True
    parts = {"time": late[gold]}
    for seed in SPLIT_SEEDS:
        hashed = np.array([zlib.crc32(f"{seed}:{story}".encode()) & 1 for story in range(stories)], bool)
        parts[f"hash {seed}"] = hashed[gold]
    return parts


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossFit:
    """F1 on stories that had no say in the choice of parameters: mean of the folds, lowest, highest; and the best of all."""

    mean: float
    low: float
    high: float
    forward: float
    tuned: float

    def __str__(self) -> str:
        return (
            f"BCubed F1 {self.mean:.3f} (folds {self.low:.2f}-{self.high:.2f}; early half sets, late is scored "
            f"{self.forward:.3f}; best setting picked on the answers {self.tuned:.3f})"
        )


def cross_fit(
    results: Sequence[np.ndarray], gold: np.ndarray, hours: np.ndarray, *, scored: np.ndarray, choosing: np.ndarray
) -> CrossFit:
    """Choose a setting by the titles of `choosing` in one half of the stories, score it on those of `scored` in the other.

    `results` are the predictions of all settings.
    """
    judged = [(agreement(one, gold, choosing), agreement(one, gold, scored)) for one in results]
    folds = {}
    for name, half in halves(gold, hours).items():
        for late in (False, True):
            best = max(judged, key=lambda pair: pair[0].f1(half[choosing] == late))[1]
            folds[name, late] = best.f1(half[scored] != late)
    return CrossFit(
        mean=float(np.mean(list(folds.values()))),
        low=min(folds.values()),
        high=max(folds.values()),
        forward=folds["time", False],
        tuned=max(score.f1() for _, score in judged),
    )
