"""Fetching: what is asked of a server, and what came of it (RFC 9110)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.errors import FetchError
from aggregator.model.feed import Validators


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    """One document to fetch. `feed_id` is 0 where no stored feed stands behind it (discovery, robots.txt).

    Without `follows`, a redirect is an outcome (`Redirected`): whoever asks decides whether to go there.
    `validators` are sent to `validators_url` only, the address that gave them (None: `url` itself): to no other on the way.
    """

    url: str
    feed_id: int = 0
    validators: Validators = Validators()
    validators_url: str | None = None
    accept: str | None = None
    follows: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheHints:
    """How long the server says its answer stays fresh; None where it says nothing."""

    max_age: timedelta | None = None
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link in the header of an answer (RFC 8288), `url` absolute; `rel` is one relation, lower case."""

    rel: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A 200 answer. `url` is where the body came from; `permanent_url` is set if only 301/308 led there.

    `links` are those of the header that say where news is pushed from: `hub` and `self`.
    """

    url: str
    body: bytes
    media_type: str | None = None
    charset: str | None = None
    validators: Validators = Validators()
    hints: CacheHints = CacheHints()
    permanent_url: str | None = None
    last_modified_at: datetime | None = None
    received_bytes: int = 0
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """A 304 answer; `validators` holds only what the answer itself carried."""

    url: str
    validators: Validators = Validators()
    hints: CacheHints = CacheHints()
    permanent_url: str | None = None


FetchOutcome = Fetched | NotModified | FetchError
