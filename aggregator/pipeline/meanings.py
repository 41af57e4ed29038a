"""Sentence vectors of headlines: out of the store, or made within a budget of time; who gets none is compared by words."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from aggregator.group.embed import text_key
from aggregator.group.words import plain_text
from aggregator.protocols import Embedder
from aggregator.storage import Storage, Transaction

BUDGET = timedelta(seconds=10)
"""What making vectors may take of a pass: some 300 titles with the slower model. A first poll waits for no more than this."""

TOGETHER = 32
"""Texts given to a model in one go; the budget is looked at between them."""

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
