"""What the garbage collector is told."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from aggregator.app.collecting import YOUNG_OBJECTS, collect_rarely


@pytest.fixture
def _collector() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


@pytest.mark.usefixtures("_collector")
def test_a_batch_is_not_looked_through_while_it_grows() -> None:
    collect_rarely()
    gc.collect()
    collections = gc.get_stats()[0]["collections"]
    held = [[number] for number in range(YOUNG_OBJECTS // 2)]
    assert gc.get_stats()[0]["collections"] == collections
    assert len(held) == YOUNG_OBJECTS // 2


@pytest.mark.usefixtures("_collector")
def test_cycles_are_still_collected() -> None:
    collect_rarely()
    collections = gc.get_stats()[0]["collections"]
    held = [[number] for number in range(2 * YOUNG_OBJECTS)]
    assert gc.get_stats()[0]["collections"] > collections
    assert len(held) == 2 * YOUNG_OBJECTS
