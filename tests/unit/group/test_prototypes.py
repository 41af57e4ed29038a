"""Topics by what describes them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aggregator.group.embed import READ_CHARS, READ_PIECES, passage_key
from aggregator.group.prototypes import Nearness, TopicPrototypes, suggest_words
from tests.fakes.embedder import FakeEmbedder

RAIL = (
    "SBB kaufen neue Züge für den Fernverkehr",
    "Gleise zwischen Bern und Thun gesperrt",
    "Neue Züge fahren ab Dezember im Fernverkehr",
    "Streit um die Gleise im Bahnhof Thun",
    "SBB: mehr Züge auf den Gleisen nach Thun",
)
CHEESE = ("Käse aus dem Emmental gewinnt Preis", "Molkerei stellt Käse auf Bio um", "Mehr Käse aus Schweizer Milch")
SUBJECTS = (("Bahn", "Züge", "Gleise", "Lokomotive"), ("Käse", "Molkerei", "Raclette"))


def near(prototypes: TopicPrototypes, text: str) -> dict[str, Nearness]:
    return prototypes.near([(text, "de")])[0]


def test_what_shares_the_words_of_the_examples_is_near_and_the_words_are_told() -> None:
    prototypes = TopicPrototypes({"bahn": RAIL, "kaese": CHEESE}, language="de")
    found = near(prototypes, "Neue Züge der SBB stehen still: Gleise in Thun gesperrt")
    assert found["bahn"].is_near
    assert "Thun" in found["bahn"].words
    assert not found["kaese"].is_near
    assert not found["kaese"].words


def test_what_is_about_something_else_is_near_nothing() -> None:
    prototypes = TopicPrototypes({"bahn": RAIL, "kaese": CHEESE}, language="de")
    assert not any(one.is_near for one in near(prototypes, "Tennisspielerin siegt in Melbourne").values())


def test_a_model_finds_the_subject_in_other_words() -> None:
    text = "Lokomotive entgleist"
    by_words = TopicPrototypes({"bahn": RAIL, "kaese": CHEESE}, language="de")
    by_meaning = TopicPrototypes({"bahn": RAIL, "kaese": CHEESE}, language="de", embedder=FakeEmbedder(*SUBJECTS))
    assert not near(by_words, text)["bahn"].is_near
    assert near(by_meaning, text)["bahn"].is_near
    assert not near(by_meaning, text)["kaese"].is_near


def test_one_sentence_is_enough_to_begin_with() -> None:
    prototypes = TopicPrototypes({"kaese": ("Käse und Molkerei",)}, language="de", embedder=FakeEmbedder(*SUBJECTS))
    assert near(prototypes, "Raclette wird teurer")["kaese"].is_near
    assert not near(prototypes, "Der Bundesrat tagt in Bern")["kaese"].is_near


def test_a_model_is_asked_once_for_many_texts_and_reads_a_few_pieces_of_long_ones() -> None:
    embedder = FakeEmbedder(*SUBJECTS)
    prototypes = TopicPrototypes({"kaese": CHEESE}, language="de", embedder=embedder)
    embedder.asked.clear()
    article = "".join(f"Käse {number:04} " for number in range(500))
    assert len(prototypes.near([(article, "de"), ("Milch", "de")])) == 2
    assert embedder.asked == [*(article[at * READ_CHARS :][:READ_CHARS] for at in range(READ_PIECES)), "Milch"]


def test_what_a_model_has_read_it_is_not_asked_again() -> None:
    embedder = FakeEmbedder(*SUBJECTS)
    prototypes = TopicPrototypes({"kaese": CHEESE}, language="de", embedder=embedder)
    first = near(prototypes, "Raclette wird teurer")
    embedder.asked.clear()
    assert near(prototypes, "Raclette wird teurer") == first
    assert embedder.asked == []


def test_topics_with_examples_and_topics_with_a_sentence_live_side_by_side() -> None:
    described = {"bahn": RAIL, "kaese": ("Käse und Molkerei",)}
    prototypes = TopicPrototypes(described, language="de", embedder=FakeEmbedder(*SUBJECTS))
    for text, slug in (("Lokomotive entgleist", "bahn"), ("Raclette wird teurer", "kaese")):
        assert [found for found, one in near(prototypes, text).items() if one.is_near] == [slug]
    assert not any(one.is_near for one in near(prototypes, "Der Bundesrat tagt in Bern").values())


def test_what_is_far_nearer_to_another_topic_is_not_near() -> None:
    both = {"bahn": RAIL, "verkehr": ("Züge, Busse und Strassen", *RAIL[:1])}
    found = near(TopicPrototypes(both, language="de"), RAIL[0])
    assert found["bahn"].is_near or found["verkehr"].is_near
    best = max(found.values(), key=lambda one: one.score)
    assert best.is_near
    assert all(one.score >= 0.9 * best.score for one in found.values() if one.is_near)


@given(st.text(max_size=80))
def test_any_text_has_a_distance(text: str) -> None:
    found = PROTOTYPES.near([(text, "de")])[0]
    assert set(found) == {"bahn", "kaese"}
    assert all(0.0 <= one.score < 1000 for one in found.values())


PROTOTYPES = TopicPrototypes({"bahn": RAIL, "kaese": CHEESE, "leer": ()}, language="de")


def test_words_are_suggested_that_the_topic_has_in_common_and_others_have_not() -> None:
    others = ["Preis steigt in Bern", "Neue Preise in Thun", "Der Bundesrat tagt in Bern"]
    suggested = suggest_words(RAIL, others, "de", most=3)
    assert suggested[0] in {"Züge", "Gleise"}
    assert "Bern" not in suggested
    assert suggest_words(CHEESE, others, "de", most=1) == ["Käse"]


def test_what_was_read_before_and_is_recalled_a_model_is_not_asked_for() -> None:
    embedder = FakeEmbedder(*SUBJECTS)
    before = TopicPrototypes({"kaese": CHEESE}, language="de", embedder=embedder)
    before.near([("Raclette wird teurer", "de")])
    recalled = before.take_new()
    assert not before.take_new()
    embedder.asked.clear()
    after = TopicPrototypes({"kaese": CHEESE}, language="de", embedder=embedder, recalled=recalled)
    assert near(after, "Raclette wird teurer")["kaese"].is_near
    assert embedder.asked == []


def test_of_a_whole_article_its_beginning_is_kept() -> None:
    prototypes = TopicPrototypes({"kaese": CHEESE}, language="de", embedder=FakeEmbedder(*SUBJECTS))
    prototypes.take_new()
    article = "".join(f"Käse {number:04} " for number in range(500))
    prototypes.near([(article, "de")])
    assert list(prototypes.take_new()) == [passage_key(article)]


def test_topics_are_outgrown_when_much_more_was_read_than_was_known() -> None:
    prototypes = TopicPrototypes({"kaese": CHEESE}, language="de", embedder=FakeEmbedder(*SUBJECTS))
    prototypes.near([(f"Text {number}", "de") for number in range(199)])
    prototypes.near([("Text 0", "de")])
    before = prototypes.has_outgrown
    prototypes.near([("Text 199", "de")])
    assert (before, prototypes.has_outgrown) == (False, True)
    assert not TopicPrototypes({"kaese": CHEESE}, language="de").has_outgrown
