from __future__ import annotations

import inspect
import re
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.library import log_import, reads, reported_reads
from aggregator.model.reading import Via
from aggregator.rank.counting import NotCounted
from aggregator.storage import LAST_PASS_NOTE
from aggregator.web.figures import KEPT_FOR
from aggregator.web.metrics import METRICS
from tests.fakes.newsroom import NOON
from tests.fakes.website import Newsroom

DOCUMENT = (Path(__file__).parents[3] / "docs" / "metrics.md").read_text(encoding="utf-8")
SAMPLE = re.compile(r'([a-z_]+)(?:\{[a-z]+="[a-z_]+"\})? [0-9.]+')


def ask(newsroom: Newsroom, *, peer: str = "127.0.0.1", headers: dict[str, str] | None = None) -> tuple[int, list[str]]:
    response = newsroom.client.request("GET", "/metrics", peer=peer, headers=headers)
    return response.status_code, response.text.splitlines()


def test_figures_are_of_the_store_and_of_what_was_read(newsroom: Newsroom) -> None:
    with newsroom.storage.write() as tx:
        tx.note(LAST_PASS_NOTE, (NOON - timedelta(minutes=2)).isoformat())
    newsroom.client.get("/r/5")
    newsroom.client.get("/r/5", headers={"user-agent": "curl/8"})
    newsroom.recorder.close()

    status, lines = ask(newsroom)

    assert status == 200
    for line in (
        'aggregator_reads_total{via="click"} 1',
        'aggregator_reads_discarded_total{reason="bot"} 1',
        'aggregator_feeds{state="failing"} 1',
        'aggregator_feeds{state="gone"} 1',
        'aggregator_feeds{state="ok"} 3',
        'aggregator_feeds{state="new"} 0',
        "aggregator_last_pass_age_seconds 120.0",
    ):
        assert line in lines
    for line in lines:
        assert line.startswith(("# HELP ", "# TYPE ")) or SAMPLE.fullmatch(line), line


def test_the_store_is_looked_up_once_a_minute_and_the_age_of_a_pass_grows_meanwhile(newsroom: Newsroom) -> None:
    first_pass, second_pass = NOON - timedelta(minutes=2), NOON + timedelta(seconds=1)
    with newsroom.storage.write() as tx:
        tx.note(LAST_PASS_NOTE, first_pass.isoformat())
    ages = []
    for moment in (timedelta(0), KEPT_FOR - timedelta(seconds=1), KEPT_FOR):
        newsroom.clock.at = NOON + moment
        ages += [line for line in ask(newsroom)[1] if line.startswith("aggregator_last_pass_age_seconds")]
        with newsroom.storage.write() as tx:
            tx.note(LAST_PASS_NOTE, second_pass.isoformat())

    assert ages == [f"aggregator_last_pass_age_seconds {seconds}" for seconds in (120.0, 179.0, 59.0)]


def test_before_the_first_pass_there_is_no_age(newsroom: Newsroom) -> None:
    assert not [line for line in ask(newsroom)[1] if "last_pass" in line]


@pytest.mark.parametrize("peer", ["203.0.113.9", "10.0.0.1", "::2", ""])
def test_other_peers_are_refused(newsroom: Newsroom, peer: str) -> None:
    assert ask(newsroom, peer=peer)[0] == 403


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-real-ip", "via"])
def test_what_comes_through_a_proxy_is_refused_whatever_it_claims(newsroom: Newsroom, header: str) -> None:
    assert ask(newsroom, headers={header: "127.0.0.1"})[0] == 403
    assert ask(newsroom, peer="203.0.113.9", headers={header: "127.0.0.1"})[0] == 403


def rows(heading: str) -> list[list[str]]:
    table = DOCUMENT.partition(heading)[2].lstrip("\n").partition("\n\n")[0]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def test_the_document_tells_of_every_metric_and_of_no_other() -> None:
    documented = [tuple(row) for row in rows('{targets: ["127.0.0.1:8040"]}]\n')]
    assert documented == [(each.name, each.kind, each.label or "", each.meaning) for each in METRICS]


def test_the_document_tells_of_every_way_and_of_every_reason() -> None:
    assert sorted(row[0] for row in rows("`via`:\n")) == sorted(Via)
    ours = {"closing", "overflow", "unknown", "future", "too_old"}
    assert {row[0] for row in rows("`reason`:\n")} == set(NotCounted) | ours
    source = "".join(inspect.getsource(module) for module in (reads, reported_reads, log_import))
    assert [reason for reason in ours if f'"{reason}"' not in source and reason != "unknown"] == []
