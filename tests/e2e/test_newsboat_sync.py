"""A real feed reader with an account: it logs in, lists, reads and marks, and what it read counts once."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bench.origin import Origin
from tests.e2e.processes import Home, wait_until

NEWSBOAT, TMUX = shutil.which("newsboat"), shutil.which("tmux")
SESSION_SECONDS = 30

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(NEWSBOAT is None or TMUX is None, reason="newsboat and tmux are needed (apt-get install newsboat tmux)"),
]

MODES = {
    "feedhq": 'urls-source "feedhq"\nfeedhq-url "{url}"\nfeedhq-login "anna"\nfeedhq-password "{password}"\n'
    "feedhq-show-special-feeds no\nfeedhq-min-items 50\n",
    "miniflux": 'urls-source "miniflux"\nminiflux-url "{url}"\nminiflux-login "anna"\nminiflux-password "{password}"\n',
}


def add_reader(home: Home) -> str:
    """Make an account and return its API password."""
    added = subprocess.run(
        home.command("reader", "add", "anna", "--password-stdin"),
        input="correct horse\n",
        check=True,
        capture_output=True,
        text=True,
        cwd=home.folder,
        env=home.environment,
        timeout=60,
    )
    found = re.search(r"password +(\S+)", added.stdout)
    assert found is not None
    return found[1]


def open_client(home: Home, mode: str) -> Path:
    """Make an account, and the configuration of a newsboat that uses it; return its folder."""
    password = add_reader(home)
    client = home.folder / "newsboat"
    client.mkdir()
    common = "auto-reload no\nreload-threads 1\nconfirm-exit no\n"
    (client / "config").write_text(common + MODES[mode].format(url=home.base_url, password=password))
    (client / "urls").touch()
    return client


def arguments(client: Path) -> list[str]:
    return [str(NEWSBOAT), "-C", str(client / "config"), "-u", str(client / "urls"), "-c", str(client / "cache.db")]


def reload(client: Path) -> None:
    subprocess.run(
        [*arguments(client), "-x", "reload"],
        check=True,
        timeout=SESSION_SECONDS * 2,
        cwd=client,
        env={**os.environ, "HOME": str(client)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )


def unread(client: Path) -> dict[str, int]:
    with closing(sqlite3.connect(client / "cache.db")) as cache:
        return dict(cache.execute("SELECT guid, unread FROM rss_item"))


@contextmanager
def terminal(client: Path) -> Iterator[Path]:
    """Run newsboat in a terminal of its own; gives the socket that keys are sent through."""
    socket = client / "tmux.sock"
    command = [str(TMUX), "-S", str(socket), "new-session", "-d", "-x", "120", "-y", "40", " ".join(arguments(client))]
    subprocess.run(command, check=True, timeout=SESSION_SECONDS, env={**os.environ, "HOME": str(client)}, cwd=client)
    try:
        yield socket
    finally:
        subprocess.run([str(TMUX), "-S", str(socket), "kill-server"], check=False, timeout=SESSION_SECONDS, capture_output=True)


def screen(socket: Path) -> str:
    shown = subprocess.run(
        [str(TMUX), "-S", str(socket), "capture-pane", "-p"],
        check=False,
        capture_output=True,
        text=True,
        timeout=SESSION_SECONDS,
    )
    return shown.stdout


def press(socket: Path, key: str, *, until: str) -> None:
    """Press a key and wait for words on the screen."""
    subprocess.run([str(TMUX), "-S", str(socket), "send-keys", key], check=True, timeout=SESSION_SECONDS)
    wait_until(lambda: re.search(until, screen(socket)), f"{until!r} after {key}: {screen(socket)}", seconds=SESSION_SECONDS)


@pytest.mark.parametrize("mode", ["feedhq", "miniflux"])
def test_newsboat_logs_in_lists_reads_and_marks_and_the_read_counts_once(home: Home, mode: str) -> None:
    with Origin(feeds=2, hosts=1) as origin:
        home.configure(origin.urls)
        home.run("poll", "--all")
        home.run("publish")
    client = open_client(home, mode)
    with home.start_daemon():
        reload(client)
        first = unread(client)
        assert first
        assert set(first.values()) == {1}
        with terminal(client) as socket:
            wait_until(lambda: "Thema alles" in screen(socket), f"the list of feeds: {screen(socket)}")
            press(socket, "Enter", until=r"Articles in feed")
            press(socket, "Enter", until=r"Title:")
            read = "SELECT entry_id FROM entry_states WHERE read_at IS NOT NULL"
            press(socket, "q", until=r"Articles in feed")  # it tells when the article is left
            wait_until(lambda: home.select(read), "the opened article is read here, too")
            (entry_id,) = home.select(read)
            press(socket, "N", until=r"Articles in feed")
            wait_until(lambda: not home.select(read), "un-marked within a minute")
            press(socket, "Up", until=r"Articles in feed")  # toggling moves to the next line
            assert home.select("SELECT entry_id FROM entry_states WHERE pending_at IS NOT NULL") == []
            press(socket, "N", until=r"Articles in feed")
            wait_until(lambda: home.select(read) == [entry_id], "marked again")
            press(socket, "A", until=r"Articles in feed")
            wait_until(lambda: len(home.select(read)) > 10, "all marked")
        assert home.select("SELECT entry_id FROM entry_states WHERE pending_at IS NOT NULL") == [entry_id]
        assert home.select("SELECT sum(readers) FROM stories") == [0]
        _age_the_pending_read(home)
        wait_until(lambda: home.select("SELECT entry_id FROM stories WHERE readers = 1") == [entry_id], "the read counts")
        assert home.select("SELECT sum(readers) FROM stories") == [1]
        reload(client)
        assert set(unread(client).values()) <= {0, 1}


def _age_the_pending_read(home: Home) -> None:
    """Let the minute for second thoughts be over."""
    home.change("UPDATE entry_states SET pending_at = pending_at - 61000000 WHERE pending_at IS NOT NULL")
