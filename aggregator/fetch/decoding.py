"""Bodies: decompressed as they arrive, and stopped as soon as they are too large.

Exactly one layer of content coding is undone, and only one that was asked for (RFC 9110, section 8.4).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Protocol

import brotli
import zstandard

from aggregator.errors import FetchError, TooLarge

ACCEPT_ENCODING = "gzip, br, zstd"
EXPANSION = 2  # decompressed cap as a multiple of the compressed one: 20 MiB for 10 MiB
MAX_RATIO = 100  # decompressed : compressed; text that is not made to be a bomb stays below 30
RATIO_FROM_BYTES = 1 << 20  # below 1 MiB a high ratio does no harm, and tiny repetitive feeds have one

_STEP_BYTES = 1 << 18  # output asked for at a time, so that a bomb is seen before it is unpacked
_ZSTD_WINDOW_BYTES = 8 << 20  # RFC 9659: the largest window a sender may use on the web
_ZSTD_SLICE_BYTES = 256  # 4 bytes can stand for a block of 128 KiB, and the library has no cap: 8 MiB at most a slice
_GZIP_WBITS = 31  # zlib's code for "gzip header and trailer"


class Decoder(Protocol):
    """Undoes one content coding, piece by piece; no piece it yields is large."""

    @property
    def finished(self) -> bool:
        """Whether the stream came to its proper end."""
        ...

    def decode(self, chunk: bytes) -> Iterator[bytes]:
        """Yield what the chunk decodes to.

        Raises: the library's error for a damaged stream.
        """
        ...


class GzipDecoder:
    """gzip (RFC 1952), several members too; what follows the last one is dropped, as browsers do."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(_GZIP_WBITS)

    @property
    def finished(self) -> bool:
        """Whether the current member is complete."""
        return self._member.eof

    def decode(self, chunk: bytes) -> Iterator[bytes]:
        """Yield the text of the chunk."""
        while chunk:
            if self._member.eof:
                if not chunk.startswith(b"\x1f\x8b"):
                    return
                self._member = zlib.decompressobj(_GZIP_WBITS)
            yield self._member.decompress(chunk, _STEP_BYTES)
            chunk = self._member.unused_data if self._member.eof else self._member.unconsumed_tail


class BrotliDecoder:
    """Brotli (RFC 7932)."""

    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    @property
    def finished(self) -> bool:
        """Whether the stream is complete."""
        return bool(self._stream.is_finished())

    def decode(self, chunk: bytes) -> Iterator[bytes]:
        """Yield the text of the chunk."""
        if self._stream.is_finished():
            return
        piece = self._stream.process(chunk, output_buffer_limit=_STEP_BYTES)
        yield piece
        # It can hold back output although it has taken in all input: then the piece is as long as the limit.
        while len(piece) >= _STEP_BYTES or not self._stream.can_accept_more_data():
            piece = self._stream.process(b"", output_buffer_limit=_STEP_BYTES)
            yield piece


class ZstdDecoder:
    """Zstandard (RFC 8878), one frame."""

    def __init__(self) -> None:
        self._frame = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW_BYTES).decompressobj()

    @property
    def finished(self) -> bool:
        """Whether the frame is complete."""
        return self._frame.eof

    def decode(self, chunk: bytes) -> Iterator[bytes]:
        """Yield the text of the chunk."""
        for start in range(0, len(chunk), _ZSTD_SLICE_BYTES):
            if self._frame.eof:
                return
            yield self._frame.decompress(chunk[start : start + _ZSTD_SLICE_BYTES])


_DECODERS: dict[str, type[GzipDecoder | BrotliDecoder | ZstdDecoder]] = {
    "gzip": GzipDecoder,
    "x-gzip": GzipDecoder,
    "br": BrotliDecoder,
    "zstd": ZstdDecoder,
}
_DAMAGED = (zlib.error, brotli.error, zstandard.ZstdError)


class Body:
    """The body of one answer as it arrives; `max_bytes` caps what is received, twice that what it decodes to.

    Raises: FetchError where the content coding is not one that was asked for.
    """

    __slots__ = ("_decoder", "_max_bytes", "_pieces", "_url", "decoded_bytes", "received_bytes")

    def __init__(self, content_encoding: str, *, max_bytes: int, url: str) -> None:
        self._max_bytes = max_bytes
        self._url = url
        self._pieces: list[bytes] = []
        self.received_bytes = 0
        self.decoded_bytes = 0
        coding = content_encoding.strip().lower()
        self._decoder: Decoder | None = None
        if coding and coding != "identity":
            decoder = _DECODERS.get(coding)
            if decoder is None:
                raise FetchError(f"the server sent a content encoding that was not asked for ({coding[:60]})", feed_url=url)
            self._decoder = decoder()

    def add(self, chunk: bytes) -> None:
        """Take the next piece from the wire.

        Raises: TooLarge; FetchError for a damaged stream.
        """
        self.received_bytes += len(chunk)
        if self.received_bytes > self._max_bytes:
            raise TooLarge(f"the document is over {_size(self._max_bytes)}", feed_url=self._url)
        if self._decoder is None:
            self._pieces.append(chunk)
            return
        try:
            for piece in self._decoder.decode(chunk):
                self._pieces.append(piece)
                self.decoded_bytes += len(piece)
                self._check_expansion()
        except _DAMAGED as error:
            raise self._damaged(str(error)) from error

    def finish(self) -> bytes:
        """Return the whole body, decoded.

        Raises: FetchError where a compressed stream ends early.
        """
        if self._decoder is not None and self.received_bytes and not self._decoder.finished:
            raise self._damaged("it ends early")
        return self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)

    def _check_expansion(self) -> None:
        if self.decoded_bytes > EXPANSION * self._max_bytes:
            raise TooLarge(f"the document is over {_size(EXPANSION * self._max_bytes)} decompressed", feed_url=self._url)
        if self.decoded_bytes > RATIO_FROM_BYTES and self.decoded_bytes > MAX_RATIO * self.received_bytes:
            raise TooLarge(
                f"the document expands more than {MAX_RATIO} times, as a decompression bomb does",
                feed_url=self._url,
            )

    def _damaged(self, detail: str) -> FetchError:
        return FetchError(f"the compressed document is damaged: {detail}", feed_url=self._url)


def _size(size_bytes: int) -> str:
    return f"{size_bytes / (1 << 20):.3g} MiB" if size_bytes >= 1 << 20 else f"{size_bytes} bytes"
