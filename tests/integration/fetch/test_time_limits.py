"""A server that is slow, silent or absent costs a limited time and is told in words."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from dataclasses import replace

from aggregator.errors import FetchTimeout
from tests.fakes.fetching import SHORT, failure, fetch, limits
from tests.fakes.origin import Answer, Origin


def test_a_server_that_says_nothing_is_given_up(origin: Origin) -> None:
    error = failure(fetch(origin, origin.answer("/feed", Answer(hang=True)), bounds=limits(first_byte=SHORT)))
    assert isinstance(error, FetchTimeout)
    assert "did not answer" in error.reason


def test_a_server_that_stops_sending_is_given_up(origin: Origin) -> None:
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<rss>"
    error = failure(fetch(origin, origin.answer("/feed", Answer(raw=raw)), bounds=limits(stall=SHORT)))
    assert isinstance(error, FetchTimeout)
    assert "stopped sending" in error.reason


def test_a_server_that_drips_is_given_up_in_the_end(origin: Origin) -> None:
    url = origin.answer("/feed", Answer(body=b"x" * 10_000, pieces=10_000, pause=0.02))
    error = failure(fetch(origin, url, bounds=limits(timeout=SHORT * 2)))
    assert isinstance(error, FetchTimeout)
    assert "was not done within" in error.reason


def test_the_time_limit_counts_all_hops(origin: Origin) -> None:
    for number in range(5):
        origin.answer(f"/{number}", Answer(status=302, headers={"Location": f"/{number + 1}"}, delay=0.25))
    assert isinstance(fetch(origin, origin.url("/0"), bounds=limits(timeout=SHORT * 2)), FetchTimeout)
    assert len(origin.requests) < 5


def test_a_closed_port_is_an_error_in_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as placeholder:
        port = placeholder.getsockname()[1]
    with Origin() as origin:
        error = failure(fetch(origin, f"http://127.0.0.1:{port}/", allow=("127.0.0.1",)))
    assert "accepts no connection" in error.reason


def test_a_port_that_never_accepts_is_given_up() -> None:
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        port = listener.getsockname()[1]
        for _ in range(4):  # fill its queue, so that the next handshake gets no reply
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        origin = stack.enter_context(Origin())
        bounds = replace(limits(), connect_timeout=SHORT)
        error = failure(fetch(origin, f"http://127.0.0.1:{port}/", bounds=bounds, allow=("127.0.0.1",)))
    assert isinstance(error, FetchTimeout)
    assert "let nobody connect" in error.reason


def test_a_name_without_address_is_an_error_in_words(origin: Origin) -> None:
    error = failure(fetch(origin, "http://does-not-exist.invalid/"))
    assert "does-not-exist.invalid" in error.reason
