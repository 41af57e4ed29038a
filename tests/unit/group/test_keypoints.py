"""Key points: what is chosen out of the texts of a story."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.group.keypoints import MAX_TEXTS, QUOTED_CHARS, Teaser, key_points

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PLAN = "Der Bundesrat will das Bahnnetz bis 2035 für 20 Milliarden Franken ausbauen."
TUNNEL = "Zwischen Bern und Zürich soll ein zweiter Tunnel den Ausbau der Bahn erst möglich machen."
CRITICS = "Umweltverbände kritisieren, der Bahnausbau diene vor allem dem Güterverkehr auf der Nord-Süd-Achse."


def teaser(entry_id: int, publisher: str, text: str, title: str = "Bundesrat baut die Bahn aus", **more: object) -> Teaser:
    made = Teaser(
        entry_id=entry_id,
        publisher=publisher,
        language="de",
        title=title,
        text=text,
        full_text="",
        at=NOW + timedelta(minutes=entry_id),
        credit=publisher.upper(),
        url=f"https://{publisher}/{entry_id}",
    )
    return replace(made, **more)  # type: ignore[arg-type]  # fields by name


STORY = (teaser(1, "eins.ch", PLAN), teaser(2, "zwei.ch", TUNNEL), teaser(3, "drei.ch", CRITICS))


def texts(teasers: tuple[Teaser, ...], *languages: str) -> list[str]:
    return [point.text for point in key_points(teasers, languages=languages or ("de",))]


def test_each_publisher_adds_a_sentence_with_its_name_and_page() -> None:
    points = key_points(STORY, languages=("de",))
    assert {(point.text, point.entry_id, point.publisher, point.url) for point in points} == {
        (PLAN, 1, "EINS.CH", "https://eins.ch/1"),
        (TUNNEL, 2, "ZWEI.CH", "https://zwei.ch/2"),
        (CRITICS, 3, "DREI.CH", "https://drei.ch/3"),
    }


def test_one_publisher_alone_gives_none() -> None:
    assert not key_points((teaser(1, "eins.ch", f"{PLAN} {TUNNEL}"), teaser(2, "eins.ch", CRITICS)), languages=("de",))
    assert not key_points((), languages=("de",))


def test_an_agency_text_counts_once_whoever_prints_it() -> None:
    copy = teaser(2, "zwei.ch", f"Bern (sda) \u2013 {PLAN} (sda)")
    assert not key_points((teaser(1, "eins.ch", PLAN), copy), languages=("de",))
    assert "EINS.CH" in {point.publisher for point in key_points((*STORY, replace(copy, entry_id=9)), languages=("de",))}


def test_what_is_said_already_is_not_said_again() -> None:
    again = teaser(4, "vier.ch", "Der Bund plant, das Netz der Bahn für 20 Milliarden Franken bis 2035 auszubauen.")
    assert len([text for text in texts((*STORY, again)) if "20 Milliarden" in text]) == 1


def test_sentences_that_point_back_are_left_out() -> None:
    dangling = teaser(2, "zwei.ch", "Das hat er am Mittwoch beschlossen. Dagegen wehren sich die Kantone mit dem Referendum.")
    assert not key_points((STORY[0], dangling), languages=("de",))


def test_a_sentence_that_repeats_the_title_is_left_out() -> None:
    repeats = teaser(2, "zwei.ch", "Der Bundesrat baut die Bahn aus, und die Bahn baut aus.")
    assert not key_points((STORY[0], repeats), languages=("de",))


def test_full_text_serves_only_where_there_is_no_teaser() -> None:
    with_both = replace(STORY[1], full_text="Der Bundesrat hat mit dem Ausbau der Bahn schon im letzten Jahr begonnen.")
    assert texts((STORY[0], with_both)) == texts((STORY[0], STORY[1]))
    without = replace(STORY[1], text="", full_text=f"{TUNNEL.replace('Zwischen Bern und Zürich', 'Laut dem Bundesrat')}\nMehr.")
    assert len(texts((STORY[0], without))) == 2


def test_a_teaser_that_was_cut_off_loses_its_last_sentence_only() -> None:
    cut = teaser(2, "zwei.ch", f"{TUNNEL} Die Bahn rechnet mit der Eröffnung am 15. [mehr]")
    assert texts((STORY[0], cut)) == texts((STORY[0], STORY[1]))


def test_a_ticker_says_nothing() -> None:
    ticker = replace(STORY[1], title="Liveticker: Bundesrat baut die Bahn aus")
    assert not key_points((STORY[0], ticker), languages=("de",))


def test_two_events_that_were_taken_for_one_story_give_none() -> None:
    film = teaser(
        1,
        "eins.ch",
        "Der Regisseur Peter Muster zeigt in Venedig einen Film über zwei Schwestern an der Ostsee.",
        title="Filmkritik vom 25.08.2011: Westwind",
    )
    show = teaser(
        2,
        "zwei.ch",
        "Die Gemäldegalerie in Berlin zeigt italienische Bildnisse aus dem 15. Jahrhundert.",
        title="Kunstkritik vom 25.08.2011: Gesichter der Renaissance",
    )
    assert not key_points((film, show), languages=("de",))
    same = replace(
        show,
        title="Regisseur Muster gewinnt mit Westwind",
        text="Westwind erhält den Preis der Jury für die beste Kamera und läuft ab Oktober in den Kinos.",
    )
    assert len(texts((film, same))) == 2


def test_what_a_publisher_says_of_itself_is_left_out() -> None:
    herself = teaser(
        2,
        "zwei.ch",
        "Bahnblick erklärt, warum Umweltverbände vor dem Lärm der Bahn zwischen Bern und Zürich warnen.",
        credit="Bahnblick - der Podcast",
    )
    assert not key_points((STORY[0], herself), languages=("de",))
    assert len(texts((STORY[0], replace(herself, credit="Zwei")))) == 2


def test_all_sentences_are_in_the_language_asked_for_first() -> None:
    english = (
        replace(STORY[0], entry_id=7, language="en", publisher="seven.com", title="Switzerland expands its railway",
                text="The Swiss government plans to expand the railway for 20 billion francs by 2035."),
        replace(STORY[0], entry_id=8, language="en", publisher="eight.com", title="Swiss railway to grow",
                text="Environmental groups say that new railway tunnels would mainly serve freight between north and south."),
    )  # fmt: skip
    story = (*STORY, *english)
    assert {point.language for point in key_points(story, languages=("de",))} == {"de"}
    assert {point.language for point in key_points(story, languages=("en", "de"))} == {"en"}
    assert {point.language for point in key_points((*english, STORY[0]), languages=("de",))} == {"en"}


def test_many_publishers_give_at_most_four_sentences() -> None:
    sentences = (
        PLAN,
        TUNNEL,
        CRITICS,
        "Die Kantone verlangen für die Bahn im Mittelland drei zusätzliche Haltestellen und kürzere Fahrzeiten.",
        "Verkehrsminister Albert Rösti hält die Kosten der Bahn nach einer Prüfung durch Fachleute für vertretbar.",
        "Billette der Bahn werden laut dem Preisüberwacher trotz höherer Ausgaben nicht teurer.",
        "Das Parlament berät den Kredit für die Bahn voraussichtlich in der kommenden Sommersession.",
    )
    story = tuple(teaser(at, f"blatt{at}.ch", text) for at, text in enumerate(sentences * 2, 1))
    assert 2 <= len(texts(story)) <= 4
    assert len(texts(story[:3])) == 3
    assert len(story) > MAX_TEXTS


def test_the_order_of_the_texts_does_not_matter() -> None:
    assert texts(STORY) == texts(tuple(reversed(STORY)))


@given(
    st.lists(st.sampled_from((PLAN, TUNNEL, CRITICS, "Er kam.", "Mehr …", "«Nein.»", "", "24. April. ")), max_size=6),
    st.integers(1, 6),
)
def test_what_is_shown_was_written_so_and_stays_a_short_extract(parts: list[str], size: int) -> None:
    story = tuple(teaser(at, f"blatt{at % 3}.ch", " ".join(parts[at % 2 :])) for at in range(1, size))
    points = key_points(story, languages=("de",))
    assert len(points) in {0, 2, 3, 4}
    for point in points:
        source = next(each for each in story if each.entry_id == point.entry_id)
        assert point.text in source.text
    for publisher in {point.publisher for point in points}:
        assert sum(len(point.text) for point in points if point.publisher == publisher) <= QUOTED_CHARS
