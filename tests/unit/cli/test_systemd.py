"""What is told to systemd."""

from __future__ import annotations

from datetime import timedelta

from aggregator.cli.systemd import Notifier


def test_the_watchdog_is_told_twice_as_often_as_systemd_waits() -> None:
    assert Notifier({"WATCHDOG_USEC": "60000000"}).watchdog_interval == timedelta(seconds=30)


def test_without_systemd_nothing_is_sent_and_nothing_fails() -> None:
    notifier = Notifier({})
    notifier.send("READY=1")
    assert notifier.watchdog_interval is None


def test_a_systemd_that_went_away_is_no_error() -> None:
    Notifier({"NOTIFY_SOCKET": "@nobody-listens-here"}).send("READY=1")
