"""What every storage promises of editions, and of the ranking of a span."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from aggregator.model.edition import Edition, EditionKind, EditionPoint, EditionStory
from aggregator.model.reading import ReadEvent, Via
from aggregator.model.related import Reason, RelatedLink
from aggregator.storage import Storage
from tests.fakes.changes import DAY, HOUR, NOON, add_entries, configure, key_of

MONDAY = date(2026, 11, 23)
STORY = EditionStory(
    entry_id=7,
    title="Zwei «Titel»",
    url="https://a.example/7",
    publisher="A",
    language="de",
    readers=412,
    publishers=7,
    points=(EditionPoint(sentence="Ein Satz.", publisher="B", url=None),),
    related=(RelatedLink(entry_id=8, url="https://b.example/8", title="Davor", language="de", reason=Reason.BACKGROUND),),
)


def edition(
    day: date = MONDAY, *, kind: EditionKind = EditionKind.DAILY, stories: tuple[EditionStory, ...] = (STORY,)
) -> Edition:
    return Edition(kind=kind, first_day=day, ends_at=NOON, made_at=NOON + HOUR, stories=stories)


def test_an_edition_comes_back_as_it_was_made_and_is_made_once(storage: Storage) -> None:
    with storage.write() as tx:
        assert tx.editions.add(edition())
        assert not tx.editions.add(edition(stories=()))
        assert tx.editions.add(edition(kind=EditionKind.WEEKLY))
    with storage.read() as tx:
        assert tx.editions.get(EditionKind.DAILY, "2026-11-23") == edition()
        assert tx.editions.get(EditionKind.WEEKLY, "2026-W48") == edition(kind=EditionKind.WEEKLY)
        assert tx.editions.get(EditionKind.DAILY, "2026-W48") is None


def test_the_latest_come_first_each_knows_its_neighbours_and_the_oldest_go(storage: Storage) -> None:
    days = [MONDAY + number * timedelta(days=1) for number in range(5)]
    with storage.write() as tx:
        for day in days:
            tx.editions.add(edition(day))
        tx.editions.add(edition(kind=EditionKind.WEEKLY))
        assert [each.first_day for each in tx.editions.latest(EditionKind.DAILY, limit=2)] == [days[4], days[3]]
        assert tx.editions.beside(EditionKind.DAILY, "2026-11-24") == ("2026-11-23", "2026-11-25")
        assert tx.editions.beside(EditionKind.DAILY, "2026-11-23") == (None, "2026-11-24")
        assert tx.editions.prune(EditionKind.DAILY, keep=5) == 0
        assert tx.editions.prune(EditionKind.DAILY, keep=2) == 3
        assert [each.first_day for each in tx.editions.latest(EditionKind.DAILY, limit=9)] == [days[4], days[3]]
        assert len(tx.editions.latest(EditionKind.WEEKLY, limit=9)) == 1


def test_readers_of_a_span_are_those_of_its_hours_and_no_others(storage: Storage) -> None:
    (feed,) = configure(storage, "https://a.example/feed")
    first, second, third = add_entries(storage, feed.id, "one", "two", "three", step=timedelta(0))
    reads = [
        (first, "a", NOON - timedelta(seconds=1)),
        (first, "b", NOON),
        (second, "a", NOON),
        (second, "b", NOON + DAY - timedelta(seconds=1)),
        (third, "a", NOON + DAY),
    ]
    with storage.write() as tx:
        tx.reads.add([ReadEvent(entry_id=e.id, at=at, via=Via.CLICK, reader_key=key_of(who)) for e, who, at in reads])
        found = tx.stories.of_span(since=NOON, until=NOON + DAY, limit=9)
    assert [(story.entry_id, story.readers) for story in found] == [(second.id, 2), (first.id, 1), (third.id, 0)]


@pytest.mark.parametrize("minutes", [30, 45])
def test_in_zones_of_part_hours_every_hour_belongs_to_exactly_one_span(storage: Storage, minutes: int) -> None:
    (feed,) = configure(storage, "https://a.example/feed")
    (entry,) = add_entries(storage, feed.id, "one")
    bound = NOON + timedelta(minutes=minutes)
    with storage.write() as tx:
        tx.reads.add([ReadEvent(entry_id=entry.id, at=bound, via=Via.CLICK, reader_key=key_of("a"))])
        spans = [(bound - DAY, bound), (bound, bound + DAY)]
        counted = [sum(s.readers for s in tx.stories.of_span(since=since, until=until, limit=9)) for since, until in spans]
    assert sum(counted) == 1


def test_a_span_holds_what_was_published_in_it_by_how_many_carry_it(storage: Storage) -> None:
    (feed,) = configure(storage, "https://a.example/feed")
    inside = add_entries(storage, feed.id, "one", "two", step=HOUR)
    add_entries(storage, feed.id, "old", dated_at=NOON - DAY)
    with storage.read() as tx:
        found = tx.stories.of_span(since=NOON - HOUR, until=NOON + HOUR, limit=9)
        assert [story.entry_id for story in found] == sorted((entry.id for entry in inside), reverse=True)
        assert [story.site for story in found] == ["a.example", "a.example"]
        assert tx.stories.of_span(since=NOON + HOUR, until=NOON + DAY, limit=9) == []
        assert len(tx.stories.of_span(since=NOON - HOUR, until=NOON + HOUR, limit=1)) == 1
