"""Sentence vectors in the flow: made once, kept, never waited for."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import timedelta

import pytest

from aggregator.errors import ModelFailed
from aggregator.group.assign import GroupingRules
from aggregator.model.change import NewEntry
from aggregator.model.reading import ReadEvent, Via
from aggregator.pipeline import meanings
from aggregator.pipeline.catching_up import TOGETHER, catch_up_titles
from aggregator.pipeline.meanings import MeaningsAhead, make_meanings
from aggregator.pipeline.stories import StoryMemory, open_memory, place_entries
from aggregator.store.database import SqlStorage, open_database
from tests.fakes.changes import NOON, configure, key_of, make_update, read_feed, save
from tests.fakes.embedder import FakeEmbedder

QUAKE = ("Erdbeben", "quake")
_LETTERS = random.Random(0)
OTHERS = tuple(" ".join("".join(_LETTERS.choices("abcdefghijklmnopqrstuvwxyz", k=9)) for _ in range(4)) for _ in range(60))
"""Titles that have nothing in common, enough of them that a model's vectors tell something."""


@pytest.fixture
def storage(database_url: str) -> Iterator[SqlStorage]:
    with closing(open_database(database_url)) as opened:
        yield opened


def bring(storage: SqlStorage, *titles: str, first: int = 1) -> None:
    feeds = configure(storage, *(f"https://p{number}.example/feed" for number in range(9)))
    for number, title in enumerate(titles, first):
        entry = NewEntry(id=number, update=make_update(f"g{number}", title=title), dated_at=NOON)
        save(storage, read_feed(feeds[number % 9].id, new=[entry]))


def memory_with(embedder: FakeEmbedder | None) -> StoryMemory:
    return open_memory(GroupingRules(), default_language="de", open_embedder=lambda: embedder)


def test_titles_in_other_words_meet_by_what_they_mean(storage: SqlStorage) -> None:
    titles = (*OTHERS, "Erdbeben erschüttert Kanton", "Strong quake hits Swiss valley")
    bring(storage, *titles)
    embedder = FakeEmbedder(QUAKE)
    assert place_entries(storage, memory_with(embedder), now=NOON).joined == 1
    assert sorted(embedder.asked) == sorted(titles)
    with storage.read() as tx:
        assert tx.stories.of_entries([61, 62]) == {61: 61, 62: 61}


def test_a_vector_is_made_once_over_a_restart(storage: SqlStorage) -> None:
    bring(storage, *OTHERS, "Erdbeben erschüttert Kanton")
    place_entries(storage, memory_with(FakeEmbedder(QUAKE)), now=NOON)
    bring(storage, "Strong quake hits Swiss valley", first=62)
    again = FakeEmbedder(QUAKE)
    assert place_entries(storage, memory_with(again), now=NOON).joined == 1
    assert again.asked == ["Strong quake hits Swiss valley"]


def test_no_model_is_opened_where_nothing_arrived(storage: SqlStorage) -> None:
    def refuse() -> None:
        raise AssertionError

    assert (
        place_entries(storage, open_memory(GroupingRules(), default_language="de", open_embedder=refuse), now=NOON).placed == 0
    )


def test_what_takes_too_long_is_left_to_words(storage: SqlStorage) -> None:
    embedder = FakeEmbedder()
    clock = iter((0.0, 1.0, meanings.BUDGET.total_seconds()))
    texts = [f"Titel {number}" for number in range(99)]
    made = make_meanings(storage, embedder, texts, now=NOON, elapsed=lambda: next(clock))
    assert list(made) == embedder.asked == texts[: meanings.TOGETHER]
    assert make_meanings(storage, embedder, texts[:1], now=NOON, elapsed=lambda: 0.0) == {texts[0]: made[texts[0]]}


def test_a_stop_is_heeded_between_texts(storage: SqlStorage) -> None:
    embedder = FakeEmbedder()
    assert make_meanings(storage, embedder, ["a"], now=NOON, should_stop=lambda: True) == {}
    assert embedder.asked == []


def test_vectors_are_made_in_the_order_in_which_they_are_asked_for_and_not_all_at_once() -> None:
    embedder = FakeEmbedder()
    texts = [f"Titel {number}" for number in range(20 * meanings.TOGETHER)]
    with MeaningsAhead(embedder, {}, asked=texts, preferred=reversed(texts), elapsed=lambda: 0.0) as ahead:
        first = embedder.asked.copy()
        assert ahead.get(texts[0]) is not None
    assert first == texts[: -meanings.TOGETHER - 1 : -1]
    rest = embedder.asked[len(first) :]
    assert rest == texts[: len(rest)]
    assert len(rest) <= (meanings.AHEAD + 1) * meanings.TOGETHER


def test_the_budget_goes_to_the_latest_by_how_long_the_first_take() -> None:
    seconds = iter([0.0, 0.0, 0.0, meanings.BUDGET.total_seconds() / 2, *[1.0] * 99])
    texts = [f"Titel {number}" for number in range(4 * meanings.TOGETHER)]
    with MeaningsAhead(FakeEmbedder(), {}, asked=texts, preferred=reversed(texts), elapsed=lambda: next(seconds)) as ahead:
        found = [text for text in texts if ahead.get(text) is not None]
    assert found == texts[2 * meanings.TOGETHER :]
    assert sorted(ahead.take_made()) == sorted(found)
    assert ahead.take_made() == {}


def test_what_fails_in_the_thread_fails_where_it_is_asked_for() -> None:
    texts = [f"Titel {number}" for number in range(2 * meanings.TOGETHER)]
    embedder = FailingEmbedder(after=1)
    with (
        MeaningsAhead(embedder, {}, asked=texts, preferred=texts, elapsed=lambda: 0.0) as ahead,
        pytest.raises(ValueError, match="broken"),
    ):
        ahead.get(texts[-1])


class FailingEmbedder(FakeEmbedder):
    """Breaks after some calls."""

    def __init__(self, *, after: int) -> None:
        super().__init__()
        self.calls_left = after

    def embed(self, texts: Sequence[str]) -> list[bytes]:
        self.calls_left -= 1
        if self.calls_left < 0:
            raise ValueError("broken")
        return super().embed(texts)


def place_without_vectors(storage: SqlStorage, memory: StoryMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the model had no time at all in the pass."""
    with monkeypatch.context() as patched:
        patched.setattr(meanings, "BUDGET", timedelta(seconds=-1))
        place_entries(storage, memory, now=NOON)


def prepared(storage: SqlStorage) -> StoryMemory:
    """A memory that knows `OTHERS`, with their vectors."""
    bring(storage, *OTHERS)
    memory = memory_with(FakeEmbedder(QUAKE))
    place_entries(storage, memory, now=NOON)
    return memory


def catch_up_all(storage: SqlStorage, memory: StoryMemory) -> tuple[int, int]:
    """Return how many titles got vectors and how many joined by it."""
    titles = joined = 0
    while (step := catch_up_titles(storage, memory, now=NOON)).titles:
        titles, joined = titles + step.titles, joined + step.joined
    return titles, joined


def test_titles_without_a_vector_get_it_later_and_a_second_look(storage: SqlStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = prepared(storage)
    bring(storage, "Erdbeben erschüttert Kanton", "Strong quake hits Swiss valley", first=61)
    place_without_vectors(storage, memory, monkeypatch)
    with storage.read() as tx:
        assert tx.stories.of_entries([61, 62]) == {61: 61, 62: 62}
    assert catch_up_all(storage, memory) == (2, 1)
    with storage.read() as tx:
        assert tx.stories.of_entries([61, 62]) == {61: 61, 62: 61}
        assert tx.stories.current(62) == 61
        assert tx.counts().titles_left == 0


def test_catching_up_goes_on_after_a_process_was_killed(storage: SqlStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    bring(storage, *OTHERS)
    memory = memory_with(FakeEmbedder())
    place_without_vectors(storage, memory, monkeypatch)
    first = catch_up_titles(storage, memory, now=NOON)
    with storage.read() as tx:
        assert tx.counts().titles_left == first.titles_left == len(OTHERS) - TOGETHER
    assert catch_up_all(storage, memory_with(FakeEmbedder()))[0] == len(OTHERS) - TOGETHER


def test_the_newest_get_their_vectors_first(storage: SqlStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    bring(storage, *OTHERS)
    embedder = FakeEmbedder()
    memory = memory_with(embedder)
    place_without_vectors(storage, memory, monkeypatch)
    catch_up_titles(storage, memory, now=NOON)
    assert sorted(embedder.asked) == sorted(OTHERS[-TOGETHER:])


def test_an_entry_that_was_read_stays_where_it_is(storage: SqlStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = prepared(storage)
    bring(storage, "Erdbeben erschüttert Kanton", "Strong quake hits Swiss valley", first=61)
    place_without_vectors(storage, memory, monkeypatch)
    with storage.write() as tx:
        tx.reads.add([ReadEvent(entry_id=entry, at=NOON, via=Via.CLICK, reader_key=key_of("a")) for entry in (61, 62)])
    assert catch_up_all(storage, memory) == (2, 0)


def test_what_got_its_vector_later_is_evidence_for_titles_to_come(storage: SqlStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = prepared(storage)
    bring(storage, "Erdbeben erschüttert Kanton", first=61)
    place_without_vectors(storage, memory, monkeypatch)
    catch_up_all(storage, memory)
    bring(storage, "Strong quake hits Swiss valley", first=62)
    assert place_entries(storage, memory, now=NOON).joined == 1


def test_what_has_grown_old_is_left_to_words(storage: SqlStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    bring(storage, *OTHERS)
    memory = memory_with(FakeEmbedder())
    place_without_vectors(storage, memory, monkeypatch)
    later = NOON + memory.rules.window + timedelta(hours=1)
    assert catch_up_titles(storage, memory, now=later).titles == 0


class FailingOnce(FakeEmbedder):
    """Its process ends over the first texts after `fails` was set."""

    fails = False

    def embed(self, texts: Sequence[str]) -> list[bytes]:
        if self.fails:
            self.fails = False
            raise ModelFailed(self.name, code=-9)
        return super().embed(texts)


def test_where_the_model_fails_titles_go_by_words_and_get_their_vectors_later(storage: SqlStorage) -> None:
    bring(storage, *OTHERS)
    embedder = FailingOnce(QUAKE)
    memory = memory_with(embedder)
    place_entries(storage, memory, now=NOON)
    bring(storage, "Erdbeben erschüttert Kanton", "Strong quake hits Swiss valley", first=61)
    embedder.fails = True
    report = place_entries(storage, memory, now=NOON)
    assert (report.placed, report.joined) == (2, 0)
    assert catch_up_all(storage, memory) == (2, 1)
