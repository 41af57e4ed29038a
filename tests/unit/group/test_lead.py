"""Which entry stands for its story."""

from aggregator.group.lead import LeadCandidate, choose_lead

PLAIN = "Erdbeben der Stärke 5 erschüttert den Kanton Glarus"


def lead(*titles: str, current: int = 1, languages: tuple[str | None, ...] = (), teasers: tuple[str, ...] = ()) -> int:
    candidates = [
        LeadCandidate(
            entry_id=number,
            title=title,
            language=languages[number - 1] if languages else "de",
            summary_html=teasers[number - 1] if teasers else "",
        )
        for number, title in enumerate(titles, 1)
    ]
    return choose_lead(candidates, current=current, language="de-CH")


def test_the_headline_in_the_middle_stands_for_the_story() -> None:
    assert lead("+++ Liveticker: Alles zum Beben +++", PLAIN, "Erdbeben erschüttert Kanton Glarus, Stärke 5 gemessen") == 2


def test_nothing_changes_for_a_small_gain() -> None:
    again = "Kanton Glarus: Erdbeben der Stärke 5 erschüttert"
    assert lead(PLAIN, again, current=1) == 1
    assert lead(PLAIN, again, current=2) == 2


def test_a_question_and_a_cut_title_give_way() -> None:
    assert lead("Wie stark war das Erdbeben in Glarus?", PLAIN, "Erdbeben erschüttert Glarus: Stärke 5 im Kanton") == 2
    assert lead("Erdbeben der Stärke 5 erschüttert den Kanton …", PLAIN, PLAIN + " stark", current=77) == 2


def test_readers_get_their_language() -> None:
    assert lead("Earthquake of magnitude 5 shakes Glarus", PLAIN, languages=("en", "de")) == 2


def test_an_entry_with_a_teaser_is_shown_before_one_without() -> None:
    assert (
        lead(PLAIN, PLAIN + " am Dienstag", teasers=("", "Verletzt wurde nach ersten Angaben der Kantonspolizei niemand. " * 2))
        == 1
    )
    assert (
        lead("Beben in Glarus", PLAIN, teasers=("", "Verletzt wurde nach ersten Angaben der Kantonspolizei niemand." * 2)) == 2
    )


def test_a_lead_that_is_gone_is_replaced() -> None:
    assert lead(PLAIN, current=77) == 1
