"""kill -9 in the middle of writing, ten times: nothing is lost that was kept, nothing is there twice."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from aggregator.store.database import open_database

WRITER = Path(__file__).with_name("writer.py")
KILLS = 10
LONGEST_LIFE = 0.15
"""Seconds after the first batch of a life; a batch takes some milliseconds."""


def live_and_die(url: str, seconds: float) -> int:
    """Run a writer, kill it; return how many batches it said were kept."""
    with subprocess.Popen([sys.executable, str(WRITER), url], stdout=subprocess.PIPE, cwd=WRITER.parents[3]) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline()
        try:
            writer.wait(seconds)
        except subprocess.TimeoutExpired:
            writer.send_signal(signal.SIGKILL)
        kept = writer.stdout.read().count(b"\n") + 1
    assert writer.returncode == -signal.SIGKILL
    return kept


def test_a_store_whose_writer_is_killed_ten_times_holds_every_entry_exactly_once(url: str, file: Path) -> None:
    moments = random.Random(20261124)
    batches = 0
    for _ in range(KILLS):
        batches += live_and_die(url, moments.uniform(0, LONGEST_LIFE))
        with closing(open_database(url)) as storage:
            assert storage.check() == []
    with closing(sqlite3.connect(file)) as database:
        (polls,) = database.execute("SELECT count(*) FROM feeds WHERE last_polled_at IS NOT NULL").fetchone()
        (entries, urls, titles) = database.execute(
            "SELECT count(*), count(DISTINCT url), count(DISTINCT title) FROM entries"
        ).fetchone()
        # A feed's document lists 20 consecutive numbers, two more every hour: none may be missing in between.
        gaps = database.execute(
            "SELECT feed_id FROM entry_origins JOIN entries ON entries.id = entry_id GROUP BY feed_id "
            "HAVING count(*) != max(CAST(substr(title, instr(title, '/') + 1) AS INTEGER)) + 1"
        ).fetchall()
    assert batches >= KILLS
    assert polls > 0
    assert entries == urls == titles > 0
    assert gaps == []
