"""An aggregator over a store of the test's own, with a scripted fetcher and a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from aggregator.app import Aggregator, open_aggregator
from aggregator.config.loading import parse_settings
from tests.fakes.clock import FakeClock
from tests.fakes.fetcher import FakeFetcher

Open = Callable[[str, FakeFetcher], Aggregator]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def open_with(tmp_path: Path, database_url: str, clock: FakeClock) -> Iterator[Open]:
    """Return a function that opens the same store with a configuration and a fetcher, closing what was open before."""
    with ExitStack() as stack:

        def open_again(config: str, fetcher: FakeFetcher) -> Aggregator:
            stack.close()
            settings = parse_settings(config, path=tmp_path / "config.yaml", environ={"AGGREGATOR_STORE__URL": database_url})
            return stack.enter_context(open_aggregator(settings, clock=clock, fetcher=fetcher))

        yield open_again
