"""How much CPU does an answer cost, as 304 and as 200? Against a bare pycurl loop, which keeps no rule, handles no failure."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import timedelta
from functools import partial

import pycurl

from aggregator.fetch.addresses import AddressGuard
from aggregator.fetch.fleet import CurlFetcher
from aggregator.fetch.http import user_agent
from aggregator.fetch.politeness import FetchLimits
from aggregator.model.feed import Validators
from aggregator.model.fetching import Fetched, FetchRequest, NotModified
from bench.baselines import bare
from bench.origin import Origin
from bench.record import Options, Report, measure

FEEDS = 2000


def bench(options: Options) -> Iterable[Report]:
    feeds = options.feeds or FEEDS
    with Origin(feeds=feeds) as origin:
        yield _compare(origin, runs=options.runs)


def _compare(origin: Origin, *, runs: int) -> Report:
    count = len(origin.urls)
    report = Report(
        name="fetch",
        question="how much CPU does an answer cost, as 304 and as 200?",
        corpus=f"{count} generated feeds, gzip, 64 loopback hosts, HTTP/1.1 kept alive",
        baseline="bare pycurl loop",
    )
    client = CurlFetcher(
        limits=FetchLimits(per_host_gap=timedelta(0)), guard=AddressGuard(["127.0.0.0/8"]), user_agent=user_agent("bench")
    )
    validators: dict[str, Validators] = {}

    def ours(kind: type[Fetched | NotModified]) -> None:
        requests = [FetchRequest(url=url, validators=validators.get(url, Validators())) for url in origin.urls]
        answered = set()
        for request, outcome in client.fetch_all(requests):
            if not isinstance(outcome, kind):
                raise TypeError(f"{request.url}: {outcome!r}")
            answered.add(request.url)
        if len(answered) != count:
            raise RuntimeError(f"{len(answered)} answers to {count} requests")

    def theirs(status: int) -> None:
        requests = [(url, (validators[url].etag or b"").decode() if status == 304 else "") for url in origin.urls]
        answered = {fetch.url for fetch in bare.fetch_all(requests) if fetch.curl.getinfo(pycurl.RESPONSE_CODE) == status}
        if len(answered) != count:
            raise RuntimeError(f"{len(answered)} answers {status} to {count} requests")

    for kind, status in ((Fetched, 200), (NotModified, 304)):
        if status == 304:
            unconditional = [FetchRequest(url=url) for url in origin.urls]
            validators.update(
                (request.url, outcome.validators)
                for request, outcome in client.fetch_all(unconditional)
                if isinstance(outcome, Fetched)
            )
        report.add(measure(report.baseline, partial(theirs, status), count=count, unit="answer", kind=str(status), runs=runs))
        report.add(measure("ours", partial(ours, kind), count=count, unit="answer", kind=str(status), runs=runs))
    client.close()
    return report


if __name__ == "__main__":
    for answer in bench(Options()):
        print(answer.table())
    sys.exit(0)
