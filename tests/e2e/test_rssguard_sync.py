"""RSS Guard, headless, with an account of the Google Reader kind: it builds its tree of feeds and stores every item."""

from __future__ import annotations

import base64
import json
import shutil
import sqlite3
from contextlib import AbstractContextManager, closing
from itertools import cycle
from pathlib import Path

import pytest

from bench.origin import Origin
from tests.e2e.desktop_clients import running_client, select
from tests.e2e.processes import Home, wait_until
from tests.e2e.test_newsboat_sync import add_reader

PROGRAMS = ("rssguard", "dbus-run-session")
MISSING = [program for program in PROGRAMS if shutil.which(program) is None]
START_SECONDS = 60
SYNC_SECONDS = 120
SYNC_FIRST_SECONDS = 8  # after its start, when it has the tree of feeds, it fetches their items
SERVICE_FRESHRSS = 1
KEY = 0x1122334455667788  # of its own making otherwise, in a file beside its settings

INI = f"""\
[main]
first_run=false
first_run_4.0.4=false

[feeds]
feeds_update_on_startup=true
feeds_update_on_startup_delay={SYNC_FIRST_SECONDS}
"""

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {' '.join(MISSING)} (apt-get install rssguard dbus)"),
]


def hide(password: str) -> str:
    """Return a password as RSS Guard keeps it: SimpleCrypt 3 without flags, each byte mixed with the key and the one before."""
    mixed, last = bytearray(), 0
    for byte, key in zip(b"\0" + password.encode(), cycle(KEY.to_bytes(8, "little")), strict=False):
        last ^= byte ^ key
        mixed.append(last)
    return base64.b64encode(b"\x03\x00" + mixed).decode()


def running_rssguard(folder: Path) -> AbstractContextManager[None]:
    environment = {
        "QT_QPA_PLATFORM": "offscreen",
        "QTWEBENGINE_DISABLE_SANDBOX": "1",
        "QTWEBENGINE_CHROMIUM_FLAGS": "--no-sandbox",
    }
    return running_client(["dbus-run-session", "rssguard"], folder, environment)


def test_rss_guard_builds_its_tree_and_stores_every_item(home: Home) -> None:
    with Origin(feeds=2, hosts=1) as origin:
        home.configure(origin.urls)
        home.run("poll", "--all")
        home.run("publish")
    client = home.folder / "rssguard"
    client.mkdir()
    own = client / ".config" / "RSS Guard 4"
    database = own / "database" / "database.db"
    (own / "config").mkdir(parents=True)
    (own / "config" / "config.ini").write_text(INI)
    (own / "config" / "key.private").write_text(str(KEY))
    with running_rssguard(client):  # it makes its tables
        wait_until(
            lambda: select(database, "SELECT inf_value FROM Information WHERE inf_key = 'schema_version'"),
            "its tables",
            seconds=START_SECONDS,
        )
    account = {
        "service": SERVICE_FRESHRSS,
        "username": "anna",
        "password": hide(add_reader(home)),
        "url": home.base_url,
        "batch_size": 100,
        "download_only_unread": False,
        "intelligent_synchronization": True,
    }
    with closing(sqlite3.connect(database)) as store, store:
        store.execute("INSERT INTO Accounts (type, custom_data) VALUES ('greader', ?)", [json.dumps(account)])
    entries = {f"tag:google.com,2005:reader/item/{entry_id:016x}" for entry_id in home.select("SELECT id FROM entries")}
    with home.start_daemon(), running_rssguard(client):
        wait_until(lambda: len(stored(database) & entries) == len(entries), "every item", seconds=SYNC_SECONDS)
    assert {title for (title,) in select(database, "SELECT title FROM Feeds")} >= {"Thema alles", "Meistgelesene Artikel"}
    assert {title for (title,) in select(database, "SELECT title FROM Categories")} >= {"Themen", "Meistgelesen"}
    assert select(database, "SELECT count(*) FROM Messages WHERE is_read OR title = '' OR url IS NULL") == [(0,)]


def stored(database: Path) -> set[str]:
    return {item for (item,) in select(database, "SELECT custom_id FROM Messages")}
