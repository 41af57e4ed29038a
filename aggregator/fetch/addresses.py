"""Which addresses may be fetched: the guard against requests forged by a feed's URL (SSRF).

A URL is checked before anything is sent, and the address really connected to is checked again when the socket opens, so
that neither a redirect nor a name that changes its address gets past. The deny list is our own, since
`ipaddress.is_global` differs between Python versions (CVE-2024-4032).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import urlsplit

import ada_url

from aggregator.errors import AddressRefused
from aggregator.model.feed import site_of

_DEFAULT_PORTS = {"http": 80, "https": 443}
ALLOWED_PORTS = frozenset({80, 443, 8080, 8443})  # where feeds are served; anything else is rather a service to be probed

_DENIED_V4 = tuple(
    IPv4Network(network)
    for network in (  # Source: IANA IPv4 Special-Purpose Address Registry
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, cloud metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_PUBLIC_V6 = IPv6Network("2000::/3")  # the only global unicast space handed out; ::1, fc00::/7, fe80::/10, ff00::/8 lie outside
_DENIED_V6 = tuple(
    IPv6Network(network)
    for network in (  # Source: IANA IPv6 Special-Purpose Address Registry
        "2001::/23",  # protocol assignments (Teredo is unwrapped before)
        "2001:db8::/32",  # documentation
        "3fff::/20",  # documentation
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
_LOW_32_BITS = 0xFFFF_FFFF

# Nothing in here needs encoding, and every parser of URLs reads it alike; the rest goes through the WHATWG parser first.
_PLAIN_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://[A-Za-z0-9._~\[\]:-]+)(?:[/?][A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%|-]*)?")

_NOT_A_URL = "this is not a web address (http:// or https://)"
_JUDGED_ORIGINS = 4096  # verdicts kept: feeds come many to a host

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class Target(NamedTuple):
    """A URL that may be fetched, and the site (`model.feed.site_of`) that it is asked of."""

    url: str
    site: str


class AddressGuard:
    """Decides which URLs and addresses may be fetched.

    `allow_private` takes addresses (`127.0.0.1`), addresses with a port (`127.0.0.1:8123`, `[::1]:8123`) and networks
    (`10.0.0.0/8`). An allow-listed address passes the port check too.

    Raises: ValueError for an entry that is none of these.
    """

    def __init__(self, allow_private: Sequence[str] = (), allowed_ports: frozenset[int] = ALLOWED_PORTS) -> None:
        self._allowed = tuple(_read_allowed(entry) for entry in allow_private)
        self._allowed_ports = allowed_ports
        self._extra_ports = frozenset(port for _, port in self._allowed)
        self._judge_origin = lru_cache(maxsize=_JUDGED_ORIGINS)(self._judge)

    def check_url(self, url: str) -> Target:
        """Return the URL as it will be sent (ASCII, without fragment) and its site.

        Raises: AddressRefused.
        """
        sent = url.partition("#")[0]
        plain = _PLAIN_URL.fullmatch(sent)
        if plain is None:
            try:
                sent = ada_url.URL(sent).href
            except ValueError:
                raise _refused(url, _NOT_A_URL) from None
        site, reason = self._judge_origin(plain[1]) if plain else self._judge(sent)
        if reason:
            raise _refused(url, reason)
        return Target(sent, site)

    def refuse_address(self, address: str, port: int) -> str | None:
        """Return why nothing may connect to the IP address and port, or None if it may."""
        try:
            faces = tuple(_unwrap(ip_address(address)))
        except ValueError:
            return f"{address} is not an IP address"
        if any(self._allows(face, port) for face in faces):
            return None
        if not all(_is_public(face) for face in faces):
            return f"{address} is not a public address (fetch.allow_private may allow it)"
        if port not in self._allowed_ports:
            return _port_refused(port)
        return None

    def _judge(self, url: str) -> tuple[str, str | None]:
        """Return the site of the URL and why it is refused, if it is; scheme, host and port decide alone."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            return "", _NOT_A_URL
        if parts.scheme not in _DEFAULT_PORTS:
            return "", f"only http and https are fetched, not {parts.scheme}"
        if not parts.hostname:
            return "", "the address names no host"
        if "@" in parts.netloc:
            return "", "addresses with a user name or password are not fetched"
        return site_of(url), self._refuse_host(parts.hostname, _DEFAULT_PORTS[parts.scheme] if port is None else port)

    def _refuse_host(self, host: str, port: int) -> str | None:
        if host[-1].isdigit() or ":" in host:  # a literal address; a name cannot end in a digit (no such top-level domain)
            try:
                ip_address(host)
            except ValueError:  # 0x7f.1, 2130706433: libcurl resolves them, and the result is checked when the socket opens
                return None
            return self.refuse_address(host, port)
        if port in self._allowed_ports or None in self._extra_ports or port in self._extra_ports:
            return None
        return _port_refused(port)

    def _allows(self, address: Address, port: int) -> bool:
        return any(address in network and allowed_port in {None, port} for network, allowed_port in self._allowed)


def _refused(url: str, reason: str) -> AddressRefused:
    return AddressRefused(reason, feed_url=url)


def _port_refused(port: int) -> str:
    return f"port {port} is not one that feeds are served on"


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _DENIED_V4)
    return address in _PUBLIC_V6 and not any(address in network for network in _DENIED_V6)


def _unwrap(address: Address) -> Iterator[Address]:
    """Yield the addresses that packets to this one may reach in the end."""
    if isinstance(address, IPv4Address):
        yield address
    elif address.ipv4_mapped:
        yield address.ipv4_mapped
    elif address in _NAT64:
        yield IPv4Address(int(address) & _LOW_32_BITS)
    elif address.sixtofour:
        yield address.sixtofour
    elif address.teredo:
        yield from address.teredo
    else:
        yield address


def _read_allowed(entry: str) -> tuple[Network, int | None]:
    """Read one entry of `allow_private` as a network and a port (None: every port)."""
    text = entry.strip()
    try:
        if "/" in text:
            return ip_network(text, strict=False), None
        bracketed = re.fullmatch(r"\[([^\]]+)\](?::(\d+))?", text)
        if bracketed:
            return ip_network(bracketed[1]), _read_port(bracketed[2])
        if text.count(":") == 1:
            address, _, port = text.partition(":")
            return ip_network(address), _read_port(port)
        return ip_network(text), None
    except ValueError:
        raise ValueError(
            f"{entry!r} is not an address, address:port or network "
            "(examples: 127.0.0.1, 127.0.0.1:8000, [::1]:8000, 10.0.0.0/8)"
        ) from None


def _read_port(text: str | None) -> int | None:
    if text is None:
        return None
    port = int(text)
    if not 0 < port <= 65535:  # noqa: PLR2004 -- the range of TCP ports
        raise ValueError(text)
    return port
