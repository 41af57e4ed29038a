from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model.change import AddedOrigin, EntryChanges, EntryUpdate, FeedUpdate, KnownEntries, KnownOrigin, ModifiedEntry
from aggregator.model.entry import EntryData
from aggregator.model.feed import FeedData
from aggregator.normalise.decide import UNDATED_AGE, UNDATED_SPACING, FeedToDecide, decide

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NOTHING = KnownEntries(by_guid={}, by_url={}, by_content={}, next_entry_id=1)


def key(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()


def entry(guid: str, *, url: str | None = None, words: str | None = None, at: datetime | None = NOW) -> EntryUpdate:
    """Return an update; its URL is named after its guid unless told otherwise ("" for none), its words too."""
    url = guid if url is None else url
    words = f"words of {guid}" if words is None else words
    return EntryUpdate(
        data=EntryData(title=words, guid=guid, published_at=at),
        guid_key=key("guid " + guid),
        url_key=key("url " + url) if url else None,
        content_hash=key(f"content {words} {url}"),
    )


def feed(feed_id: int, *entries: EntryUpdate, first_poll: bool = False, updated_at: datetime | None = None) -> FeedToDecide:
    update = FeedUpdate(data=FeedData(updated_at=updated_at), entries=entries)
    return FeedToDecide(feed_id=feed_id, update=update, first_poll=first_poll)


class Memory:
    """A store that remembers identities as `KnownEntries` promises, and knows everything of every document."""

    def __init__(self) -> None:
        self._origins: dict[tuple[int, bytes], tuple[int, EntryUpdate, bool]] = {}
        self._next_entry_id = 1

    def known(self) -> KnownEntries:
        by_url: dict[bytes, tuple[int, frozenset[int]]] = {}
        by_content: dict[tuple[int, bytes], tuple[int, bytes]] = {}
        for (feed_id, guid_key), (entry_id, update, _) in sorted(self._origins.items(), key=lambda item: item[1][0]):
            if update.url_key is not None:
                first, carriers = by_url.get(update.url_key, (entry_id, frozenset()))
                if first == entry_id:
                    by_url[update.url_key] = (entry_id, carriers | {feed_id})
            else:
                by_content[feed_id, update.content_hash] = (entry_id, guid_key)
        return KnownEntries(
            by_guid={
                place: KnownOrigin(entry_id=entry_id, content_hash=update.content_hash, primary=primary)
                for place, (entry_id, update, primary) in self._origins.items()
            },
            by_url=by_url,
            by_content=by_content,
            next_entry_id=self._next_entry_id,
        )

    def poll(self, *batch: FeedToDecide) -> list[EntryChanges]:
        changes = decide(batch, self.known(), now=NOW)
        for document, change in zip(batch, changes, strict=True):
            self._apply(document.feed_id, change)
        return changes

    def _apply(self, feed_id: int, change: EntryChanges) -> None:
        for new in change.new:
            self._origins[feed_id, new.update.guid_key] = (new.id, new.update, True)
            self._next_entry_id = max(self._next_entry_id, new.id + 1)
        for added in change.added_origins:
            primary = False
            if added.rebinds:
                (old,) = [
                    place for place, origin in self._origins.items() if place[0] == feed_id and origin[0] == added.entry_id
                ]
                primary = self._origins.pop(old)[2]
            self._origins[feed_id, added.update.guid_key] = (added.entry_id, added.update, primary)
        for modified in change.modified:
            _, _, primary = self._origins[feed_id, modified.update.guid_key]
            assert primary == modified.primary
            self._origins[feed_id, modified.update.guid_key] = (modified.entry_id, modified.update, primary)


def ids(changes: EntryChanges) -> dict[str | None, int]:
    return {new.update.data.guid: new.id for new in changes.new}


def test_the_first_document_is_all_new() -> None:
    (changes,) = decide([feed(1, entry("a"), entry("b"))], NOTHING, now=NOW)
    assert set(ids(changes)) == {"a", "b"}
    assert (changes.modified, changes.added_origins, changes.unmodified) == ((), (), 0)


def test_the_same_document_again_changes_nothing() -> None:
    memory = Memory()
    memory.poll(feed(1, entry("a"), entry("b")))
    assert memory.poll(feed(1, entry("a"), entry("b"))) == [EntryChanges(unmodified=2)]


def test_other_words_under_a_known_guid_are_a_modification() -> None:
    memory = Memory()
    memory.poll(feed(1, entry("a")))
    edited = entry("a", words="edited")
    assert memory.poll(feed(1, edited)) == [EntryChanges(modified=(ModifiedEntry(entry_id=1, update=edited, primary=True),))]


def test_an_entry_whose_url_moved_is_the_same_entry() -> None:
    memory = Memory()
    memory.poll(feed(1, entry("a")))
    (changes,) = memory.poll(feed(1, entry("a", url="moved")))
    assert [modified.entry_id for modified in changes.modified] == [1]
    assert changes.new == ()


def test_another_feed_that_carries_the_url_is_one_more_origin() -> None:
    memory = Memory()
    memory.poll(feed(1, entry("a")))
    copy = entry("copy", url="a")
    assert memory.poll(feed(2, copy)) == [EntryChanges(added_origins=(AddedOrigin(entry_id=1, update=copy, rebinds=False),))]
    assert memory.poll(feed(2, copy)) == [EntryChanges(unmodified=1)]


def test_an_edit_in_a_feed_that_came_later_is_not_primary() -> None:
    memory = Memory()
    memory.poll(feed(1, entry("a")), feed(2, entry("copy", url="a")))
    (changes,) = memory.poll(feed(2, entry("copy", url="a", words="other")))
    assert [(modified.entry_id, modified.primary) for modified in changes.modified] == [(1, False)]


def test_the_same_guid_in_another_feed_is_another_entry() -> None:
    memory = Memory()
    memory.poll(feed(1, entry("1", url="x")))
    (changes,) = memory.poll(feed(2, entry("1", url="y")))
    assert ids(changes) == {"1": 2}


def test_feeds_of_one_batch_share_an_entry() -> None:
    memory = Memory()
    first, second, third = memory.poll(*(feed(n, entry(f"in {n}", url="x")) for n in (1, 2, 3)))
    assert ids(first) == {"in 1": 1}
    assert [(added.entry_id, added.rebinds) for added in (*second.added_origins, *third.added_origins)] == [
        (1, False),
        (1, False),
    ]


def test_a_url_that_an_entry_moves_to_is_its_own_for_the_rest_of_the_batch() -> None:
    memory = Memory()
    memory.poll(feed(1, entry("a")))
    _, second = memory.poll(feed(1, entry("a", url="moved")), feed(2, entry("copy", url="moved")))
    assert [(added.entry_id, added.rebinds) for added in second.added_origins] == [(1, False)]


def test_a_renewed_guid_is_bound_again() -> None:
    memory = Memory()
    memory.poll(feed(1, entry("a"), entry("b")))
    renewed = [entry("a2", url="a", words="words of a"), entry("b2", url="b", words="words of b")]
    (changes,) = memory.poll(feed(1, *renewed))
    assert changes == EntryChanges(
        added_origins=tuple(
            AddedOrigin(entry_id=entry_id, update=update, rebinds=True)
            for entry_id, update in zip((2, 1), renewed, strict=True)
        )
    )
    assert memory.poll(feed(1, *renewed)) == [EntryChanges(unmodified=2)]


def test_a_page_filled_anew_under_a_new_guid_stays_one_entry_with_the_new_words() -> None:
    memory = Memory()
    memory.poll(feed(1, entry("monday", url="live")))
    tuesday = entry("tuesday", url="live", words="all new")
    (changes,) = memory.poll(feed(1, tuesday))
    assert changes.added_origins == (AddedOrigin(entry_id=1, update=tuesday, rebinds=True),)


def test_a_renewed_guid_without_a_url_is_found_by_its_words() -> None:
    memory = Memory()
    memory.poll(feed(1, entry("a", url="", words="same")))
    (changes,) = memory.poll(feed(1, entry("a2", url="", words="same")))
    assert [(added.entry_id, added.rebinds) for added in changes.added_origins] == [(1, True)]


def test_the_words_of_another_feed_say_nothing() -> None:
    memory = Memory()
    memory.poll(feed(1, entry("a", url="", words="same")))
    (changes,) = memory.poll(feed(2, entry("a2", url="", words="same")))
    assert ids(changes) == {"a2": 2}


def test_two_guids_in_one_document_are_two_entries_though_one_takes_the_others_url() -> None:
    memory = Memory()
    memory.poll(feed(1, entry("a", url="x")))
    (changes,) = memory.poll(feed(1, entry("new", url="x"), entry("a", url="y")))
    assert ids(changes) == {"new": 2}
    assert [modified.entry_id for modified in changes.modified] == [1]


def test_two_guids_in_one_document_are_two_entries_though_they_share_all_words() -> None:
    memory = Memory()
    memory.poll(feed(1, entry("a", url="", words="same")))
    (changes,) = memory.poll(feed(1, entry("new", url="", words="same"), entry("a", url="", words="same")))
    assert ids(changes) == {"new": 2}
    assert changes.unmodified == 1


def test_of_two_new_guids_with_known_words_only_one_is_bound() -> None:
    memory = Memory()
    memory.poll(feed(1, entry("a", url="", words="same")))
    (changes,) = memory.poll(feed(1, entry("b", url="", words="same"), entry("c", url="", words="same")))
    assert [added.update.data.guid for added in changes.added_origins] == ["b"]
    assert ids(changes) == {"c": 2}


def test_ids_rise_with_the_date_and_over_the_batch() -> None:
    def aged(guid: str, hours: int) -> EntryUpdate:
        return entry(guid, at=NOW - timedelta(hours=hours))

    known = replace(NOTHING, next_entry_id=100)
    first, second = decide([feed(1, aged("b", 1), aged("c", 9), aged("a", 0)), feed(2, aged("d", 5))], known, now=NOW)
    assert ids(first) == {"c": 100, "b": 101, "a": 102}
    assert ids(second) == {"d": 103}


def test_at_one_date_the_top_of_the_document_gets_the_highest_id() -> None:
    (changes,) = decide([feed(1, entry("top"), entry("middle"), entry("bottom"))], NOTHING, now=NOW)
    assert ids(changes) == {"bottom": 1, "middle": 2, "top": 3}


def test_an_entry_is_dated_by_publication_else_by_its_update() -> None:
    published, updated = NOW - timedelta(days=2), NOW - timedelta(days=1)
    both = EntryData(title="both", published_at=published, updated_at=updated)
    only = EntryData(title="only", updated_at=updated)
    entries = [replace(entry(data.title), data=data) for data in (both, only)]
    (changes,) = decide([feed(1, *entries)], NOTHING, now=NOW)
    assert {new.update.data.title: new.dated_at for new in changes.new} == {"both": published, "only": updated}


def test_an_undated_entry_of_a_known_feed_is_dated_now() -> None:
    (changes,) = decide([feed(1, entry("a", at=None), entry("b", at=None))], NOTHING, now=NOW)
    assert {new.dated_at for new in changes.new} == {NOW}


def test_the_first_document_of_a_feed_without_dates_is_old_and_keeps_its_order() -> None:
    document = feed(1, *(entry(guid, at=None) for guid in "abc"), first_poll=True)
    (changes,) = decide([document], NOTHING, now=NOW)
    dates = {new.update.data.guid: new.dated_at for new in changes.new}
    latest = NOW - UNDATED_AGE
    assert dates == {"a": latest, "b": latest - UNDATED_SPACING, "c": latest - 2 * UNDATED_SPACING}
    assert ids(changes) == {"c": 1, "b": 2, "a": 3}


def test_entries_without_a_date_are_not_younger_than_their_feed_says_it_is() -> None:
    updated_at = NOW - UNDATED_AGE - timedelta(days=1)
    document = feed(1, entry("a", at=None), first_poll=True, updated_at=updated_at)
    (changes,) = decide([document], NOTHING, now=NOW)
    assert [new.dated_at for new in changes.new] == [updated_at]


@pytest.mark.parametrize("ahead", [timedelta(hours=-1), timedelta(days=1)])
def test_a_feed_made_anew_for_each_request_does_not_make_its_entries_news(ahead: timedelta) -> None:
    document = feed(1, entry("a", at=None), first_poll=True, updated_at=NOW + ahead)
    (changes,) = decide([document], NOTHING, now=NOW)
    assert [new.dated_at for new in changes.new] == [NOW - UNDATED_AGE]


def unique(entries: Sequence[EntryUpdate]) -> tuple[EntryUpdate, ...]:
    """Return entries as normalising promises them: each guid once, and no URL that several share."""
    once = {update.guid_key: update for update in entries}.values()
    urls = [update.url_key for update in once]
    return tuple(update if urls.count(update.url_key) == 1 else replace(update, url_key=None) for update in once)


DOCUMENTS = st.lists(
    st.builds(
        entry,
        st.sampled_from("abcd"),
        url=st.sampled_from(["", "x", "y", "z"]),
        words=st.sampled_from(["one", "two"]),
        at=st.sampled_from([None, NOW, NOW - timedelta(days=1)]),
    ),
    max_size=4,
).map(unique)
BATCHES = st.lists(DOCUMENTS, min_size=1, max_size=3).map(
    lambda documents: [feed(feed_id, *entries) for feed_id, entries in enumerate(documents, start=1)]
)


@given(st.lists(BATCHES, min_size=1, max_size=4))
def test_every_entry_is_accounted_for_once_and_ids_never_repeat(batches: list[list[FeedToDecide]]) -> None:
    memory = Memory()
    given_out: list[int] = []
    for batch in batches:
        for document, changes in zip(batch, memory.poll(*batch), strict=True):
            counts = (len(changes.new), len(changes.modified), len(changes.added_origins), changes.unmodified)
            assert sum(counts) == len(document.update.entries)
            given_out += sorted(new.id for new in changes.new)
    assert given_out == list(range(1, len(given_out) + 1))


@given(st.lists(BATCHES, min_size=1, max_size=3))
def test_a_batch_decided_twice_is_unmodified_the_second_time(batches: list[list[FeedToDecide]]) -> None:
    memory = Memory()
    for batch in batches:
        memory.poll(*batch)
        again = memory.poll(*batch)
        assert again == [EntryChanges(unmodified=len(document.update.entries)) for document in batch]
