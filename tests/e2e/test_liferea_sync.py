"""Liferea, headless, with an account: it sends its token in the form and no header, and must still get every item."""

from __future__ import annotations

import shutil
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from bench.origin import Origin
from tests.e2e.desktop_clients import running_client, select
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


def running_liferea(folder: Path) -> AbstractContextManager[None]:
    return running_client(
        ["xvfb-run", "-a", "dbus-run-session", "liferea"], folder, {"WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1"}
    )


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
        return {row[0] for row in select(database, "SELECT source_id FROM items WHERE source_id IS NOT NULL")}

    # It also fetches the feed's own address, where ids are others: these come from the API alone.
    ours = {f"tag:google.com,2005:reader/item/{entry_id:016x}" for entry_id in home.select("SELECT id FROM entries")}
    with home.start_daemon(), running_liferea(client):
        wait_until(lambda: len(stored() & ours) >= 50, "the newest 50 items", seconds=SYNC_SECONDS)  # it asks for 50
