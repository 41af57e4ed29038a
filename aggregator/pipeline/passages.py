"""What the sentence model has read of entries, kept in the store: never read twice, and there again after a restart."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from aggregator.group.embed import passage_key
from aggregator.group.recollection import Recollection
from aggregator.group.topics import TopicMatcher, passages_of
from aggregator.protocols import Embedder
from aggregator.storage import Storage, Transaction

RECALLED_ENTRIES = 2_000
"""The newest entries that are recalled: as many passages as an archive keeps (`group/archive.py`)."""


def recall_passages(storage: Storage, embedder: Embedder, texts: Iterable[str]) -> Recollection:
    """Return the newest entries, and the vectors that are stored of them and of `texts`."""
    with storage.read() as tx:
        newest = tx.entries.newest(limit=RECALLED_ENTRIES)
    passages = [passage for entry in reversed(newest) for passage in passages_of(entry.data)]
    keys = dict.fromkeys(map(passage_key, (*passages, *texts)))
    with storage.read() as tx:
        stored = tx.grouping.meanings(keys, model=embedder.name)
    return Recollection(entries=newest, vectors={key: stored[key] for key in keys if key in stored})


def keep_passages(tx: Transaction, matcher: TopicMatcher, *, now: datetime) -> None:
    """Store what the model has read since the last call."""
    model, vectors = matcher.take_new()
    tx.grouping.save_meanings(vectors, model=model, now=now)
