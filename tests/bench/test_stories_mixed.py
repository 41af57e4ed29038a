"""What the mixed stream tells of judged joins. All titles are made up."""

from __future__ import annotations

from datetime import UTC, datetime

from aggregator.group.assign import Headline
from bench.stories_mixed import joins_of, labels_of, read_joins, share

AT = datetime(2026, 6, 1, tzinfo=UTC)


def headline(entry_id: int, title: str) -> Headline:
    return Headline(entry_id=entry_id, title=title, language="de", publisher="a.example", at=AT)


def test_a_join_is_an_entry_of_a_feed_and_the_one_of_a_feed_before_it() -> None:
    first, woven, second = headline(1, "Brücke gesperrt"), headline(-7, "Gold"), headline(2, "Brücke wieder offen")
    assert joins_of({1: [first, woven, second], 3: [headline(3, "Regen")]}) == [(second, first)]


def test_entries_that_only_their_addresses_tell_apart_have_labels_of_their_own() -> None:
    labels = labels_of({1: [headline(1, "Brücke"), headline(2, "Brücke"), headline(3, "Regen")]})
    assert labels[2] == f"{labels[1]}:2"
    assert len(set(labels.values())) == 3


def test_a_share_has_the_interval_of_wilson() -> None:
    assert share(80, 100) == "80/100 = 0.80 [0.71-0.87]"
    assert share(0, 0) == "0/0"


def test_the_sample_is_a_hundred_joins_each_judged_with_a_reason() -> None:
    joins = read_joins()
    assert len({(join.entry, join.before) for join in joins}) == 100
    assert all(join.reason and join.entry != join.before for join in joins)
    assert 0 < sum(join.is_right for join in joins) < 100
