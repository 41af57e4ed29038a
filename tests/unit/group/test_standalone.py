"""Which sentences can be shown alone."""

from __future__ import annotations

import pytest

from aggregator.group.standalone import LONGEST_CHARS, penalty_of

GOOD = (
    "Der Bundesrat will das Bahnnetz bis 2035 für 20 Milliarden Franken ausbauen.",
    "Die neu eröffnete Halle bietet Platz für 2000 Menschen aus der Region.",
    "Das neue Gesetz tritt laut dem Bundesrat am 1. Juli in Kraft.",
    "Der in Bern lebende Autor erhält den Preis für sein neues Werk.",
    "Die rund 40 Jahre alte Frau wurde schwer verletzt ins Spital gebracht.",
    "Es gibt in der Schweiz zu wenig Wohnungen, wie eine Erhebung zeigt.",
    "Diese Woche verhandeln die Staaten in Genf über ein neues Abkommen.",
    "Die Polizei rechnet damit, dass am Samstag 50'000 Menschen kommen.",
    "Finanzministerin Karin Keller-Sutter sagte, sie lehne eine neue Steuer ab.",
)


@pytest.mark.parametrize("sentence", GOOD)
def test_a_whole_sentence_that_names_its_subject_stands_alone(sentence: str) -> None:
    assert penalty_of(sentence, "de", frozenset({"gesetz", "halle"})) == 0.0


@pytest.mark.parametrize(
    "sentence",
    [
        "Er kündigte am Mittwoch in Bern seinen Rücktritt per Ende Jahr an.",
        "Das hatte der Bundesrat am Mittwoch so angekündigt und beschlossen.",
        "Das zeigt eine Untersuchung der Universität Zürich von dieser Woche.",
        "Die sind nach Angaben der Polizei unterdessen wieder auf freiem Fuss.",
        "Dieser Entscheid stösst bei den Gemeinden auf scharfe Kritik.",
        "Der Kanton will mit dieser Massnahme den Verkehr beruhigen.",
        "Daraufhin wurde das Gebäude geräumt und die Strasse gesperrt.",
        "Zudem sollen die Gemeinden künftig mehr Geld vom Kanton erhalten.",
        "Auf ihn wartet nun eine grosse Aufgabe in der zweiten Liga.",
        "Auf die greifen laut dem Forscher mittlerweile viele Studierende zurück.",
        "Die Firma reagiert damit auf die Kritik der letzten Wochen.",
        "Die Polizei nahm dort am Abend zwei verdächtige Männer fest.",
        "Grund dafür ist der starke Franken, der die Ausfuhren verteuert.",
        "Wie der Bundesrat, der am Mittwoch über die Vorlage entschied.",
        "Die Behörden kennen dessen Aufenthaltsort seit Wochen nicht mehr.",
        "In einem emotionalen Interview erzählt er von der langen Haft.",
        "Es wurde am Montag der Öffentlichkeit in Zürich vorgestellt.",
        "Viele Menschen in der Stadt sehen das schon lange genau so.",
    ],
)
def test_a_sentence_that_points_back_does_not(sentence: str) -> None:
    assert penalty_of(sentence, "de") is None


@pytest.mark.parametrize(
    "sentence",
    [
        "Zu kurz für einen Punkt.",
        "Der Bundesrat will das Bahnnetz " + "und noch vieles mehr " * 12 + "ausbauen.",
        "Wird der Bundesrat das Bahnnetz im kommenden Jahr wirklich ausbauen?",
        "Der Bundesrat will das Bahnnetz im kommenden Jahr ausbauen und",
        "Der Bundesrat will das Bahnnetz im kommenden Jahr ausbauen …",
        "14:32 Uhr: Die Feuerwehr hat den Brand in Altstetten unter Kontrolle.",
        "+++ Die Feuerwehr hat den Brand in Altstetten unter Kontrolle. +++.",
        "Mehr dazu erfahren alle Interessierten im Podcast der Redaktion.",
        "Jetzt den täglichen Newsletter der Redaktion kostenlos bestellen.",
        "Von Anna Muster, Bern und Zürich, mit Bildern der Agentur.",
        "Die Feuerwehr hat den Brand unter Kontrolle gebracht (sda/afp).",
        "«Die Feuerwehr hat den Brand in Altstetten unter Kontrolle.»",
        "Amherd: «Die Armee braucht in den nächsten Jahren mehr Geld.»",
        "Wir zeigen in Bildern, welche Häuser beim Brand zerstört wurden.",
        "Beim Kauf eines Hauses sollten Sie auf die Heizung achten.",
        "Die Feuerwehr hat den Brand in «Altstetten unter Kontrolle gebracht.",
    ],
)
def test_what_is_cut_asked_advertised_or_said_by_nobody_does_not(sentence: str) -> None:
    assert penalty_of(sentence, "de") is None


def test_other_languages_have_their_own_words_that_point_back() -> None:
    assert penalty_of("The council has approved the plan for a new railway line.", "en", frozenset({"council"})) == 0.0
    assert penalty_of("They have approved the plan for a new railway line.", "en") is None
    assert penalty_of("Le Conseil fédéral veut développer le réseau ferroviaire.", "fr") == 0.0
    assert penalty_of("Il veut développer le réseau ferroviaire d'ici à 2035.", "fr") is None
    assert penalty_of("Il Consiglio federale vuole ampliare la rete ferroviaria.", "it") == 0.0
    assert penalty_of("Questo progetto costerà venti miliardi di franchi.", "it") is None


def test_a_noun_or_surname_that_nobody_introduced_costs_unless_the_title_has_it() -> None:
    definite = "Das Gremium nominierte den ehemaligen Chef von Aegon für eine Amtszeit."
    unknown = penalty_of(definite, "de")
    assert unknown
    assert penalty_of(definite, "de", frozenset({"gremium"})) == 0.0
    surname = "Für eine Einigung mit der Gegenseite sei es zu früh, sagte Zander."
    assert penalty_of(surname, "de")
    assert penalty_of(surname, "de", frozenset({"zander"})) == 0.0


def test_the_longest_sentence_is_shorter_than_a_short_extract() -> None:
    assert LONGEST_CHARS < 250


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("de", "Die besten Szenen aus unzähligen Folgen der beliebten Serie aus dem Süden."),
        ("de", "Live aus der Bar am See: der junge Club aus der Stadt mit seinem Programm."),
        ("en", "Serengeti National Park, Tanzania and a greenhouse in the north of Switzerland."),
        ("en", "Cork oak open woodland in the hills of the western Mediterranean region."),
    ],
)
def test_a_fragment_without_a_verb_says_nothing(language: str, sentence: str) -> None:
    assert penalty_of(sentence, language) is None


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("de", "Moskau unterstütze Syrien, um weiterhin mitzureden, sagt der Forscher Peter Muster."),
        ("de", "Das Verletzungspech bleibt dem spanischen Meister Barcelona in dieser Saison treu."),
        ("en", "Microsoft backs Apple in the dispute over a locked phone of an attacker."),
        ("en", "A powerful storm has hit eastern Canada with winds as strong as in a hurricane."),
        ("fr", "Le Conseil fédéral propose une nouvelle taxe sur les billets d'avion en Suisse."),
        ("it", "Il Consiglio federale propone una nuova tassa sui biglietti aerei in Svizzera."),
    ],
)
def test_a_verb_is_known_by_its_form_or_its_neighbours(language: str, sentence: str) -> None:
    assert penalty_of(sentence, language, frozenset({"verletzungspech"})) is not None


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("de", "Beteiligte erzählen, was ihren Film sehenswert macht, im Gespräch zum Film der Woche!"),
        ("de", "Maria Muster, katholische Kirche: Einen neuen Aufbruch wagen viele Gemeinden im Land."),
        ("de", "Der Beitrag Regisseur gewinnt Klage gegen das Studio erschien zuerst auf Beispielblog."),
        ("de", "Peter Muster, Präsident des Verbandes, ist am Samstag zu Gast bei der Moderatorin."),
        ("en", "Jeff and Ryan talk about the new console in this special episode of the programme."),
        ("en", "Reuters was not immediately able to verify the account of the spokesperson."),
        ("en", "The ministry did not immediately respond to several requests from the newspaper."),
    ],
)
def test_what_a_publisher_says_of_its_own_work_is_no_news(language: str, sentence: str) -> None:
    assert penalty_of(sentence, language) is None


def test_a_sentence_in_another_language_than_the_feed_says_is_left_out() -> None:
    assert penalty_of("Il Consiglio federale propone una nuova tassa sui biglietti aerei in Svizzera.", "de") is None
    assert penalty_of("The government wants to introduce a new tax on flights out of the country.", "de") is None
    assert penalty_of("El gobierno quiere introducir un nuevo impuesto sobre los vuelos en España.", "es") == 0.0


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("de", "Heute kommt sein dritter Film in die Kinos, eine Liebesgeschichte aus der Vorwendezeit."),
        ("de", "Am Montag stellt ihre Nachfolgerin den Bericht der Kommission in Bern vor."),
        ("en", "On Tuesday his party rejected the budget that the coalition had agreed on."),
        ("en", "The latter is very powerful, and many users do not want to have that much power."),
    ],
)
def test_his_needs_a_name_before_it(language: str, sentence: str) -> None:
    assert penalty_of(sentence, language) is None
    assert penalty_of("Angela Muster legt ihren Bericht zum Ausbau der Bahn am Montag vor.", "de") == 0.0


def test_the_decision_must_be_known_from_a_title() -> None:
    assert penalty_of("The decision was taken by the council after a debate of three hours.", "en") == 0.7
    assert (
        penalty_of("The decision was taken by the council after a debate of three hours.", "en", frozenset({"decision"})) == 0.0
    )
    assert penalty_of("La décision a été prise par le Conseil après un débat de trois heures.", "fr") == 0.7
    assert penalty_of("La decisione è stata presa dal Consiglio dopo un dibattito di tre ore.", "it") == 0.7


def test_a_definition_is_worth_less_than_news() -> None:
    assert (
        penalty_of("Der Liederabend am See ist Europas grösster Musikwettbewerb im Freien.", "de", frozenset({"liederabend"}))
        == 0.4
    )
    assert penalty_of("The Lakeside Contest is the largest competition of singers in Europe.", "en") == 0.4
    assert penalty_of("Der Bundesrat ist gegen eine neue Steuer auf Flüge aus der Schweiz.", "de") == 0.0
