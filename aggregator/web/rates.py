"""How often one network may ask for what costs more than bytes out of the store."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

WINDOW = timedelta(minutes=1)
MOST_NETWORKS = 10_000
"""Networks remembered at once; when there are more, the one silent for longest is forgotten."""


class RequestRates:
    """Counts requests within a minute by network, in memory."""

    def __init__(self, *, limit: int) -> None:
        self._limit = limit
        self._times: dict[str, deque[datetime]] = {}

    def is_allowed(self, address: str, *, now: datetime) -> bool:
        """Count a request, and return whether it is within the limit; one that is refused does not count."""
        network = network_of(address)
        times = self._times.pop(network, None) or deque(maxlen=self._limit)
        self._times[network] = times  # at the end: the network silent for longest stands first
        if len(times) == self._limit and now - times[0] < WINDOW:
            return False
        times.append(now)
        while len(self._times) > MOST_NETWORKS:
            del self._times[next(iter(self._times))]
        return True


def network_of(address: str) -> str:
    """Return the network that one subscriber is given: a /24, or a /48 of IPv6."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    bits = 24 if parsed.version == 4 else 48  # noqa: PLR2004 - versions of IP, and the sizes said above
    return str(ip_network((parsed, bits), strict=False))
