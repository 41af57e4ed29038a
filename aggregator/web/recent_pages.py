"""Pages that many ask for, in memory for some seconds: a page that is on its way to a thousand readers is made once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.web.respond import Representation

RECENT = timedelta(seconds=5)  # times are told in minutes, and caches may keep a page for a minute anyway
RECENT_PAGES = 256  # kept at most; about 25 KB each with its compressed form


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyPage:
    """A page ready to send, and the lists that whoever sees it sees, with how many of their places."""

    made: Representation
    seen: Mapping[str, int]


class RecentPages:
    """Pages made within the last seconds; while one is made, those who ask for the same wait for it instead of making it."""

    def __init__(self) -> None:
        self._held: dict[Hashable, tuple[datetime, ReadyPage]] = {}
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], ReadyPage], *, now: datetime) -> ReadyPage:
        """Return the page, made now if nobody asked for it lately."""
        if (held := self._fresh(key, now)) is not None:
            return held
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            try:
                if (held := self._fresh(key, now)) is not None:
                    return held
                page = make()
            finally:
                with self._lock:
                    self._making.pop(key, None)
            with self._lock:
                if len(self._held) >= RECENT_PAGES:
                    self._held.clear()
                self._held[key] = now, page
            return page

    def _fresh(self, key: Hashable, now: datetime) -> ReadyPage | None:
        held = self._held.get(key)
        return held[1] if held is not None and abs(now - held[0]) < RECENT else None
