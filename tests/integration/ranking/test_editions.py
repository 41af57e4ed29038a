"""Editions over simulated days: each made once when its span is over, the same bytes for ever."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import feedparser

from aggregator.model.edition import Edition, EditionKind
from aggregator.pipeline.editions import CATCH_UP, GRACE, make_editions
from aggregator.storage import LAST_PASS_NOTE, Storage
from aggregator.store.database import open_database
from tests.fakes.changes import prune_old
from tests.fakes.press import HOUR, SITE, Press, people

ZURICH = ZoneInfo("Europe/Zurich")
MONDAY = datetime(2026, 11, 23, tzinfo=ZURICH).astimezone(UTC)
DAY = timedelta(days=1)
PATHS = [kind.path for kind in EditionKind]


def tick(press: Press, at: datetime, *, passed: bool = True) -> int:
    """What the poller does at a time: a pass over the feeds ends, editions that are due are made."""
    if passed:
        with press.storage.write() as tx:
            tx.note(LAST_PASS_NOTE, at.isoformat())
    return make_editions(press.storage, SITE, ZURICH, press.rules, now=at)


def made(storage: Storage, kind: EditionKind = EditionKind.DAILY) -> list[Edition]:
    with storage.read() as tx:
        return tx.editions.latest(kind, limit=99)[::-1]


def test_a_week_has_seven_daily_editions_and_a_weekly_one_each_once_with_the_same_bytes_for_ever(database_url: str) -> None:
    storage = open_database(database_url)
    press = Press(storage)
    chance = random.Random(20261123)
    tick(press, MONDAY + 2 * HOUR)
    texts: dict[str, tuple[str, str, str, str]] = {}
    total = 0
    for hour in range(3, 8 * 24):
        at = MONDAY + hour * HOUR
        press.publish_entry(hour, publisher=hour % 3, at=at)
        press.read(max(1, hour - int(chance.paretovariate(0.8))), people(chance.randrange(9)), at=at)
        total += tick(press, at) + tick(press, at + GRACE)
        if hour % 6 == 0:
            documents = press.emit(now=at)
            for path in PATHS:
                for entry in feedparser.parse(documents[path].body).entries:
                    told = (entry.title, entry.published, entry.updated, entry.content[0].value)
                    assert texts.setdefault(entry.id, told) == told
        if hour % 50 == 0:  # the process starts anew
            bodies = {path: press.emit(now=at)[path].body for path in PATHS}
            storage.close()
            press.storage = storage = open_database(database_url)
            assert {path: press.emit(now=at)[path].body for path in PATHS} == bodies
    assert total == 8
    days = [f"2026-11-{day}" for day in range(23, 30)]
    assert [edition.period for edition in made(storage)] == days
    assert [edition.period for edition in made(storage, EditionKind.WEEKLY)] == ["2026-W48"]
    assert set(texts) >= {f"tag:news.example,2026:editions/daily/{day}" for day in days}
    assert "tag:news.example,2026:editions/weekly/2026-W48" in texts
    storage.close()


def test_an_edition_counts_the_readers_of_its_day_only_and_tells_no_number_below_three(storage: Storage) -> None:
    press = Press(storage)
    tick(press, MONDAY)
    for number in (1, 2, 3):
        press.publish_entry(number, publisher=number - 1, at=MONDAY + HOUR)
    press.read(1, people(5), at=MONDAY + 2 * HOUR)
    press.read(1, people(4, first=5), at=MONDAY + DAY + HOUR)
    press.read(2, people(2), at=MONDAY + 2 * HOUR)
    press.read(2, people(7, first=2), at=MONDAY + DAY)
    assert tick(press, MONDAY + DAY + GRACE) == 1
    (monday,) = made(storage)
    assert [(story.entry_id, story.readers) for story in monday.stories] == [(1, 5), (2, None), (3, None)]
    assert tick(press, MONDAY + 2 * DAY + GRACE) == 1
    assert [(story.entry_id, story.readers) for story in made(storage)[1].stories] == [(2, 7), (1, 4)]


def test_an_edition_waits_for_the_grace_and_for_a_pass_over_the_feeds(storage: Storage) -> None:
    press = Press(storage)
    assert tick(press, MONDAY, passed=False) == 0
    press.publish_entry(1, at=MONDAY + HOUR)
    assert tick(press, MONDAY + DAY - HOUR) == 0
    assert tick(press, MONDAY + DAY + GRACE, passed=False) == 0
    assert tick(press, MONDAY + DAY + GRACE - timedelta(seconds=1)) == 0
    assert tick(press, MONDAY + DAY + GRACE) == 1
    assert tick(press, MONDAY + DAY + GRACE) == 0


def test_days_before_the_site_began_and_days_without_anything_have_none(storage: Storage) -> None:
    press = Press(storage)
    press.publish_entry(1, at=MONDAY - 2 * DAY)
    tick(press, MONDAY + HOUR)
    press.publish_entry(2, at=MONDAY + 2 * DAY + HOUR)
    for day in range(1, 4):
        tick(press, MONDAY + day * DAY + HOUR)
    assert [edition.period for edition in made(storage)] == ["2026-11-25"]


def test_what_was_missed_in_a_standstill_is_made_up_for_within_bounds(storage: Storage) -> None:
    press = Press(storage)
    tick(press, MONDAY)
    for day in range(30):
        press.publish_entry(day + 1, at=MONDAY + day * DAY + HOUR)
    back = MONDAY + 30 * DAY + HOUR
    assert tick(press, back) == sum(CATCH_UP.values())
    assert [edition.period for edition in made(storage)] == [f"2026-12-{day}" for day in range(16, 23)]
    assert [edition.period for edition in made(storage, EditionKind.WEEKLY)] == ["2026-W50", "2026-W51"]
    assert tick(press, back + HOUR) == 0


def test_a_site_that_moves_to_another_zone_makes_no_day_twice(storage: Storage) -> None:
    press = Press(storage)
    tick(press, MONDAY)
    for hour in range(72):
        press.publish_entry(hour + 1, at=MONDAY + hour * HOUR)
    tick(press, MONDAY + DAY + GRACE)
    before = made(storage)
    with storage.write() as tx:
        tx.note(LAST_PASS_NOTE, (MONDAY + 3 * DAY).isoformat())
    make_editions(storage, SITE, ZoneInfo("America/New_York"), press.rules, now=MONDAY + 3 * DAY)
    after = made(storage)
    assert after[0] == before[0]
    assert [edition.period for edition in after] == ["2026-11-23", "2026-11-24"]


def test_an_edition_stays_as_it_was_when_its_entries_are_gone(storage: Storage) -> None:
    press = Press(storage)
    tick(press, MONDAY)
    press.publish_entry(1, at=MONDAY + HOUR)
    press.read(1, people(5), at=MONDAY + HOUR)
    tick(press, MONDAY + DAY + GRACE)
    body = press.emit(now=MONDAY + DAY + HOUR)["/editions/daily"].body
    with storage.write() as tx:
        prune_old(tx, before=MONDAY + 99 * DAY, keep_per_feed=0)
    assert press.emit(now=MONDAY + 99 * DAY)["/editions/daily"].body == body
