"""Reading: a document is parsed and normalised, here if that is quick, else in a process of its own where it stalls nobody."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

from aggregator.errors import FeedError, ParseError
from aggregator.fetch.websub import with_header_links
from aggregator.model.change import FeedUpdate
from aggregator.model.fetching import Fetched
from aggregator.model.parsed import ParsedFeed
from aggregator.normalise.update import normalise_feed
from aggregator.protocols import Parser

log = logging.getLogger(__name__)

ReadOutcome = FeedUpdate | FeedError

SHARED_FROM = 200
"""Documents of a pass from which on it is worth it to start a process for sound ones: 0.2 s of CPU, 3 ms a document."""

SHARED_AT_ONCE = 24
SHARED_TOGETHER = 8
"""Handed over at once: a process waits for each message longer than for one document, while this one is busy."""

NOT_ENOUGH_MEMORY = "there was not enough memory to read the document"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadDocument:
    """A document and what it is read for. `feed_url` is the configured address, by which errors name the feed."""

    fetched: Fetched
    feed_url: str
    received_at: datetime
    default_language: str | None = None


class Readers(Protocol):
    """Reads documents somewhere else."""

    def submit(self, documents: Sequence[UnreadDocument]) -> list[Future[ReadOutcome]]:
        """Return what will hold the outcomes, in order; they are cancelled if the readers are closed first."""
        ...

    def close(self) -> None:
        """Stop reading and let everything go."""
        ...


class DocumentReader:
    """Reads documents for the flows; without `elsewhere` all of them here."""

    def __init__(self, parser: Parser, elsewhere: Readers | None = None) -> None:
        self._parser = parser
        self._elsewhere = elsewhere

    def read(self, document: UnreadDocument) -> ReadOutcome:
        """Return the outcome, waiting for it if need be. Raises: CancelledError if the reader is closed meanwhile."""
        outcome = self.read_later(document)
        return outcome.result() if isinstance(outcome, Future) else outcome

    def read_later(self, document: UnreadDocument) -> ReadOutcome | Future[ReadOutcome]:
        """Return the outcome of what is read quickly, and for the rest what will hold it."""
        if self._elsewhere is None:
            outcome = read_document(document, self._parser.parse)
        else:
            outcome = read_document(document, self._parser.parse_quickly)
            if outcome is None:
                return self._elsewhere.submit([document])[0]
        assert outcome is not None  # noqa: S101 - told to the type checker: `parse` leaves nothing to others
        return outcome

    @property
    def shares(self) -> bool:
        """Whether others can read while this process does something else."""
        return self._elsewhere is not None and (os.cpu_count() or 1) > 1

    def read_elsewhere(self, documents: Sequence[UnreadDocument]) -> list[Future[ReadOutcome]]:
        """Return what will hold the outcomes, whether they are read quickly or not."""
        if self._elsewhere is None:
            raise RuntimeError("there is nobody else to read")
        return self._elsewhere.submit(documents)

    def close(self) -> None:
        """Give up what is being read elsewhere."""
        if self._elsewhere is not None:
            self._elsewhere.close()


Token = TypeVar("Token")


class PassReading(Generic[Token]):
    """The documents of one pass, each with a token: what is read here comes back at once, the rest when it is done.

    Once a pass has had many documents, those that nobody else is busy with are read elsewhere, on another core.
    """

    def __init__(self, reader: DocumentReader) -> None:
        self._reader = reader
        self._seen = 0
        self._together: list[tuple[Token, UnreadDocument]] = []
        self._elsewhere: dict[Future[ReadOutcome], Token] = {}

    def __bool__(self) -> bool:
        """Whether anything is still being read."""
        return bool(self._elsewhere or self._together)

    def read(self, token: Token, document: UnreadDocument) -> ReadOutcome | None:
        """Return the outcome, or None where it comes later."""
        self._seen += 1
        if self._seen > SHARED_FROM and len(self._elsewhere) + len(self._together) < SHARED_AT_ONCE and self._reader.shares:
            self._together.append((token, document))
            if len(self._together) >= SHARED_TOGETHER:
                self.hand_over()
            return None
        outcome = self._reader.read_later(document)
        if not isinstance(outcome, Future):
            return outcome
        self._elsewhere[outcome] = token
        return None

    def hand_over(self) -> None:
        """Let those that were held back to be handed over together be read."""
        if self._together:
            futures = self._reader.read_elsewhere([document for _, document in self._together])
            self._elsewhere.update(zip(futures, (token for token, _ in self._together), strict=True))
            self._together.clear()

    def take(self) -> Iterator[tuple[Token, ReadOutcome]]:
        """Take what is done; what was given up is not among it."""
        for future in [future for future in self._elsewhere if future.done()]:
            token = self._elsewhere.pop(future)
            if not future.cancelled():
                yield token, future.result()

    def wait(self, longest: timedelta) -> None:
        """Wait until something more is done."""
        self.hand_over()
        wait(self._elsewhere, timeout=longest.total_seconds(), return_when=FIRST_COMPLETED)


def read_document(document: UnreadDocument, parse: Callable[[Fetched], ParsedFeed | None]) -> ReadOutcome | None:
    """Return the document parsed and normalised, or what is wrong with it: the boundary of one feed, nothing is raised.

    None where `parse` leaves the document to others.
    """
    fetched = document.fetched
    try:
        parsed = parse(fetched)
        if parsed is None:
            return None
        update = normalise_feed(
            parsed, url=fetched.url, received_at=document.received_at, default_language=document.default_language
        )
    except FeedError as error:
        return error
    except MemoryError:
        return ParseError(NOT_ENOUGH_MEMORY, feed_url=document.feed_url)
    except Exception as error:  # whatever a document provokes, the others go on
        log.exception("feed not understood url=%s", document.feed_url)
        reason = f"the document could not be read ({type(error).__name__}); please report this feed"
        return ParseError(reason, feed_url=document.feed_url)
    return replace(update, data=with_header_links(update.data, fetched)) if fetched.links else update
