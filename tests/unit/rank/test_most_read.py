from __future__ import annotations

from collections.abc import Iterable

from aggregator.model.entry import Entry
from aggregator.rank.most_read import Why, newly_entered, top_entries, why
from tests.fakes.stored import make_entry, make_origin


def read_entry(entry_id: int, score: float, *, reads: int = 5, site: str | None = None) -> Entry:
    return make_entry(entry_id, score=score, reads=reads, origins=(make_origin(site or f"site{entry_id}.example"),))


def ids(entries: Iterable[Entry]) -> list[int]:
    return [entry.id for entry in entries]


def test_the_top_is_ordered_by_score_and_ties_by_the_newer_id() -> None:
    candidates = [read_entry(1, 2.0), read_entry(2, 9.0), read_entry(3, 2.0), read_entry(4, 5.0)]
    assert ids(top_entries(candidates, top=3)) == [2, 4, 3]


def test_an_entry_enters_once() -> None:
    candidates = [read_entry(1, 3.0), read_entry(2, 2.0)]
    assert ids(newly_entered(candidates, set(), top=5, min_reads=3)) == [1, 2]
    assert ids(newly_entered(candidates, {1}, top=5, min_reads=3)) == [2]
    assert newly_entered(candidates, {1, 2}, top=5, min_reads=3) == []


def test_an_entry_below_the_top_does_not_enter() -> None:
    candidates = [read_entry(number, float(-number)) for number in range(1, 8)]
    assert ids(newly_entered(candidates, set(), top=5, min_reads=3)) == [1, 2, 3, 4, 5]


def test_an_entry_with_too_few_readers_keeps_its_place_and_does_not_enter() -> None:
    candidates = [read_entry(1, 9.0, reads=2), read_entry(2, 5.0, reads=3), read_entry(3, 4.0)]
    assert ids(newly_entered(candidates, set(), top=2, min_reads=3)) == [2]


def test_one_publisher_takes_no_more_places_than_the_cap() -> None:
    candidates = [read_entry(number, 20.0 - number, site="gross.example") for number in range(1, 6)]
    candidates.append(read_entry(6, 1.0, site="klein.example"))
    assert ids(newly_entered(candidates, set(), top=5, min_reads=1)) == [1, 2, 3, 6]
    assert ids(newly_entered(candidates, set(), top=5, min_reads=1, per_site=1)) == [1, 6]


def test_entries_that_entered_before_count_towards_the_cap_of_their_publisher() -> None:
    candidates = [read_entry(number, 20.0 - number, site="gross.example") for number in range(1, 6)]
    assert newly_entered(candidates, {1, 2, 3}, top=5, min_reads=1) == []


def test_the_reason_counts_readers_and_publishers_not_feeds() -> None:
    origins = (make_origin("a.example"), make_origin("a.example", feed_id=2), make_origin("b.example", feed_id=3))
    assert why(make_entry(reads=7, origins=origins)) == Why(reads=7, publishers=2)
