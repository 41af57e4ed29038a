"""Sentence vectors of headlines: out of the store, or made within a budget of time; who gets none is compared by words."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Protocol, Self

from aggregator.errors import ModelFailed
from aggregator.group.embed import text_key
from aggregator.group.words import plain_text
from aggregator.protocols import Embedder
from aggregator.storage import Storage, Transaction

log = logging.getLogger(__name__)

BUDGET = timedelta(seconds=10)
"""What making vectors may take of a pass: some 300 titles with the slower model. A first poll waits for no more than this."""

TOGETHER = 32
"""Texts given to a model in one go; the budget is looked at between them."""

AHEAD = 4
"""Lots of `TOGETHER` texts that are made before they are asked for: enough that the model never waits for who asks."""

_OVERRUN = 2  # budgets; what was to suffice is cut off there, should the model have become so much slower

LONGEST_TITLE = 200
"""Letters of a note that are compared where it has no title."""


def said_title(title: str, summary_html: str) -> str:
    """Return what a vector is made of: the title; a note without one says what it says in its first words."""
    if title.strip():
        return title
    return " ".join(plain_text(summary_html).split())[:LONGEST_TITLE]


def stored_meanings(tx: Transaction, embedder: Embedder, texts: Iterable[str]) -> dict[str, bytes]:
    """Return the vectors of the texts that have one by this model."""
    keys = {text_key(text): text for text in texts}
    return {keys[key]: vector for key, vector in tx.grouping.meanings(keys, model=embedder.name).items()}


def make_meanings(
    storage: Storage,
    embedder: Embedder,
    texts: Sequence[str],
    *,
    now: datetime,
    should_stop: Callable[[], bool] = lambda: False,
    elapsed: Callable[[], float] = time.monotonic,
) -> dict[str, bytes]:
    """Return the vectors of texts, those that come first first: the stored ones, and as many new ones as the budget allows.

    `elapsed` tells seconds. New vectors are stored, so that none is ever made twice.
    """
    with storage.read() as tx:
        found = stored_meanings(tx, embedder, texts)
    missing = [text for text in dict.fromkeys(texts) if text not in found]
    made: dict[str, bytes] = {}
    until = elapsed() + BUDGET.total_seconds()
    for start in range(0, len(missing), TOGETHER):
        if should_stop() or elapsed() >= until:
            break
        part = missing[start : start + TOGETHER]
        made.update(zip(part, embedder.embed(part), strict=True))
    if made:
        with storage.write() as tx:
            tx.grouping.save_meanings({text_key(text): vector for text, vector in made.items()}, model=embedder.name, now=now)
    return found | made


class Meanings(Protocol):
    """Gives the vectors of texts: a dict, or what makes them meanwhile."""

    def get(self, text: str, /) -> bytes | None:
        """Return the vector of a text, None where it has none."""
        ...


class MeaningsAhead:
    """Makes vectors in a thread while those before are compared, so that a second core is not idle.

    They are asked for in the order of `asked`, and made in that order. The budget goes to what comes first in `preferred`: how
    many texts it suffices for is told by how long the first ones take. One thread asks.
    """

    def __init__(
        self,
        embedder: Embedder,
        known: Mapping[str, bytes],
        *,
        asked: Iterable[str],
        preferred: Iterable[str],
        should_stop: Callable[[], bool] = lambda: False,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self._embedder = embedder
        self._found = dict(known)
        self._should_stop = should_stop
        self._elapsed = elapsed
        self._made: dict[str, bytes] = {}
        self._closed = False
        self._until = elapsed() + _OVERRUN * BUDGET.total_seconds()
        wanted = self._choose([text for text in dict.fromkeys(preferred) if text not in known])
        texts = [text for text in dict.fromkeys(asked) if text in wanted]
        self._lots = [texts[start : start + TOGETHER] for start in range(0, len(texts), TOGETHER)]
        self._lot_of = {text: number for number, lot in enumerate(self._lots) for text in lot}
        self._coming: list[Future[dict[str, bytes]]] = []  # lots that were begun, in order
        self._taken = 0  # of them
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="meanings")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End the thread; a lot that was begun is ended first (0.6 s with the slower model)."""
        self._closed = True
        self._thread.shutdown(cancel_futures=True)

    def get(self, text: str, /) -> bytes | None:
        """Return the vector of a text, waiting for it if it is being made."""
        number = self._lot_of.get(text)
        if number is not None and number >= self._taken:
            while len(self._coming) < min(number + 1 + AHEAD, len(self._lots)):
                self._coming.append(self._thread.submit(self._make, self._lots[len(self._coming)]))
            for coming in self._coming[self._taken : number + 1]:
                self._keep(coming.result())
            self._taken = number + 1
        return self._found.get(text)

    def take_made(self) -> dict[str, bytes]:
        """Return the vectors that were made since this was asked last."""
        made, self._made = self._made, {}
        return made

    def _choose(self, missing: Sequence[str]) -> set[str]:
        """Make the first vectors, and return of which other texts there will be time for it."""
        started = self._elapsed()
        first = missing[:TOGETHER] if timedelta() < BUDGET else ()
        self._keep(self._make(first))
        spent = self._elapsed() - started
        if not first or not self._made:
            return set()
        left = max(BUDGET.total_seconds() - spent, 0.0)
        fitting = int(left * len(first) / spent) if spent > 0 else len(missing)
        return set(missing[len(first) : len(first) + fitting])

    def _make(self, texts: Sequence[str]) -> dict[str, bytes]:
        if not texts or self._closed or self._should_stop() or self._elapsed() >= self._until:
            return {}
        try:
            return dict(zip(texts, self._embedder.embed(texts), strict=True))
        except ModelFailed as error:
            log.error("titles of this pass are placed by words: %s", error)  # noqa: TRY400 - the sentence says all
            self._closed = True
            return {}

    def _keep(self, made: Mapping[str, bytes]) -> None:
        self._found.update(made)
        self._made.update(made)
