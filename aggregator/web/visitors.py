"""What a request tells of its sender: the address behind trusted proxies, and the facts that decide whether it reads."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address

from starlette.requests import Request

from aggregator.model.reading import ReadFacts
from aggregator.web.site import Network, web_of


def read_facts(request: Request) -> ReadFacts:
    """Return the facts for `rank.counting`."""
    return ReadFacts(
        method=request.method,
        user_agent=request.headers.get("user-agent", ""),
        headers=tuple((name.lower(), value) for name, value in request.headers.items()),
    )


def record_views(request: Request, seen: Mapping[str, int]) -> None:
    """Tell which lists a person sees, and how many of their first places: what is shown is read more."""
    facts = read_facts(request)
    for name, places in seen.items():
        web_of(request).recorder.record_view(facts, name, places=places)


def client_address(request: Request, trusted: tuple[Network, ...]) -> str:
    """Return the address of the client: the last one in X-Forwarded-For that no trusted proxy of ours wrote for itself.

    The header is read only if the peer is trusted, so nobody can choose an address.
    """
    address = request.client.host if request.client else ""
    if not trusted or not is_trusted(address, trusted):
        return address
    forwarded = [part.strip() for line in request.headers.getlist("x-forwarded-for") for part in line.split(",")]
    for hop in reversed(forwarded):
        parsed = _parse(hop)
        if parsed is None:
            break
        address = hop
        if not _is_in(parsed, trusted):
            break
    return address


def is_trusted(address: str, trusted: tuple[Network, ...]) -> bool:
    """Return whether the address is one of our proxies."""
    parsed = _parse(address)
    return parsed is not None and _is_in(parsed, trusted)


def _is_in(address: IPv4Address | IPv6Address, trusted: tuple[Network, ...]) -> bool:
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:  # what a dual-stack socket calls an IPv4 peer
        address = address.ipv4_mapped
    return any(address in network for network in trusted)


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
