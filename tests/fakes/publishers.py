"""A small web of publishers on a clock of the test's own: it answers requests hop by hop and keeps the score a publisher keeps.

The hops are those of the real client (`fetch.http.Visit` decides what makes a request conditional), the sockets are not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from aggregator.errors import FeedGone, FetchError, FetchTimeout
from aggregator.fetch.addresses import AddressGuard
from aggregator.fetch.http import Visit
from aggregator.model.feed import Validators, site_of
from aggregator.model.fetching import CacheHints, Fetched, FetchOutcome, FetchRequest, NotModified
from tests.fakes.clock import FakeClock

PERMANENT = {301, 308}
REDIRECTS = {301, 302, 303, 307, 308}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a server says; status 0 is a server that says nothing. A 200 becomes a 304 where the request's validators match."""

    status: int = 200
    body: bytes = b""
    validators: Validators = Validators()
    location: str = ""
    retry_after: timedelta | None = None
    max_age: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as the publisher's log has it; `feed` says that a feed was sent."""

    at: datetime
    url: str
    validators: Validators
    status: int
    gave: Validators
    feed: bool


Script = Callable[[datetime], Reply]


class Publishers:
    """Answers for every URL from its script; a URL without one is an error of the test."""

    def __init__(self, clock: FakeClock, scripts: Mapping[str, Script]) -> None:
        self.clock = clock
        self.scripts = dict(scripts)
        self.log: list[Asked] = []
        self._guard = AddressGuard()

    def fetch_all(self, requests: Iterable[FetchRequest]) -> Iterator[tuple[FetchRequest, FetchOutcome]]:
        """Yield an outcome for every request; a host that says 429 is asked no more in this pass, as in `fetch.fleet`."""
        held: dict[str, FetchError] = {}
        for request in requests:
            site = site_of(request.url)
            outcome = held.get(site) or self._follow(Visit.of(request, self._guard))
            if isinstance(outcome, FetchError) and outcome.status == 429:
                held[site] = outcome
            yield request, outcome

    def fetch_with_pauses(
        self,
        requests: Iterable[FetchRequest],
        *,
        pause: timedelta,  # nobody waits here
    ) -> Iterator[tuple[FetchRequest, FetchOutcome] | None]:
        """Yield what `fetch_all` yields."""
        yield from self.fetch_all(requests)

    def close(self) -> None:
        """Hold nothing."""

    def _follow(self, visit: Visit) -> FetchOutcome:
        reply = self._ask(visit)
        if reply.status in REDIRECTS:
            permanent = visit.permanent and reply.status in PERMANENT
            hop = replace(
                visit, url=reply.location, site=site_of(reply.location), seen=(*visit.seen, visit.url), permanent=permanent
            )
            return self._follow(hop)
        permanent_url = visit.url if visit.seen and visit.permanent else None
        hints = CacheHints(max_age=reply.max_age)
        asked = visit.request.url
        match reply.status:
            case 200:
                return Fetched(
                    url=visit.url,
                    body=reply.body,
                    validators=reply.validators,
                    hints=hints,
                    permanent_url=permanent_url,
                )
            case 304:
                return NotModified(url=visit.url, validators=reply.validators, hints=hints, permanent_url=permanent_url)
            case 410:
                return FeedGone("it is gone", feed_url=asked, status=410)
            case 0:
                return FetchTimeout("no answer", feed_url=asked)
            case status:
                return FetchError(f"{status}", feed_url=asked, status=status, retry_after=reply.retry_after)

    def _ask(self, visit: Visit) -> Reply:
        reply = self.scripts[visit.url](self.clock.now())
        sent = visit.validators
        if reply.status == 200 and _fresh(sent, reply.validators):
            reply = replace(reply, status=304, body=b"")
        gave = reply.validators if reply.status in {200, 304} else Validators()
        feed = reply.body.startswith(b"<?xml")
        self.log.append(Asked(at=self.clock.now(), url=visit.url, validators=sent, status=reply.status, gave=gave, feed=feed))
        return reply


def _fresh(sent: Validators, current: Validators) -> bool:
    """Compare as servers do: If-None-Match decides where it is sent (RFC 9110, section 13.2.2)."""
    if sent.etag is not None:
        return sent.etag == current.etag
    return sent.last_modified is not None and sent.last_modified == current.last_modified


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What a publisher would complain about, each as the requests it happened in."""

    unconditional: tuple[Asked, ...]
    too_soon: tuple[Asked, ...]
    invented_validators: tuple[Asked, ...]
    while_held: tuple[Asked, ...]
    after_gone: tuple[Asked, ...]


def score(log: Iterable[Asked], *, floor: timedelta, floors: Mapping[str, timedelta], holds: Mapping[str, timedelta]) -> Score:
    """Read a log as a publisher does; `floors` are those of URLs that invite more, `holds` what a 429 of a URL asks for."""
    memory = _Memory()
    complaints: dict[str, list[Asked]] = {field.name: [] for field in fields(Score)}
    for asked in log:
        before, known = memory.last.get(asked.url), memory.given.get(asked.url, Validators())
        held_until = memory.held_until.get(site_of(asked.url))
        for name, wrong in {
            "unconditional": known != Validators() and asked.validators == Validators(),
            "too_soon": before is not None and asked.at - before.at < floors.get(asked.url, floor),
            "invented_validators": asked.validators not in {Validators(), known},
            "while_held": held_until is not None and asked.at < held_until,
            "after_gone": before is not None and before.status == 410,
        }.items():
            if wrong:
                complaints[name].append(asked)
        memory.keep(asked, hold=holds.get(asked.url))
    return Score(**{name: tuple(found) for name, found in complaints.items()})


class _Memory:
    """What a publisher knows of each address: its last request, the validators it gave, and until when its host holds."""

    def __init__(self) -> None:
        self.last: dict[str, Asked] = {}
        self.given: dict[str, Validators] = {}
        self.held_until: dict[str, datetime] = {}

    def keep(self, asked: Asked, *, hold: timedelta | None) -> None:
        self.last[asked.url] = asked
        known = self.given.get(asked.url, Validators())
        if asked.status == 200 and asked.feed:
            self.given[asked.url] = asked.gave
        elif asked.status == 304:
            self.given[asked.url] = Validators(
                etag=asked.gave.etag or known.etag, last_modified=asked.gave.last_modified or known.last_modified
            )
        elif asked.status in REDIRECTS:  # the document is elsewhere now, what was given for it here is void
            self.given.pop(asked.url, None)
        elif asked.status == 429 and hold is not None:
            self.held_until[site_of(asked.url)] = asked.at + hold
