"""The fetcher of the package as its tests use it: short limits, an origin that may be asked, one outcome."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

from aggregator.errors import FetchError
from aggregator.fetch.addresses import AddressGuard
from aggregator.fetch.fleet import CurlFetcher
from aggregator.fetch.politeness import FetchLimits
from aggregator.model.feed import Validators
from aggregator.model.fetching import Fetched, FetchOutcome, FetchRequest
from tests.fakes.origin import Answer, Origin

FEED = b"<rss version='2.0'><channel><title>Nachrichten</title></channel></rss>"
SHORT = timedelta(milliseconds=300)


def limits(
    *,
    concurrency: int = 8,
    connections: int = 4,
    gap: float = 0.0,
    first_byte: timedelta = timedelta(seconds=5),
    stall: timedelta = timedelta(seconds=5),
    timeout: timedelta = timedelta(seconds=10),
    max_body: int = 1 << 20,
) -> FetchLimits:
    return FetchLimits(
        concurrency=concurrency,
        per_host_connections=connections,
        per_host_gap=timedelta(seconds=gap),
        connect_timeout=timedelta(seconds=2),
        first_byte_timeout=first_byte,
        stall_timeout=stall,
        timeout=timeout,
        max_body_bytes=max_body,
    )


def fetcher(origin: Origin, bounds: FetchLimits | None = None, *, allow: tuple[str, ...] | None = None) -> CurlFetcher:
    guard = AddressGuard(allow if allow is not None else (origin.address,))
    return CurlFetcher(limits=bounds or limits(), guard=guard, user_agent="aggregator/0 (+https://example.org/bot)")


def fetch(
    origin: Origin,
    url: str,
    *,
    validators: Validators | None = None,
    validators_url: str | None = None,
    bounds: FetchLimits | None = None,
    allow: tuple[str, ...] | None = None,
) -> FetchOutcome:
    request = FetchRequest(url=url, validators=validators or Validators(), validators_url=validators_url)
    with closing(fetcher(origin, bounds, allow=allow)) as client:
        [(answered, outcome)] = client.fetch_all([request])
    assert answered is request
    return outcome


def failure(outcome: FetchOutcome) -> FetchError:
    assert isinstance(outcome, FetchError), outcome
    return outcome


def fetched(outcome: FetchOutcome) -> Fetched:
    assert isinstance(outcome, Fetched), outcome
    return outcome


def to(url: str, status: int = 301) -> Answer:
    """An answer that redirects."""
    return Answer(status=status, headers={"Location": url})


def paths(origin: Origin, count: int, *, host: str = "127.0.0.1", answer: Answer | None = None) -> list[FetchRequest]:
    for number in range(count):
        origin.answer(f"/{host}/{number}", answer or Answer(body=b"%d" % number))
    return [FetchRequest(url=origin.url(f"/{host}/{number}", host=host), feed_id=number + 1) for number in range(count)]
