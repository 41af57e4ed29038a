"""What every storage promises of entries, their identities and their origins."""

from __future__ import annotations

from datetime import datetime, timedelta

from aggregator.model.change import AddedOrigin, EntryUpdate, KnownEntries, KnownOrigin, ModifiedEntry, NewEntry
from aggregator.model.entry import Enclosure, Entry, EntryData
from aggregator.model.feed import FeedData, FeedSettings, Person
from aggregator.storage import Storage
from tests.fakes.changes import (
    DAY,
    HOUR,
    NOON,
    add_entries,
    configure,
    key_of,
    make_update,
    prune_old,
    read_feed,
    save,
    unset_fields,
)

A, B, C = (f"https://{name}.example/feed" for name in "abc")
FULL = EntryData(
    title="Bundesrat «tagt»",
    guid="urn:1",
    url="https://a.example/1?x=1",
    summary_html="<p>Kurz &amp; gut</p>",
    content_html="<p>" + "ü" * 20_000 + "</p>",
    authors=(Person(name="A", email="a@a.example", url="https://a.example/a"), Person(name="B")),
    categories=("Inland", "ß"),
    enclosures=(
        Enclosure(url="https://a.example/1.mp3", media_type="audio/mpeg", length_bytes=123, duration=timedelta(seconds=61.5)),
        Enclosure(url="https://a.example/2"),
    ),
    image_url="https://a.example/i.jpg",
    comments_url="https://a.example/c",
    language="de-CH",
    published_at=datetime.fromisoformat("2026-11-24T08:00:00.123456+01:00"),
    updated_at=NOON,
    source_title="Agentur",
    source_url="https://agentur.example/",
)


def known(storage: Storage, *updates: tuple[int, list[EntryUpdate]]) -> KnownEntries:
    with storage.write() as transaction:
        return transaction.entries.known(updates)


def get(storage: Storage, entry_id: int) -> Entry:
    with storage.read() as transaction:
        entry = transaction.entries.get(entry_id)
    assert entry is not None
    return entry


def test_an_entry_comes_back_whole(storage: Storage) -> None:
    (feed,) = configure(storage, A)
    dated_at = NOON - 4 * HOUR
    update = make_update("urn:1", data=FULL)
    save(
        storage,
        read_feed(
            feed.id,
            new=[NewEntry(id=1, update=update, dated_at=dated_at)],
            data=FeedData(title="Die Zeitung", home_url="https://a.example/", language="de"),
        ),
    )
    entry = get(storage, 1)
    assert unset_fields(FULL) == []
    assert entry.data == FULL
    assert (entry.dated_at, entry.first_seen_at, entry.modified_at, entry.reads) == (dated_at, NOON, NOON, 0)
    (origin,) = entry.origins
    assert (origin.feed_id, origin.feed_url, origin.site) == (feed.id, A, "a.example")
    assert (origin.feed_title, origin.home_url, origin.language) == ("Die Zeitung", "https://a.example/", "de")


def test_what_the_user_says_of_a_feed_wins_in_attribution(storage: Storage) -> None:
    (feed,) = configure(storage, A)
    add_entries(storage, feed.id, "one")
    with storage.write() as transaction:
        transaction.feeds.configure([FeedSettings(url=A, title="Mine", language="fr", tags=("t",))], now=NOON)
    (origin,) = get(storage, 1).origins
    assert (origin.feed_title, origin.language, origin.tags) == ("Mine", "fr", ("t",))


def test_an_entry_that_does_not_exist_is_none(storage: Storage) -> None:
    with storage.read() as transaction:
        assert transaction.entries.get(1) is None
        assert transaction.entries.get_many([1, 2]) == {}


def test_ids_are_given_out_once_and_rise(storage: Storage) -> None:
    (feed,) = configure(storage, A)
    assert known(storage).next_entry_id == 1
    add_entries(storage, feed.id, "one", "two")
    assert known(storage).next_entry_id == 3
    with storage.write() as transaction:
        assert prune_old(transaction, before=NOON + DAY, keep_per_feed=0) == 2
    assert known(storage).next_entry_id == 3


def test_a_new_entry_founds_its_story(storage: Storage) -> None:
    (feed,) = configure(storage, A)
    add_entries(storage, feed.id, "one", "two")
    assert [(get(storage, entry_id).story_id, get(storage, entry_id).reads) for entry_id in (1, 2)] == [(1, 0), (2, 0)]


def test_what_is_known_of_an_entry_is_found_by_guid(storage: Storage) -> None:
    feed, other = configure(storage, A, B)
    add_entries(storage, feed.id, "one")
    same, unknown = make_update("one"), make_update("two")
    found = known(storage, (feed.id, [same, unknown]), (other.id, [unknown]))
    assert found.by_guid == {(feed.id, same.guid_key): KnownOrigin(entry_id=1, content_hash=same.content_hash, primary=True)}
    assert (found.by_url, found.by_content) == ({}, {})


def test_an_entry_of_another_feed_is_found_by_url(storage: Storage) -> None:
    feed, other = configure(storage, A, B)
    add_entries(storage, feed.id, "one")
    update = make_update("another guid", url="https://example.org/one")
    found = known(storage, (other.id, [update]))
    assert found.by_guid == {}
    assert found.by_url == {key_of("https://example.org/one"): (1, frozenset({feed.id}))}


def test_an_entry_without_url_is_found_by_content_in_its_own_feed(storage: Storage) -> None:
    feed, other = configure(storage, A, B)
    before = make_update("one", url=None, title="Same words")
    save(storage, read_feed(feed.id, new=[NewEntry(id=1, update=before, dated_at=NOON)]))
    renewed = make_update("renewed guid", url=None, title="Same words")
    found = known(storage, (feed.id, [renewed]), (other.id, [renewed]))
    assert found.by_content == {(feed.id, before.content_hash): (1, before.guid_key)}


def test_many_identities_are_looked_up_at_once(storage: Storage) -> None:
    feed, other = configure(storage, A, B)
    guids = [f"g{number}" for number in range(1200)]
    add_entries(storage, feed.id, *guids)
    found = known(storage, (feed.id, [make_update(guid) for guid in guids]), (other.id, [make_update(guid) for guid in guids]))
    assert len(found.by_guid) == len(found.by_url) == 1200


def test_a_changed_entry_gets_its_new_words_time_and_revision_and_keeps_its_date(storage: Storage) -> None:
    (feed,) = configure(storage, A)
    (before,) = add_entries(storage, feed.id, "one")
    later = make_update("one", title="Corrected", url="https://example.org/one-b")
    save(storage, read_feed(feed.id, modified=[ModifiedEntry(entry_id=1, update=later, primary=True)], now=NOON + HOUR))
    after = get(storage, 1)
    assert after.data == later.data
    assert (after.dated_at, after.first_seen_at, after.modified_at) == (NOON, NOON, NOON + HOUR)
    assert after.revision > before.revision
    found = known(storage, (feed.id, [later]))
    assert found.by_guid[feed.id, later.guid_key].content_hash == later.content_hash


def test_words_of_a_feed_that_is_not_the_first_are_remembered_and_change_nothing(storage: Storage) -> None:
    feed, other = configure(storage, A, B)
    add_entries(storage, feed.id, "one")
    copy = make_update("copy", url="https://example.org/one")
    save(storage, read_feed(other.id, added=[AddedOrigin(entry_id=1, update=copy, rebinds=False)]))
    before = get(storage, 1)
    edited = make_update("copy", url="https://example.org/one", title="Their words")
    save(storage, read_feed(other.id, modified=[ModifiedEntry(entry_id=1, update=edited, primary=False)], now=NOON + HOUR))
    assert get(storage, 1) == before
    origin = known(storage, (other.id, [edited])).by_guid[other.id, edited.guid_key]
    assert (origin.content_hash, origin.primary) == (edited.content_hash, False)


def test_an_added_origin_stands_behind_the_first_and_raises_the_revision(storage: Storage) -> None:
    feed, other = configure(storage, A, B)
    (before,) = add_entries(storage, feed.id, "one")
    copy = make_update("copy", url="https://example.org/one")
    save(storage, read_feed(other.id, added=[AddedOrigin(entry_id=1, update=copy, rebinds=False)], now=NOON + HOUR))
    after = get(storage, 1)
    assert [origin.feed_id for origin in after.origins] == [feed.id, other.id]
    assert after.revision > before.revision
    assert after.modified_at == before.modified_at
    assert known(storage, (999, [copy])).by_url[key_of("https://example.org/one")] == (1, frozenset({feed.id, other.id}))


def test_two_feeds_may_bring_the_same_new_entry_in_one_batch(storage: Storage) -> None:
    feed, other = configure(storage, A, B)
    copy = make_update("copy", url="https://example.org/one")
    save(
        storage,
        read_feed(other.id, added=[AddedOrigin(entry_id=1, update=copy, rebinds=False)]),
        read_feed(feed.id, new=[NewEntry(id=1, update=make_update("one"), dated_at=NOON)]),
    )
    assert [origin.feed_id for origin in get(storage, 1).origins] == [feed.id, other.id]
    assert storage.check() == []


def test_a_renewed_guid_replaces_the_old_one_and_stays_primary(storage: Storage) -> None:
    (feed,) = configure(storage, A)
    (before,) = add_entries(storage, feed.id, "one")
    renewed = make_update("renewed", url="https://example.org/one", title="Title of one")
    save(storage, read_feed(feed.id, added=[AddedOrigin(entry_id=1, update=renewed, rebinds=True)], now=NOON + DAY))
    found = known(storage, (feed.id, [renewed, make_update("one")]))
    assert found.by_guid.keys() == {(feed.id, renewed.guid_key)}
    assert found.by_guid[feed.id, renewed.guid_key].primary
    after = get(storage, 1)
    assert (after.revision, after.data, len(after.origins)) == (before.revision, before.data, 1)
    assert storage.check() == []


def test_a_renewed_guid_with_other_words_gives_the_entry_its_words(storage: Storage) -> None:
    (feed,) = configure(storage, A)
    (before,) = add_entries(storage, feed.id, "one")
    renewed = make_update("renewed", url="https://example.org/one", title="Other words")
    save(storage, read_feed(feed.id, added=[AddedOrigin(entry_id=1, update=renewed, rebinds=True)], now=NOON + DAY))
    after = get(storage, 1)
    assert (after.data.title, after.modified_at) == ("Other words", NOON + DAY)
    assert after.revision > before.revision


def test_a_renewed_guid_of_a_feed_that_only_carries_the_entry_leaves_its_words(storage: Storage) -> None:
    feed, other = configure(storage, A, B)
    add_entries(storage, feed.id, "one")
    copy = make_update("copy", url="https://example.org/one")
    save(storage, read_feed(other.id, added=[AddedOrigin(entry_id=1, update=copy, rebinds=False)]))
    before = get(storage, 1)
    renewed = make_update("renewed copy", url="https://example.org/one", title="Other words")
    save(storage, read_feed(other.id, added=[AddedOrigin(entry_id=1, update=renewed, rebinds=True)], now=NOON + DAY))
    assert get(storage, 1) == before


def test_a_feed_that_carries_an_entry_under_two_guids_is_one_origin(storage: Storage) -> None:
    (feed,) = configure(storage, A)
    add_entries(storage, feed.id, "one")
    twin = make_update("twin", url="https://example.org/one")
    save(storage, read_feed(feed.id, added=[AddedOrigin(entry_id=1, update=twin, rebinds=False)]))
    assert len(get(storage, 1).origins) == 1


def test_entries_changed_since_come_by_revision_and_in_pieces(storage: Storage) -> None:
    (feed,) = configure(storage, A)
    add_entries(storage, feed.id, "one", "two", "three")
    save(
        storage,
        read_feed(feed.id, modified=[ModifiedEntry(entry_id=1, update=make_update("one", title="x"), primary=True)]),
    )
    with storage.read() as transaction:
        first = transaction.entries.changed_since(0, limit=2)
        rest = transaction.entries.changed_since(first[-1].revision, limit=10)
    assert [entry.id for entry in first + rest] == [2, 3, 1]


def test_the_newest_entries_come_by_date_then_id(storage: Storage) -> None:
    (feed,) = configure(storage, A)
    add_entries(storage, feed.id, "now", "hour ago", "two hours ago")
    add_entries(storage, feed.id, "also now")
    with storage.read() as transaction:
        assert [entry.id for entry in transaction.entries.newest(limit=3)] == [4, 1, 2]
        assert [entry.id for entry in transaction.entries.newest(limit=9, before=NOON)] == [2, 3]


def test_retention_takes_what_is_old_and_keeps_the_last_of_each_feed(storage: Storage) -> None:
    busy, quiet = configure(storage, A, B)
    add_entries(storage, busy.id, "new", "old", "older", now=NOON, step=3 * DAY)
    add_entries(storage, quiet.id, "rare", "rarer", now=NOON - 9 * DAY, step=DAY)
    with storage.write() as transaction:
        assert prune_old(transaction, before=NOON + HOUR, keep_per_feed=1) == 3
        assert [entry.data.guid for entry in transaction.entries.newest(limit=9)] == ["new", "rare"]
    assert storage.check() == []


def test_retention_spares_what_was_first_seen_lately_whatever_its_date(storage: Storage) -> None:
    (feed,) = configure(storage, A)
    add_entries(storage, feed.id, "archive", now=NOON, dated_at=NOON - 999 * DAY)
    with storage.write() as transaction:
        assert prune_old(transaction, before=NOON - DAY, keep_per_feed=0) == 0


def prune(storage: Storage) -> int:
    with storage.write() as transaction:
        return prune_old(transaction, before=NOON + DAY, keep_per_feed=0)


def test_a_pruned_entry_does_not_come_back_while_its_feed_lists_it(storage: Storage) -> None:
    feed, other = configure(storage, A, B)
    add_entries(storage, feed.id, "one")
    update = make_update("one")
    copy = make_update("copy", url="https://example.org/one")
    assert prune(storage) == 1
    for _ in range(4):
        with storage.write() as transaction:
            found = transaction.entries.known([(feed.id, [update]), (other.id, [copy])])
            transaction.entries.apply([read_feed(feed.id)])
        assert found.by_guid == {
            (feed.id, update.guid_key): KnownOrigin(entry_id=1, content_hash=update.content_hash, primary=False)
        }
        assert found.by_url == {key_of("https://example.org/one"): (1, frozenset({feed.id}))}
        assert prune(storage) == 0
    assert storage.check() == []


def test_a_pruned_entry_is_forgotten_once_its_feed_no_longer_lists_it(storage: Storage) -> None:
    (feed,) = configure(storage, A)
    add_entries(storage, feed.id, "one")
    for _ in range(3):
        prune(storage)
        save(storage, read_feed(feed.id))
    prune(storage)
    assert known(storage, (feed.id, [make_update("one")])).by_guid == {}


def test_a_pruned_entry_is_not_forgotten_while_nothing_was_read(storage: Storage) -> None:
    (feed,) = configure(storage, A)
    add_entries(storage, feed.id, "one")
    for _ in range(4):
        prune(storage)
    assert len(known(storage, (feed.id, [make_update("one")])).by_guid) == 1


def test_changes_of_a_pruned_entry_are_remembered_and_bring_nothing_back(storage: Storage) -> None:
    feed, other = configure(storage, A, B)
    add_entries(storage, feed.id, "one", "two")
    prune(storage)
    edited, renewed, copy = (
        make_update("one", title="edited"),
        make_update("renewed", url="https://example.org/two"),
        make_update("copy", url="https://example.org/one"),
    )
    save(
        storage,
        read_feed(
            feed.id,
            modified=[ModifiedEntry(entry_id=1, update=edited, primary=False)],
            added=[AddedOrigin(entry_id=2, update=renewed, rebinds=True)],
        ),
        read_feed(other.id, added=[AddedOrigin(entry_id=1, update=copy, rebinds=False)]),
    )
    found = known(storage, (feed.id, [edited, renewed]), (other.id, [copy]))
    assert len(found.by_guid) == 3
    assert found.by_guid[feed.id, edited.guid_key].content_hash == edited.content_hash
    with storage.read() as transaction:
        assert transaction.entries.newest(limit=9) == []
    assert storage.check() == []


def test_entries_are_found_by_their_addresses_and_the_older_one_keeps_an_address(storage: Storage) -> None:
    first, second = (feed.id for feed in configure(storage, A, B))
    shared = make_update("1", url="https://a.example/1")
    twin = make_update("2", url="https://a.example/1")
    other = make_update("3", url="https://a.example/3")
    unnamed = make_update("4", url=None)
    save(
        storage,
        read_feed(
            first,
            new=[
                NewEntry(id=number, update=update, dated_at=NOON) for number, update in ((1, shared), (3, other), (4, unnamed))
            ],
        ),
    )
    save(storage, read_feed(second, new=[NewEntry(id=5, update=twin, dated_at=NOON)]))

    with storage.read() as transaction:
        found = transaction.entries.ids_by_url(
            [key_of(f"https://a.example/{number}") for number in (1, 2, 3)] + [key_of("https://a.example/1")]
        )

    assert found == {key_of("https://a.example/1"): 1, key_of("https://a.example/3"): 3}


def test_an_entry_that_was_pruned_is_not_found_by_its_address(storage: Storage) -> None:
    (feed,) = configure(storage, A)
    add_entries(storage, feed.id, "1", dated_at=NOON - 100 * DAY, now=NOON - 100 * DAY)
    with storage.write() as transaction:
        assert prune_old(transaction, before=NOON, keep_per_feed=0) == 1

    with storage.read() as transaction:
        assert transaction.entries.ids_by_url([key_of("https://example.org/1")]) == {}
