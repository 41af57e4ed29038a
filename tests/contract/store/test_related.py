"""Related stories as the store keeps them."""

from __future__ import annotations

from datetime import datetime

from aggregator.model.change import NewEntry
from aggregator.model.entry import EntryData
from aggregator.model.related import Reason, Related, RelatedLink
from aggregator.model.search import SearchDocument
from aggregator.storage import Storage
from tests.fakes.changes import HOUR, NOON, add_entries, configure, make_update, read_feed
from tests.fakes.changes import save as save_feed


def prepare(storage: Storage) -> None:
    """Entries 1 to 4, each a story."""
    feeds = configure(storage, "https://a.example/feed", "https://b.example/feed")
    for place in range(4):
        add_entries(storage, feeds[place % 2].id, f"guid {place}", dated_at=NOON + place * HOUR)


def named(*story_ids: int, reason: Reason = Reason.SUBJECT) -> list[Related]:
    return [Related(story_id=story_id, reason=reason, score=0.25) for story_id in story_ids]


def save(storage: Storage, story: int, listed: list[Related], due_at: datetime | None = None) -> None:
    with storage.write() as tx:
        tx.related.save({story: listed}, due_at={} if due_at is None else {story: due_at})


def test_lists_come_back_as_they_were_chosen_and_the_next_replace_them(storage: Storage) -> None:
    prepare(storage)
    save(storage, 1, [*named(3, reason=Reason.PEOPLE), *named(2)])
    with storage.read() as tx:
        assert tx.related.of([1, 4, 77]) == {1: (*named(3, reason=Reason.PEOPLE), *named(2))}
    save(storage, 1, [])
    with storage.read() as tx:
        assert tx.related.of([1]) == {1: ()}


def test_a_story_that_is_gone_is_passed_over_and_named_no_more(storage: Storage) -> None:
    prepare(storage)
    save(storage, 77, named(1))
    save(storage, 1, named(2, 3))
    with storage.write() as tx:
        assert tx.related.of([77]) == {}
        tx.entries.block([2])
        assert tx.related.of([1]) == {1: tuple(named(3))}


def test_where_a_story_was_merged_the_other_is_named_once_and_never_itself(storage: Storage) -> None:
    prepare(storage)
    save(storage, 1, named(3, 4))
    save(storage, 3, named(1))
    with storage.write() as tx:
        tx.stories.merge(4, 3)
        assert tx.related.of([1, 3]) == {1: tuple(named(4))}
        tx.stories.merge(1, 4)
        assert tx.related.of([1]) == {1: ()}


def test_lists_fall_due_in_their_order_and_can_be_hastened_but_not_put_off(storage: Storage) -> None:
    prepare(storage)
    save(storage, 1, [], due_at=NOON + 2 * HOUR)
    save(storage, 2, [], due_at=NOON + HOUR)
    save(storage, 3, [])
    with storage.write() as tx:
        assert tx.related.due(now=NOON, limit=9) == []
        assert tx.related.due(now=NOON + 2 * HOUR, limit=9) == [2, 1]
        assert tx.related.due(now=NOON + 2 * HOUR, limit=1) == [2]
        tx.related.hasten([1, 3, 4], due_at=NOON)
        tx.related.hasten([1], due_at=NOON + HOUR)
        assert tx.related.due(now=NOON, limit=9) == [1, 3]


def test_stories_are_touched_by_their_entries_and_tell_what_they_say(storage: Storage) -> None:
    prepare(storage)
    with storage.write() as tx:
        revisions = [entry.revision for entry in tx.entries.changed_since(0, limit=9)]
        tx.stories.merge(1, 2)
        assert tx.related.touched(after=0, until=revisions[-1], limit=9) == (revisions[-1], [1, 3, 4])
        assert tx.related.touched(after=0, until=revisions[-1], limit=2) == (revisions[1], [1])
        assert tx.related.newest(limit=2) == [4, 3]
        texts = tx.related.texts([1, 2, 3])
    assert set(texts) == {1, 3}
    assert (texts[3].title, texts[3].site, texts[3].dated_at) == ("Title of guid 2", "a.example", NOON + 2 * HOUR)


def test_a_stem_is_found_in_the_entries_that_hold_it_last_first(storage: Storage) -> None:
    prepare(storage)
    documents = [
        SearchDocument(entry_id=number, title=title, text=text, people=(), feed_ids=(1,), language="de")
        for number, title, text in ((1, ("haus",), ()), (2, ("hausbau",), ()), (3, (), ("alt", "haus")))
    ]
    with storage.write() as tx:
        tx.search.put(documents, revision=3)
        assert tx.search.holding("haus", limit=9) == [3, 1]
        assert tx.search.holding("haus", limit=1) == [3]
        assert tx.search.holding("nichts", limit=9) == []
        assert tx.search.holding("de", limit=9) == []  # the mark of a language is no word


def test_links_are_in_the_language_of_their_story_and_tell_who_stands_for_the_others(storage: Storage) -> None:
    feeds = configure(storage, "https://a.example/feed")
    spoken = ("de-CH", "fr", "de", "de-AT", "de")
    for place, language in enumerate(spoken, 1):
        data = EntryData(title=f"Titel {place}", guid=f"g{place}", url=f"https://a.example/{place}", language=language)
        entry = NewEntry(id=place, update=make_update(f"g{place}", data=data), dated_at=NOON)
        save_feed(storage, read_feed(feeds[0].id, new=[entry]))
    save(storage, 1, [*named(2), *named(3, reason=Reason.PEOPLE), *named(4, 5)])
    save(storage, 2, named(1))
    with storage.read() as tx:
        links = tx.related.links([1, 2, 3], limit=2)
    assert links.keys() == {1}
    url = "https://a.example/3"
    assert links[1][0] == RelatedLink(entry_id=3, url=url, title="Titel 3", language="de", reason=Reason.PEOPLE)
    assert [link.entry_id for link in links[1]] == [3, 4]
