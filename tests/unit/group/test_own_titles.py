"""One publisher's series is no story; its reports on one event are. All titles are made up."""

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.group.assign import GroupingRules, Headline, StoryGrouper
from aggregator.group.own_titles import OwnTitles, Said
from aggregator.group.words import fold

AT = datetime(2026, 6, 1, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def stories(
    *titles: str, gap: timedelta = HOUR, publishers: tuple[str, ...] = ("a.example",), undated: tuple[int, ...] = ()
) -> list[int]:
    """Return the stories of titles that come one after the other, from publishers in turn; some are `undated`."""
    grouper = StoryGrouper(GroupingRules(alone=0.0))
    return [
        grouper.place(
            Headline(
                entry_id=number,
                title=title,
                language="de",
                publisher=publishers[(number - 1) % len(publishers)],
                at=AT + number * gap,
                is_undated=number in undated,
            )
        ).story_id
        for number, title in enumerate(titles, 1)
    ]


def test_what_a_publisher_always_says_makes_no_story() -> None:
    placed = stories(
        "Wellenreiten am Morgen mit Flo.wmv",
        "Wellenreiten: Finale in Biarritz.wmv",
        "Das grosse Wellenreiten von Nazaré.wmv",
        "Lernen: Wellenreiten für Anfänger.wmv",
        "Wellenreiten und Musik auf Hawaii.wmv",
    )
    assert len(set(placed[2:])) == 3


def test_a_frame_that_was_there_twice_needs_more_than_one_word_beyond_it() -> None:
    frame = "Buchmesse Olten: "
    placed = stories(
        f"{frame}Gespräch mit Eva Muster über Flüsse",
        f"{frame}Gespräch mit Eva Muster über Berge",
        f"{frame}Gespräch mit Kaspar Beispiel und Hund",
        f"{frame}Gespräch mit Urs Niemand am Stand",
    )
    assert placed[2:] == [3, 4]


def test_what_comes_at_the_same_time_of_the_next_day_in_the_same_frame_is_an_issue() -> None:
    titles = ("Redekunst - Die Macht der Stimme", "Redekunst - Sich an die Macht reden")
    assert stories(*titles, gap=24 * HOUR) == [1, 2]
    assert stories(*titles, gap=5 * HOUR) == [1, 1]


def test_a_lone_publisher_makes_no_story_of_one_frame_until_somebody_else_tells_of_it() -> None:
    titles = (
        "Buchmesse Olten: Gespräch mit Eva Muster",
        "Eva Muster an der Buchmesse in Olten",
        "Buchmesse Olten: Eva Muster liest vor",
    )
    assert stories(titles[0], titles[2]) == [1, 2]
    assert stories(*titles, publishers=("a.example", "b.example")) == [1, 1, 1]


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [
        ("Aufbruch? Wohin?", "Gewagter Aufbruch", False),
        ("Wohin mit der Moral?", "Moral und Unmoral", False),
        ("Die Fischer von Twann", "Neu im Kino: Fischer von Twann", True),
        ("Zugunglück in Olten", "Zugunglück in Olten fordert Verletzte", True),
    ],
)
def test_by_words_alone_one_word_that_is_the_same_makes_no_story_of_those_that_say_little_else(
    one: str, other: str, *, is_one: bool
) -> None:
    assert (stories(one, other, publishers=("a.example", "b.example")) == [1, 1]) is is_one


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [
        ("Hechtpreis 2024: die Gewählten", "Ausblick auf den Hechtpreis 2025 am See", False),
        ("Hechtpreis 2024: die Gewählten", "Rückblick auf den Hechtpreis 2024 am See", True),
        ("Hechtpreis: die Gewählten", "Ausblick auf den Hechtpreis 2025 am See", True),
        ("Direktorin verkauft 1'500 Anteile am Hechtwerk", "Hechtwerk: Chef verkauft 99,342 Anteile", False),
        ("Ausbau der Waldwege bei Gals, Kreis Erlach", "Neue Angaben zu Gampelen und Gals, Kreis Erlach, BE", False),
        ("Ausbau der Waldwege bei Gals im Kreis Erlach", "Kreis Erlach: der Ausbau der Waldwege bei Gals beginnt", True),
    ],
)
def test_to_a_lone_publisher_other_numbers_or_a_frame_with_a_word_more_are_another_issue(
    one: str, other: str, *, is_one: bool
) -> None:
    titles = OwnTitles()
    titles.note(1, Said("a.example", fold(one), 0.0))
    asked = Said("a.example", fold(other), 3600.0)
    assert titles.only_repeats(1, asked, surely=True) is not is_one
    titles.note(1, Said("b.example", fold(one), 0.0))
    assert not titles.only_repeats(1, asked, surely=True)


def test_what_is_nearest_to_an_issue_of_a_series_is_one() -> None:
    notices = (
        "1500 Anteile am Hechtwerk: Rat verkauft",
        "Hechtwerk: Rat Eva Muster verkauft 99342 Anteile",
        "Hechtwerk: Rat Eva Muster verkauft 1500 Anteile",
    )
    assert stories(notices[0], notices[2]) == [1, 1]
    assert stories(*notices) == [1, 2, 3]


@pytest.mark.parametrize("undated", [(1,), (2,), (1, 2)])
def test_what_nobody_knows_the_date_of_makes_no_story_of_one_publisher(undated: tuple[int, ...]) -> None:
    titles = ("Umbau der Badi in Twann beginnt", "Twann: Umbau der Badi beginnt spät")
    assert stories(*titles) == [1, 1]
    assert stories(*titles, undated=undated) == [1, 2]
    assert stories(*titles, undated=undated, publishers=("a.example", "b.example")) == [1, 1]
    assert stories(titles[0], titles[0], undated=undated) == [1, 1]


def test_stories_of_one_publisher_without_dates_are_not_merged() -> None:
    titles = OwnTitles()
    titles.note(1, Said("a.example", "umbau der badi in twann beginnt", 0.0, is_undated=True))
    titles.note(2, Said("a.example", "umbau der badi twann dauert", 0.0))
    assert titles.are_rubric(1, 2)
    titles.note(1, Said("b.example", "badi twann wird umgebaut", 0.0))
    assert not titles.are_rubric(1, 2)


def test_a_compound_with_hyphens_is_one_word() -> None:
    titles = OwnTitles()
    titles.note(1, Said("a.example", "seeland-oberland mischt mit", 0.0))
    for said, is_little in (("reise nach seeland-oberland", True), ("reise durchs seeland ins oberland", False)):
        assert titles.share_too_little(1, Said("b.example", said, 0.0), surely=False) is is_little
        assert not titles.share_too_little(1, Said("b.example", said, 0.0), surely=True)


def test_one_word_that_a_publisher_says_all_the_time_is_never_enough() -> None:
    titles = OwnTitles()
    titles.note(1, Said("a.example", "das neue kino", 0.0))
    asked = Said("b.example", "funk 2 kino", 0.0)
    assert not titles.share_too_little(1, asked, surely=True)
    for story, film in enumerate(("die fischer", "der lange sommer"), 2):
        titles.note(story, Said("b.example", f"funk 2 kino: {film}", 0.0))
    assert titles.share_too_little(1, asked, surely=True)


def test_a_stranger_in_a_story_does_not_open_it_to_a_series() -> None:
    placed = stories(
        "Kurz gesagt am See: Regen in Olten",
        "Regen in Olten: Keller unter Wasser, See steigt",
        "Kurz gesagt am See: Velos in Chur",
        publishers=("a.example", "b.example"),
    )
    assert placed == [1, 1, 3]


FOLLOWED = (
    "Hängebrücke bei Näfels eingestürzt, viele Verletzte",
    "Eingestürzte Hängebrücke bei Näfels: Verletzte geborgen",
    "Eingestürzte Hängebrücke bei Näfels: Ursache gefunden",
    "Eingestürzte Hängebrücke bei Näfels: Ingenieur vor Gericht",
)


@pytest.mark.parametrize("publishers", [("a.example",), ("a.example", "b.example")])
def test_a_publisher_that_follows_an_event_has_one_story(publishers: tuple[str, ...]) -> None:
    assert set(stories(*FOLLOWED, publishers=publishers)) == {1}


def test_an_event_is_followed_in_a_paper_that_has_much_else_to_say() -> None:
    rest = (
        "Nationalbank senkt den Leitzins überraschend deutlich",
        "Wolf reisst vierzehn Schafe im oberen Wallis",
        "Gotthardtunnel nach Unfall mit Lastwagen wieder offen",
    )
    placed = stories(*(title for pair in zip(FOLLOWED, (*rest, ""), strict=True) for title in pair if title))
    assert set(placed[::2]) == {1}


def test_parts_of_one_broadcast_make_no_story_however_often_their_counter_came() -> None:
    parts = [
        f"Die ruhige Sendung vom See {week} - Teil {part} von 4"
        for week in ("Eva", "Urs", "Kim", "Ida", "Leo")
        for part in "1234"
    ]
    assert stories(*parts, gap=timedelta(minutes=1)) == list(range(1, len(parts) + 1))


def test_parts_with_titles_of_their_own_need_more_than_one_word_beyond_their_counter() -> None:
    lessons = ("Rätoromanisch lernen 6/31 - Der gute Kaffee", "Rätoromanisch lernen 7/31 - Ein guter Brauch")
    assert stories(*lessons) == [1, 2]


@pytest.mark.parametrize("numeral", ["2", "II"])
def test_a_part_that_several_publishers_tell_of_is_one_story(numeral: str) -> None:
    first, later = "Prozess gegen Muster, Tag 1", f"Prozess gegen Muster, Tag {numeral}"
    placed = stories(first, first, later, later, publishers=("a.example", "b.example"))
    assert placed[0] == placed[1]
    assert placed[2] == placed[3]


def test_what_stands_between_two_parts_does_not_make_one_story_of_them() -> None:
    titles = OwnTitles()
    for story, title in (
        (1, "die fischer von twann (1/3)"),
        (1, "fischer von twann und ihre netze"),
        (2, "die fischer von twann (2/3)"),
    ):
        titles.note(story, Said("a.example", title, 0.0))
    assert titles.are_rubric(1, 2)
    titles.note(2, Said("b.example", "netze von twann", 0.0))
    assert not titles.are_rubric(1, 2)
