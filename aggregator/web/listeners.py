"""Open pages that wait for news: how many at most, and what they are told."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence

from starlette.concurrency import run_in_threadpool

LISTENERS = 500  # connections held at once; each is a socket and about 20 KB
LISTENERS_EACH = 8  # of one address: a few tabs, or a household behind one router
LOOK_SECONDS = 20.0  # between two looks into the store, shared by all who listen
STEP_SECONDS = 1.0  # a server that stops is noticed within
LIFE_SECONDS = 600.0  # of one connection; browsers come back by themselves
RETRY_MILLISECONDS = 30_000


class Listeners:
    """The connections of this process. `newest` returns the ids of the newest stories; it may block."""

    def __init__(self, newest: Callable[[], Sequence[int]], *, stopping: Callable[[], bool] = lambda: False) -> None:
        self._newest = newest
        self._stopping = stopping
        self._held: Counter[str] = Counter()
        self._lock = asyncio.Lock()
        self._looked_at = float("-inf")
        self._ids: Sequence[int] = ()

    def admit(self, address: str) -> bool:
        """Return whether one more of the address may listen."""
        return self._held.total() < LISTENERS and self._held[address] < LISTENERS_EACH

    async def listen(self, address: str) -> AsyncIterator[str]:
        """Yield events: the newest ids at once and whenever they change, else a comment, which finds connections that died."""
        clock = asyncio.get_running_loop().time
        self._held[address] += 1
        try:
            yield f"retry: {RETRY_MILLISECONDS}\n\n"
            ends_at = clock() + LIFE_SECONDS
            told: Sequence[int] = ()
            while clock() < ends_at:
                ids = await self._look(clock())
                yield f"event: newest\ndata: {json.dumps(ids)}\n\n" if ids != told else ":\n\n"
                told = ids
                next_at = clock() + LOOK_SECONDS
                while clock() < next_at:
                    if self._stopping():
                        return
                    await asyncio.sleep(STEP_SECONDS)
        finally:
            self._held[address] -= 1
            if not self._held[address]:
                del self._held[address]

    async def _look(self, now: float) -> Sequence[int]:
        async with self._lock:
            if now - self._looked_at >= LOOK_SECONDS:
                self._looked_at = now
                self._ids = list(await run_in_threadpool(self._newest))
            return self._ids
