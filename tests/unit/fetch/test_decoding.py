from __future__ import annotations

import gzip
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import FetchError, TooLarge
from aggregator.fetch.decoding import Body

URL = "https://example.org/feed"
ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "br": lambda plain: brotli.compress(plain, quality=4),
    "zstd": zstandard.compress,
    "": bytes,
}


def read(coding: str, encoded: bytes, *, cut: int = 1 << 20, max_bytes: int = 1 << 20) -> bytes:
    body = Body(coding, max_bytes=max_bytes, url=URL)
    for start in range(0, len(encoded), cut):
        body.add(encoded[start : start + cut])
    return body.finish()


@given(st.binary(max_size=3000), st.sampled_from(sorted(ENCODERS)), st.integers(min_value=1, max_value=700))
def test_a_body_comes_out_as_it_went_in_however_it_is_cut(plain: bytes, coding: str, cut: int) -> None:
    assert read(coding, ENCODERS[coding](plain), cut=cut) == plain


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_a_text_longer_than_one_step_is_whole(coding: str) -> None:
    plain = b"".join(b"%d Meldungen, " % number for number in range(100_000))
    assert read(coding, ENCODERS[coding](plain), cut=4096) == plain


@pytest.mark.parametrize("coding", ["", "gzip", "br", "zstd"])
def test_no_body_at_all_is_empty(coding: str) -> None:
    assert read(coding, b"") == b""


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_what_follows_the_stream_is_dropped(coding: str) -> None:
    assert read(coding, ENCODERS[coding](b"<rss/>") + b"\0\0\0", cut=5) == b"<rss/>"


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_every_cut_off_stream_is_damaged(coding: str) -> None:
    encoded = ENCODERS[coding](b"<rss version='2.0'/>" * 20)
    for length in range(1, len(encoded)):
        with pytest.raises(FetchError, match="damaged"):
            read(coding, encoded[:length])


@pytest.mark.parametrize("coding", ["deflate", "gzip, gzip", "gzip,br", "chunked", "\xff" * 100])
def test_only_one_known_coding_is_undone(coding: str) -> None:
    with pytest.raises(FetchError, match="content encoding"):
        Body(coding, max_bytes=100, url=URL)


def test_the_cap_counts_what_is_received() -> None:
    assert read("", b"x" * 100, cut=30, max_bytes=100) == b"x" * 100
    with pytest.raises(TooLarge):
        read("", b"x" * 101, cut=30, max_bytes=100)


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_twice_the_cap_is_allowed_decompressed(coding: str) -> None:
    encode = ENCODERS[coding]
    assert len(read(coding, encode(b"x" * 2000), max_bytes=1000)) == 2000
    with pytest.raises(TooLarge, match="decompressed"):
        read(coding, encode(b"x" * 2001), max_bytes=1000)


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_a_high_ratio_is_a_bomb_above_a_mebibyte_only(coding: str) -> None:
    encode = ENCODERS[coding]
    assert len(read(coding, encode(b"x" * (1 << 20)), max_bytes=64 << 20)) == 1 << 20
    body = Body(coding, max_bytes=64 << 20, url=URL)
    with pytest.raises(TooLarge, match="bomb"):
        body.add(encode(b"x" * (32 << 20)))
    assert body.decoded_bytes <= 12 << 20  # it stopped soon after the limit, not at the end
