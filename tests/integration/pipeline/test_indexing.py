from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC

import pytest

from aggregator.library.searching import Sorting, read_search_entries, read_search_page
from aggregator.model.change import ModifiedEntry, NewEntry
from aggregator.model.entry import EntryData
from aggregator.model.feed import Person
from aggregator.pipeline import indexing
from aggregator.pipeline.indexing import index_entries
from aggregator.storage import Storage
from aggregator.store.database import open_database
from tests.fakes.changes import DAY, NOON, configure, make_update, read_feed, save


@pytest.fixture
def storage(database_url: str) -> Iterator[Storage]:
    with closing(open_database(database_url)) as opened:
        configure(opened, "https://zeitung.example/feed")
        yield opened


def store(storage: Storage, *entries: EntryData) -> None:
    new = [
        NewEntry(id=number, update=make_update(f"g{number}", data=data), dated_at=NOON - number * DAY)
        for number, data in enumerate(entries, 1)
    ]
    save(storage, read_feed(1, new=new))


def search(storage: Storage, text: str, *, sorting: Sorting = Sorting.BEST) -> list[int]:
    page = read_search_page(storage, text, now=NOON, language="de", zone=UTC, sorting=sorting)
    return [story.entry.id for story in page.stories]


def test_entries_are_indexed_once_in_batches_and_again_when_they_change(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "BATCH_ENTRIES", 2)
    store(storage, *(EntryData(title=f"Meldung {number}") for number in range(5)))
    assert index_entries(storage, default_language="de").indexed == 5
    assert index_entries(storage, default_language="de").indexed == 0
    assert search(storage, "meldung") == [1, 2, 3, 4, 5]
    changed = ModifiedEntry(entry_id=2, update=make_update("g2", data=EntryData(title="Berichtigung")), primary=True)
    save(storage, read_feed(1, modified=[changed]))
    assert index_entries(storage, default_language="de").indexed == 1
    assert (search(storage, "meldung"), search(storage, "berichtigungen")) == ([1, 3, 4, 5], [2])


def test_a_pass_that_is_stopped_goes_on_where_it_was(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "BATCH_ENTRIES", 2)
    store(storage, *(EntryData(title=f"Meldung {number}") for number in range(5)))
    stops = iter([False, True])
    assert index_entries(storage, default_language="de", should_stop=lambda: next(stops)).indexed == 2
    assert index_entries(storage, default_language="de").indexed == 3


def test_where_it_gives_way_to_a_pass_it_does_one_batch(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "BATCH_ENTRIES", 2)
    store(storage, *(EntryData(title=f"Meldung {number}") for number in range(5)))
    assert index_entries(storage, default_language="de", gives_way=lambda: True).indexed == 2
    assert index_entries(storage, default_language="de").indexed == 3


@pytest.mark.parametrize(
    ("data", "queries"),
    [
        (EntryData(title="Der Bundesrat tagt", language="de-CH"), ["Bundesräte", "bundes*", "bundesrates"]),
        (EntryData(title="Höhere Krankenkassenprämien"), ["Prämie", "Prämien", "Krankenkasse", "krankenkassenprämie"]),
        (EntryData(title="Les élections cantonales", language="fr"), ["election", "cantonale", '"elections cantonales"']),
        (EntryData(title="Le elezioni federali", language="it"), ["elezione", "federale lang:it"]),
        (EntryData(title="Parliament votes", language="en"), ["voting", "parliaments"]),
        (EntryData(title="X", summary_html="<p>Nach dem Gotthard&#8209;Tunnel</p>"), ["tunnel", "gotthard-tunnel"]),
        (EntryData(title="X", content_html="<p>Lang</p><p>und <b>Zürich</b>weit</p>"), ["lang", "zürich"]),
        (EntryData(title="X", authors=(Person(name="Ágnes Müller"),), categories=("Wetter",)), ["agnes mueller", "wetter"]),
    ],
    ids=lambda value: value.title if isinstance(value, EntryData) else "",
)
def test_entries_are_found_by_any_form_spelling_and_part_of_their_words(
    storage: Storage, data: EntryData, queries: list[str]
) -> None:
    store(storage, data, EntryData(title="Etwas ganz anderes"))
    index_entries(storage, default_language="de")
    assert {text: search(storage, text) for text in queries} == {text: [1] for text in queries}


def test_what_is_newer_stands_before_what_fits_as_well_and_what_fits_better_before_what_is_little_newer(
    storage: Storage,
) -> None:
    store(
        storage,
        EntryData(title="Wahl in Bern"),
        EntryData(title="Wahl in Bern"),
        EntryData(title="Wetter", summary_html="Wahl"),
    )
    index_entries(storage, default_language="de")
    assert search(storage, "wahl") == [1, 2, 3]
    assert search(storage, "wahl", sorting=Sorting.NEWEST) == [1, 2, 3]
    found = read_search_entries(storage, "wahl bern", now=NOON, language="de", zone=UTC)
    assert [entry.id for entry in found] == [1, 2]


def test_compounds_stand_below_the_word_itself_and_a_feed_has_both_by_date(storage: Storage) -> None:
    store(storage, EntryData(title="Sparprämien steigen"), EntryData(title="Nichts"), EntryData(title="Die Prämie steigt"))
    index_entries(storage, default_language="de")
    assert search(storage, "prämien") == [3, 1]
    assert [entry.id for entry in read_search_entries(storage, "prämien", now=NOON, language="de", zone=UTC)] == [1, 3]


def test_a_story_stands_once_with_the_number_of_its_other_entries(storage: Storage) -> None:
    store(storage, EntryData(title="Wahl in Bern"), EntryData(title="Berner Wahl"), EntryData(title="Wahl in Chur"))
    with storage.write() as tx:
        tx.stories.merge(1, 2)
    index_entries(storage, default_language="de")
    page = read_search_page(storage, "wahl", now=NOON, language="de", zone=UTC)
    assert [(story.entry.story_id, story.others) for story in page.stories] == [(1, 1), (3, 0)]
    assert page.found == 3


def test_an_empty_query_finds_nothing_instead_of_everything(storage: Storage) -> None:
    store(storage, EntryData(title="Meldung"))
    index_entries(storage, default_language="de")
    for text in ("", "???", "source:nirgends"):
        assert search(storage, text) == []
