"""Counters in titles, and what is another part of the same series. All titles are made up."""

import pytest

from aggregator.group.counters import read_counter


@pytest.mark.parametrize(
    ("title", "count", "total"),
    [
        ("Rätoromanisch lernen 6/31 - Der Kaffee", 6, 31),
        ("Aufstand am See (1/3) - Die Fischer von Twann", 1, 3),
        ("Auf dem Schiff - Teil 4", 4, 0),
        ("Auf dem Schiff, 2. Teil", 2, 0),
        ("The Quiet Show for April 1, 2012 - Part 2 of 4", 2, 0),
        ("Berge - Folge 12", 12, 0),
        ("Berge: Teil IV", 4, 0),
        ("Sur les Alpes, partie 3", 3, 0),
        ("Le Alpi, puntata 3", 3, 0),
        ("Zitat #17221", 17221, 0),
        ("Unterwegs mit Eva, Nr. 7", 7, 0),
        ("Komm, stiller Abend (2)", 2, 0),
        ("Prozess gegen Muster, Tag 2", 2, 0),
    ],
)
def test_a_counter_is_read(title: str, count: int, total: int) -> None:
    counted = read_counter(title)
    assert counted is not None
    assert (counted.count, counted.total) == (count, total)


@pytest.mark.parametrize(
    "title",
    [
        "Zugunglück fordert 8 Tote",
        "Musik der Woche 3/3/2015",
        "Das Jahr (2012)",
        "Ein guter Teil der Ernte ist verloren",
        "12/7 steht es am Ende",
        "The day it rained",
        "Heinrich IV. kommt nach Olten",
        "Montag 2. Juni",
        "Tag 1,000 im Streit",
    ],
)
def test_what_counts_no_parts_is_none(title: str) -> None:
    assert read_counter(title) is None


@pytest.mark.parametrize(
    ("one", "other", "beside"),
    [
        ("Auf dem Schiff - Teil 4", "Auf dem Schiff (Teil 5)", True),
        ("Auf dem Schiff - Teil IV", "Auf dem Schiff - Teil V", True),
        ("Aufstand am See (1/3) - Die Fischer", "Aufstand am See (2/3) - Die Bauern", True),
        ("2. Teil: Die Fischer", "3. Teil: Die Fischer", True),
        ("2. Teil: Die Fischer", "3. Teil: Die Bauern", False),
        ("Auf dem Schiff - Teil 4", "Auf dem Schiff - Teil 4", False),
        ("Auf dem Schiff - Teil 4", "Auf dem Berg - Teil 5", False),
        ("Berner Fussball: 1/8 Final", "Berner Fussball: 2/4 Final", False),
    ],
)
def test_another_part_of_the_same_series_says_the_same_up_to_its_counter(one: str, other: str, *, beside: bool) -> None:
    counted = read_counter(one)
    assert counted is not None
    assert counted.is_beside(read_counter(other)) is beside
