from __future__ import annotations

import pytest

from aggregator.library.masthead import formats_by_path
from aggregator.library.streams import choose_leads, count_publishers
from aggregator.model.document import Format
from tests.fakes.stored import make_entry, make_origin


def test_leads_keep_their_order_and_no_publisher_leads_twice_while_there_are_others() -> None:
    entries = [
        make_entry(1, origins=(make_origin("a.example"),)),
        make_entry(2, origins=(make_origin("a.example"),)),
        make_entry(4, origins=(make_origin("a.example"),)),
        make_entry(3, origins=(make_origin("b.example"),)),
    ]
    assert [entry.id for entry in choose_leads(entries, limit=3)] == [1, 3, 2]


def test_an_entry_that_ranks_and_is_new_leads_once() -> None:
    entries = [make_entry(2), make_entry(1), make_entry(2), make_entry(3)]
    assert [entry.id for entry in choose_leads(entries, limit=4)] == [2, 1, 3]


def test_another_publisher_is_not_looked_for_far_behind() -> None:
    same = [make_entry(number, origins=(make_origin("a.example"),)) for number in range(1, 11)]
    entries = [*same, make_entry(99, origins=(make_origin("b.example"),))]
    assert [entry.id for entry in choose_leads(entries, limit=2)] == [1, 2]


def test_without_entries_nothing_leads() -> None:
    assert choose_leads([], limit=4) == ()


@pytest.mark.parametrize(("sites", "expected"), [(["a.example"], 1), (["a.example", "b.example", "a.example"], 2)])
def test_a_publisher_counts_once_however_many_feeds_it_has(sites: list[str], expected: int) -> None:
    origins = tuple(make_origin(site, feed_id=number) for number, site in enumerate(sites))
    assert count_publishers(make_entry(1, origins=origins)) == expected


def test_paths_are_grouped_by_feed_and_other_documents_left_out() -> None:
    paths = ["/most-read.json", "/most-read.rss", "/topics/a.b.atom", "/sitemap.xml", "/plain"]
    assert formats_by_path(paths) == {"/most-read": (Format.RSS, Format.JSON), "/topics/a.b": (Format.ATOM,)}
