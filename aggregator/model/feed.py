"""A feed: what it says of itself, and what we remember of polling it."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from aggregator.model.light import light


@light
class Person:
    """An author or contributor (RFC 4287, section 3.2); `name` is plain text and never empty."""

    name: str
    email: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A publisher: the unit of politeness, and one voice in coverage.

    `site` is the host that its feeds share, lower case, without `www.`; `title` is what readers call it.
    """

    site: str
    title: str
    home_url: str | None = None


def site_of(url: str) -> str:
    """Return the host of a URL as the key of its publisher: lower case, without `www.` and a trailing dot; port kept."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".").removeprefix("www.")
    return f"{host}:{parts.port}" if parts.port else host


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedData:
    """What a feed says of itself; texts are plain, URLs absolute once normalised.

    It asks not to be polled in `skip_hours` (of the day, UTC) and on `skip_days` (Monday 0).
    """

    title: str = ""
    subtitle: str = ""
    id: str | None = None
    home_url: str | None = None
    self_url: str | None = None
    hub_urls: tuple[str, ...] = ()
    language: str | None = None
    authors: tuple[Person, ...] = ()
    image_url: str | None = None
    rights: str | None = None
    updated_at: datetime | None = None
    ttl: timedelta | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What the server gave to make the next request conditional: opaque bytes, sent back unchanged."""

    etag: bytes | None = None
    last_modified: bytes | None = None


class FeedState(enum.StrEnum):
    """How a feed is doing, in one word."""

    NEW = "new"  # never polled
    OK = "ok"
    BROKEN = "broken"  # read, but the document is malformed
    FAILING = "failing"
    GONE = "gone"  # 410; not polled again


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How a feed publishes, learnt from the dates of its entries with forgetting: 33 numbers, as they stood at `at`.

    `entries` is the decayed count of entries, `exposure_hours` the decayed time in which they were counted; `hours` (of the
    day) and `weekdays` (Monday first) are decayed counts too, by UTC. Between documents with news nothing is stored: all
    decay alike, so `at` says how far.
    """

    at: datetime
    entries: float = 0.0
    exposure_hours: float = 0.0
    hours: tuple[float, ...] = (0.0,) * 24
    weekdays: tuple[float, ...] = (0.0,) * 7


@dataclass(frozen=True, slots=True, kw_only=True)
class PollState:
    """Our memory of polling one feed, kept on disk so that a restart never polls early.

    `failures` counts failed polls in a row since `failing_since_at`; `error` is the class of the last one, `reason` says it
    in words. `moved_url` was the target of `moved_polls` permanent redirects in a row since `moved_since_at`; with
    `moved_polls` 0 it is an address that was left at that time because it failed.
    `interval` is the interval chosen last, from which back-off grows. `document_url` is where the last document came from,
    the only address its validators are for; it held `document_entries` entries. `delay` is the decayed mean time from an
    entry's date to our reading it, `delay_weight` the decayed count of entries behind it.
    """

    state: FeedState = FeedState.NEW
    validators: Validators = field(default_factory=Validators)
    body_hash: bytes | None = None
    last_polled_at: datetime | None = None
    last_success_at: datetime | None = None
    last_new_entry_at: datetime | None = None
    next_poll_at: datetime | None = None
    interval: timedelta | None = None
    failures: int = 0
    failing_since_at: datetime | None = None
    error: str | None = None
    reason: str | None = None
    status: int | None = None
    moved_url: str | None = None
    moved_polls: int = 0
    moved_since_at: datetime | None = None
    entries_per_day: float | None = None
    rhythm: Rhythm | None = None
    document_url: str | None = None
    document_entries: int | None = None
    delay: timedelta | None = None
    delay_weight: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSettings:
    """What the user says of a feed in the configuration; set values win over what the feed says."""

    url: str
    title: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    interval: timedelta | None = None
    full_text: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One polled document, as stored.

    `fetch_url` is where it is polled: the configured `settings.url`, or where confirmed permanent redirects lead.
    Until `pushed_until` a hub tells of its news.
    """

    id: int
    settings: FeedSettings
    fetch_url: str
    source: Source
    data: FeedData
    poll: PollState
    pushed_until: datetime | None = None

    @property
    def title(self) -> str:
        """The name to show: the user's, else the feed's own, else its site."""
        return self.settings.title or self.data.title or self.source.title or self.source.site
