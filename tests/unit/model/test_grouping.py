"""How many speak in a story."""

from collections.abc import Mapping

from aggregator.model.grouping import voices


def count(sites: Mapping[int, tuple[str, ...]], copies: Mapping[int, int]) -> int:
    return len(voices(sites, copies))


def test_twelve_papers_with_one_text_are_one_voice() -> None:
    sites = {number: (f"p{number}.example",) for number in range(1, 13)}
    assert count(sites, dict.fromkeys(range(2, 13), 1)) == 1
    assert count(sites, {}) == 12


def test_a_paper_with_words_of_its_own_beside_the_agencys_is_one_voice() -> None:
    sites = {1: ("a.example",), 2: ("b.example",), 3: ("b.example",)}
    assert count(sites, {2: 1}) == 2
    assert count({**sites, 4: ("a.example",)}, {2: 1}) == 2  # both also say something else: the agency adds none


def test_a_publisher_that_prints_itself_twice_is_one_voice() -> None:
    assert count({1: ("a.example",), 2: ("a.example",)}, {2: 1}) == 1


def test_every_site_that_carries_an_entry_speaks() -> None:
    assert count({1: ("a.example", "b.example")}, {}) == 2
