"""What a publisher says every time is taken off; what happened stays, and so does what others say every time."""

from __future__ import annotations

from aggregator.group.refrains import Refrains

SITE = "radio.example"
TAIL = "Radio Beispiel, Kultur heute Direkter Link zur Audiodatei"
TEXTS = (
    "Notenbank lässt den Leitzins stehen",
    "Meister Basel verliert in der Nachspielzeit",
    "Kita-Plätze werden knapp",
    "Polizei nimmt zwei Männer fest",
    "Festival eröffnet mit einem Film",
)


def taught(*, before: str = "", after: str = "", site: str = SITE) -> Refrains:
    refrains = Refrains()
    for number, text in enumerate(TEXTS, 1):
        refrains.note(number, f"{before} {text} {after}", site)
    return refrains


def test_an_end_that_recurs_is_taken_off_and_the_rest_stays() -> None:
    assert taught(after=TAIL).strip(f"Impfstoff schützt auch Ältere {TAIL}", SITE) == "Impfstoff schützt auch Ältere"
    assert taught(after=TAIL).strip(TAIL, SITE) == ""
    assert taught(before="Der Tag:").strip("Der Tag: Grippe", SITE) == "Grippe"


def test_another_publisher_may_say_it() -> None:
    text = f"Impfstoff schützt {TAIL}"
    assert taught(after=TAIL).strip(text, "other.example") == text


def test_what_came_a_few_times_is_news() -> None:
    refrains = Refrains()
    for number in range(3):
        refrains.note(number, "Erdbeben in der Türkei", SITE)
    assert refrains.strip("Erdbeben in der Türkei", SITE) == "Erdbeben in der Türkei"


def test_a_story_that_is_looked_at_again_is_not_counted_again() -> None:
    refrains = Refrains()
    for _ in range(9):
        refrains.note(7, "Erdbeben in der Türkei", SITE)
    assert refrains.strip("Erdbeben in der Türkei", SITE) == "Erdbeben in der Türkei"


def test_a_title_that_only_names_a_programme_and_its_date_says_nothing() -> None:
    refrains = Refrains()
    for number in range(1, 6):
        refrains.note(number, f"Die Presseschau vom {number}. Mai 2026", SITE)
        refrains.note(number, f"Krieg in der Ukraine: {TEXTS[number - 1]}", SITE)
    assert refrains.strip_title("Die Presseschau vom 17. Mai 2026", SITE) == ""
    kicked = "Krieg in der Ukraine: Kiew meldet schwere Angriffe"
    assert refrains.strip_title(kicked, SITE) == kicked
    assert refrains.strip_title("Di. 5. Juni 2012", SITE) == ""
    assert refrains.strip_title("Leitzins", SITE) == "Leitzins"
