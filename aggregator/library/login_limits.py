"""How often somebody may give a wrong password."""

from __future__ import annotations

import ipaddress
from collections import deque
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=1)
PER_NETWORK = 10
PER_ACCOUNT = 5
MOST_KEYS = 10_000
"""Networks and accounts remembered at once; when there are more, the one silent for longest is forgotten."""


class LoginLimiter:
    """Counts failed logins within a minute, by network and by account, in memory."""

    def __init__(self) -> None:
        self._failures: dict[str, deque[datetime]] = {}

    def is_blocked(self, *, address: str, name: str, now: datetime) -> bool:
        """Return whether the network or the account had too many failures within the last minute."""
        keys = ((_network(address), PER_NETWORK), (_account(name), PER_ACCOUNT))
        return any(self._count(key, now) >= limit for key, limit in keys)

    def failed(self, *, address: str, name: str, now: datetime) -> None:
        """Remember a failure."""
        for key, limit in ((_network(address), PER_NETWORK), (_account(name), PER_ACCOUNT)):
            times = self._failures.pop(key, deque(maxlen=limit))
            times.append(now)
            self._failures[key] = times  # at the end: the oldest key stands first
        while len(self._failures) > MOST_KEYS:
            del self._failures[next(iter(self._failures))]

    def _count(self, key: str, now: datetime) -> int:
        return sum(now - at < WINDOW for at in self._failures.get(key, ()))


def _account(name: str) -> str:
    return f"account {name.casefold()[:100]}"


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "network unknown"
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    bits = 24 if parsed.version == 4 else 48  # noqa: PLR2004 - what one subscriber is given: security.md 5.4
    return f"network {ipaddress.ip_network((parsed, bits), strict=False)}"
