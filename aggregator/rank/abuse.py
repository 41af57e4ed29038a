"""What one visitor, one new account or one network may add to a ranking: pure rules, and the small memory they need.

Sources: reference `security.md`, section 5.4, and `ranking.md`, section 4 (attacks and bots).
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from aggregator.rank.counting import NotCounted
from aggregator.rank.levels import Level

READS_AN_HOUR = 60
"""Counted reads of one visitor or account in an hour; nobody opens a page a minute for an hour and reads them."""

NEW_ACCOUNT = timedelta(hours=24)
"""Age below which an account is new: making many accounts must not pay at once."""

HANDFUL = 5
"""Reads of a new account that count."""

AFTER_FETCH = timedelta(seconds=60)
"""Time after a feed fetch in which a burst is laid to a feed reader that loads what it found."""

BURST = 3
"""Clicks within `BURST_SPAN` that no person makes, who would open a second tab at most."""

BURST_SPAN = timedelta(seconds=5)

NETWORK_FLOOR = 1
"""Anonymous readers of one network that always count for a story. With 2, somebody with fifty addresses of one network holds
the top ten of *Trend* for 0.83 of 24 hours, with 1 for 0.12, at the same order otherwise (`bench ranking`, 6 worlds)."""

NETWORK_SHARE = 0.03
"""Share of a story's readers of a day that any network may have."""

USUAL_TIMES = 2.0
"""Times its usual share of all reads that a network may have of one story, so that clubs and companies are not cut off."""

UNKNOWN_READS = 50.0
"""Reads of other networks assumed beside those known: after a restart a first reader does not pass for half the site."""

DAILY_DECAY = 0.5
"""What stays of yesterday's reads in the usual share of a network."""

FORGOTTEN_READS = 0.5
"""Decayed reads below which a network is forgotten."""

LONG_AGO_DAYS = 60
"""Days after which nothing is left of a read; bounds the power."""

Key = TypeVar("Key", bound=Hashable)

LIMIT = 100_000
"""Keys in each memory (10 to 20 MB each when full); what is over it is not remembered, and counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A read that asks to be counted. Keys are salted hashes; `network` None where it is not known.

    `account_since`: when the reader's account was made; None for anonymous reads.
    """

    story: int
    at: datetime
    reader: bytes
    network: bytes | None = None
    account_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the rules ask of the whole site: its traffic, and whether anybody has an account."""

    level: Level = Level.HOUSEHOLD
    has_accounts: bool = False


def why_not_at_level(site: Site, *, account: bool) -> NotCounted | None:
    """Refuse anonymous reads where a household has accounts: at that size no cap holds off a single stuffer."""
    if site.level is Level.HOUSEHOLD and site.has_accounts and not account:
        return NotCounted.ANONYMOUS
    return None


def is_over_active(counted_this_hour: int) -> bool:
    """Return whether one more read of the visitor is too many for the hour."""
    return counted_this_hour >= READS_AN_HOUR


def is_flood(*, account_since: datetime, at: datetime, counted: int) -> bool:
    """Return whether a new account has had its handful of reads."""
    return at - account_since < NEW_ACCOUNT and counted >= HANDFUL


def usual_share(*, network: float, all_reads: float) -> float:
    """Return a network's share of all reads of the last days, low while little is known.

    Leave out the story in question in both: whoever reads nothing else has no usual share.
    """
    return max(network, 0.0) / (max(all_reads, 0.0) + UNKNOWN_READS)


def network_cap(*, readers: int, share: float) -> float:
    """Return how many of a story's `readers` of a day may belong to a network with this usual share of all reads."""
    return max(float(NETWORK_FLOOR), NETWORK_SHARE * readers, USUAL_TIMES * share * readers)


class ReadLedger:
    """The last hour of visitors and the last days of networks, in bounded memory and for this process only.

    Times come as arguments and should not fall; what comes late is taken into the hour and day that stand.
    """

    def __init__(self, *, limit: int = LIMIT) -> None:
        self._limit = limit
        self._hour = datetime.min.replace(tzinfo=UTC)
        self._day = date.min
        self._counted_this_hour: Counter[bytes] = Counter()
        self._counted_of_new: Counter[bytes] = Counter()  # accounts under a day old
        self._seen: set[tuple[int, bytes]] = set()  # story and reader, today: a repeat is no second reader
        self._fetched_at: dict[bytes, datetime] = {}
        self._clicks: dict[bytes, deque[datetime]] = {}  # the last ones after a feed fetch
        self._prefetchers: set[bytes] = set()  # today
        self._readers_of: Counter[int] = Counter()  # a story, today
        self._network_in: Counter[tuple[int, bytes]] = Counter()  # a story, today
        self._network: dict[bytes, float] = {}  # reads, halved each day
        self._all_reads = 0.0  # halved each day

    def saw_fetch(self, reader: bytes, at: datetime) -> None:
        """Remember that this visitor fetched a feed: clicks in a burst now are its program's."""
        self._turn_to(at)
        self._fetched_at.pop(reader, None)  # so that the order is the order of times
        if len(self._fetched_at) >= self._limit:
            oldest = next(iter(self._fetched_at))
            del self._fetched_at[oldest]
            self._clicks.pop(oldest, None)
        self._fetched_at[reader] = at

    def judge(self, claim: Claim, site: Site) -> NotCounted | None:
        """Return why the read does not count; one that counts is remembered. A repeat of one that counted is left alone."""
        self._turn_to(claim.at)
        if (claim.story, claim.reader) in self._seen:
            return None
        reason = self._why_not(claim, site)
        if reason is None:
            self._remember(claim)
        return reason

    def _why_not(self, claim: Claim, site: Site) -> NotCounted | None:
        account = claim.account_since is not None
        if reason := why_not_at_level(site, account=account):
            return reason
        if not account and self._in_burst(claim):
            return NotCounted.AFTER_FETCH
        if is_over_active(self._counted_this_hour[claim.reader]):
            return NotCounted.OVER_ACTIVE
        if claim.account_since is not None:
            counted = self._counted_of_new[claim.reader]
            return NotCounted.NEW_ACCOUNT if is_flood(account_since=claim.account_since, at=claim.at, counted=counted) else None
        if site.level is not Level.HOUSEHOLD and claim.network is not None and self._fills_cap(claim.story, claim.network):
            return NotCounted.NETWORK
        return None

    def _in_burst(self, claim: Claim) -> bool:
        """Say whether a program clicks. The first two of a burst have counted by then, so the program is known for the day."""
        fetched_at = self._fetched_at.get(claim.reader)
        if fetched_at is None or claim.at - fetched_at > AFTER_FETCH:
            return False
        clicks = self._clicks.setdefault(claim.reader, deque(maxlen=BURST))
        clicks.append(claim.at)
        if len(clicks) == BURST and clicks[-1] - clicks[0] <= BURST_SPAN:
            self._prefetchers.add(claim.reader)
        return claim.reader in self._prefetchers

    def _fills_cap(self, story: int, network: bytes) -> bool:
        readers, of_network = self._readers_of[story], self._network_in[story, network]
        share = usual_share(network=self._network.get(network, 0.0) - of_network, all_reads=self._all_reads - readers)
        return of_network + 1 > network_cap(readers=readers + 1, share=share)

    def _remember(self, claim: Claim) -> None:
        if len(self._seen) < self._limit:
            self._seen.add((claim.story, claim.reader))
        self._raise(self._counted_this_hour, claim.reader)
        self._raise(self._readers_of, claim.story)
        self._all_reads += 1
        if claim.account_since is not None:
            if claim.at - claim.account_since < NEW_ACCOUNT:
                self._raise(self._counted_of_new, claim.reader)
        elif claim.network is not None:
            self._raise(self._network_in, (claim.story, claim.network))
            if claim.network in self._network or len(self._network) < self._limit:
                self._network[claim.network] = self._network.get(claim.network, 0.0) + 1

    def _raise(self, counter: Counter[Key], key: Key) -> None:
        if key in counter or len(counter) < self._limit:
            counter[key] += 1

    def _turn_to(self, at: datetime) -> None:
        hour = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        if hour > self._hour:
            self._hour = hour
            self._counted_this_hour.clear()
        if hour.date() > self._day:
            kept = DAILY_DECAY ** min((hour.date() - self._day).days, LONG_AGO_DAYS)
            self._day = hour.date()
            for memory in (self._seen, self._prefetchers, self._fetched_at, self._clicks, self._readers_of, self._network_in):
                memory.clear()
            self._all_reads *= kept
            self._network = {key: reads * kept for key, reads in self._network.items() if reads * kept >= FORGOTTEN_READS}
