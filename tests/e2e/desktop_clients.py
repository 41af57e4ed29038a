"""Feed readers with windows, run without a screen in a folder of their own, and what they stored."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

STOP_SECONDS = 10


@contextmanager
def running_client(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """Run a client at home in `folder`; it and all that it started are ended."""
    runtime = folder / "run"
    runtime.mkdir(mode=0o700, exist_ok=True)
    with (folder / "client.log").open("ab") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={
                **{name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")},
                "HOME": str(folder),
                "TMPDIR": str(runtime),  # where some look for another one of themselves
                "XDG_RUNTIME_DIR": str(runtime),
                **environment,
            },
            cwd=folder,
            start_new_session=True,
        )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def select(database: Path, query: str) -> list[tuple[Any, ...]]:
    """Return what a query gives; nothing while there is no such table yet, or it is being written."""
    if not database.exists():
        return []
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as store:
        try:
            return store.execute(query).fetchall()
        except sqlite3.OperationalError:
            return []
