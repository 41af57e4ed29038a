"""What every storage promises of stories, their sums and their order."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from aggregator.model.change import AddedOrigin
from aggregator.model.reading import ReadEvent, Via
from aggregator.model.story import Ranking, StoryStanding, Window, Worth
from aggregator.model.topic import Assignment, Topic
from aggregator.storage import Storage
from tests.fakes.changes import DAY, HOUR, NOON, add_entries, configure, key_of, make_update, prune_old, read_feed, save

A, B, SAME_SITE = "https://a.example/feed", "https://b.example/feed", "https://www.a.example/other"
HALF_LIVES = {Ranking.MOST_READ: DAY, Ranking.TRENDING: 6 * HOUR}


def prepare(storage: Storage, *guids: str, step: timedelta = timedelta(0)) -> None:
    feed, _, _ = configure(storage, A, B, SAME_SITE)
    with storage.write() as transaction:
        transaction.stories.use_half_lives(HALF_LIVES, now=NOON)
    add_entries(storage, feed.id, *guids, step=step)


def read(storage: Storage, entry_id: int, *readers: str, at: datetime = NOON, weight: float = 1.0) -> None:
    with storage.write() as transaction:
        transaction.reads.add(
            [ReadEvent(entry_id=entry_id, at=at, via=Via.CLICK, reader_key=key_of(reader), weight=weight) for reader in readers]
        )


def rank(
    storage: Storage, *, now: datetime = NOON, coverage: float = 0.0, exposure: float = 0.0, everything: bool = True
) -> int:
    with storage.write() as transaction:
        worths = dict.fromkeys(Ranking, Worth(coverage=coverage, exposure=exposure))
        return transaction.stories.rank(worths, now=now, everything=everything)


def ranked(storage: Storage, ranking: Ranking, *, topic: str | None = None) -> list[StoryStanding]:
    with storage.read() as transaction:
        return transaction.stories.ranked(ranking, limit=9, topic=topic)


def ids(stories: list[StoryStanding]) -> list[int]:
    return [story.id for story in stories]


def score(storage: Storage, ranking: Ranking, story_id: int) -> float:
    with storage.read() as transaction:
        return transaction.stories.standings([story_id], ranking)[story_id].score


def most_read(storage: Storage, window: Window) -> dict[int, int]:
    with storage.read() as transaction:
        return {story.id: story.readers for story in transaction.stories.most_read(window, limit=9)}


def test_a_read_weighs_twice_as_much_a_half_life_later(storage: Storage) -> None:
    prepare(storage, "one", "two")
    read(storage, 1, "anna", "berta")
    read(storage, 2, "anna", at=NOON + DAY, weight=0.5)
    rank(storage, now=NOON + DAY)
    assert [score(storage, Ranking.MOST_READ, story) for story in (1, 2)] == [2.0, 1.0]
    assert [score(storage, Ranking.TRENDING, story) for story in (1, 2)] == [2.0, 8.0]
    assert ids(ranked(storage, Ranking.TRENDING)) == [2, 1]


def test_every_publisher_counts_once_at_its_arrival(storage: Storage) -> None:
    prepare(storage, "one")
    _, other, same_site = configure(storage, A, B, SAME_SITE)
    for feed, at in ((same_site, NOON), (other, NOON + 6 * HOUR)):
        copy = make_update(f"copy of {feed.id}", url="https://example.org/one")
        save(storage, read_feed(feed.id, added=[AddedOrigin(entry_id=1, update=copy, rebinds=False)], now=at))
    rank(storage, coverage=0.25)
    assert score(storage, Ranking.TRENDING, 1) == 0.25 * (1 + 2)
    (story,) = ranked(storage, Ranking.TRENDING)
    assert (story.publishers, story.site, story.readers) == (2, "a.example", 0)


def test_a_publisher_found_long_after_counts_as_of_a_day_later(storage: Storage) -> None:
    prepare(storage, "one")
    _, other, _ = configure(storage, A, B, SAME_SITE)
    copy = make_update("copy", url="https://example.org/one")
    save(storage, read_feed(other.id, added=[AddedOrigin(entry_id=1, update=copy, rebinds=False)], now=NOON + 30 * DAY))
    rank(storage, coverage=1.0)
    assert score(storage, Ranking.MOST_READ, 1) == 1 + 2


def test_without_readers_the_trend_goes_by_date_and_coverage(storage: Storage) -> None:
    prepare(storage, "one", "two", "three", step=HOUR)
    rank(storage, coverage=0.3)
    assert ids(ranked(storage, Ranking.TRENDING)) == [1, 2, 3]
    assert ranked(storage, Ranking.MOST_READ) == []


def test_the_most_read_hold_only_what_was_read_in_24_hours(storage: Storage) -> None:
    prepare(storage, "one", "two", "three")
    read(storage, 1, "anna", "berta")
    read(storage, 2, "anna", at=NOON + 30 * HOUR)
    rank(storage, now=NOON + 30 * HOUR)
    assert ids(ranked(storage, Ranking.MOST_READ)) == [2]
    assert ids(ranked(storage, Ranking.TRENDING)) == [2, 1, 3]


def test_exposure_takes_what_it_explains(storage: Storage) -> None:
    prepare(storage, "one", "two")
    read(storage, 1, "anna", "berta", "carla")
    read(storage, 2, "anna", "berta")
    with storage.write() as transaction:
        transaction.stories.expose({1: 10.0, 99: 5.0}, at=NOON)
    rank(storage, exposure=0.2)
    assert [score(storage, Ranking.MOST_READ, story) for story in (1, 2)] == [1.0, 2.0]
    with storage.read() as transaction:
        (hour,) = transaction.stories.site_hours(since=NOON)
    assert (hour.at, hour.reads, hour.exposure) == (NOON, 5.0, 10.0)


def test_what_was_exposed_is_scored_anew_though_nothing_happened_to_it(storage: Storage) -> None:
    prepare(storage, "one")
    with storage.write() as transaction:
        transaction.stories.expose({1: 10.0}, at=NOON)
    rank(storage, exposure=0.1)
    assert rank(storage, exposure=0.3, everything=False) == 0
    assert score(storage, Ranking.TRENDING, 1) == pytest.approx(-3.0)


def test_a_ranking_looks_only_at_what_changed(storage: Storage) -> None:
    prepare(storage, "one", "two", "three")
    assert rank(storage, everything=False) == 3
    assert rank(storage, everything=False) == 0
    read(storage, 2, "anna")
    assert rank(storage, everything=False) == 1
    assert ids(ranked(storage, Ranking.MOST_READ)) == [2]


def test_windows_count_readers_exactly_and_let_them_go(storage: Storage) -> None:
    prepare(storage, "one", "two")
    read(storage, 1, "anna", "berta", at=NOON)
    read(storage, 1, "carla", at=NOON + 10 * HOUR)
    read(storage, 2, "anna", at=NOON + 10 * HOUR)
    rank(storage, now=NOON + 10 * HOUR, everything=False)
    assert most_read(storage, Window.DAY) == {1: 3, 2: 1}
    rank(storage, now=NOON + 24 * HOUR, everything=False)
    assert most_read(storage, Window.DAY) == {2: 1, 1: 1}
    assert most_read(storage, Window.WEEK) == {1: 3, 2: 1}
    rank(storage, now=NOON + 8 * DAY, everything=False)
    assert most_read(storage, Window.DAY) == most_read(storage, Window.WEEK) == {}
    assert most_read(storage, Window.MONTH) == {1: 3, 2: 1}
    rank(storage, now=NOON + 31 * DAY, everything=False)
    assert most_read(storage, Window.MONTH) == {}


def test_moving_zero_changes_no_order_and_later_reads_weigh_as_before(storage: Storage) -> None:
    prepare(storage, "one", "two", "three")
    for story, readers in ((1, ("anna", "berta")), (2, ("anna",)), (3, ("anna", "berta", "carla"))):
        read(storage, story, *readers)
    with storage.write() as transaction:
        transaction.stories.expose({3: 30.0}, at=NOON)
    rank(storage, exposure=0.1)
    before = [ids(ranked(storage, ranking)) for ranking in Ranking]
    with storage.write() as transaction:
        transaction.stories.rebase(Ranking.TRENDING, zero=NOON + 12 * HOUR, factor=0.25)
    assert [ids(ranked(storage, ranking)) for ranking in Ranking] == before == [[1, 2, 3], [1, 2, 3]]
    read(storage, 2, "dora", at=NOON + 12 * HOUR)
    rank(storage, exposure=0.1, now=NOON + 12 * HOUR, everything=False)
    assert score(storage, Ranking.TRENDING, 2) == pytest.approx(0.25 + 1.0)


def test_other_half_lives_give_what_counting_by_them_would_have_given(storage: Storage) -> None:
    prepare(storage, "one", "two")
    _, other, _ = configure(storage, A, B, SAME_SITE)
    copy = make_update("copy", url="https://example.org/one")
    save(storage, read_feed(other.id, added=[AddedOrigin(entry_id=1, update=copy, rebinds=False)], now=NOON + 6 * HOUR))
    read(storage, 1, "anna", at=NOON - 12 * HOUR)
    with storage.write() as transaction:
        transaction.stories.expose({1: 3.0}, at=NOON)
        assert not transaction.stories.use_half_lives(HALF_LIVES, now=NOON)
        assert transaction.stories.use_half_lives({Ranking.TRENDING: 12 * HOUR}, now=NOON + 12 * HOUR)
    rank(storage, coverage=1.0, exposure=0.1, now=NOON + 12 * HOUR, everything=False)
    coverage = 0.5 + 0.5**0.5
    assert score(storage, Ranking.TRENDING, 1) == pytest.approx(0.25 + coverage - 0.1 * 3 * 0.5)


def test_sums_made_anew_in_parts_are_those_made_at_once_whatever_is_read_meanwhile(storage: Storage) -> None:
    prepare(storage, "one", "two", "three", "four", "five")
    for entry_id in range(1, 6):
        read(storage, entry_id, "anna", at=NOON - entry_id * HOUR)
    halved = {Ranking.TRENDING: 12 * HOUR}
    calls = 0
    again = True
    while again:
        with storage.write() as transaction:
            again = transaction.stories.use_half_lives(halved, now=NOON + HOUR, limit=2)
        calls += again
        read(storage, 1 + calls % 5, f"reader {calls}", at=NOON)
    assert calls == 3
    rank(storage, everything=False)
    parts = {entry_id: score(storage, Ranking.TRENDING, entry_id) for entry_id in range(1, 6)}
    with storage.write() as transaction:
        assert transaction.stories.use_half_lives({Ranking.TRENDING: HOUR}, now=NOON + HOUR)
        assert transaction.stories.use_half_lives(halved, now=NOON + HOUR)
    rank(storage, everything=False)
    assert parts == pytest.approx({entry_id: score(storage, Ranking.TRENDING, entry_id) for entry_id in range(1, 6)})
    assert parts[2] > parts[1] > 0


def test_other_half_lives_in_the_middle_of_that_begin_again(storage: Storage) -> None:
    prepare(storage, "one", "two", "three")
    with storage.write() as transaction:
        assert transaction.stories.use_half_lives({Ranking.TRENDING: 12 * HOUR}, now=NOON, limit=2)
        assert transaction.stories.use_half_lives({Ranking.TRENDING: HOUR}, now=NOON, limit=2)
        assert transaction.stories.use_half_lives({Ranking.TRENDING: HOUR}, now=NOON, limit=2)
        assert not transaction.stories.use_half_lives({Ranking.TRENDING: HOUR}, now=NOON, limit=2)


def test_ranking_in_parts_scores_each_story_once_and_all_of_them(storage: Storage) -> None:
    prepare(storage, "one", "two", "three", "four", "five")
    worths = dict.fromkeys(Ranking, Worth(coverage=1.0, exposure=0.0))
    with storage.write() as transaction:
        parts = [
            transaction.stories.rank(worths, now=NOON, everything=everything, limit=2) for everything in (True, False, False)
        ]
    assert parts == [2, 2, 1]
    assert {score(storage, Ranking.TRENDING, entry_id) for entry_id in range(1, 6)} == {1.0}


def test_a_topic_ranks_its_own_by_the_same_scores(storage: Storage) -> None:
    prepare(storage, "one", "two", "three")
    with storage.write() as transaction:
        transaction.topics.configure([Topic(slug="t", title="T")])
        made = [Assignment(slug="t", entry_id=entry_id, reason="") for entry_id in (1, 3)]
        transaction.topics.assign(["t"], [1, 2, 3], made, revision=3)
    read(storage, 2, "anna", "berta")
    read(storage, 3, "anna")
    rank(storage, coverage=0.3)
    assert ids(ranked(storage, Ranking.MOST_READ, topic="t")) == [3]
    assert ids(ranked(storage, Ranking.TRENDING, topic="t")) == [3, 1]
    assert score(storage, Ranking.TRENDING, 3) == ranked(storage, Ranking.TRENDING, topic="t")[0].score
    with storage.read() as transaction:
        assert ids(transaction.stories.most_read(Window.WEEK, limit=9, topic="t")) == [3]


def merged(storage: Storage) -> None:
    with storage.write() as transaction:
        transaction.stories.merge(1, 2)


def test_merging_pools_what_counting_together_would_have_counted(storage: Storage) -> None:
    prepare(storage, "one", "two", "three")
    _, other, _ = configure(storage, A, B, SAME_SITE)
    copy = make_update("copy", url="https://example.org/two")
    save(storage, read_feed(other.id, added=[AddedOrigin(entry_id=2, update=copy, rebinds=False)], now=NOON + HOUR))
    read(storage, 1, "anna", "berta", at=NOON)
    read(storage, 1, "carla", at=NOON + 3 * HOUR)
    read(storage, 2, "anna", "dora", at=NOON + HOUR, weight=0.5)
    read(storage, 2, "carla", at=NOON + 2 * HOUR, weight=0.25)
    # Story 3 is read as the two would have been, had they been one from the beginning.
    read(storage, 3, "anna", "berta", at=NOON)
    read(storage, 3, "dora", at=NOON + HOUR, weight=0.5)
    read(storage, 3, "carla", at=NOON + 2 * HOUR, weight=0.25)
    with storage.write() as transaction:
        transaction.stories.expose({1: 1.0, 2: 2.0, 3: 3.0}, at=NOON)
    merged(storage)
    rank(storage, exposure=0.1, now=NOON + 4 * HOUR)
    for ranking in Ranking:
        assert score(storage, ranking, 1) == pytest.approx(score(storage, ranking, 3))
    assert most_read(storage, Window.DAY) == {3: 4, 1: 4}
    with storage.read() as transaction:
        assert transaction.stories.of_entries([1, 2, 3]) == {1: 1, 2: 1, 3: 3}
        assert transaction.stories.standings([1], Ranking.TRENDING)[1].publishers == 2
        assert transaction.entries.get_many([2])[2].reads == 4
    assert storage.check() == []


def test_a_story_merged_with_itself_or_with_none_stays_as_it_is(storage: Storage) -> None:
    prepare(storage, "one")
    read(storage, 1, "anna")
    with storage.write() as transaction:
        transaction.stories.merge(1, 1)
        transaction.stories.merge(1, 99)
        transaction.stories.merge(99, 1)
        assert transaction.stories.of_entries([1]) == {1: 1}
    assert storage.check() == []


def test_a_story_outlives_the_entry_that_founded_it(storage: Storage) -> None:
    prepare(storage, "old", "new", step=-10 * DAY)
    read(storage, 1, "anna")
    merged(storage)
    with storage.write() as transaction:
        assert prune_old(transaction, before=NOON + DAY, keep_per_feed=1) == 1
        (story,) = transaction.stories.standings([1], Ranking.TRENDING).values()
    assert (story.entry_id, story.readers) == (2, 0)
    rank(storage)
    assert most_read(storage, Window.DAY) == {1: 1}
    assert storage.check() == []


def test_scales_are_told_in_a_transaction_that_only_reads(storage: Storage) -> None:
    with storage.write() as transaction:
        written = transaction.stories.scales()
    with storage.read() as transaction:
        assert transaction.stories.scales() == written
