"""A fetcher that answers from a script and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

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

    def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True
