"""Which texts are the same text."""

from aggregator.group.duplicates import find_copies, shingles

TEXT = (
    "Ein Erdbeben der Stärke 5 hat am Dienstagmorgen den Kanton Glarus erschüttert. Verletzt wurde nach ersten Angaben der "
    "Kantonspolizei niemand, an mehreren Häusern entstanden Risse."
)
OWN = (
    "Um 6.14 Uhr wackelten in Näfels die Gläser. Unsere Reporterin hat mit Anwohnern gesprochen, die auf die Strasse gerannt "
    "sind und dort lange nicht wieder hineinwollten."
)


def copies(*texts: str, titles: tuple[str, ...] | None = None) -> dict[int, int]:
    return find_copies(
        {number: shingles(text) for number, text in enumerate(texts, 1)},
        dict(enumerate(titles or [f"Titel {n}" for n in range(len(texts))], 1)),
    )


def test_a_text_printed_again_is_a_copy_of_the_earliest() -> None:
    assert copies(TEXT, OWN, TEXT) == {3: 1}


def test_the_credit_of_the_agency_and_the_markup_make_no_difference() -> None:
    assert copies(TEXT, f"<p>Glarus (sda/dpa) - {TEXT}</p>", f"(SDA) {TEXT}") == {2: 1, 3: 1}


def test_a_text_cut_earlier_is_a_copy() -> None:
    assert copies(TEXT, TEXT[:120] + " …") == {2: 1}


def test_a_text_that_quotes_one_sentence_is_none() -> None:
    assert copies(TEXT, OWN + " " + TEXT[:60]) == {}


def test_few_words_say_nothing() -> None:
    assert copies("Mehr dazu in Kürze.", "Mehr dazu in Kürze.") == {}


def test_the_same_long_title_without_texts_is_a_copy() -> None:
    title = "Erdbeben der Stärke 5 erschüttert Glarus"
    assert copies("", "", titles=(title, title.upper())) == {2: 1}
    assert copies(TEXT, OWN, titles=(title, title)) == {}
    assert copies("", "", titles=("Erdbeben in Glarus", "Erdbeben in Glarus")) == {}


def test_copies_of_copies_lead_to_the_earliest() -> None:
    words = TEXT.split()
    assert copies(" ".join(words[:20]), " ".join(words[4:]), " ".join(words[4:20])) == {2: 1, 3: 1}
