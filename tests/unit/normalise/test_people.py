from __future__ import annotations

import tracemalloc

import pytest

from aggregator.model.feed import Person
from aggregator.normalise.people import MAX_PEOPLE, clean_people

BASE = "https://example.org/feed.xml"


@pytest.mark.parametrize(
    ("text", "name", "email"),
    [
        ("Jane Doe", "Jane Doe", None),
        ("jane@example.org (Jane Doe)", "Jane Doe", "jane@example.org"),
        ("jane@example.org (Jane (JD) Doe)", "Jane (JD) Doe", "jane@example.org"),
        ("Jane Doe <jane@example.org>", "Jane Doe", "jane@example.org"),
        ('"Doe, Jane" <jane@example.org>', "Doe, Jane", "jane@example.org"),
        ("Jane Doe (jane@example.org)", "Jane Doe", "jane@example.org"),
        ("Jane Doe <mailto:jane@example.org>", "Jane Doe", "jane@example.org"),
        ("Jane &amp; <b>Joe</b>", "Jane & Joe", None),
        ("Jane Doe (@jane)", "Jane Doe (@jane)", None),
    ],
)
def test_names_and_addresses_are_parted(text: str, name: str, email: str | None) -> None:
    assert clean_people((Person(name=text),), base=BASE) == (Person(name=name, email=email),)


@pytest.mark.parametrize("text", ["", "  ", "jane@example.org", "mailto:jane@example.org", "jane@example.org ()", "<b></b>"])
def test_who_has_no_name_is_left_out(text: str) -> None:
    assert clean_people((Person(name=text),), base=BASE) == ()


def test_each_name_stands_once_in_the_order_of_the_feed() -> None:
    people = [Person(name="B"), Person(name="A"), Person(name="b"), Person(name="A", email="a@example.org")]
    assert [person.name for person in clean_people(tuple(people), base=BASE)] == ["B", "A"]


def test_pages_are_absolute_and_addresses_are_addresses() -> None:
    people = clean_people((Person(name="A", email="mailto:a@example.org", url="/a"),), base=BASE)
    assert people == (Person(name="A", email="a@example.org", url="https://example.org/a"),)
    assert clean_people((Person(name="A", email="none", url="javascript:alert(1)"),), base=BASE) == (Person(name="A"),)


def test_a_list_without_end_is_cut() -> None:
    assert len(clean_people(tuple(Person(name=f"A{n}") for n in range(3 * MAX_PEOPLE)), base=BASE)) == MAX_PEOPLE


def test_long_names_of_a_hostile_feed_are_not_kept() -> None:
    length, documents = 10_000, 100
    tracemalloc.start()
    try:
        for number in range(documents):
            clean_people((Person(name=str(number).ljust(length, "x")),), base=BASE)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < documents * length / 10
