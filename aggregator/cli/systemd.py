"""Tell systemd how the daemon is doing (sd_notify(3)); silent where there is no systemd."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from datetime import timedelta


class Notifier:
    """Sends states to the socket that systemd names in the environment."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._address = environ.get("NOTIFY_SOCKET", "")
        usec = environ.get("WATCHDOG_USEC", "")
        self.watchdog_interval = timedelta(microseconds=int(usec)) / 2 if usec.isdigit() else None
        """How often to send WATCHDOG=1: half of what systemd waits, as sd_watchdog_enabled(3) advises."""

    def send(self, *states: str) -> None:
        """Send assignments such as READY=1; a systemd that went away is no reason to stop."""
        if not self._address:
            return
        # A leading @ stands for Linux' abstract namespace.
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
                channel.sendto("\n".join(states).encode(), address)
        except OSError:
            return
