"""Searches cost more than bytes out of the store: who may search now, and the feeds made lately.

A feed is kept in memory until the index changes, and for a minute whatever happens: many readers of one search cost one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.exceptions import HTTPException

from aggregator.model.document import Format, Rendered
from aggregator.web.rates import RequestRates
from aggregator.web.respond import Representation

SEARCHES_A_MINUTE = 60  # of a network; a person types one in some seconds, and a feed reader asks once an hour
AT_ONCE = 4  # searches under way; more would take the CPU from the feeds
PATIENCE_SECONDS = 5.0  # for which a search waits for its turn
KEPT_FEEDS = 256
KEPT_FOR = timedelta(minutes=1)

RenderSearch = Callable[[str, Format], Rendered]


@dataclass(frozen=True, slots=True, kw_only=True)
class _KeptFeed:
    """A feed in memory: the revision of the index it was made of, and when."""

    revision: int
    at: datetime
    made: Representation


class Searches:
    """Who may search now, and the feeds made lately; one an application. `render` None makes no feeds."""

    def __init__(self, render: RenderSearch | None) -> None:
        self.render = render
        self._rates = RequestRates(limit=SEARCHES_A_MINUTE)
        self._turn = threading.BoundedSemaphore(AT_ONCE)
        self._kept: dict[tuple[str, Format], _KeptFeed] = {}

    @contextmanager
    def turn(self, address: str, *, now: datetime) -> Iterator[None]:
        """Let a search run.

        Raises: HTTPException, 429 for a network that asks too often, 503 where too many search at once.
        """
        if not self._rates.is_allowed(address, now=now):
            raise HTTPException(429, headers={"retry-after": "60"})
        if not self._turn.acquire(timeout=PATIENCE_SECONDS):
            raise HTTPException(503)
        try:
            yield
        finally:
            self._turn.release()

    def kept(self, text: str, form: Format, *, revision: int, now: datetime) -> Representation | None:
        """Return a feed that is in memory and as good as new."""
        kept = self._kept.get((text, form))
        if kept is not None and (kept.revision == revision or timedelta(0) <= now - kept.at < KEPT_FOR):
            return kept.made
        return None

    def keep(self, text: str, form: Format, made: Representation, *, revision: int, now: datetime) -> None:
        """Keep a feed in memory; beyond `KEPT_FEEDS`, the one made first goes."""
        self._kept.pop((text, form), None)
        self._kept[(text, form)] = _KeptFeed(revision=revision, at=now, made=made)
        while len(self._kept) > KEPT_FEEDS:
            self._kept.pop(next(iter(self._kept)), None)
