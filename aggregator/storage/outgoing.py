"""What goes out: rendered documents, and what is said to hubs and heard from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from aggregator.model.document import Rendered
from aggregator.model.push import Delivery, Ping, Queued, Subscription


class DocumentStore(Protocol):
    """Rendered documents."""

    def get(self, path: str) -> Rendered | None:
        """Return the document at `path` (with suffix)."""
        ...

    def fingerprints(self) -> Mapping[str, str]:
        """Return the fingerprint of every document by path."""
        ...

    def titles(self) -> Mapping[str, str]:
        """Return the title of every document by path."""
        ...

    def all(self) -> list[Rendered]:
        """Return every document, by path."""
        ...

    def put(self, documents: Sequence[Rendered]) -> None:
        """Insert or replace documents."""
        ...

    def remove(self, paths: Sequence[str]) -> None:
        """Take documents out; their paths are remembered as gone."""
        ...

    def is_gone(self, path: str) -> bool:
        """Return whether a document was at `path` once and was taken out."""
        ...


class PushStore(Protocol):
    """Subscriptions at hubs, what they delivered, and what our own hub has to hear (WebSub)."""

    def due(self, *, now: datetime, limit: int) -> list[Subscription]:
        """Return subscriptions whose hub is to be asked, longest overdue first.

        A feed whose document names a hub has a subscription from then on, wanted at first.
        """
        ...

    def find(self, token: str) -> Subscription | None:
        """Return the subscription with that callback, if its feed is configured."""
        ...

    def save(self, subscription: Subscription) -> None:
        """Write a subscription; while it is active, its feed is pushed until the lease ends."""
        ...

    def remove(self, feed_id: int) -> None:
        """Forget the subscription of a feed that offers no hub any more."""
        ...

    def deliver(self, delivery: Delivery, *, most_waiting: int) -> Queued:
        """Queue a delivery, unless the same was delivered before, or too many of the feed wait already."""
        ...

    def waiting(self, *, limit: int) -> list[Delivery]:
        """Return deliveries not taken in yet, in the order they came."""
        ...

    def taken_in(self, ids: Sequence[int]) -> None:
        """Let go of the bodies of deliveries; that they came stays known."""
        ...

    def forget(self, *, before: datetime) -> int:
        """Delete what is known of deliveries from before."""
        ...

    def hint(self, feed_id: int, *, now: datetime, gap: timedelta) -> None:
        """Make a feed due now, but not sooner than `gap` after its last poll, and never later than it is due anyway."""
        ...

    def announce(self, paths: Sequence[str], *, now: datetime) -> None:
        """Remember documents that changed and that our hub is to hear of."""
        ...

    def pings_due(self, *, now: datetime, limit: int) -> list[Ping]:
        """Return what our hub is to hear now."""
        ...

    def pinged(self, ping: Ping, *, again_at: datetime | None) -> None:
        """Remember that the hub heard of it (`again_at` None), or when to try again; not if it has changed meanwhile."""
        ...
