"""The words that systemd hears, through its own kind of socket."""

from __future__ import annotations

import socket
from pathlib import Path

from aggregator.cli.systemd import Notifier


def test_states_arrive_in_one_datagram(tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(address)
        Notifier({"NOTIFY_SOCKET": address}).send("READY=1", "STATUS=serving")
        assert systemd.recv(100) == b"READY=1\nSTATUS=serving"


def test_an_address_in_the_abstract_namespace_is_understood() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind("\0aggregator-test-notify")
        Notifier({"NOTIFY_SOCKET": "@aggregator-test-notify"}).send("STOPPING=1")
        assert systemd.recv(100) == b"STOPPING=1"
