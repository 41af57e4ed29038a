"""What every storage promises of the full-text index."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aggregator.library.search_query import Operator
from aggregator.library.searching import read_search_page
from aggregator.model.search import SearchDocument, SearchQuery, Term
from aggregator.model.topic import Assignment, Topic
from aggregator.storage import Storage
from tests.fakes.changes import DAY, NOON, add_entries, configure, prune_old

FEED, OTHER = "https://a.example/feed", "https://b.example/feed"


def document(entry_id: int, title: str = "", text: str = "", people: str = "", **more: object) -> SearchDocument:
    return SearchDocument(
        entry_id=entry_id,
        title=tuple(title.split()),
        text=tuple(text.split()),
        people=tuple(people.split()),
        **{"feed_ids": (1,), "language": "de", **more},  # type: ignore[arg-type]  # defaults of a test
    )


def term(*readings: str, in_title: bool = False, is_prefix: bool = False, compounds: tuple[str, ...] = ()) -> Term:
    return Term(
        readings=tuple(tuple(reading.split()) for reading in readings),
        in_title=in_title,
        is_prefix=is_prefix,
        compounds=compounds,
    )


def query(*terms: Term, **more: object) -> SearchQuery:
    return SearchQuery(required=tuple((each,) for each in terms), **more)  # type: ignore[arg-type]  # fields by name


def index(storage: Storage, *documents: SearchDocument, revision: int = 9) -> None:
    with storage.write() as transaction:
        transaction.search.put(documents, revision=revision)


def found(storage: Storage, wanted: SearchQuery, *, limit: int = 99, wide: bool = False) -> list[int]:
    with storage.read() as transaction:
        return [hit.entry_id for hit in transaction.search.find(wanted, limit=limit, wide=wide)]


@pytest.fixture
def ids(storage: Storage) -> list[int]:
    """Five stored entries of one feed, each a day older than the one before."""
    feed, _ = configure(storage, FEED, OTHER)
    return [entry.id for entry in add_entries(storage, feed.id, "a", "b", "c", "d", "e", step=DAY)]


def test_an_index_is_empty_at_first_and_remembers_how_far_it_was_brought(storage: Storage, ids: list[int]) -> None:
    with storage.read() as transaction:
        assert (transaction.search.revision(), transaction.search.languages()) == (0, [])
    index(storage, document(ids[0], "bern"), document(ids[1], "berne", language="fr"), revision=7)
    with storage.read() as transaction:
        assert (transaction.search.revision(), transaction.search.languages()) == (7, ["de", "fr"])


def test_words_are_found_in_titles_texts_and_names_those_that_came_in_last_first(storage: Storage, ids: list[int]) -> None:
    index(storage, document(ids[0], "bern"), document(ids[1], "x", "bern"), document(ids[2], "y", "z", "bern"))
    assert found(storage, query(term("bern"))) == [ids[2], ids[1], ids[0]]
    assert found(storage, query(term("bern")), limit=1) == [ids[2]]
    assert found(storage, query(term("bern", in_title=True))) == [ids[0]]


def test_a_word_in_the_title_says_more_than_one_in_the_text(storage: Storage, ids: list[int]) -> None:
    texts = "eins zwei drei vier"
    in_title, in_text = document(ids[0], "bern eins", texts), document(ids[1], "eins zwei", f"bern {texts}")
    index(storage, in_title, in_text, document(ids[2], texts))
    with storage.read() as transaction:
        hits = {hit.entry_id: hit for hit in transaction.search.find(query(term("bern")), limit=9)}
    assert hits[ids[0]].relevance > hits[ids[1]].relevance > 0
    assert (hits[ids[0]].story_id, hits[ids[0]].language, hits[ids[0]].dated_at) == (ids[0], "de", NOON)


def test_every_group_must_be_met_by_one_term_and_no_excluded_one(storage: Storage, ids: list[int]) -> None:
    index(storage, document(ids[0], "bern wahl"), document(ids[1], "bern krieg"), document(ids[2], "wahl"))
    either = SearchQuery(required=((term("bern"),), (term("wahl"), term("krieg"))))
    assert found(storage, either) == [ids[1], ids[0]]
    assert found(storage, query(term("bern"), excluded=(term("krieg"),))) == [ids[0]]
    assert found(storage, SearchQuery(excluded=(term("bern"),))) == [ids[2]]


def test_a_phrase_is_words_side_by_side_and_never_reaches_from_field_to_field(storage: Storage, ids: list[int]) -> None:
    index(storage, document(ids[0], "neu regel"), document(ids[1], "regel neu"), document(ids[2], "neu", "regel"))
    assert found(storage, query(term("neu regel"))) == [ids[0]]
    assert found(storage, query(term("neu regel", "regel neu"))) == [ids[1], ids[0]]


def test_the_beginning_of_a_word_and_of_the_last_word_of_a_phrase(storage: Storage, ids: list[int]) -> None:
    index(storage, document(ids[0], "bundesrat tagt"), document(ids[1], "bundesgericht"), document(ids[2], "rat"))
    assert found(storage, query(term("bundes", is_prefix=True))) == [ids[1], ids[0]]
    assert found(storage, query(term("bundesrat ta", is_prefix=True))) == [ids[0]]


def test_compounds_count_only_in_a_wide_search(storage: Storage, ids: list[int]) -> None:
    index(storage, document(ids[0], "krankenkassenprami"), document(ids[1], "prami"))
    wanted = query(term("prami", compounds=("krankenkassenprami",)))
    assert found(storage, wanted) == [ids[1]]
    assert found(storage, wanted, wide=True) == [ids[1], ids[0]]


def test_words_that_end_or_begin_with_a_stem_are_known_the_shortest_first(storage: Storage, ids: list[int]) -> None:
    words = frozenset({"krankenkassenprami", "sparprami", "prami", "bundesrat", "bundesratswahl", "zählrät"})
    index(storage, document(ids[0], "x", compounds=words), document(ids[1], "y", compounds=words))
    with storage.read() as transaction:
        assert transaction.search.compounds("prami") == ["sparprami", "krankenkassenprami"]
        assert transaction.search.compounds("bundesrat") == ["bundesratswahl"]
        assert transaction.search.compounds("rät") == []


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        (SearchQuery(feeds=(2,)), [1, 0]),
        (SearchQuery(feeds=(1, 2), languages=("fr",)), [1]),
        (SearchQuery(not_feeds=(2,)), [2]),
        (SearchQuery(not_languages=("fr",)), [2, 0]),
        (SearchQuery(since=NOON - DAY), [1, 0]),
        (SearchQuery(until=NOON), [2, 1]),
        (SearchQuery(topics=("schweiz",)), [2, 0]),
        (SearchQuery(not_topics=("schweiz",)), [1]),
        (SearchQuery(topics=()), []),
        (SearchQuery(feeds=()), []),
    ],
)
def test_filters_by_feed_language_date_and_topic(
    storage: Storage, ids: list[int], wanted: SearchQuery, places: list[int]
) -> None:
    index(
        storage,
        document(ids[0], "a", feed_ids=(1, 2)),
        document(ids[1], "b", feed_ids=(2,), language="fr"),
        document(ids[2], "c", feed_ids=(1,)),
    )
    with storage.write() as transaction:
        transaction.topics.configure([Topic(slug="schweiz", title="Schweiz")])
        made = [Assignment(slug="schweiz", entry_id=entry_id, reason="") for entry_id in (ids[0], ids[2])]
        transaction.topics.assign(["schweiz"], ids, made, revision=9)
    assert found(storage, wanted) == [ids[place] for place in places]


@pytest.mark.parametrize("text", ["bern", "bern since:3d", "bern until:2d"])
def test_a_time_that_is_offered_leaves_as_many_entries_as_it_says(storage: Storage, ids: list[int], text: str) -> None:
    index(storage, *(document(entry_id, "bern") for entry_id in ids))
    now = NOON + DAY / 4
    page = read_search_page(storage, text, now=now, language="de", zone=UTC)
    times = [facet for facet in page.facets if facet.operator is Operator.DATE]
    for facet in times:
        assert read_search_page(storage, facet.query, now=now, language="de", zone=UTC).found == facet.count
    assert ("date:today" in [facet.query.partition(" ")[2] for facet in times]) is ("until" not in text)


def test_marks_are_no_words(storage: Storage, ids: list[int]) -> None:
    index(storage, document(ids[0], "bern"))
    assert [found(storage, query(term(mark))) for mark in ("all", "f1", "lde")] == [[], [], []]


def test_an_entry_indexed_again_is_found_by_its_new_words_only(storage: Storage, ids: list[int]) -> None:
    index(storage, document(ids[0], "alt", "text", feed_ids=(1,)))
    index(storage, document(ids[0], "neu", "text", feed_ids=(2,)))
    assert found(storage, query(term("alt"))) == []
    assert found(storage, query(term("neu"), feeds=(2,))) == [ids[0]]
    assert found(storage, query(term("text"), feeds=(1,))) == []


def test_entries_that_are_gone_are_not_indexed_and_those_pruned_are_found_no_more(storage: Storage, ids: list[int]) -> None:
    index(storage, document(ids[0], "bern"), document(ids[4], "bern"), document(4711, "bern"))
    assert found(storage, query(term("bern"))) == [ids[4], ids[0]]
    with storage.write() as transaction:
        assert prune_old(transaction, before=NOON + DAY, keep_per_feed=1) == 4
    assert found(storage, query(term("bern"))) == [ids[0]]


def test_an_index_that_is_told_to_forget_starts_over(storage: Storage, ids: list[int]) -> None:
    index(storage, document(ids[0], "bern", compounds=frozenset({"bernwahl"})))
    with storage.write() as transaction:
        transaction.search.forget()
        assert (transaction.search.revision(), transaction.search.languages()) == (0, [])
        assert transaction.search.compounds("wahl") == []
    assert found(storage, query(term("bern"))) == []
    index(storage, document(ids[0], "bern"))
    assert found(storage, query(term("bern"))) == [ids[0]]


def test_topics_and_sites_of_what_was_found_are_counted_and_sources_named(storage: Storage, ids: list[int]) -> None:
    with storage.read() as transaction:
        assert transaction.search.count_sites(ids) == {"a.example": 5}
        assert transaction.search.count_topics(ids) == {}
        assert [(each.site, each.title) for each in transaction.search.sources()] == [
            ("a.example", "Feed 1"),
            ("b.example", "b.example"),
        ]
        assert [each.url for each in transaction.search.sources(["b.example"])] == [OTHER]


def test_very_long_texts_and_words_of_any_script_are_taken(storage: Storage, ids: list[int]) -> None:
    words = " ".join(["wort"] * 20_000 + [f"w{number}" for number in range(20_000)])
    index(storage, document(ids[0], "القمة москва 東京", words))
    for word in ("القمة", "москва", "東京", "w19999"):
        assert found(storage, query(term(word))) == [ids[0]]


def test_the_moment_of_a_hit_is_exact(storage: Storage, ids: list[int]) -> None:
    index(storage, document(ids[1], "bern"))
    with storage.read() as transaction:
        (hit,) = transaction.search.find(query(term("bern")), limit=1)
    moment: datetime = hit.dated_at
    assert moment == NOON - DAY
