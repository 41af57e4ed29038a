from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from aggregator.errors import TopicNotFound
from aggregator.group.embed import passage_key
from aggregator.group.recollection import Recollection
from aggregator.group.topics import MEANING_WINDOW, WHOLE_WINDOW, TopicMatcher
from aggregator.model.entry import Entry, EntryData, Origin
from aggregator.model.ground import Ground, GroundKind, Place, notation
from aggregator.model.topic import Topic
from tests.fakes.embedder import FakeEmbedder

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOME = "https://www.example.ch/feed"


def origin(*, tags: tuple[str, ...] = (), language: str | None = None, url: str = HOME) -> Origin:
    return Origin(feed_id=1, feed_url=url, feed_title="Example", home_url=None, site="example.ch", tags=tags, language=language)


def entry(
    title: str,
    *,
    summary: str = "",
    content: str = "",
    language: str | None = None,
    categories: tuple[str, ...] = (),
    origins: tuple[Origin, ...] | None = None,
) -> Entry:
    data = EntryData(title=title, summary_html=summary, content_html=content, language=language, categories=categories)
    origins = origins or (origin(),)
    return Entry(id=7, data=data, dated_at=NOW, first_seen_at=NOW, modified_at=NOW, revision=1, origins=origins, score=0.0)


def topic(**rules: tuple[str, ...]) -> Topic:
    return Topic(slug="topic", title="Topic", **rules)  # type: ignore[arg-type] # only tuples of words are given


def reason(rules: Topic, candidate: Entry) -> str | None:
    assignments = TopicMatcher([rules], default_language="de").match(candidate)
    return assignments[0].reason if assignments else None


def finds(word: str, title: str, *, language: str | None = None) -> bool:
    return reason(topic(any_of=(word,)), entry(title, language=language)) is not None


@pytest.mark.parametrize(
    ("word", "title"),
    [
        ("Aussenminister", "Der Außenminister reist nach Wien"),
        ("Aussenminister", "Der US-Aussenminister reist ab"),
        ("Aussenminister", "Die Reise des Aussenministers"),
        ("Aussenminister", "AUSSENMINISTER TRITT ZURÜCK"),
        ("Außenminister", "Aussenminister Cassis"),
        ("Aussenminister", "Die Aussenministerin spricht"),  # the stemmer takes -in for an ending; welcome here
        ("US-Aussenminister", "Der US-Außenminister"),
        ("US-Aussenminister", "Der US Aussenminister"),
        ("Bundesrat", "Die Bundesräte tagen"),
        ("Bundesrat", "Sitzung des Bundesrates"),
        ("Bundesrat", "Die Bundesrats-Wahl"),
        ("Bundesrat*", "Bundesratswahl im Dezember"),
        ("Bundesrat*", "Alt-Bundesrätin hält Rede"),
        ("*minister", "Premierminister tritt ab"),
        ("*minister", "Treffen der US-Außenministern"),
        ("*minister*", "Aussenministerinnen unter sich"),
        ("*krieg*", "Nach Kriegsende"),
        ("Haus", "Häuser am See"),
        ("Häuser", "Ein Haus am See"),
        ("Bund", "Die Finanzen des Bundes"),
        ("Zürich", "Zurich wins"),
        ("Zürich", "Zuerich gewinnt"),
        ("Zuerich", "Zürich gewinnt"),
        ("Zurich", "Zürichs Sieg"),
        ("künstliche Intelligenz", "Fragen der künstlichen Intelligenz"),
        ("kuenstliche Intelligenz", "Künstliche Intelligenz"),
        ("Coronavirus", "Das Corona-Virus"),
        ("Corona-Virus", "Das Coronavirus"),
        ("Nationalrat", "Der Natio\u00adnalrat"),  # soft hyphen
        ("AT&T", "AT&T kauft ein"),
        ("EU", "Der EU-Gipfel"),
        ("EU-*", "Der EU-Gipfel"),
        ("Rat", "Räte und Rats"),
    ],
)
def test_a_word_finds_its_forms(word: str, title: str) -> None:
    assert finds(word, title)


@pytest.mark.parametrize(
    ("word", "title"),
    [
        ("Bundesrat", "Bundesratswahl im Dezember"),
        ("Bund", "Der Bundesrat tagt"),
        ("Aussenminister", "Vizeaussenminister"),
        ("Minister", "Aussenminister"),
        ("Bauer", "Eine Bar in Bern"),
        ("Bau", "Der Bauer pflügt"),
        ("Bauer", "Der Bau beginnt"),
        ("Haus", "Hausbau"),
        ("*minister", "Das Ministerium"),
        ("künstliche Intelligenz", "Intelligenz, künstlich"),
        ("künstliche Intelligenz", "künstliche und andere Intelligenz"),
        ("EU-*", "Der Euro fällt"),
        ("Poet", "Der Pot ist leer"),
    ],
)
def test_a_word_does_not_find_what_only_looks_like_it(word: str, title: str) -> None:
    assert not finds(word, title)


@pytest.mark.parametrize(
    ("word", "title"),
    [
        ("Zürich", "Zürcher Regierung"),  # another word to the stemmer
        ("Ukraine*", "ukrainische Truppen"),  # Ukrain* is the way to write it
        ("Virus", "Viren"),  # Latin plural
    ],
)
def test_what_the_stemmer_cannot_know_has_to_be_written(word: str, title: str) -> None:
    assert not finds(word, title)


def test_words_are_stemmed_by_the_language_of_the_entry() -> None:
    assert finds("élection", "Les élections fédérales", language="fr-CH")
    assert finds("economy", "Economies in trouble", language="en")
    assert not finds("economy", "Economies in trouble", language="de")
    assert finds("Zürich", "Zurich vote", language="fr")


def test_a_language_nobody_names_is_that_of_the_feed_then_the_default() -> None:
    french = entry("Titre", origins=(origin(language="fr-CH"),))
    assert reason(topic(languages=("fr",)), french) == "language: (fr)"
    assert reason(topic(languages=("de",)), entry("Titel")) == "language: (de)"


def test_a_language_of_no_stemmer_is_matched_as_it_stands() -> None:
    assert finds("Kyjiw", "Kyjiw", language="xx")


def test_the_reason_names_the_rule_the_place_and_the_words() -> None:
    rules = topic(any_of=("Nationalrat", "Bundesrat*"), tags=("schweiz",))
    candidate = entry("Nach der Bundesratswahl", origins=(origin(tags=("bern", "schweiz")),))
    assert reason(rules, candidate) == 'any: "Bundesrat*" in title (Bundesratswahl); tag: (schweiz)'


def test_words_are_found_in_teaser_and_categories() -> None:
    assert reason(topic(any_of=("Bern",)), entry("T", summary="<p>Aus <b>Bern</b>.</p>")) == 'any: "Bern" in teaser (Bern)'
    assert reason(topic(any_of=("Bern",)), entry("T", categories=("Stadt Bern",))) == 'any: "Bern" in category (Bern)'


def test_the_content_counts_only_where_there_is_no_summary_and_only_its_beginning() -> None:
    rules = topic(any_of=("Bern",))
    assert reason(rules, entry("T", content="<p>In Bern</p>")) is not None
    assert reason(rules, entry("T", summary="<img src='x'/>", content="In Bern")) is not None
    assert reason(rules, entry("T", summary="Text", content="In Bern")) is None
    assert reason(rules, entry("T", content="lang " * 300 + "Bern")) is None


def test_markup_and_its_attributes_are_no_words() -> None:
    assert reason(topic(any_of=("bern",)), entry("T", summary='<a href="https://bern.example/">x</a>')) is None
    assert reason(topic(any_of=("Zürich",)), entry("T", summary="Z&uuml;rich")) is not None


def test_a_phrase_does_not_reach_from_one_field_into_the_next() -> None:
    assert reason(topic(any_of=("rotes Kreuz",)), entry("Das ist rot", summary="Kreuz und quer")) is None


def test_all_words_must_be_met() -> None:
    rules = topic(any_of=("Nati",), all_of=("Schweiz", "Tor"))
    assert reason(rules, entry("Nati: Tor für die Schweiz")) is not None
    assert reason(rules, entry("Nati: Sieg für die Schweiz")) is None


def test_a_word_of_none_stops_the_entry() -> None:
    rules = topic(any_of=("Klima*",), none_of=("Klimaanlage*",))
    assert reason(rules, entry("Klimawandel")) is not None
    assert reason(rules, entry("Klimaanlagen gegen den Klimawandel")) is None


def test_a_topic_without_words_takes_everything_of_its_tags_or_feeds() -> None:
    rules = topic(tags=("sport",), feeds=(HOME,))
    assert reason(rules, entry("Irgendwas", origins=(origin(tags=("sport",), url="https://b.example/"),))) == "tag: (sport)"
    assert reason(rules, entry("Irgendwas")) == f"feed: ({HOME})"
    assert reason(rules, entry("Irgendwas", origins=(origin(url="https://b.example/"),))) is None


def test_every_feed_that_carries_the_entry_counts() -> None:
    second = origin(tags=("schweiz",), url="https://b.example/")
    assert reason(topic(tags=("schweiz",)), entry("T", origins=(origin(), second))) == "tag: (schweiz)"


@pytest.mark.parametrize("category", ["Sport", "SPORT", "Sport/Fussball", "News > Sport", "sport"])
def test_a_category_is_met_as_a_whole_or_by_a_level(category: str) -> None:
    assert reason(topic(categories=("Sport",)), entry("T", categories=(category,))) == f"category: ({category})"


def test_a_category_is_not_met_by_a_part_of_a_word_unless_it_says_so() -> None:
    assert reason(topic(categories=("Sport",)), entry("T", categories=("Sportpolitik",))) is None
    assert reason(topic(categories=("Sport*",)), entry("T", categories=("Sportpolitik",))) is not None


def test_a_category_is_as_good_as_a_word() -> None:
    rules = topic(any_of=("Börse",), categories=("Wirtschaft",))
    assert reason(rules, entry("Titel", categories=("Wirtschaft",))) == "category: (Wirtschaft)"
    assert reason(rules, entry("Die Börse")) is not None
    assert reason(rules, entry("Titel", categories=("Politik",))) is None


def test_a_topic_without_rules_takes_nothing() -> None:
    assert reason(topic(none_of=("Werbung",)), entry("Titel")) is None


def test_topics_come_in_the_order_of_the_configuration() -> None:
    topics = [Topic(slug=slug, title=slug, any_of=("Bern",)) for slug in ("b", "a", "c")]
    assert [found.slug for found in TopicMatcher(topics, default_language="de").match(entry("Bern"))] == ["b", "a", "c"]
    assert TopicMatcher(topics, default_language="de").match(entry("Bern"))[0].entry_id == 7


def test_an_explanation_says_what_is_missing() -> None:
    rules = topic(any_of=("Nati",), all_of=("Schweiz",), none_of=("Handball",), tags=("sport",), languages=("fr",))
    explanation = TopicMatcher([rules], default_language="de").explain("topic", entry("Handball: Nati gewinnt"))
    assert explanation.met == ((Ground(kind=GroundKind.ANY, word="Nati", found="Nati", place=Place.TITLE),),)
    assert explanation.unmet == (
        (Ground(kind=GroundKind.MISSING, word="Schweiz"),),
        (Ground(kind=GroundKind.NONE, word="Handball", found="Handball", place=Place.TITLE),),
        (Ground(kind=GroundKind.NO_TAG, words=("sport",)),),
        (Ground(kind=GroundKind.NO_LANGUAGE, found="de", words=("fr",)),),
    )
    assert notation(explanation.unmet[:2]) == 'all lacking: "Schweiz"; none: "Handball" in title (Handball)'
    assert not explanation.is_assigned
    assert not explanation.is_near_miss


def test_a_near_miss_fails_one_rule_alone() -> None:
    matcher = TopicMatcher([topic(any_of=("Nati",), none_of=("Handball",))], default_language="de")
    assert matcher.explain("topic", entry("Handball-Nati")).is_near_miss
    assert not matcher.explain("topic", entry("Handball")).is_near_miss
    assert matcher.explain("topic", entry("Nati")).is_assigned


def test_an_explanation_and_a_match_never_disagree() -> None:
    rules = topic(any_of=("Bern", "Basel"), none_of=("Zug",), categories=("Schweiz",))
    matcher = TopicMatcher([rules], default_language="de")
    candidates = [entry(title, categories=cats) for title in ("Bern", "Zug", "Bern Zug", "X") for cats in ((), ("Schweiz",))]
    assert [bool(matcher.match(each)) for each in candidates] == [
        matcher.explain("topic", each).is_assigned for each in candidates
    ]


def test_explaining_an_unknown_topic_names_the_nearest() -> None:
    with pytest.raises(TopicNotFound) as caught:
        TopicMatcher([topic(any_of=("Bern",))], default_language="de").explain("topik", entry("Bern"))
    assert caught.value.nearest == "topic"


CHEESE = ("Käse aus dem Emmental gewinnt Preis", "Molkerei stellt Käse auf Bio um", "Mehr Käse aus Schweizer Milch")


def described(**rules: object) -> TopicMatcher:
    rules = {"about": "Alles über Käse und Milch", "examples": CHEESE, **rules}
    return TopicMatcher([Topic(slug="kaese", title="Käse", **rules)], default_language="de")  # type: ignore[arg-type] # by name


def test_what_is_near_the_description_belongs_to_the_topic_and_the_reason_says_which_words() -> None:
    (found,) = described().match(entry("Molkerei verkauft Käse aus Milch von Emmental"))
    assert found.reason.startswith("about: ")
    assert "Käse" in found.reason
    assert described().match(entry("Der Bundesrat tagt")) == []


def test_a_word_is_as_good_as_being_near_and_needs_no_model() -> None:
    matcher = TopicMatcher(
        [Topic(slug="a", title="A", about="Alles über Käse", any_of=("Bundesrat",))],
        default_language="de",
        open_embedder=lambda: pytest.fail("nobody asked for it"),
    )
    assert [found.reason for found in matcher.match(entry("Der Bundesrat tagt"))] == ['any: "Bundesrat" in title (Bundesrat)']


def test_words_that_exclude_and_feeds_bound_a_description() -> None:
    near = "Molkerei verkauft Käse aus Milch von Emmental"
    assert described(none_of=("Molkerei",)).match(entry(near)) == []
    assert described(tags=("essen",)).match(entry(near)) == []
    assert described(tags=("essen",)).match(entry(near, origins=(origin(tags=("essen",)),)))
    assert described(languages=("fr",)).match(entry(near)) == []


def test_an_old_entry_is_looked_at_for_words_only() -> None:
    near = entry("Molkerei verkauft Käse aus Milch von Emmental")
    assert described().match(near, now=NOW + MEANING_WINDOW)
    assert described().match(near, now=NOW + MEANING_WINDOW * 2) == []


def test_a_whole_article_is_compared_while_it_is_new() -> None:
    article = f"<p>{'und die der ' * 30}</p><p>Molkerei verkauft Käse aus Milch von Emmental. Käse, Käse, Milch.</p>"
    told = entry("Und", content=article)
    assert described().match(told, now=NOW + WHOLE_WINDOW)
    assert described().match(told, now=NOW + WHOLE_WINDOW * 2) == []


def test_an_article_that_repeats_its_teaser_is_read_once() -> None:
    embedder = FakeEmbedder()
    matcher = TopicMatcher(
        [Topic(slug="kaese", title="Käse", examples=CHEESE)], default_language="de", open_embedder=lambda: embedder
    )
    matcher.match(entry("Käse", summary="Milch " * 20, content=f"<p>{'Milch ' * 30}</p>"))
    assert embedder.asked[-1] == f"Käse. {'Milch ' * 30}".strip()


ON_TRAINS = ("Züge", "Gleise", "Bahnhof", "Tunnel", "Fahrplan")
TRAINS = tuple(
    entry(f"{word} in {place}") for word, place in zip(ON_TRAINS, ("Thun", "Chur", "Olten", "Genf", "Bern"), strict=True)
)


def on_trains(*others: Topic, found: Sequence[Entry]) -> list[str]:
    embedder = FakeEmbedder((*ON_TRAINS, "Lokomotive"))
    rails = Topic(slug="rails", title="Bahn", about="Alles über den Betrieb", any_of=ON_TRAINS)
    matcher = TopicMatcher(
        [rails, *others],
        default_language="de",
        open_embedder=lambda: embedder,
        recall=lambda _embedder, _texts: Recollection(entries=found),
    )
    return [assignment.slug for assignment in matcher.match(entry("Lokomotive entgleist"))]


def test_entries_that_the_words_of_a_topic_find_are_examples_of_it() -> None:
    assert on_trains(found=TRAINS) == ["rails"]
    assert on_trains(found=()) == []


def test_an_entry_that_the_words_of_two_topics_find_is_an_example_of_neither() -> None:
    towns = Topic(slug="towns", title="Orte", about="Alles über Orte", any_of=("Thun", "Chur", "Olten", "Genf", "Bern"))
    assert "rails" not in on_trains(towns, found=TRAINS)


def test_of_what_words_find_no_more_is_read_at_once_than_takes_seconds() -> None:
    words = tuple(f"Wort{number:02}" for number in range(60))
    topics = [Topic(slug=word.lower(), title=word, about=f"Alles über {word}", any_of=(word,)) for word in words]
    found = [entry(word) for word in words]
    embedder = FakeEmbedder()
    known = {passage_key(f"{word}. "): embedder.embed([f"{word}. "])[0] for word in words[-5:]}
    matcher = TopicMatcher(
        topics,
        default_language="de",
        open_embedder=lambda: embedder,
        recall=lambda _embedder, _texts: Recollection(entries=found, vectors=known),
    )
    embedder.asked.clear()
    matcher.match(entry("Lokomotive entgleist"))
    assert [text for text in embedder.asked if text.startswith("Wort")] == [f"{word}. " for word in words[:50]]


def test_what_the_model_has_read_is_recalled_by_topics_that_are_learned_again() -> None:
    embedder = FakeEmbedder()
    matcher = TopicMatcher([Topic(slug="a", title="A", about="Käse")], default_language="de", open_embedder=lambda: embedder)
    assert matcher.take_new() == ("", {})
    for number in range(200):
        matcher.match(entry(f"Text {number}"))
    asked = len(embedder.asked)
    matcher.match(entry("Text 200"))  # so much is new that the topics are learned again
    assert embedder.asked[asked:] == ["Text 200. "]
    model, vectors = matcher.take_new()
    assert model == embedder.name
    assert passage_key("Text 7. ") in vectors
    assert matcher.take_new() == ("", {})


def test_what_is_nearly_near_is_a_near_miss_and_says_how_near() -> None:
    matcher = described()
    titles = ("Käse", "Milch", "Preis", "Molkerei", "Käse wird teurer", "Emmental lädt ein", "Ein Preis für Mehl", "Bio boomt")
    explained = [matcher.explain("kaese", entry(title)) for title in titles]
    assert all(one.is_near_miss == one.is_borderline for one in explained)
    assert all(
        one.unmet[0][0].kind is GroundKind.FAR and 0 <= one.unmet[0][0].share < 1 for one in explained if not one.is_assigned
    )
    assert matcher.knows("kaese", "Käse") is False
    assert described(any_of=("Käse",)).knows("kaese", "Käses")
