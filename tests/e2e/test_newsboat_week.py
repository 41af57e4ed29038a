"""A week of ranked feeds in a real feed reader: nothing comes twice, nothing becomes unread again, little is sent in vain."""

from __future__ import annotations

import random
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aggregator.library.reads import ReadRecorder
from aggregator.pipeline.ranking import RankingRules
from aggregator.storage import LAST_PASS_NOTE, Storage
from aggregator.store.database import open_database
from aggregator.web.asgi import create_app
from aggregator.web.site import WebSite
from tests.e2e.processes import wait_until
from tests.e2e.test_newsboat import NEWSBOAT, reload
from tests.fakes.changes import NOON
from tests.fakes.clock import FakeClock
from tests.fakes.press import HOUR, RANKED_PATHS, Press

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(NEWSBOAT is None, reason="newsboat is not installed (apt-get install newsboat)"),
]

WEEK_HOURS = 7 * 24
FETCH_HOURS = 6
QUANTUM = timedelta(hours=12)
"""So that every other fetch finds what the one before found; the default of 15 minutes would need 96 fetches a day."""

UNCONDITIONAL = 2
"""Reloads of a new cache without validators, whatever the server sends."""


@dataclass(kw_only=True)
class Recorded:
    """An application, and the status of every answer by path, as asked."""

    app: ASGIApp
    answers: dict[str, list[int]] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def note(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.answers.setdefault(scope["path"], []).append(message["status"])
            await send(message)

        await self.app(scope, receive, note)


@contextmanager
def served(storage: Storage, clock: FakeClock) -> Iterator[tuple[str, Recorded]]:
    """Serve the documents of the store as the program does, by the time of the test; gives address and record."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        recorder = ReadRecorder(storage)
        site = WebSite(title="Newsraum", base_url=base_url)
        recorded = Recorded(app=create_app(storage=storage, site=site, recorder=recorder, clock=clock))
        server = uvicorn.Server(uvicorn.Config(recorded, log_config=None, proxy_headers=False, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        wait_until(lambda: server.started, "the web server")
        try:
            yield base_url, recorded
        finally:
            server.should_exit = True
            thread.join(10)
            recorder.close()


def open_client(folder: Path, address: str) -> Path:
    """Make a newsboat with one feed: it knows an entry by its id alone, whichever of our feeds it is in."""
    folder.mkdir()
    (folder / "urls").write_text(f"{address}\n")
    # What changes in any way is shown as unread again: the strictest that a reader can be.
    (folder / "config").write_text(f'reset-unread-on-update "{address}"\n')
    return folder


def read_everything(client: Path) -> list[str]:
    """Return the ids of what is unread, and mark it read, as a person does who reads everything."""
    with closing(sqlite3.connect(client / "cache.db")) as cache, cache:
        unread = [guid for (guid,) in cache.execute("SELECT guid FROM rss_item WHERE unread")]
        cache.execute("UPDATE rss_item SET unread = 0")
    return unread


def test_newsboat_shows_every_entry_once_and_asks_in_vain_as_often_as_the_quantum_says(tmp_path: Path) -> None:
    chance = random.Random(20261124)
    clock = FakeClock(NOON)
    seen: dict[str, list[str]] = {path: [] for path in RANKED_PATHS}
    unchanged: list[bool] = []  # whether the lists were as at the fetch before
    with (
        closing(open_database(f"sqlite:///{tmp_path / 'aggregator.db'}")) as storage,
        served(storage, clock) as (base_url, recorded),
    ):
        press = Press(storage, rules=RankingRules(quantum=QUANTUM))
        with storage.write() as tx:
            tx.note(LAST_PASS_NOTE, NOON.isoformat())  # before it nothing is ranked
        clients = {
            path: open_client(tmp_path / f"client {number}", f"{base_url}{path}.atom")
            for number, path in enumerate(RANKED_PATHS)
        }
        ranked = False
        for hour in range(WEEK_HOURS):
            press.live_an_hour(hour, chance)
            clock.at = NOON + (hour + 1) * HOUR
            ranked |= press.rank(clock.at, at_once=hour == 0).lists > 0
            press.emit(now=clock.at)
            if (hour + 1) % FETCH_HOURS == 0:
                unchanged.append(not ranked)
                ranked = False
                for path, client in clients.items():
                    reload(client)
                    seen[path] += read_everything(client)
    fetches = WEEK_HOURS // FETCH_HOURS
    in_vain = [place for place in range(UNCONDITIONAL, fetches) if unchanged[place]]
    assert len(in_vain) >= (fetches - UNCONDITIONAL) // 2
    for path in RANKED_PATHS:
        assert len(seen[path]) == len(set(seen[path])), "an entry twice, or unread again after it was read"
        assert len(seen[path]) > 10
        statuses = recorded.answers[f"{path}.atom"]
        assert len(statuses) == fetches
        assert [statuses[place] for place in in_vain] == [304] * len(in_vain)
