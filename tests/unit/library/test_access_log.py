from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.library.access_log import LoggedRequest, parse_line

COMBINED = (
    '203.0.113.9 - - [24/Nov/2026:13:00:05 +0100] "GET /artikel/1?x=1 HTTP/1.1" 200 5123 "https://a.example/" "Firefox"\n'
)


def test_a_line_as_nginx_writes_it_is_read() -> None:
    assert parse_line(COMBINED) == LoggedRequest(
        at=datetime(2026, 11, 24, 12, 0, 5, tzinfo=UTC),
        host="",
        address="203.0.113.9",
        method="GET",
        target="/artikel/1?x=1",
        status=200,
        size="5123",
        user_agent="Firefox",
    )


def test_a_log_of_several_sites_names_the_host_first() -> None:
    request = parse_line("www.zeitung.example:443 " + COMBINED)
    assert request is not None
    assert (request.host, request.address) == ("www.zeitung.example:443", "203.0.113.9")


def test_an_ipv6_address_and_a_name_with_a_blank_are_no_host() -> None:
    request = parse_line(COMBINED.replace("203.0.113.9 - -", "2001:db8::9 - Anna Muster"))
    assert request is not None
    assert (request.host, request.address) == ("", "2001:db8::9")


def test_a_quote_in_the_agent_does_not_end_it() -> None:
    request = parse_line(COMBINED.replace("Firefox", r"Mozilla \"5\" \\ x"))
    assert request is not None
    assert request.user_agent == r'Mozilla "5" \ x'


@pytest.mark.parametrize("agent", ['"-"', ""])
def test_no_agent_is_an_empty_one(agent: str) -> None:
    line = COMBINED.partition(' "https://a')[0] + (f' "-" {agent}' if agent else "")
    request = parse_line(line)
    assert request is not None
    assert request.user_agent == ""


@pytest.mark.parametrize(
    "line",
    [
        "",
        "no log at all",
        COMBINED.replace("Nov", "Foo"),
        COMBINED.replace("24/Nov", "31/Feb"),
        COMBINED.replace("+0100", "+9900"),
        COMBINED.replace("GET /artikel/1?x=1 HTTP/1.1", r"\x16\x03\x01"),
        COMBINED.replace("200", "abc"),
    ],
)
def test_what_is_not_in_the_format_is_none(line: str) -> None:
    assert parse_line(line) is None


@given(st.text(alphabet='"\\ []-1aZ/:.', max_size=200))
def test_any_line_has_an_answer(line: str) -> None:
    parse_line(line)
    parse_line(COMBINED[:40] + line)
