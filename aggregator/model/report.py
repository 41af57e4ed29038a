"""What a pass did: counts that the doors print, log and measure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFailure:
    """One feed that failed in a pass: the class of the error, the reason in words, and the next try (None: never)."""

    url: str
    error: str
    reason: str
    next_poll_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PollReport:
    """One ingest pass. `ok` counts feeds whose document was read (or had an equal body), `not_modified` the 304s."""

    polled: int = 0
    ok: int = 0
    not_modified: int = 0
    failed: int = 0
    gone: int = 0
    new: int = 0
    modified: int = 0
    unmodified: int = 0
    seconds: float = 0.0
    failures: tuple[FeedFailure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryReport:
    """Entries that were placed in stories, those that joined one, and stories that turned out to be another."""

    placed: int = 0
    joined: int = 0
    merged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupReport:
    """One grouping pass: entries looked at, assignments made to topics, entries that joined a story, stories that merged.

    `is_behind`: topics whose rules changed have more entries to see.
    """

    entries: int = 0
    assigned: int = 0
    joined: int = 0
    merged: int = 0
    is_behind: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CatchUpReport:
    """What was compared by meaning later: titles looked at again, those that joined a story by it, and how many are left.

    `entries` were compared with what topics are about, `assigned` were given to topics by it.
    """

    titles: int = 0
    joined: int = 0
    titles_left: int = 0
    entries: int = 0
    assigned: int = 0
    entries_left: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexReport:
    """One indexing pass: entries made searchable."""

    indexed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RelateReport:
    """One pass of relating: stories whose related stories were looked for."""

    related: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RankReport:
    """One ranking: stories whose score was made anew, lists filled, and entries that entered one; nothing between quanta.

    `editions` were made because their day or week is over.
    """

    stories: int = 0
    lists: int = 0
    entered: int = 0
    editions: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishReport:
    """One publish pass: documents whose bytes changed, and those that stayed as they were."""

    written: int = 0
    unchanged: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PruneReport:
    """What retention took away."""

    entries: int = 0
    reads: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """What hubs delivered and was taken in; `failed` counts deliveries that could not be read."""

    deliveries: int = 0
    failed: int = 0
    new: int = 0
    modified: int = 0

    def __add__(self, other: DeliveryReport) -> DeliveryReport:
        return DeliveryReport(
            deliveries=self.deliveries + other.deliveries,
            failed=self.failed + other.failed,
            new=self.new + other.new,
            modified=self.modified + other.modified,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscribeReport:
    """Hubs that were asked to push, and those that could not be asked."""

    asked: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PingReport:
    """Documents that our hub was told of, and those it could not be told of."""

    sent: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchReport:
    """Feeds that were looked for on their sites, and those that were found there."""

    searched: int = 0
    found: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleReport:
    """Articles fetched, those without a text, and those that robots.txt forbids."""

    fetched: int = 0
    failed: int = 0
    forbidden: int = 0

    def __add__(self, other: ArticleReport) -> ArticleReport:
        return ArticleReport(
            fetched=self.fetched + other.fetched,
            failed=self.failed + other.failed,
            forbidden=self.forbidden + other.forbidden,
        )
