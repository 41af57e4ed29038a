from __future__ import annotations

import pytest

from aggregator.rank.batches import sync_weight


@pytest.mark.parametrize(
    ("batch", "lately", "weight"),
    [
        (1, 0, 1.0), (5, 0, 1.0), (6, 0, 0.2), (20, 0, 0.2), (21, 0, 0.0), (1000, 0, 0.0),
        (1, 59, 1.0), (1, 60, 0.0), (5, 55, 1.0), (5, 56, 0.0),
    ],
)  # fmt: skip
def test_the_more_at_once_the_less_each_is_worth(batch: int, lately: int, weight: float) -> None:
    assert sync_weight(batch=batch, lately=lately) == weight
