"""Feeds, their health, and the articles behind their entries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from aggregator.model.article import Article, WantedArticle
from aggregator.model.feed import Feed, FeedSettings
from aggregator.model.health import FeedEvent, FeedSearch
from aggregator.model.robots import RobotsFile


class FeedStore(Protocol):
    """Feeds, and the memory of polling them."""

    def configure(self, feeds: Sequence[FeedSettings], *, now: datetime) -> tuple[int, int]:
        """Make the stored feeds those of the configuration; return how many were added and how many taken out.

        A feed taken out keeps its entries and its poll state, is not claimed any more and not listed; put back, it goes on
        where it was, so that taking out and putting back cannot poll early.
        """
        ...

    def claim_due(self, *, now: datetime, limit: int, lease: timedelta, owner: str, everything: bool = False) -> list[Feed]:
        """Lease up to `limit` feeds that are due, longest overdue first; no other owner gets them until the lease ends.

        `everything` claims every feed not polled since `now` (a pass over all), due or not; gone feeds never.
        """
        ...

    def count_due(self, *, now: datetime, everything: bool = False) -> int:
        """Return how many feeds `claim_due` would find, were there no limit."""
        ...

    def release(self, owner: str, *, not_before: datetime | None = None) -> int:
        """Give back what `owner` has leased and not saved; with `not_before`, none of it is due until then."""
        ...

    def lease_owners(self) -> Sequence[str]:
        """Return the owners of the leases that stand now, so that those of dead processes can be released."""
        ...

    def hold_site(self, site: str, *, until: datetime) -> int:
        """Let no feed of the site be due before `until` (429 speaks for the whole host)."""
        ...

    def all(self) -> list[Feed]:
        """Return every configured feed, by title."""
        ...

    def count(self) -> int:
        """Return how many feeds are configured."""
        ...

    def find(self, url: str) -> Feed | None:
        """Return the feed with that URL, if it is configured."""
        ...

    def get_many(self, ids: Iterable[int]) -> dict[int, Feed]:
        """Return the configured feeds among `ids`."""
        ...

    def next_due_at(self) -> datetime | None:
        """Return when the next feed is due (None: no feed, or all gone)."""
        ...

    def retry_now(self, url: str, *, now: datetime) -> bool:
        """Make the feed due at once."""
        ...


class HealthStore(Protocol):
    """What happened to feeds, and the searches for those that are gone from their address."""

    def add(self, events: Sequence[FeedEvent]) -> None:
        """Remember what happened."""
        ...

    def latest(self, *, limit: int) -> list[FeedEvent]:
        """Return what happened to configured feeds, latest first."""
        ...

    def lost(self, *, now: datetime, failing_for: timedelta, searched_every: timedelta, limit: int) -> list[Feed]:
        """Return feeds that are gone from their address for so long, and were not looked for within `searched_every`.

        Gone are those that are not found (404), are no feed any more, or have ended (410). Those that were found already
        are not looked for again.
        """
        ...

    def save_search(self, search: FeedSearch) -> None:
        """Remember a search and what it found."""
        ...

    def found(self) -> Mapping[int, FeedSearch]:
        """Return by feed id what searches found for feeds that are still gone from their address."""
        ...

    def entries_by_day(self, *, since: datetime, until: datetime | None = None) -> Mapping[int, Mapping[date, int]]:
        """Return by feed id how many stored entries it carries of each day (UTC) since, before `until`; none is left out."""
        ...

    def prune(self, *, before: datetime) -> int:
        """Delete what happened before."""
        ...


class ArticleStore(Protocol):
    """Articles behind entries, and the robots.txt of their sites."""

    def wanted(self, feed_ids: Iterable[int], *, since: datetime, limit: int) -> list[WantedArticle]:
        """Return entries of the feeds, first seen since, without an article; newest first."""
        ...

    def save(self, found: Sequence[Article]) -> None:
        """Write articles; those whose entry is gone meanwhile are let go."""
        ...

    def get(self, entry_id: int) -> Article | None:
        """Return the article of an entry, if it was fetched."""
        ...

    def robots(self, sites: Iterable[str]) -> Mapping[str, RobotsFile]:
        """Return by site what is known of its robots.txt."""
        ...

    def save_robots(self, files: Sequence[RobotsFile]) -> None:
        """Write what sites said."""
        ...

    def visited(self, sites: Iterable[str], *, at: datetime) -> None:
        """Remember when a page of the sites was fetched last."""
        ...
