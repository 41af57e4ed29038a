"""What is kept in memory of what was stored."""

from __future__ import annotations

import tracemalloc

from aggregator.model.entry import EntryData
from aggregator.model.feed import Person
from aggregator.store.rows import entry_data_values

LONG, MANY = 1_000, 50  # letters of a name, names of an entry: as long and as many as are taken in
ENTRIES = 100


def test_long_names_of_a_hostile_feed_are_not_kept() -> None:
    tracemalloc.start()
    try:
        for number in range(ENTRIES):
            names = [f"{number} {place} ".ljust(LONG, "x") for place in range(MANY)]
            people = tuple(Person(name=name) for name in names)
            entry_data_values(EntryData(title="T", authors=people, categories=tuple(names)))
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < ENTRIES * LONG
