"""The daemon as an operator meets it: ends when asked, keeps its children alive, reloads its configuration."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator

import pytest

from bench.corpus import ENTRIES
from bench.origin import Origin
from tests.e2e.processes import STOP_SECONDS, Home, get, wait_until
from tests.fakes.databases import kind_of

pytestmark = pytest.mark.e2e

FEEDS = 60
ANSWER_LATENCY_SECONDS = 0.4  # a pass over all feeds then takes over a second, long enough to be met in the middle


@pytest.fixture(scope="module")
def origin() -> Iterator[Origin]:
    with Origin(feeds=FEEDS, hosts=FEEDS) as running:
        yield running


def test_the_daemon_polls_publishes_and_serves(home: Home, origin: Origin) -> None:
    home.configure(origin.urls)
    with home.start_daemon() as daemon:
        wait_until(lambda: home.select("SELECT count(*) FROM entries") == [FEEDS * ENTRIES], "every entry")
        for form in ("rss", "atom", "json"):
            url = f"{home.base_url}/topics/alles.{form}"
            wait_until(lambda url=url: get(url)[0] == 200, f"the topic as {form}")  # type: ignore[misc]  # a default binds the loop
        assert get(f"{home.base_url}/")[0] == 200
        assert get(f"{home.base_url}/opml")[0] == 200
        assert home.report("status")["entries"] == FEEDS * ENTRIES
        assert daemon.stop() == 0


def test_sigterm_in_a_pass_ends_it_within_ten_seconds_and_loses_nothing(home: Home, origin: Origin) -> None:
    home.configure(origin.urls)
    origin.set_latency(ANSWER_LATENCY_SECONDS)
    origin.reset()
    try:
        with home.start_daemon() as daemon:
            wait_until(lambda: origin.counters()["requests"] >= FEEDS // 3, "the pass is under way")
            started = time.monotonic()
            assert daemon.stop() == 0
            assert time.monotonic() - started < STOP_SECONDS
    finally:
        origin.set_latency(0)
    stored = sum(feed["last_success_at"] is not None for feed in home.report("feeds")["feeds"])
    assert home.select("SELECT count(*) FROM entries") == [stored * ENTRIES]
    rest = home.report("poll")  # not --all: what came back before the end is not asked again
    assert rest["feeds"]["polled"] == FEEDS - stored
    assert rest["entries"]["new"] == (FEEDS - stored) * ENTRIES
    assert home.select("SELECT count(DISTINCT url) FROM entries") == [FEEDS * ENTRIES]
    home.run("database", "check")


def test_a_second_daemon_on_the_same_store_says_so_and_ends(home: Home) -> None:
    if kind_of(home.database_url) != "sqlite":
        pytest.skip("daemons share a server")
    home.configure()
    with home.start_daemon() as daemon:
        refused = home.run("run", code=1)
        assert "news.db" in refused.stderr
        assert "Traceback" not in refused.stderr
        assert daemon.is_ready()


@pytest.mark.parametrize("role", ["web", "poller"])
def test_a_child_that_is_killed_is_started_again(home: Home, role: str) -> None:
    home.configure()
    with home.start_daemon() as daemon:
        wait_until(lambda: role in daemon.children(), f"a {role}")
        killed = daemon.children()[role]
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: daemon.children().get(role, killed) != killed, f"another {role}")
        wait_until(daemon.is_ready, "ready again")
        assert daemon.stop() == 0


def test_children_do_not_outlive_a_daemon_that_is_killed(home: Home) -> None:
    home.configure()
    with home.start_daemon() as daemon:
        wait_until(lambda: len(daemon.children()) == 2, "both children")
        daemon.process.kill()
        daemon.process.wait()
        wait_until(lambda: not daemon.is_ready(), "the web server has ended")
    with home.start_daemon() as daemon:  # the lock on the store and the port are free
        assert daemon.stop() == 0


def test_a_changed_file_is_taken_up(home: Home, origin: Origin) -> None:
    home.configure(origin.urls[:2])
    with home.start_daemon() as daemon:
        assert get(f"{home.base_url}/topics/neu")[0] == 404
        home.configure(origin.urls[:3], topics=("alles", "neu"))
        wait_until(lambda: get(f"{home.base_url}/topics/neu.rss")[0] == 200, "the feed of the new topic")
        wait_until(lambda: home.select("SELECT count(*) FROM entries") == [3 * ENTRIES], "the entries of the new feed")
        assert daemon.stop() == 0


def test_a_broken_file_is_reported_and_the_old_configuration_stays(home: Home, origin: Origin) -> None:
    home.configure(origin.urls[:2])
    with home.start_daemon() as daemon:
        wait_until(lambda: get(f"{home.base_url}/topics/alles.rss")[0] == 200, "the feed")
        sound = home.config.read_text()
        children = daemon.children()
        home.config.write_text(sound.replace("per_host_gap", "per_host_gab"))
        daemon.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "per_host_gab" in daemon.read_log(), "a report of the wrong key")
        assert "config.yaml:4" in daemon.read_log()
        home.config.write_text(re.sub(r'url: "(sqlite|postgresql)[^"]*"', 'url: "sqlite:///other.db"', sound))
        daemon.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "the store cannot change" in daemon.read_log(), "a report of the other store")
        assert get(f"{home.base_url}/topics/alles.rss")[0] == 200
        assert daemon.children() == children
        home.config.write_text(sound.replace("Thema alles", "Thema anders"))
        daemon.process.send_signal(signal.SIGHUP)
        wait_until(lambda: b"Thema anders" in get(f"{home.base_url}/topics/alles.rss")[1], "the repaired configuration")
        assert daemon.stop() == 0


def test_a_wrong_configuration_ends_with_code_2_and_names_the_line(home: Home) -> None:
    home.configure()
    home.config.write_text(home.config.read_text().replace("server:", "servr:"))
    refused = home.run("run", code=2)
    assert "config.yaml:3" in refused.stderr
    assert "server" in refused.stderr
    assert "Traceback" not in refused.stderr
