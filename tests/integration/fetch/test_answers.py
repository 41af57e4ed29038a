"""What becomes of a body and of a status."""

from __future__ import annotations

import gzip
import zlib
from datetime import timedelta

import brotli
import pytest
import zstandard

from aggregator.errors import FeedGone, TooLarge
from tests.fakes.fetching import FEED, failure, fetch, fetched, limits
from tests.fakes.origin import Answer, Origin

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


def test_a_body_over_twice_the_cap_decompressed_is_refused(origin: Origin) -> None:
    url = origin.answer("/feed", Answer(body=gzip.compress(FEED * 500), headers={"Content-Encoding": "gzip"}))
    error = failure(fetch(origin, url, bounds=limits(max_body=len(FEED) * 200)))
    assert isinstance(error, TooLarge)
    assert "decompressed" in error.reason


def test_a_connection_that_breaks_off_is_an_error(origin: Origin) -> None:
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<rss>"
    error = failure(fetch(origin, origin.answer("/feed", Answer(raw=raw, close=True))))
    assert "before the document was complete" in error.reason


def test_type_charset_and_date_are_read(origin: Origin) -> None:
    headers = {"Content-Type": 'Application/RSS+xml; Charset="ISO-8859-1"', "Last-Modified": "Tue, 24 Nov 2026 13:00:00 GMT"}
    outcome = fetched(fetch(origin, origin.answer("/feed", Answer(body=FEED, headers=headers))))
    assert (outcome.media_type, outcome.charset) == ("application/rss+xml", "ISO-8859-1")
    assert outcome.last_modified_at is not None
    assert outcome.last_modified_at.isoformat() == "2026-11-24T13:00:00+00:00"


# Statuses


@pytest.mark.parametrize("status", [404, 403, 500, 503, 204, 418])
def test_a_status_is_told_in_words(origin: Origin, status: int) -> None:
    error = failure(fetch(origin, origin.answer("/feed", Answer(status=status, body=b"" if status == 204 else b"sorry"))))
    assert error.status == status
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
