"""Kernel ridge regression over topics."""

from __future__ import annotations

import pytest

np = pytest.importorskip("numpy", reason="comes with the extra `meaning`")
from aggregator.group.ridge import fit_ridge  # noqa: E402 - after the skip

ROWS = np.array([[1.0, 0.1], [0.9, 0.2], [0.1, 1.0], [0.2, 0.8], [0.3, 0.3]])
OWNERS = (0, 0, 1, 1, None)


def test_a_text_scores_highest_for_the_topic_it_is_like() -> None:
    ridge = fit_ridge(ROWS @ ROWS.T, OWNERS, 2)
    scores = ridge.score(ROWS @ np.array([1.0, 0.0]))
    assert scores[0] > scores[1]


def test_what_is_said_of_a_row_left_out_is_what_is_said_without_it() -> None:
    # Both topics keep their weights: the row left out belongs to none, and the bias is taken from all rows.
    full = fit_ridge(ROWS @ ROWS.T, OWNERS, 2)
    weights = np.array([1.0, 1.0, 1.0, 1.0])
    rest = ROWS[:4]
    wanted = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    bias = np.array([2.0, 2.0]) / 4.1
    solved = np.linalg.solve(rest @ rest.T + np.diag(1 / weights), wanted - bias)
    assert full.left_out[4] == pytest.approx(ROWS[4] @ rest.T @ solved + bias)


def test_a_small_topic_weighs_as_much_as_a_large_one() -> None:
    rows = np.array([[1.0, 0.0]] * 6 + [[0.0, 1.0]] * 2)
    ridge = fit_ridge(rows @ rows.T, (0,) * 6 + (1,) * 2, 2)
    assert ridge.score(rows @ np.array([1.0, 0.0]))[0] == pytest.approx(ridge.score(rows @ np.array([0.0, 1.0]))[1])
