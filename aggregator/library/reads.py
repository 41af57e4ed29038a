"""Reads on their way into the store: a request hands one over and goes on, a thread writes them in batches."""

from __future__ import annotations

import secrets
import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from aggregator.errors import StorageError
from aggregator.model.reading import ReadEvent, ReadFacts, Via
from aggregator.rank.abuse import AFTER_FETCH, Claim, ReadLedger, Site
from aggregator.rank.counting import NotCounted, network_key, reader_key, why_not_counted
from aggregator.storage import Storage, Transaction

BATCH = 500  # events a transaction: far below what the store writes in 0.1 s, so a feed pass waits little for the lock
DELAY = timedelta(seconds=0.2)  # how long a read may wait for company
VIEWS_DELAY = timedelta(seconds=10)  # how long views wait for reads to be written with; they are used once a quantum
RETRY = timedelta(seconds=1)  # after the store refused; it has waited for its lock already
WAITING_LIMIT = 200_000  # reads kept in memory while the store refuses (about 60 MB); more are discarded and counted
FETCHES_LIMIT = 20_000  # clients whose feed fetch of the last minute is known
NETWORK_SALT_BYTES = 32
KEPT_SALTS = 2  # days: today's, and yesterday's for reads that waited over midnight


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A read before its reader is made unrecognisable: lives in memory only, until its batch is written."""

    entry_id: int
    at: datetime
    via: Via
    address: str
    user_agent: str
    fetched_at: datetime | None = None  # when the same client last fetched a feed, if it just did


class ReadRecorder:
    """Writes reads behind the back of the requests that bring them.

    Nothing is lost while the process lives: what the store refuses is tried again, `close` writes what is left.
    The salt is read and the reader's key made in the thread as well, so a request never waits for the database.
    `discarded` counts reads not counted, by reason; `recorded` those written (readers already known included), `counted`
    the same by the way they came.
    `site_of` tells the rules against abuse the traffic of the site; networks are known by a salt that is never stored.
    """

    def __init__(
        self,
        storage: Storage,
        *,
        site_of: Callable[[Transaction], Site] = lambda _tx: Site(),
        delay: timedelta = DELAY,
        batch: int = BATCH,
        retry: timedelta = RETRY,
        views_delay: timedelta = VIEWS_DELAY,
    ) -> None:
        self.discarded: dict[str, int] = {}
        self.counted: dict[Via, int] = {}
        self.recorded = 0
        self._storage = storage
        self._site_of = site_of
        self._ledger = ReadLedger()
        self._network_salt = secrets.token_bytes(NETWORK_SALT_BYTES)
        self._judged: list[NotCounted | None] = []  # of the first visits: once each, though the store may refuse them
        self._fetches: OrderedDict[tuple[str, str], datetime] = OrderedDict()
        self._views: Counter[tuple[str, int]] = Counter()
        self._delay = delay
        self._batch = batch
        self._retry = retry
        self._views_delay = views_delay
        self._salts: dict[date, bytes] = {}
        self._visits: deque[Visit] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._give_up = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reads", daemon=True)
        self._thread.start()

    def count_read(self, facts: ReadFacts, *, entry_id: int, at: datetime, via: Via, address: str) -> str | None:
        """Hand over a read if it counts; return why it does not otherwise. Never waits for the store."""
        reason: str | None = why_not_counted(facts)
        with self._changed:
            if reason is None and self._closing:
                reason = "closing"
            elif reason is None and len(self._visits) >= WAITING_LIMIT:
                reason = "overflow"
            if reason is not None:
                self.discarded[reason] = self.discarded.get(reason, 0) + 1
                return reason
            visit = Visit(
                entry_id=entry_id,
                at=at,
                via=via,
                address=address,
                user_agent=facts.user_agent,
                fetched_at=self._fetches.get((address, facts.user_agent)),
            )
            self._visits.append(visit)
            if len(self._visits) in {1, self._batch}:  # what the thread waits for; to wake it for each read would cost more
                self._changed.notify()
        return None

    def note_fetch(self, *, at: datetime, address: str, user_agent: str) -> None:
        """Remember for a minute that a client fetched a feed: what it opens in a burst now, nobody reads."""
        with self._changed:
            self._fetches[address, user_agent] = at
            self._fetches.move_to_end((address, user_agent))
            while len(self._fetches) > FETCHES_LIMIT or next(iter(self._fetches.values())) < at - AFTER_FETCH:
                self._fetches.popitem(last=False)

    def record_view(self, facts: ReadFacts, name: str, *, places: int = 0) -> None:
        """Count that a person saw the first `places` (0: all) of the ranked list `name` (`library.rankings.list_name`).

        A list that is seen is read more; this is what scores take that off by. Nothing of the person is kept.
        """
        if why_not_counted(facts) is not None:
            return
        with self._changed:
            if not self._views:
                self._changed.notify()
            self._views[name, places] += 1

    def tell(self, via: Via, *, counted: int = 0, discarded: Mapping[str, int] | None = None) -> None:
        """Add reads that did not come this way to the counts that are shown."""
        with self._changed:
            if counted:
                self.counted[via] = self.counted.get(via, 0) + counted
            for reason, number in (discarded or {}).items():
                if number:
                    self.discarded[reason] = self.discarded.get(reason, 0) + number

    def close(self, *, timeout: timedelta = timedelta(seconds=5)) -> int:
        """Write what is left and end the thread; return how many reads the store did not take within `timeout`."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(timeout.total_seconds())
        self._give_up.set()
        return len(self._visits)

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def _run(self) -> None:
        while (batch := self._take()) is not None:
            try:
                self._write(batch)
            except StorageError:
                self._salts.clear()  # one made in the transaction is gone with it
                self._give_up.wait(self._retry.total_seconds())
                if self._give_up.is_set():
                    return
                continue
            with self._changed:
                for reason in self._judged:
                    visit = self._visits.popleft()
                    if reason is None:
                        self.recorded += 1
                        self.counted[visit.via] = self.counted.get(visit.via, 0) + 1
                    else:
                        self.discarded[reason] = self.discarded.get(reason, 0) + 1
                self._judged.clear()

    def _take(self) -> list[Visit] | None:
        """Wait for reads and return the next batch, left in the queue until it is written; None: closed and empty.

        It is empty where only views have waited.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._visits or self._views or self._closing)
            self._changed.wait_for(lambda: self._visits or self._closing, self._views_delay.total_seconds())
            if not self._visits:
                return [] if self._views else None
            self._changed.wait_for(lambda: len(self._visits) >= self._batch or self._closing, self._delay.total_seconds())
            return [visit for visit, _ in zip(self._visits, range(self._batch), strict=False)]

    def _write(self, batch: list[Visit]) -> None:
        with self._changed:
            views = dict(self._views)
        with self._storage.write() as tx:
            if views:
                tx.lists.add_views(views)
            for day in {visit.at.astimezone(UTC).date() for visit in batch} - self._salts.keys():
                self._salts[day] = tx.reads.salt(day)
            events = list(self._events(batch))
            self._judge(batch, events, self._site_of(tx))
            counted = [event for event, reason in zip(events, self._judged, strict=True) if reason is None]
            if counted:
                tx.reads.add(counted)
        with self._changed:
            self._views.subtract(views)
            self._views = +self._views  # without those at zero
        for day in sorted(self._salts)[:-KEPT_SALTS]:
            del self._salts[day]

    def _judge(self, batch: list[Visit], events: list[ReadEvent], site: Site) -> None:
        for visit, event in list(zip(batch, events, strict=True))[len(self._judged) :]:
            if visit.fetched_at is not None:
                self._ledger.saw_fetch(event.reader_key, visit.fetched_at)
            claim = Claim(
                story=visit.entry_id,
                at=visit.at,
                reader=event.reader_key,
                network=network_key(salt=self._network_salt, address=visit.address),
            )
            self._judged.append(self._ledger.judge(claim, site))

    def _events(self, batch: Iterable[Visit]) -> Iterable[ReadEvent]:
        for visit in batch:
            salt = self._salts[visit.at.astimezone(UTC).date()]
            key = reader_key(salt=salt, address=visit.address, user_agent=visit.user_agent)
            yield ReadEvent(entry_id=visit.entry_id, at=visit.at, via=visit.via, reader_key=key)
