"""Feeds in memory for as long as nobody can tell the difference."""

from __future__ import annotations

from datetime import datetime, timedelta

from starlette.exceptions import HTTPException

from aggregator.storage import Storage
from aggregator.web.respond import Representation, as_rendered

RECENT = timedelta(seconds=1)  # for which a document is served from memory: nothing against the 900 s that clients may keep it
RECENT_BYTES = 64 * 1024 * 1024  # held at most; 128 feeds of the largest size


class RecentDocuments:
    """Documents asked for within the last second.

    Reading one from the store takes 0.19 ms of CPU, more than twice all the rest of a request (docs/adr/0002-server.md). What
    is not there is not remembered, so that asking for nonsense fills no memory.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._held: dict[str, tuple[datetime, Representation]] = {}
        self._bytes = 0

    def get(self, path: str, *, now: datetime) -> Representation:
        """Return the document at a path.

        Raises: HTTPException, 410 if there was one, 404 if there never was.
        """
        held = self._held.get(path)
        if held is not None and timedelta(0) <= now - held[0] < RECENT:
            return held[1]
        with self._storage.read() as tx:
            document = tx.documents.get(path)
            gone = document is None and tx.documents.is_gone(path)
        if held is not None:
            self._bytes -= _size(self._held.pop(path)[1])
        if document is None:
            raise HTTPException(410 if gone else 404)
        made = as_rendered(document)
        if self._bytes + _size(made) > RECENT_BYTES:
            self._held.clear()
            self._bytes = 0
        self._held[path] = now, made
        self._bytes += _size(made)
        return made


def _size(made: Representation) -> int:
    return len(made.body) + len(made.body_gzip)
