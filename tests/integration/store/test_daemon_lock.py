"""Two daemons on one store."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from aggregator.errors import StoreInUse
from aggregator.store.daemon_lock import hold_store


def test_a_second_daemon_is_told_who_holds_the_store(url: str, file: Path) -> None:
    with (
        hold_store(url),
        pytest.raises(StoreInUse, match=rf"process {os.getpid()}\) runs on {file}; stop it") as caught,
        hold_store(url),
    ):
        pass
    assert caught.value.path == file


def test_the_store_is_free_again_when_the_daemon_ends(url: str) -> None:
    with hold_store(url):
        pass
    with hold_store(url):
        pass


def test_a_daemon_that_was_killed_holds_nothing(url: str) -> None:
    program = (
        "import os, signal; from aggregator.store.daemon_lock import hold_store\n"
        f"with hold_store({url!r}): os.kill(os.getpid(), signal.SIGKILL)"
    )
    child = subprocess.run([sys.executable, "-c", program], check=False, timeout=60)
    assert child.returncode < 0
    with hold_store(url):
        pass


def test_the_folder_of_the_store_is_made(tmp_path: Path) -> None:
    with hold_store(f"sqlite:///{tmp_path}/new/aggregator.db"):
        assert (tmp_path / "new").is_dir()


def test_daemons_on_postgresql_share_the_work() -> None:
    url = "postgresql+psycopg://nobody@localhost/nothing"
    with hold_store(url), hold_store(url):
        pass
