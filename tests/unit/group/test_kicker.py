"""The kicker of a title."""

from __future__ import annotations

import pytest

from aggregator.group.kicker import Form, split_kicker


@pytest.mark.parametrize(
    ("kicker", "rest"),
    [
        ("Ukraine-Krieg", "Selenskyj reist nach Brüssel"),
        ("Landtagswahl in Thüringen", "Fünf Parteien sind sicher im Parlament"),
        ("St. Gallen", "Stadtrat will das Marktplatz-Projekt neu auflegen"),
        ("49-Euro-Ticket", "Pendler zahlen 60 Prozent weniger"),
        ("Evangelische Kirche", "Landeskirche will Missbrauch aufarbeiten"),
    ],
)
def test_the_words_before_the_colon_are_the_kicker_where_they_name_the_subject(kicker: str, rest: str) -> None:
    headline = split_kicker(f"{kicker}: {rest}")
    assert (headline.kicker, headline.rest, headline.form) == (kicker, rest, Form.NEWS)


@pytest.mark.parametrize(
    "title",
    [
        "Studie: Kinder lesen immer weniger Bücher",  # whose claim it is
        "UNO: Lage in Gaza verschlechtert sich weiter",
        "Klimaforscherin: Der Sommer wird noch heisser",
        "Viola Amherd: «Die Armee braucht mehr Geld»",  # who says it
        "Berliner Imam über Kinderlosigkeit: Es geht um unser Leben",
        "Ampeln tot, S-Bahnen stoppen: Wie sicher ist das Stromnetz?",  # a sentence of its own
        "Sieg in letzter Minute für den FC: das war der Abend",
        "Was jetzt zu tun ist: Tipps für den Umzug im Winter",
        "Kurz: Ja",
        "Kein Doppelpunkt im ganzen Titel",
        "",
        ":",
        "Ende: ",
    ],
)
def test_a_title_without_a_kicker_stays_whole(title: str) -> None:
    headline = split_kicker(title)
    assert (headline.kicker, headline.rest) == ("", title)


@pytest.mark.parametrize(
    ("title", "form"),
    [
        ("Liveticker: Die Wahlnacht im Überblick", Form.TICKER),
        ("Ukraine-Krieg im Liveticker: Kiew meldet Angriffe", Form.TICKER),
        ("+++ Eilmeldung +++ Bundesrat tritt zurück", Form.TICKER),
        ("Kommentar: Dieses Gesetz hilft niemandem", Form.COMMENT),
        ("Video: So sieht der neue Bahnhof aus", Form.VIDEO),
        ("Podcast: Warum wir vergessen", Form.AUDIO),
    ],
)
def test_a_label_of_form_says_what_an_article_is(title: str, form: Form) -> None:
    assert split_kicker(title).form is form
