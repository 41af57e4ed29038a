"""A month of German headlines on one subject, hour by hour with restarts: addresses hold, and no story swallows the others."""

from __future__ import annotations

import csv
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

import pytest

from aggregator.group.assign import GroupingRules
from aggregator.model.change import NewEntry
from aggregator.pipeline.stories import open_memory, place_entries
from aggregator.storage import Storage
from aggregator.store.database import open_database
from tests.fakes.changes import configure, make_update, read_feed, save

TITLES = Path(__file__).parents[3] / ".." / "shared" / "data" / "stories" / "og2021_titles.shared.tsv"
PUBLISHERS = 12
PASSES_A_PROCESS = 20

pytestmark = pytest.mark.corpus


@pytest.fixture
def headlines() -> list[tuple[datetime, str]]:
    """German titles with their times, by time."""
    if not TITLES.is_file():
        pytest.skip("the shared headlines are not beside this checkout")
    with TITLES.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["lang"] == "deu"]
    return sorted((datetime.fromisoformat(row["published_at"]).replace(tzinfo=UTC), row["title"]) for row in rows)


def stories_of(storage: Storage, count: int) -> dict[int, int]:
    with storage.read() as tx:
        return tx.stories.of_entries(range(1, count + 1))


def test_every_address_leads_to_where_its_entry_stands_after_every_pass_and_restart(
    tmp_path: Path, headlines: list[tuple[datetime, str]]
) -> None:
    with closing(open_database(f"sqlite:///{tmp_path / 'a.db'}")) as storage:
        feeds = configure(storage, *(f"https://p{number}.example/feed" for number in range(PUBLISHERS)))
        memory = open_memory(GroupingRules(), default_language="de")
        numbered = [(number, at, title) for number, (at, title) in enumerate(headlines, 1)]
        hours = groupby(numbered, key=lambda one: one[1].replace(minute=0, second=0))
        for passes, (hour, arriving) in enumerate(hours, 1):
            now = hour + timedelta(hours=1)
            for number, at, title in arriving:
                entry = NewEntry(id=number, update=make_update(f"g{number}", title=title), dated_at=at)
                save(storage, read_feed(feeds[number % PUBLISHERS].id, new=[entry], now=now))
            if passes % PASSES_A_PROCESS == 0:
                memory = open_memory(GroupingRules(), default_language="de")
            place_entries(storage, memory, now=now)
            standing = stories_of(storage, number)
            with storage.read() as tx:
                assert {entry: tx.stories.current(entry) for entry in standing} == standing
        sizes = Counter(Counter(standing.values()).values())
        assert len(standing) == len(headlines)
        assert max(sizes) <= len(headlines) / 5
        assert sum(size * times for size, times in sizes.items() if size > 1) >= len(headlines) / 2
        assert storage.check() == []
