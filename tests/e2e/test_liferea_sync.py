"""Liferea, headless, with an account: it sends its token in the form and no header, and must still get every item."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bench.origin import Origin
from tests.e2e.processes import Home, wait_until
from tests.e2e.test_newsboat_sync import add_reader

PROGRAMS = ("liferea", "xvfb-run", "dbus-run-session")
MISSING = [program for program in PROGRAMS if shutil.which(program) is None]
SYNC_SECONDS = 90

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {' '.join(MISSING)} (apt-get install liferea xvfb xauth dbus)"),
]

FEEDLIST = """<?xml version="1.0"?>
<opml version="1.0"><head><title>Liferea Feed List Export</title></head><body>
<outline title="GR" text="GR" description="GR" type="source" id="grsrc01" sourceType="fl_google_reader" xmlUrl="{url}"
 updateInterval="-1" username="anna" password="{password}"/>
</body></opml>
"""


@contextmanager
def running_liferea(folder: Path) -> Iterator[None]:
    runtime = folder / "run"
    runtime.mkdir(mode=0o700)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")},
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(runtime),
        "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
    }
    with (folder / "liferea.log").open("wb") as log:
        process = subprocess.Popen(
            ["xvfb-run", "-a", "dbus-run-session", "liferea"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            cwd=folder,
            start_new_session=True,
        )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_liferea_synchronises_and_stores_the_items(home: Home) -> None:
    with Origin(feeds=2, hosts=1) as origin:
        home.configure(origin.urls)
        home.run("poll", "--all")
        home.run("publish")
    client = home.folder / "liferea"
    (client / ".config" / "liferea").mkdir(parents=True)
    feedlist = FEEDLIST.format(url=home.base_url, password=add_reader(home))
    (client / ".config" / "liferea" / "feedlist.opml").write_text(feedlist)
    database = client / ".local" / "share" / "liferea" / "liferea.db"

    def stored() -> set[str]:
        if not database.exists():
            return set()
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as store:
            try:
                return {row[0] for row in store.execute("SELECT source_id FROM items WHERE source_id IS NOT NULL")}
            except sqlite3.OperationalError:  # it is just making its tables
                return set()

    # It also fetches the feed's own address, where ids are others: these come from the API alone.
    ours = {f"tag:google.com,2005:reader/item/{entry_id:016x}" for entry_id in home.select("SELECT id FROM entries")}
    with home.start_daemon(), running_liferea(client):
        wait_until(lambda: len(stored() & ours) >= 50, "the newest 50 items", seconds=SYNC_SECONDS)  # it asks for 50
