"""A fetcher that answers from a script and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from aggregator.model.fetching import Fetched, FetchOutcome, FetchRequest


class FakeFetcher:
    """Gives the outcome scripted for a URL, in the order of the requests; a URL without one is an error of the test."""

    def __init__(self, outcomes: Mapping[str, FetchOutcome | bytes]) -> None:
        self.outcomes = dict(outcomes)
        self.requests: list[FetchRequest] = []
        self.closed = False

    def fetch_all(self, requests: Iterable[FetchRequest]) -> Iterator[tuple[FetchRequest, FetchOutcome]]:
        """Yield what the script says; bytes stand for a plain 200 answer with that body."""
        for request in requests:
            self.requests.append(request)
            outcome = self.outcomes[request.url]
            yield request, Fetched(url=request.url, body=outcome) if isinstance(outcome, bytes) else outcome

    def fetch_with_pauses(
        self,
        requests: Iterable[FetchRequest],
        *,
        pause: timedelta,  # nobody waits here
    ) -> Iterator[tuple[FetchRequest, FetchOutcome] | None]:
        """Yield what `fetch_all` yields."""
        yield from self.fetch_all(requests)

    def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True
