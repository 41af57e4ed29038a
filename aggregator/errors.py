"""Every error the aggregator raises on purpose.

    AggregatorError
    ├─ ConfigError (ValueError)         file, line, key, reason
    ├─ FeedError                        feed_url
    │  ├─ FetchError                    status, retry_after
    │  │  ├─ FetchTimeout
    │  │  ├─ HostNotFound               its name has no address, or nobody here can say
    │  │  ├─ Redirected                 target: elsewhere, where the request does not follow
    │  │  ├─ TooLarge
    │  │  ├─ AddressRefused
    │  │  └─ FeedGone                   410
    │  ├─ ParseError
    │  │  └─ NotAFeed                   an HTML page, an empty body
    │  ├─ FeedExists
    │  └─ FeedNotFound (LookupError)
    ├─ EntryNotFound (LookupError)      entry_id
    │  └─ EntryGone                     it is past its time
    ├─ StoryNotFound (LookupError)      story_id
    ├─ WrongStories (ValueError)        they cannot be merged or parted so
    ├─ TopicNotFound (LookupError)      slug
    ├─ EditionNotFound (LookupError)    kind, period
    ├─ ReaderNotFound (LookupError)     name
    ├─ ReaderExists                     name
    ├─ StorageError                     operation
    │  ├─ StorageBusy                   may be tried again
    │  ├─ SchemaOutdated                found, expected
    │  └─ StoreInUse                    path: another daemon holds the store
    ├─ WriteFeedError                   document, field
    ├─ AccessDenied
    │  └─ TooManyAttempts               wrong passwords, one after the other
    ├─ ExtraMissing                     an optional part of the program is not installed
    └─ ModelFailed                      model, code: of the process that computed it

An error carries fields, not only text, so that doors can turn it into an exit code, a status or a sentence.
Foreign errors are mapped once, at the home of the foreign library.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path


class AggregatorError(Exception):
    """Root of every error raised on purpose."""


class ConfigError(AggregatorError, ValueError):
    """The configuration cannot be used: names the file, the line (from 1), the key and the remedy."""

    def __init__(self, reason: str, *, file: Path | None = None, line: int | None = None, key: str | None = None) -> None:
        self.reason = reason
        self.file = file
        self.line = line
        self.key = key
        place = ":".join(str(part) for part in (file, line) if part is not None)
        super().__init__(": ".join(part for part in (place, key, reason) if part))


class FeedError(AggregatorError):
    """Something is wrong with one feed; the others go on."""

    def __init__(self, reason: str, *, feed_url: str) -> None:
        self.reason = reason
        self.feed_url = feed_url
        super().__init__(f"{feed_url}: {reason}")


class FetchError(FeedError):
    """The document could not be fetched."""

    def __init__(
        self,
        reason: str,
        *,
        feed_url: str,
        status: int | None = None,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(reason, feed_url=feed_url)
        self.status = status
        self.retry_after = retry_after


class FetchTimeout(FetchError):
    """The server took longer than the settings allow."""


class HostNotFound(FetchError):
    """The name of the host has no address, or no resolver could be reached: nobody was asked for anything."""


class Redirected(FetchError):
    """The server sends the request to `target`, an address that may be fetched, and the request does not follow by itself."""

    def __init__(self, *, feed_url: str, target: str) -> None:
        super().__init__(f"the server redirects to {target}", feed_url=feed_url)
        self.target = target


class TooLarge(FetchError):
    """The body, or what it decompresses to, is over the cap."""


class AddressRefused(FetchError):
    """The address is private, or the scheme, port or form of the URL is not allowed (SSRF guard)."""


class FeedGone(FetchError):
    """410 Gone: the publisher took the feed away on purpose; it is not polled again."""


class ParseError(FeedError):
    """The document is meant to be a feed and nothing could be read from it."""


class NotAFeed(ParseError):
    """The document is something else: an HTML page, an empty body, an image."""


class FeedExists(FeedError):
    """The feed is in the configuration already."""


class FeedNotFound(FeedError, LookupError):
    """No feed with that URL is known, or none could be discovered there; `tried` are the addresses that were looked at."""

    def __init__(self, reason: str, *, feed_url: str, tried: Sequence[str] = ()) -> None:
        self.tried = tuple(tried)
        super().__init__(reason, feed_url=feed_url)


class EntryNotFound(AggregatorError, LookupError):
    """No entry with that id."""

    def __init__(self, entry_id: int) -> None:
        self.entry_id = entry_id
        super().__init__(f"no entry {entry_id}")


class EntryGone(EntryNotFound):
    """There was an entry with that id; it is past its time, or was deleted."""


class StoryNotFound(AggregatorError, LookupError):
    """No story with that id."""

    def __init__(self, story_id: int) -> None:
        self.story_id = story_id
        super().__init__(f"no story {story_id}")


class WrongStories(AggregatorError, ValueError):
    """Stories or entries that cannot be merged or parted as asked."""


class TopicNotFound(AggregatorError, LookupError):
    """No topic with that slug; `nearest` is the known slug most like it, if any."""

    def __init__(self, slug: str, *, nearest: str | None = None) -> None:
        self.slug = slug
        self.nearest = nearest
        super().__init__(f"no topic {slug!r}" + (f"; did you mean {nearest!r}?" if nearest else ""))


class EditionNotFound(AggregatorError, LookupError):
    """No edition of that kind and day or week."""

    def __init__(self, kind: str, period: str) -> None:
        self.kind = kind
        self.period = period
        super().__init__(f"no {kind} edition {period!r}")


class ReaderNotFound(AggregatorError, LookupError):
    """No reader with that name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"no reader {name!r}")


class ReaderExists(AggregatorError):
    """There is a reader with that name already; upper and lower case are the same."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"there is a reader {name!r} already")


class StorageError(AggregatorError):
    """The database refused: disk full, damaged file, no connection. Nothing of the operation was kept."""

    def __init__(self, reason: str, *, operation: str | None = None) -> None:
        self.reason = reason
        self.operation = operation
        super().__init__(f"{operation}: {reason}" if operation else reason)


class StorageBusy(StorageError):
    """Another process holds the lock; the same operation may be tried again."""


class SchemaOutdated(StorageError):
    """The schema of the database and of this program differ (`found`, `expected`: revision ids)."""

    def __init__(self, reason: str, *, found: str | None, expected: str) -> None:
        super().__init__(reason)
        self.found = found
        self.expected = expected


class StoreInUse(StorageError):
    """Another daemon runs on this store."""

    def __init__(self, reason: str, *, path: Path) -> None:
        super().__init__(reason)
        self.path = path


class WriteFeedError(AggregatorError):
    """A document cannot be written in a format (`document`: its path, `field`: what is at fault)."""

    def __init__(self, reason: str, *, document: str, field: str) -> None:
        self.reason = reason
        self.document = document
        self.field = field
        super().__init__(f"{document}: {field}: {reason}")


class AccessDenied(AggregatorError):
    """The caller may not do this."""


class TooManyAttempts(AccessDenied):
    """Too many wrong passwords, of one account or from one network; a minute later there may be another."""


class ExtraMissing(AggregatorError):
    """The settings ask for an optional part that is not installed; the message says how to install it."""


class ModelFailed(AggregatorError):
    """The process of a sentence model ended over its work; `code` is its exit code, less than 0 for a signal."""

    def __init__(self, model: str, *, code: int | None) -> None:
        self.model = model
        self.code = code
        how = f"by signal {-code}" if code is not None and code < 0 else f"with code {code}"
        super().__init__(
            f"the process of the sentence model {model} ended {how}; if memory is short, set grouping.model to e5 or none"
        )
