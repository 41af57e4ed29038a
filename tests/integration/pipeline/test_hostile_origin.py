"""A pass over publishers that misbehave in every way there is a script for: it ends, and the healthy feeds do not notice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregator.app import Aggregator, open_aggregator
from aggregator.config.loading import parse_settings
from aggregator.model.report import PollReport
from aggregator.pipeline.reading import DocumentReader
from aggregator.pipeline.reading_pool import ReadingLimits, ReadingPool
from bench.corpus import ENTRIES
from bench.ingest import configuration
from bench.origin import Origin
from bench.origin_faults import READABLE, Fault

FEEDS = 40
PATIENCE = "connect_timeout: 2s, timeout: 3s"  # what the servers that never end are given
ERRORS = {
    Fault.TIMEOUT: {"FetchTimeout"},
    Fault.ERROR: {"FetchError"},
    Fault.NOT_FOUND: {"FetchError"},
    Fault.GONE: {"FeedGone"},
    Fault.HUGE: {"TooLarge"},
    Fault.BOMB: {"TooLarge"},
    Fault.DRIP: {"FetchTimeout"},
    Fault.MONSTER: {"ParseError"},
}


@pytest.fixture(scope="module")
def origin() -> Iterator[Origin]:
    with Origin(feeds=FEEDS, hosts=8, faults=True) as running:
        yield running


@pytest.fixture(scope="module")
def polled(origin: Origin, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Aggregator, PollReport]]:
    folder: Path = tmp_path_factory.mktemp("hostile")
    text = configuration(origin.urls).replace("fetch: {", f"fetch: {{{PATIENCE}, ")
    with open_aggregator(parse_settings(text, path=folder / "config.yaml", environ={})) as aggregator:
        aggregator.__dict__["reader"] = DocumentReader(aggregator.parser, ReadingPool(limits=ReadingLimits(cpu_seconds=2)))
        yield aggregator, aggregator.poll(everything=True)


def test_every_fault_is_there(origin: Origin) -> None:
    assert set(origin.faults.values()) == set(Fault)


def test_every_feed_that_can_be_read_is_stored_whole(origin: Origin, polled: tuple[Aggregator, PollReport]) -> None:
    aggregator, report = polled
    readable = [url for url in origin.urls if url not in origin.faults or origin.faults[url] in READABLE]
    with aggregator.storage.read() as tx:
        stored: dict[str, int] = dict.fromkeys(readable, 0)
        for entry in tx.entries.newest(limit=FEEDS * ENTRIES):
            for said in entry.origins:
                stored[said.feed_url] += 1

    assert stored == dict.fromkeys(readable, ENTRIES)
    assert report.new == len(readable) * ENTRIES


def test_each_fault_is_a_failure_of_its_kind_in_words(origin: Origin, polled: tuple[Aggregator, PollReport]) -> None:
    _, report = polled
    failures = {failure.url: failure for failure in report.failures}
    assert failures.keys() == {url for url, fault in origin.faults.items() if fault not in READABLE}
    for url, failure in failures.items():
        assert failure.error in ERRORS[origin.faults[url]], origin.faults[url]
        assert failure.reason.endswith(".")
        assert (failure.next_poll_at is None) is (origin.faults[url] is Fault.GONE)


def test_the_next_pass_asks_whoever_is_not_gone_and_gets_304s(origin: Origin, polled: tuple[Aggregator, PollReport]) -> None:
    aggregator, _ = polled
    origin.reset()

    report = aggregator.poll(everything=True)

    healthy = len(origin.urls) - len(origin.faults)
    sound = {Fault.MOVED, Fault.BROKEN}
    assert report.not_modified == healthy + sum(fault in sound for fault in origin.faults.values())
    assert report.polled == len(origin.urls) - sum(fault is Fault.GONE for fault in origin.faults.values())
    assert report.new == 0
