"""The words of emitted feeds and reasons, by language; German is the first, and what other languages fall back to.

The German phrases do without ß, so that they are right in Switzerland, too (a test holds that).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Phrases of one language; `{title}`, `{count}` and `{site}` are filled in."""

    more_on_topic: str
    topic_description: str
    most_read: str
    most_read_on_topic: str
    most_read_description: str
    untitled: str
    one_read: str
    reads: str
    publishers: str


GERMAN = Words(
    more_on_topic="Mehr zum Thema: {title}",
    topic_description="Neue Artikel vieler Quellen zum Thema {title}, gesammelt von {site}",
    most_read="Meistgelesene Artikel",
    most_read_on_topic="Meistgelesene Artikel: {title}",
    most_read_description="Was bei {site} am meisten gelesen wird. Ein Artikel erscheint einmal, sobald er vorne liegt.",
    untitled="Ohne Titel",
    one_read="Von einer Person gelesen",
    reads="Von {count} Personen gelesen",
    publishers="{count} Quellen berichten",
)

ENGLISH = Words(
    more_on_topic="More on: {title}",
    topic_description="New articles from many sources on {title}, collected by {site}",
    most_read="Most read articles",
    most_read_on_topic="Most read articles: {title}",
    most_read_description="What readers of {site} read most. An article appears once, when it gets to the top.",
    untitled="Untitled",
    one_read="Read by one person",
    reads="Read by {count} people",
    publishers="{count} sources report",
)

FRENCH = Words(
    more_on_topic="Plus sur le sujet\u00a0: {title}",
    topic_description="Nouveaux articles de plusieurs sources sur le sujet {title}, réunis par {site}",
    most_read="Articles les plus lus",
    most_read_on_topic="Articles les plus lus\u00a0: {title}",
    most_read_description="Ce qui est le plus lu chez {site}. Un article paraît une fois, quand il arrive en tête.",
    untitled="Sans titre",
    one_read="Lu par une personne",
    reads="Lu par {count} personnes",
    publishers="{count} sources en parlent",
)

ITALIAN = Words(
    more_on_topic="Altro sul tema: {title}",
    topic_description="Nuovi articoli di molte fonti sul tema {title}, raccolti da {site}",
    most_read="Articoli più letti",
    most_read_on_topic="Articoli più letti: {title}",
    most_read_description="Quello che si legge di più su {site}. Un articolo appare una volta, quando arriva in cima.",
    untitled="Senza titolo",
    one_read="Letto da una persona",
    reads="Letto da {count} persone",
    publishers="Ne parlano {count} fonti",
)

LANGUAGES = {"de": GERMAN, "en": ENGLISH, "fr": FRENCH, "it": ITALIAN}


def words_of(language: str) -> Words:
    """Return the words of a language tag (`de-CH`) by its primary subtag, else German."""
    return LANGUAGES.get(language.lower().partition("-")[0], GERMAN)


def reason_line(language: str, *, reads: int, publishers: int) -> str:
    """Return why an entry stands where it stands, for pages: `Von 12 Personen gelesen · 3 Quellen berichten`."""
    words = words_of(language)
    parts = []
    if reads > 0:
        parts.append(words.one_read if reads == 1 else words.reads.format(count=reads))
    if publishers > 1:
        parts.append(words.publishers.format(count=publishers))
    return " · ".join(parts)
