"""A real feed reader subscribes to a topic over HTTP."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import feedparser
import pytest

from bench.origin import Origin
from tests.e2e.processes import Home, get
from tests.e2e.proxy import RecordingProxy

NEWSBOAT = shutil.which("newsboat")
RELOAD_SECONDS = 60

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(NEWSBOAT is None, reason="newsboat is not installed (apt-get install newsboat)"),
]


def reload(folder: Path) -> None:
    arguments = ["-C", "config", "-u", "urls", "-c", "cache.db", "-x", "reload"]
    subprocess.run(
        [str(NEWSBOAT), *arguments],
        check=True,
        timeout=RELOAD_SECONDS,
        cwd=folder,
        env={**os.environ, "HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_newsboat_reads_a_topic_and_gets_304_on_its_third_reload(home: Home, form: str) -> None:
    client = home.folder / "newsboat"
    client.mkdir()
    with Origin(feeds=3, hosts=1) as origin:
        home.configure(origin.urls)
        home.run("poll", "--all")
        home.run("publish")
        with home.start_daemon(), RecordingProxy(home.port) as proxy:
            path = f"/topics/alles.{form}"
            (client / "config").touch()
            (client / "urls").write_text(f"{proxy.url}{path}\n")
            for _ in range(3):
                reload(client)
            emitted = feedparser.parse(get(f"{home.base_url}{path}")[1])
    # Newsboat keeps validators from its second reload on, so the third is the first that can be answered with 304.
    assert [exchange.status for exchange in proxy.exchanges] == [200, 200, 304]
    assert "if-none-match" in proxy.exchanges[2].headers
    assert "if-modified-since" in proxy.exchanges[2].headers
    with closing(sqlite3.connect(client / "cache.db")) as cache:
        items = cache.execute("SELECT guid, title, url, unread FROM rss_item").fetchall()
    assert len(items) == 50  # the limit of a topic; the three feeds have 90 entries
    assert {(guid, title, url) for guid, title, url, _ in items} == {
        (entry.id, entry.title, entry.link) for entry in emitted.entries
    }
    assert all(unread for _, _, _, unread in items)
