from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import AddressRefused
from aggregator.fetch.addresses import AddressGuard

PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]
PRIVATE = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "fc00::1",
    "fd12::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "100::1",
    "2001:db8::1",
    "3fff::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::1",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",  # Teredo whose client is 127.0.0.1
    "2001:0:a00:1:8000:63bf:f7f7:f7f7",  # Teredo whose server is 10.0.0.1
]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_connected_to(address: str) -> None:
    assert AddressGuard().refuse_address(address, 443) is None


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_may_not(address: str) -> None:
    reason = AddressGuard().refuse_address(address, 443)
    assert reason is not None
    assert "not a public address" in reason


def test_what_is_no_address_may_not() -> None:
    assert AddressGuard().refuse_address("example.org", 80) == "example.org is not an IP address"


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_judged_like_the_one_inside(address: object) -> None:
    guard = AddressGuard()
    plain = guard.refuse_address(str(address), 80) is None
    for wrapped in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert (guard.refuse_address(wrapped, 80) is None) == plain


@pytest.mark.parametrize(
    ("entry", "allowed", "refused"),
    [
        ("127.0.0.1", [("127.0.0.1", 80), ("127.0.0.1", 9999), ("::ffff:127.0.0.1", 5)], [("127.0.0.2", 80), ("10.0.0.1", 80)]),
        ("127.0.0.1:8123", [("127.0.0.1", 8123)], [("127.0.0.1", 80), ("127.0.0.1", 8124)]),
        ("127.0.0.0/8", [("127.9.9.9", 1)], [("10.0.0.1", 80)]),
        ("::1", [("::1", 9999)], [("::2", 80)]),
        ("[::1]", [("::1", 9999)], [("::2", 80)]),
        ("[::1]:8123", [("::1", 8123)], [("::1", 80)]),
        ("fd00::/8", [("fd12::1", 1)], [("fe80::1", 80)]),
        (" 10.0.0.1/24 ", [("10.0.0.77", 1)], [("10.0.1.1", 80)]),
        ("8.8.8.8:53", [("8.8.8.8", 53), ("8.8.8.8", 80)], [("8.8.8.8", 54)]),
    ],
)
def test_the_operator_may_allow_addresses_ports_and_networks(
    entry: str, allowed: list[tuple[str, int]], refused: list[tuple[str, int]]
) -> None:
    guard = AddressGuard([entry])
    assert [guard.refuse_address(*pair) for pair in allowed] == [None] * len(allowed)
    assert all(guard.refuse_address(*pair) for pair in refused)


@pytest.mark.parametrize(
    "entry",
    ["", "localhost", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:70000", "127.0.0.1:http", "300.1.1.1", "[::1", "10.0.0.0/40"],
)
def test_a_malformed_entry_is_named(entry: str) -> None:
    with pytest.raises(ValueError, match="is not an address, address:port or network") as caught:
        AddressGuard([entry])
    assert repr(entry) in str(caught.value)


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("https://example.org/feed?a=1&b=%20", "https://example.org/feed?a=1&b=%20"),
        ("http://example.org:8080/x#top", "http://example.org:8080/x"),
        ("HTTPS://Example.org/Feed", "HTTPS://Example.org/Feed"),
        ("https://müller.example/schöne neue", "https://xn--mller-kva.example/sch%C3%B6ne%20neue"),
        ("https://example.org/ä?q=ö", "https://example.org/%C3%A4?q=%C3%B6"),
        ("http:\\\\example.org\\x", "http://example.org/x"),
        ("http://[2606:2800:220:1::1]/", "http://[2606:2800:220:1::1]/"),
    ],
)
def test_a_url_is_sent_as_given_or_encoded(url: str, sent: str) -> None:
    assert AddressGuard().check_url(url).url == sent


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "not a web address"),
        ("example.org/feed", "not a web address"),
        ("//example.org/feed", "not a web address"),
        ("http://", "not a web address"),
        ("http://exa mple.org/", "not a web address"),
        ("http://\udcff/", "not a web address"),
        ("file:///etc/passwd", "only http and https"),
        ("gopher://example.org/", "only http and https"),
        ("http://user:secret@example.org/", "user name"),
        ("http://example.org@127.0.0.1/", "user name"),
        ("http://example.org:22/", "port 22"),
        ("http://example.org:0/", "port 0"),
        ("http://127.0.0.1/", "not a public address"),
        ("http://[::1]/", "not a public address"),
        ("http://[::ffff:169.254.169.254]/", "not a public address"),
    ],
)
def test_a_url_is_refused_with_its_reason(url: str, reason: str) -> None:
    with pytest.raises(AddressRefused) as caught:
        AddressGuard().check_url(url)
    assert reason in caught.value.reason
    assert caught.value.feed_url == url


def test_an_allowed_port_lets_names_with_that_port_by_until_they_connect() -> None:
    guard = AddressGuard(["127.0.0.1:8123"])
    assert guard.check_url("http://feeds.test:8123/")
    with pytest.raises(AddressRefused):
        guard.check_url("http://feeds.test:8124/")
    with pytest.raises(AddressRefused):
        guard.check_url("http://127.0.0.2:8123/")


@given(st.text(max_size=40), st.sampled_from(["", "http://", "https://", "http://[", "http://a:", "//"]))
def test_any_text_is_a_url_or_refused(text: str, prefix: str) -> None:
    try:
        sent = AddressGuard().check_url(prefix + text).url
    except AddressRefused:
        return
    assert sent.isascii()
    assert sent.lower().startswith(("http://", "https://"))


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.Example.org/feed", "example.org"),
        ("http://feeds.example.org:8080/", "feeds.example.org:8080"),
        ("https://www.müller.example/", "xn--mller-kva.example"),
    ],
)
def test_a_url_comes_with_its_site(url: str, site: str) -> None:
    assert AddressGuard().check_url(url).site == site


def test_a_verdict_is_for_the_scheme_and_port_too() -> None:
    guard = AddressGuard()
    assert guard.check_url("http://example.org/")
    for url in ("ftp://example.org/", "http://example.org:22/"):
        with pytest.raises(AddressRefused):
            guard.check_url(url)
