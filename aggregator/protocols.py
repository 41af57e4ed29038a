"""The seams of the house: one small protocol for each thing that has more than one body (real, fake, another backend)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from aggregator.model.document import FeedDocument, Format
from aggregator.model.fetching import Fetched, FetchOutcome, FetchRequest
from aggregator.model.parsed import ParsedFeed


class Clock(Protocol):
    """Tells the time; asked at floors 3 and above only, everything below takes `now`."""

    def now(self) -> datetime:
        """Return the current time, aware UTC."""
        ...


class Fetcher(Protocol):
    """Fetches documents, many at once."""

    def fetch_all(self, requests: Iterable[FetchRequest]) -> Iterator[tuple[FetchRequest, FetchOutcome]]:
        """Yield an outcome for every request, as they become ready, in any order.

        Failures are outcomes, never raised. Closing the iterator abandons what is under way.
        """
        ...

    def fetch_with_pauses(
        self, requests: Iterable[FetchRequest], *, pause: timedelta
    ) -> Iterator[tuple[FetchRequest, FetchOutcome] | None]:
        """Yield as `fetch_all` does, and None whenever nothing came for as long as `pause`: time to do something else."""
        ...


class Poster(Protocol):
    """Sends forms, one at a time."""

    def post(self, url: str, fields: Mapping[str, str]) -> None:
        """Send a form.

        Raises: FetchError unless the answer is a 2xx.
        """
        ...


class Parser(Protocol):
    """Reads a document."""

    def parse(self, fetched: Fetched) -> ParsedFeed:
        """Read the document.

        Raises: NotAFeed, ParseError.
        """
        ...

    def parse_quickly(self, fetched: Fetched) -> ParsedFeed | None:
        """Read the document if that takes little time whatever stands in it; None where it is work for `parse`.

        Raises: NotAFeed, ParseError.
        """
        ...


class Embedder(Protocol):
    """Turns texts into vectors that are near each other where the texts mean the same, across languages."""

    @property
    def name(self) -> str:
        """The model and its version; vectors of two names must not be compared."""
        ...

    @property
    def dimensions(self) -> int:
        """Numbers in a vector."""
        ...

    def embed(self, texts: Sequence[str]) -> list[bytes]:
        """Return a vector for each text, in order: `dimensions` float16, as stored."""
        ...


class FeedWriter(Protocol):
    """Writes a feed document in one format: the same document gives the same bytes."""

    format: Format
    media_type: str

    def write(self, document: FeedDocument) -> bytes:
        """Return the bytes, UTF-8.

        Raises: WriteFeedError.
        """
        ...
