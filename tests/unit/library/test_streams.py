from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.library.streams import choose_leads, count_publishers, formats_by_path
from aggregator.model.document import Format
from tests.fakes.stored import NOON, make_entry, make_origin


def test_leads_go_by_score_and_no_publisher_leads_twice_while_there_are_others() -> None:
    entries = [
        make_entry(1, score=9.0, origins=(make_origin("a.example"),)),
        make_entry(2, score=8.0, origins=(make_origin("a.example"),)),
        make_entry(3, score=1.0, origins=(make_origin("b.example"),)),
        make_entry(4, score=7.0, origins=(make_origin("a.example"),)),
    ]
    assert [entry.id for entry in choose_leads(entries, limit=3)] == [1, 3, 2]


def test_equal_scores_go_by_date_then_by_id() -> None:
    entries = [make_entry(1), make_entry(2, dated_at=NOON + timedelta(minutes=1)), make_entry(3)]
    assert [entry.id for entry in choose_leads(entries, limit=3)] == [2, 3, 1]


def test_without_entries_nothing_leads() -> None:
    assert choose_leads([], limit=4) == ()


@pytest.mark.parametrize(("sites", "expected"), [(["a.example"], 1), (["a.example", "b.example", "a.example"], 2)])
def test_a_publisher_counts_once_however_many_feeds_it_has(sites: list[str], expected: int) -> None:
    origins = tuple(make_origin(site, feed_id=number) for number, site in enumerate(sites))
    assert count_publishers(make_entry(1, origins=origins)) == expected


def test_paths_are_grouped_by_feed_and_other_documents_left_out() -> None:
    paths = ["/most-read.json", "/most-read.rss", "/topics/a.b.atom", "/sitemap.xml", "/plain"]
    assert formats_by_path(paths) == {"/most-read": (Format.RSS, Format.JSON), "/topics/a.b": (Format.ATOM,)}
