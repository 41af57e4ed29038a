"""Reading: a document is parsed and normalised, here if that is quick, else in a process of its own where it stalls nobody."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from aggregator.errors import FeedError, ParseError
from aggregator.fetch.websub import with_header_links
from aggregator.model.change import FeedUpdate
from aggregator.model.fetching import Fetched
from aggregator.model.parsed import ParsedFeed
from aggregator.normalise.update import normalise_feed
from aggregator.protocols import Parser

log = logging.getLogger(__name__)

ReadOutcome = FeedUpdate | FeedError
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

    def submit(self, document: UnreadDocument) -> Future[ReadOutcome]:
        """Return what will hold the outcome; it is cancelled if the readers are closed first."""
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
                return self._elsewhere.submit(document)
        assert outcome is not None  # noqa: S101 - told to the type checker: `parse` leaves nothing to others
        return outcome

    def close(self) -> None:
        """Give up what is being read elsewhere."""
        if self._elsewhere is not None:
            self._elsewhere.close()


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
