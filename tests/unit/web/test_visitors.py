from __future__ import annotations

from ipaddress import ip_network

import pytest
from starlette.requests import Request

from aggregator.web.visitors import client_address, read_facts

OURS = (ip_network("127.0.0.1/32"), ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


def ask(peer: str | None, *forwarded: str) -> Request:
    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    client = None if peer is None else (peer, 1)
    return Request({"type": "http", "method": "GET", "path": "/", "headers": headers, "client": client})


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.5", (), "203.0.113.5"),
        ("203.0.113.5", ("198.51.100.1",), "203.0.113.5"),  # a stranger may write what he likes
        ("127.0.0.1", ("198.51.100.1",), "198.51.100.1"),
        ("127.0.0.1", ("1.2.3.4, 198.51.100.1",), "198.51.100.1"),  # the first was written by the client itself
        ("127.0.0.1", ("198.51.100.1, 10.1.2.3",), "198.51.100.1"),  # two proxies of ours
        ("127.0.0.1", ("1.2.3.4", "198.51.100.1, 10.1.2.3"), "198.51.100.1"),  # several lines are one list
        ("127.0.0.1", ("nonsense, 10.1.2.3",), "10.1.2.3"),
        ("127.0.0.1", (), "127.0.0.1"),
        ("::ffff:127.0.0.1", ("2001:db8::1",), "2001:db8::1"),  # a dual-stack socket
        ("fd00::2", ("198.51.100.1",), "198.51.100.1"),
        (None, ("198.51.100.1",), ""),  # a socket of the file system
    ],
)
def test_the_address_is_the_last_one_no_proxy_of_ours_wrote_for_itself(
    peer: str | None, forwarded: tuple[str, ...], expected: str
) -> None:
    assert client_address(ask(peer, *forwarded), OURS) == expected


def test_without_trusted_proxies_the_header_is_never_read() -> None:
    assert client_address(ask("127.0.0.1", "198.51.100.1"), ()) == "127.0.0.1"


def test_facts_have_lower_case_names_and_the_agent() -> None:
    headers = [(b"user-agent", b"Firefox"), (b"sec-fetch-mode", b"navigate")]
    facts = read_facts(Request({"type": "http", "method": "HEAD", "path": "/", "headers": headers}))
    assert facts.method == "HEAD"
    assert facts.user_agent == "Firefox"
    assert ("sec-fetch-mode", "navigate") in facts.headers
