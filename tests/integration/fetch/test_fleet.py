from __future__ import annotations

import gzip
import socket
import ssl
import time
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from threading import Thread

import brotli
import pytest
import zstandard

from aggregator.errors import AddressRefused, FeedGone, FetchError, FetchTimeout, Redirected, TooLarge
from aggregator.fetch.addresses import AddressGuard
from aggregator.fetch.fleet import CurlFetcher
from aggregator.fetch.politeness import FetchLimits
from aggregator.model.feed import Validators
from aggregator.model.fetching import Fetched, FetchOutcome, FetchRequest, NotModified
from tests.fakes.origin import Answer, Origin, document

FEED = b"<rss version='2.0'><channel><title>Nachrichten</title></channel></rss>"
SHORT = timedelta(milliseconds=300)
CERTIFICATE = Path(__file__).parent / "loopback.pem"  # self-signed for localhost, private key included, valid to 2126


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as origin:
        yield origin


def limits(
    *,
    concurrency: int = 8,
    connections: int = 4,
    gap: float = 0.0,
    first_byte: timedelta = timedelta(seconds=5),
    stall: timedelta = timedelta(seconds=5),
    timeout: timedelta = timedelta(seconds=10),
    max_body: int = 1 << 20,
) -> FetchLimits:
    return FetchLimits(
        concurrency=concurrency,
        per_host_connections=connections,
        per_host_gap=timedelta(seconds=gap),
        connect_timeout=timedelta(seconds=2),
        first_byte_timeout=first_byte,
        stall_timeout=stall,
        timeout=timeout,
        max_body_bytes=max_body,
    )


def fetcher(origin: Origin, bounds: FetchLimits | None = None, *, allow: tuple[str, ...] | None = None) -> CurlFetcher:
    guard = AddressGuard(allow if allow is not None else (origin.address,))
    return CurlFetcher(limits=bounds or limits(), guard=guard, user_agent="aggregator/0 (+https://example.org/bot)")


def fetch(
    origin: Origin,
    url: str,
    *,
    validators: Validators | None = None,
    validators_url: str | None = None,
    bounds: FetchLimits | None = None,
    allow: tuple[str, ...] | None = None,
) -> FetchOutcome:
    request = FetchRequest(url=url, validators=validators or Validators(), validators_url=validators_url)
    with closing(fetcher(origin, bounds, allow=allow)) as client:
        [(answered, outcome)] = client.fetch_all([request])
    assert answered is request
    return outcome


def failure(outcome: FetchOutcome) -> FetchError:
    assert isinstance(outcome, FetchError), outcome
    return outcome


def fetched(outcome: FetchOutcome) -> Fetched:
    assert isinstance(outcome, Fetched), outcome
    return outcome


# What is asked


def test_a_request_says_who_asks_and_what_for_and_nothing_else(origin: Origin) -> None:
    fetch(origin, origin.answer("/feed?b=2&a=1", Answer(body=FEED)))
    [seen] = origin.requests
    assert seen.method == "GET"
    assert seen.path == "/feed?b=2&a=1"
    assert dict(seen.fields) == {
        "host": origin.address.encode(),
        "user-agent": b"aggregator/0 (+https://example.org/bot)",
        "accept": b"application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.1",
        "accept-encoding": b"gzip, br, zstd",
    }


def test_a_proxy_in_the_environment_is_not_asked(origin: Origin, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert fetched(fetch(origin, origin.answer("/feed", Answer(body=FEED)))).body == FEED


def test_cookies_are_neither_kept_nor_sent(origin: Origin) -> None:
    url = origin.answer("/feed", Answer(body=FEED, headers={"Set-Cookie": "id=1; Path=/"}))
    with closing(fetcher(origin)) as client:
        for _ in range(2):
            list(client.fetch_all([FetchRequest(url=url)]))
    assert [seen.field("cookie") for seen in origin.requests] == [None, None]


def test_the_connection_is_used_again_in_the_next_pass(origin: Origin) -> None:
    url = origin.answer("/feed", Answer(body=FEED))
    with closing(fetcher(origin)) as client:
        for _ in range(3):
            list(client.fetch_all([FetchRequest(url=url)]))
    assert [seen.connection for seen in origin.requests] == [1, 1, 1]


def test_an_accept_of_the_request_replaces_ours(origin: Origin) -> None:
    url = origin.answer("/page", Answer(body=b"<html>"))
    with closing(fetcher(origin)) as client:
        list(client.fetch_all([FetchRequest(url=url, accept="text/html")]))
    assert origin.requests[0].field("accept") == b"text/html"


# Validators


@pytest.mark.parametrize("etag", [b'W/"a b, c"', b'"\xfc\xe9"', b"unquoted", b'"' + b"x" * 3000 + b'"'])
def test_validators_come_back_byte_for_byte(origin: Origin, etag: bytes) -> None:
    since = b"Tue, 24 Nov 2026 13:00:00 +0000 (odd)"
    url = origin.answer("/feed", Answer(body=FEED, headers={"ETag": etag, "Last-Modified": since}), Answer(status=304))
    first = fetched(fetch(origin, url))
    assert first.validators == Validators(etag=etag, last_modified=since)
    second = fetch(origin, url, validators=first.validators)
    assert isinstance(second, NotModified)
    assert origin.requests[1].field("if-none-match") == etag
    assert origin.requests[1].field("if-modified-since") == since


def test_a_304_gives_only_the_validators_it_carries(origin: Origin) -> None:
    url = origin.answer("/feed", Answer(status=304, headers={"ETag": '"2"', "Cache-Control": "max-age=7200"}))
    outcome = fetch(origin, url, validators=Validators(etag=b'"1"', last_modified=b"x"))
    assert isinstance(outcome, NotModified)
    assert outcome.validators == Validators(etag=b'"2"')
    assert outcome.hints.max_age == timedelta(hours=2)


def test_a_304_to_a_request_without_conditions_is_an_error(origin: Origin) -> None:
    error = failure(fetch(origin, origin.answer("/feed", Answer(status=304))))
    assert error.status == 304


def test_a_validator_cannot_smuggle_a_header_in(origin: Origin) -> None:
    url = origin.answer("/feed", Answer(body=FEED))
    fetch(origin, url, validators=Validators(etag=b'"1"\r\nX-Evil: 1'))
    assert origin.requests[0].field("x-evil") is None
    assert origin.requests[0].field("if-none-match") is None


# Bodies


def _zlib_gzip(body: bytes) -> bytes:
    return gzip.compress(body[: len(body) // 2]) + gzip.compress(body[len(body) // 2 :])  # two members


@pytest.mark.parametrize(
    ("coding", "encoded"),
    [
        ("gzip", gzip.compress(FEED * 500)),
        ("x-gzip", _zlib_gzip(FEED * 500)),
        ("GZIP", gzip.compress(FEED * 500) + b"\0" * 20),
        ("br", brotli.compress(FEED * 500)),
        ("zstd", zstandard.compress(FEED * 500)),
        ("identity", FEED * 500),
    ],
)
def test_a_body_is_decoded(origin: Origin, coding: str, encoded: bytes) -> None:
    url = origin.answer("/feed", Answer(body=encoded, headers={"Content-Encoding": coding}, pieces=3, pause=0.01))
    outcome = fetched(fetch(origin, url))
    assert outcome.body == FEED * 500
    assert outcome.received_bytes == len(encoded)


def test_a_chunked_body_is_put_together(origin: Origin) -> None:
    raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n<rss\r\n2\r\n/>\r\n0\r\nX-Trailer: 1\r\n\r\n"
    assert fetched(fetch(origin, origin.answer("/feed", Answer(raw=raw, pieces=9, pause=0.005)))).body == b"<rss/>"


@pytest.mark.parametrize("coding", ["gzip, gzip", "deflate", "compress"])
def test_a_coding_that_was_not_asked_for_is_refused(origin: Origin, coding: str) -> None:
    url = origin.answer("/feed", Answer(body=gzip.compress(FEED), headers={"Content-Encoding": coding}))
    error = failure(fetch(origin, url))
    assert "content encoding" in error.reason
    assert not error.temporary


def test_two_encoding_lines_are_two_layers(origin: Origin) -> None:
    twice = gzip.compress(gzip.compress(FEED))
    url = origin.answer("/feed", Answer(body=twice, headers=(("Content-Encoding", "gzip"), ("Content-Encoding", "gzip"))))
    assert "gzip, gzip" in failure(fetch(origin, url)).reason


@pytest.mark.parametrize(
    ("coding", "encoded"),
    [
        ("gzip", gzip.compress(FEED * 500)[:-9]),
        ("gzip", b"this is not gzip at all"),
        ("br", brotli.compress(FEED * 500)[:-3]),
        ("zstd", zstandard.compress(FEED * 500)[:-3]),
        ("zstd", b"this is not zstd"),
    ],
)
def test_a_damaged_stream_is_an_error(origin: Origin, coding: str, encoded: bytes) -> None:
    url = origin.answer("/feed", Answer(body=encoded, headers={"Content-Encoding": coding}))
    assert "damaged" in failure(fetch(origin, url)).reason


def _bomb(coding: str) -> bytes:
    zeros = b"\0" * (64 << 20)
    if coding == "br":
        return bytes(brotli.compress(zeros, quality=5))
    if coding == "zstd":
        return zstandard.compress(zeros)
    packer = zlib.compressobj(9, wbits=31)
    return packer.compress(zeros) + packer.flush()


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_a_bomb_is_not_unpacked(origin: Origin, coding: str) -> None:
    url = origin.answer("/feed", Answer(body=_bomb(coding), headers={"Content-Encoding": coding}))
    error = failure(fetch(origin, url, bounds=limits(max_body=100 << 20)))
    assert isinstance(error, TooLarge)
    assert "bomb" in error.reason


@pytest.mark.parametrize("headers", [{}, {"Transfer-Encoding": "chunked"}])
def test_a_body_over_the_cap_is_not_read_to_its_end(origin: Origin, headers: dict[str, str]) -> None:
    body = b"40000\r\n" + b"x" * 0x40000 + b"\r\n0\r\n\r\n" if headers else b"x" * 0x40000
    error = failure(fetch(origin, origin.answer("/feed", Answer(body=body, headers=headers)), bounds=limits(max_body=1000)))
    assert isinstance(error, TooLarge)
    assert not error.temporary


def test_a_body_over_twice_the_cap_decompressed_is_refused(origin: Origin) -> None:
    url = origin.answer("/feed", Answer(body=gzip.compress(FEED * 500), headers={"Content-Encoding": "gzip"}))
    error = failure(fetch(origin, url, bounds=limits(max_body=len(FEED) * 200)))
    assert isinstance(error, TooLarge)
    assert "decompressed" in error.reason


def test_a_connection_that_breaks_off_is_an_error(origin: Origin) -> None:
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<rss>"
    error = failure(fetch(origin, origin.answer("/feed", Answer(raw=raw, close=True))))
    assert error.temporary
    assert "before the document was complete" in error.reason


def test_type_charset_and_date_are_read(origin: Origin) -> None:
    headers = {"Content-Type": 'Application/RSS+xml; Charset="ISO-8859-1"', "Last-Modified": "Tue, 24 Nov 2026 13:00:00 GMT"}
    outcome = fetched(fetch(origin, origin.answer("/feed", Answer(body=FEED, headers=headers))))
    assert (outcome.media_type, outcome.charset) == ("application/rss+xml", "ISO-8859-1")
    assert outcome.last_modified_at is not None
    assert outcome.last_modified_at.isoformat() == "2026-11-24T13:00:00+00:00"


# Statuses


@pytest.mark.parametrize(
    ("status", "temporary"), [(404, False), (403, False), (500, True), (503, True), (204, False), (418, False)]
)
def test_a_status_is_told_in_words(origin: Origin, *, status: int, temporary: bool) -> None:
    error = failure(fetch(origin, origin.answer("/feed", Answer(status=status, body=b"" if status == 204 else b"sorry"))))
    assert (error.status, error.temporary) == (status, temporary)
    assert str(status) in error.reason


def test_410_is_gone_for_good(origin: Origin) -> None:
    assert isinstance(fetch(origin, origin.answer("/feed", Answer(status=410))), FeedGone)


def test_retry_after_comes_with_the_error(origin: Origin) -> None:
    url = origin.answer("/feed", Answer(status=503, headers={"Retry-After": "7200"}))
    assert failure(fetch(origin, url)).retry_after == timedelta(hours=2)


def test_a_huge_error_page_is_still_its_status(origin: Origin) -> None:
    assert failure(fetch(origin, origin.answer("/feed", Answer(status=404, body=b"x" * (4 << 20))))).status == 404


def test_an_error_page_without_end_is_not_waited_for(origin: Origin) -> None:
    raw = b"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n40000\r\n" + b"x" * 0x40000
    assert failure(fetch(origin, origin.answer("/feed", Answer(raw=raw)))).status == 404


def test_what_is_not_http_is_an_error(origin: Origin) -> None:
    assert "not HTTP" in failure(fetch(origin, origin.answer("/feed", Answer(raw=b"220 ready\r\n", close=True)))).reason


# Redirects


def to(url: str, status: int = 301) -> Answer:
    return Answer(status=status, headers={"Location": url})


def test_a_permanent_chain_gives_its_target(origin: Origin) -> None:
    origin.answer("/new", Answer(body=FEED))
    origin.answer("/between", to("/new#top", 308))
    outcome = fetched(fetch(origin, origin.answer("/old", to(origin.url("/between")))))
    assert outcome.url == outcome.permanent_url == origin.url("/new")


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_temporary_hop_breaks_the_permanent_chain(origin: Origin, status: int) -> None:
    origin.answer("/new", Answer(body=FEED))
    origin.answer("/between", to("/new", status))
    outcome = fetched(fetch(origin, origin.answer("/old", to("/between"))))
    assert outcome.url == origin.url("/new")
    assert outcome.permanent_url is None


def test_a_document_at_its_own_address_has_not_moved(origin: Origin) -> None:
    assert fetched(fetch(origin, origin.answer("/feed", Answer(body=FEED)))).permanent_url is None


def test_a_circle_of_redirects_ends(origin: Origin) -> None:
    origin.answer("/b", to("/a"))
    assert "circle" in failure(fetch(origin, origin.answer("/a", to("/b")))).reason
    assert len(origin.requests) == 2


def test_more_than_five_redirects_are_too_many(origin: Origin) -> None:
    for number in range(10):
        origin.answer(f"/{number}", to(f"/{number + 1}"))
    assert "more than 5 times" in failure(fetch(origin, origin.url("/0"))).reason
    assert len(origin.requests) == 6


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "file:///etc/passwd",
        "http://user:pw@example.org/",
        "http://[::bad/",
    ],
)
def test_a_redirect_to_where_nothing_is_fetched_is_refused(origin: Origin, target: str) -> None:
    error = failure(fetch(origin, origin.answer("/feed", to(target))))
    assert "redirects to" in error.reason


def test_a_redirect_without_a_target_is_an_error(origin: Origin) -> None:
    assert "where to" in failure(fetch(origin, origin.answer("/feed", Answer(status=301)))).reason


def test_a_target_with_spaces_and_umlauts_is_encoded(origin: Origin) -> None:
    origin.answer("/sch%C3%B6ne%20neue", Answer(body=FEED))
    assert fetched(fetch(origin, origin.answer("/feed", to("/schöne neue")))).url.endswith("/sch%C3%B6ne%20neue")


def test_validators_are_sent_only_to_the_address_that_gave_them(origin: Origin) -> None:
    origin.answer("/new", document(FEED, etag='"1"'))
    origin.answer("/here", to("/new"))
    origin.answer("/there", to(origin.url("/new", host="other.localhost")))
    elsewhere = origin.url("/new", host="other.localhost")
    for path, given_by, expected in (
        ("/here", origin.url("/new"), NotModified),
        ("/there", elsewhere, NotModified),
        ("/here", elsewhere, Fetched),
        ("/here", None, Fetched),
    ):
        outcome = fetch(origin, origin.url(path), validators=Validators(etag=b'"1"'), validators_url=given_by)
        assert isinstance(outcome, expected)
    assert [seen.field("if-none-match") for seen in origin.requests_for("/new")] == [b'"1"', b'"1"', None, None]
    assert [seen.field("if-none-match") for seen in origin.requests_for("/here")] == [None, None, b'"1"']


# Addresses


def test_a_private_address_is_refused_unless_allowed(origin: Origin) -> None:
    error = failure(fetch(origin, origin.answer("/feed", Answer(body=FEED)), allow=()))
    assert isinstance(error, AddressRefused)
    assert not origin.requests


def test_a_name_that_leads_to_a_private_address_is_refused_where_it_connects(origin: Origin) -> None:
    url = origin.url("/feed", host="feeds.localhost")
    error = failure(fetch(origin, url, allow=(f"10.0.0.1:{origin.port}",)))
    assert isinstance(error, AddressRefused)
    assert "not a public address" in error.reason
    assert not origin.requests


@pytest.mark.parametrize("host", ["0x7f.1", "2130706433", "0177.0.0.1", "127.1"])
def test_an_address_in_disguise_is_refused_where_it_connects(origin: Origin, host: str) -> None:
    error = failure(fetch(origin, origin.url("/feed", host=host), allow=(f"10.0.0.1:{origin.port}",)))
    assert isinstance(error, AddressRefused)
    assert not origin.requests


@pytest.mark.parametrize(
    "url",
    ["", "feed", "http://", "http://exa mple.org/", "ftp://example.org/", "http://example.org:99999/", "http://\udcff/", "\0"],
)
def test_a_url_that_is_none_is_an_outcome(origin: Origin, url: str) -> None:
    assert isinstance(fetch(origin, url), AddressRefused)


# Time


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
    assert error.temporary
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
    assert error.temporary
    assert "does-not-exist.invalid" in error.reason


# Many at once


def paths(origin: Origin, count: int, *, host: str = "127.0.0.1", answer: Answer | None = None) -> list[FetchRequest]:
    for number in range(count):
        origin.answer(f"/{host}/{number}", answer or Answer(body=b"%d" % number))
    return [FetchRequest(url=origin.url(f"/{host}/{number}", host=host), feed_id=number + 1) for number in range(count)]


def test_every_request_gets_exactly_one_outcome(origin: Origin) -> None:
    requests = paths(origin, 150)
    requests[10] = FetchRequest(url="nonsense", feed_id=11)
    with closing(fetcher(origin)) as client:
        outcomes = {request.feed_id: outcome for request, outcome in client.fetch_all(iter(requests))}
    assert sorted(outcomes) == list(range(1, 151))
    assert isinstance(outcomes.pop(11), AddressRefused)
    assert all(fetched(outcome).body == b"%d" % (feed_id - 1) for feed_id, outcome in outcomes.items())


def test_no_requests_give_no_outcomes(origin: Origin) -> None:
    with closing(fetcher(origin)) as client:
        assert list(client.fetch_all([])) == []


def test_requests_may_come_as_they_are_wanted(origin: Origin) -> None:
    requests = paths(origin, 30)
    asked: list[int] = []

    def claims() -> Iterator[FetchRequest]:
        for request in requests:
            asked.append(request.feed_id)
            yield request

    with closing(fetcher(origin)) as client:
        assert len(list(client.fetch_all(claims()))) == 30
    assert asked == list(range(1, 31))


def test_no_more_requests_are_read_than_keep_the_hosts_busy(origin: Origin) -> None:
    for number in range(4):
        origin.answer(f"/h{number}", Answer(body=FEED))
    hosts = [FetchRequest(url=origin.url(f"/h{number}", host=f"h{number}.localhost")) for number in range(4)]
    read = 0

    def claims() -> Iterator[FetchRequest]:
        nonlocal read
        for read in range(1, 2_001):
            yield hosts[read % 4]

    with closing(fetcher(origin, limits(concurrency=2))) as client:
        outcomes = client.fetch_all(claims())
        next(outcomes)
        assert read <= 1_000
        assert len(list(outcomes)) == 1_999


def test_the_long_list_of_one_host_hides_no_other(origin: Origin) -> None:
    long = [FetchRequest(url=origin.url("/slow", host="slow.localhost"), feed_id=number) for number in range(3_000)]
    [quick] = paths(origin, 1, host="quick.localhost")
    with closing(fetcher(origin, limits(gap=60))) as client:
        outcomes = client.fetch_all([*long, replace(quick, feed_id=3_000)])
        assert {next(outcomes)[0].feed_id, next(outcomes)[0].feed_id} == {0, 3_000}
        outcomes.close()  # type: ignore[attr-defined] # the protocol promises an iterator; ours is a generator


def test_a_failing_source_of_requests_ends_the_pass_with_its_error(origin: Origin) -> None:
    def claims() -> Iterator[FetchRequest]:
        yield from paths(origin, 1)
        raise RuntimeError("the store is gone")

    with closing(fetcher(origin)) as client:
        with pytest.raises(RuntimeError, match="the store is gone"):
            list(client.fetch_all(claims()))
        assert len(list(client.fetch_all(paths(origin, 5)))) == 5


def test_a_host_gets_no_more_connections_than_allowed(origin: Origin) -> None:
    requests = paths(origin, 12, answer=Answer(body=FEED, delay=0.02))
    with closing(fetcher(origin, limits(connections=2))) as client:
        list(client.fetch_all(requests))
    assert origin.most_in_flight == 2


def test_hosts_are_asked_side_by_side_within_the_limit(origin: Origin) -> None:
    requests = [r for n in range(6) for r in paths(origin, 2, host=f"h{n}.localhost", answer=Answer(body=FEED, delay=0.05))]
    with closing(fetcher(origin, limits(concurrency=4, connections=1))) as client:
        list(client.fetch_all(requests))
    assert origin.most_in_flight == 4


def test_starts_on_one_host_lie_a_gap_apart(origin: Origin) -> None:
    with closing(fetcher(origin, limits(gap=0.1))) as client:
        for _ in range(2):  # the gap holds from one pass to the next too
            list(client.fetch_all(paths(origin, 3)))
    times = [seen.at for seen in origin.requests]
    assert len(times) == 6
    assert min(later - earlier for earlier, later in pairwise(times)) > 0.08


def test_the_gap_holds_between_passes_at_the_same_time(origin: Origin) -> None:
    with closing(fetcher(origin, limits(gap=0.1))) as client:
        outer = client.fetch_all(paths(origin, 3))
        for _ in outer:
            assert len(list(client.fetch_all(paths(origin, 2)))) == 2
    times = [seen.at for seen in origin.requests]
    assert len(times) == 9
    assert min(later - earlier for earlier, later in pairwise(times)) > 0.08


def test_a_redirect_is_an_outcome_where_the_request_does_not_follow(origin: Origin) -> None:
    target = origin.url("/target")
    url = origin.answer("/moved", Answer(status=301, headers={"Location": "/target"}))
    refused = origin.answer("/inside", Answer(status=302, headers={"Location": "http://10.0.0.1/"}))
    with closing(fetcher(origin)) as client:
        outcomes = dict(client.fetch_all([FetchRequest(url=url, follows=False), FetchRequest(url=refused, follows=False)]))
    moved, inside = (outcomes[FetchRequest(url=each, follows=False)] for each in (url, refused))
    assert isinstance(moved, Redirected)
    assert moved.target == target
    assert isinstance(inside, AddressRefused)
    assert not origin.requests_for("/target")


def test_a_pause_is_told_while_nothing_comes(origin: Origin) -> None:
    url = origin.answer("/slow", Answer(body=FEED, delay=0.3))
    with closing(fetcher(origin)) as client:
        outcomes = list(client.fetch_with_pauses([FetchRequest(url=url)], pause=timedelta(milliseconds=50)))
    assert outcomes[0] is None
    assert [outcome[1] for outcome in outcomes if outcome is not None]


def test_429_speaks_for_the_whole_host_and_no_other(origin: Origin) -> None:
    busy = paths(origin, 5, host="busy.localhost", answer=Answer(status=429, headers={"Retry-After": "3600"}))
    calm = paths(origin, 5, host="calm.localhost")
    with closing(fetcher(origin, limits(connections=1))) as client:
        outcomes = list(client.fetch_all(busy + calm))
        again = list(client.fetch_all(busy[:1]))
    errors = [failure(outcome) for request, outcome in outcomes if request in busy]
    assert [(error.status, error.temporary, error.retry_after) for error in errors] == [(429, True, timedelta(hours=1))] * 5
    assert sum("not asked" in error.reason for error in errors) == 4
    assert sum(isinstance(outcome, Fetched) for _, outcome in outcomes) == 5
    assert "not asked" not in failure(again[0][1]).reason  # the next pass asks; when, is for the poll state to say
    assert sum("/busy" in seen.path for seen in origin.requests) == 2


def test_a_redirect_to_a_host_that_answered_429_is_not_followed(origin: Origin) -> None:
    [busy] = paths(origin, 1, host="busy.localhost", answer=Answer(status=429))
    target = origin.url("/target", host="busy.localhost")
    [calm] = paths(origin, 1, host="calm.localhost", answer=Answer(status=302, headers={"Location": target}, delay=0.3))
    with closing(fetcher(origin)) as client:
        outcomes = dict(client.fetch_all([calm, busy]))
    assert "not asked" in failure(outcomes[calm]).reason
    assert not origin.requests_for("/target")


def test_a_slow_caller_is_not_overrun(origin: Origin) -> None:
    with closing(fetcher(origin, limits(concurrency=4))) as client:
        outcomes = client.fetch_all(paths(origin, 40))
        for taken in range(1, 4):
            next(outcomes)
            time.sleep(0.1)  # as a slow caller does: long enough to be asked for everything, if nothing held it back
            assert len(origin.requests) <= taken + 4
        assert len(list(outcomes)) == 37


def test_giving_up_the_pass_ends_at_once_and_the_next_one_works(origin: Origin) -> None:
    hanging = paths(origin, 6, host="slow.localhost", answer=Answer(hang=True))
    with closing(fetcher(origin)) as client:
        outcomes = client.fetch_all([*paths(origin, 1), *hanging])
        assert isinstance(next(outcomes)[1], Fetched)
        outcomes.close()  # type: ignore[attr-defined] # the protocol promises an iterator; ours is a generator
        assert [fetched(outcome).body for _, outcome in client.fetch_all(paths(origin, 1))] == [b"0"]


def test_two_passes_may_run_side_by_side(origin: Origin) -> None:
    with closing(fetcher(origin)) as client:
        for _request, _ in client.fetch_all(paths(origin, 3)):
            assert len(list(client.fetch_all(paths(origin, 2, host="other.localhost")))) == 2


def test_a_closed_fetcher_says_so(origin: Origin) -> None:
    client = fetcher(origin)
    client.close()
    with pytest.raises(RuntimeError, match="closed"):
        list(client.fetch_all([]))


def test_closing_from_another_thread_ends_a_pass_that_waits_for_a_silent_host(origin: Origin) -> None:
    client = fetcher(origin)
    request = FetchRequest(url=origin.answer("/silent", Answer(hang=True)))
    outcomes: list[FetchOutcome] = []
    waiting = Thread(target=lambda: outcomes.extend(outcome for _, outcome in client.fetch_all([request])))
    waiting.start()
    while not origin.requests:  # the request has arrived, and no answer ever will
        waiting.join(0.01)
        assert waiting.is_alive()

    client.close()

    waiting.join(10)
    assert not waiting.is_alive()
    assert outcomes == []


# TLS


@pytest.fixture
def secure_origin() -> Iterator[Origin]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    with Origin(tls=context) as origin:
        yield origin


def test_an_unknown_certificate_is_refused_in_words(secure_origin: Origin) -> None:
    error = failure(fetch(secure_origin, secure_origin.answer("/feed", Answer(body=FEED))))
    assert "certificate" in error.reason
    assert not secure_origin.requests


def test_a_trusted_certificate_is_accepted_and_a_downgrade_is_never_permanent(
    origin: Origin, secure_origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    secure_origin.answer("/feed", to(origin.answer("/feed", Answer(body=FEED))))
    outcome = fetched(fetch(secure_origin, secure_origin.url("/feed"), allow=("127.0.0.1",)))
    assert outcome.url == origin.url("/feed")
    assert outcome.permanent_url is None
