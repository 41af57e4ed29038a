"""kill -9 in the middle of a pass: nothing is lost, nothing is stored twice, the database is intact."""

from __future__ import annotations

import random
import time

import pytest

from bench.corpus import ENTRIES
from bench.origin import Origin
from tests.e2e.processes import LOOK_SECONDS, Home, wait_until

pytestmark = pytest.mark.e2e

FEEDS = 200
KILLS = 10
PASS_SECONDS = 60
SHARE = 0.5  # of the feeds have news before each later pass, so that every killed pass was storing something


def kill_in_a_pass(home: Home, origin: Origin, chance: random.Random) -> bool:
    """Start a pass and kill it after a random number of requests and a random moment more; False if it was done before."""
    origin.reset()
    wanted = chance.randrange(1, FEEDS)
    running = home.start("poll", "--all")
    try:
        wait_until(
            lambda: origin.counters()["requests"] >= wanted or running.poll() is not None, "requests", seconds=PASS_SECONDS
        )
        time.sleep(chance.uniform(0, 4 * LOOK_SECONDS))
    finally:
        running.kill()
        code = running.wait()
    return code == -9


def test_ten_kills_at_random_moments_lose_nothing_and_double_nothing(home: Home) -> None:
    chance = random.Random()  # random on purpose: over many runs every moment is hit
    with Origin(feeds=FEEDS) as origin:
        home.configure(origin.urls)
        origin.set_latency(0.02)
        kills = sum(kill_in_a_pass(home, origin, chance) for _ in range(KILLS // 2))
        home.run("poll", "--all")
        assert home.select("SELECT count(*) FROM entries") == [FEEDS * ENTRIES]
        changed = 0
        for _ in range(KILLS):
            if kills < KILLS:
                changed += origin.change(SHARE)
                kills += kill_in_a_pass(home, origin, chance)
                home.run("database", "check")
        last = home.report("poll", "--all")
    assert kills == KILLS
    assert (last["feeds"]["polled"], last["feeds"]["failed"]) == (FEEDS, 0)  # what a killed pass had claimed is given back
    expected = FEEDS * ENTRIES + changed
    assert home.select("SELECT count(*) FROM entries") == [expected]
    assert home.select("SELECT count(DISTINCT url) FROM entries") == [expected]
    assert home.select("SELECT count(*) FROM (SELECT 1 FROM entries GROUP BY guid, url HAVING count(*) > 1) AS doubled") == [0]
    home.run("database", "check")
