"""How much is in the store, for the figures of `/metrics`: looked up rarely, for it takes longer the more there is."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.storage import Storage, StoreCounts

KEPT_FOR = timedelta(minutes=1)  # what scrapers wait between two of theirs; with 5,000,000 entries a look takes 119 ms CPU


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFigures:
    """What was in the store, and on the disk, when it was looked up."""

    counts: StoreCounts
    documents: int
    size_bytes: int


class RecentFigures:
    """The figures of the last minute; one a process, for any thread."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._lock = threading.Lock()
        self._held: tuple[datetime, StoreFigures] | None = None

    def get(self, *, now: datetime) -> StoreFigures:
        """Return the figures, a minute old at the most."""
        with self._lock:
            if self._held is None or not timedelta(0) <= now - self._held[0] < KEPT_FOR:
                self._held = now, self._read()
            return self._held[1]

    def _read(self) -> StoreFigures:
        with self._storage.read() as tx:
            counts, documents = tx.counts(), len(tx.documents.fingerprints())
        return StoreFigures(counts=counts, documents=documents, size_bytes=self._storage.size_bytes())
