"""The words of emitted feeds and reasons, by language; German is the first, and what other languages fall back to.

The German phrases do without ß, so that they are right in Switzerland, too (a test holds that).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aggregator.model.language import primary_language
from aggregator.model.related import Reason
from aggregator.model.story import Ranking, shown_readers


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingWords:
    """Phrases of one ranking."""

    title: str
    on_topic: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Phrases of one language; `{title}`, `{query}`, `{count}` and `{site}` are filled in."""

    more_on_topic: str
    topic_description: str
    rankings: Mapping[Ranking, RankingWords]
    search: str
    search_description: str
    untitled: str
    readers: str
    publishers: str
    key_points: str
    also_at: str
    same_text: str
    same_text_once: str
    whole_story: str
    story: str
    story_description: str
    related: str
    related_description: str
    reasons: Mapping[Reason, str]


GERMAN = Words(
    more_on_topic="Mehr zum Thema: {title}",
    topic_description="Neue Artikel vieler Quellen zum Thema {title}, gesammelt von {site}",
    rankings={
        Ranking.MOST_READ: RankingWords(
            title="Meistgelesene Artikel",
            on_topic="Meistgelesene Artikel: {title}",
            description="Was bei {site} am meisten gelesen wird. Ein Artikel erscheint einmal, sobald er vorne liegt.",
        ),
        Ranking.TRENDING: RankingWords(
            title="Im Trend",
            on_topic="Im Trend: {title}",
            description="Was jetzt interessiert bei {site}. Ein Artikel erscheint einmal, sobald er vorne liegt.",
        ),
    },
    search="Suche: {query}",
    search_description="Neue Artikel vieler Quellen, in denen steht: {query}. Gesucht bei {site}",
    untitled="Ohne Titel",
    readers="{count} Leserinnen und Leser in 24 Stunden",
    publishers="{count} Quellen",
    key_points="Das Wichtigste in Kürze",
    also_at="Auch bei:",
    same_text="gleicher Agenturtext bei {count} weiteren Quellen",
    same_text_once="gleicher Agenturtext bei einer weiteren Quelle",
    whole_story="Die ganze Geschichte",
    story="Geschichte: {title}",
    story_description="Jede neue Wendung dieser Geschichte einmal, aus allen Quellen von {site}",
    related="Mehr zum Thema:",
    related_description="Was man nach «{title}» lesen kann, aus allen Quellen von {site}",
    reasons={
        Reason.FOLLOWS: "folgt auf diese Geschichte",
        Reason.PEOPLE: "gleiche Personen",
        Reason.BACKGROUND: "Hintergrund",
        Reason.SUBJECT: "gleiches Thema",
        Reason.READ: "viel gelesen",
    },
)

ENGLISH = Words(
    more_on_topic="More on: {title}",
    topic_description="New articles from many sources on {title}, collected by {site}",
    rankings={
        Ranking.MOST_READ: RankingWords(
            title="Most read articles",
            on_topic="Most read articles: {title}",
            description="What readers of {site} read most. An article appears once, when it gets to the top.",
        ),
        Ranking.TRENDING: RankingWords(
            title="Trending",
            on_topic="Trending: {title}",
            description="What interests readers of {site} now. An article appears once, when it gets to the top.",
        ),
    },
    search="Search: {query}",
    search_description="New articles from many sources that say: {query}. Searched at {site}",
    untitled="Untitled",
    readers="{count} readers in 24 hours",
    publishers="{count} sources",
    key_points="Key points",
    also_at="Also at:",
    same_text="same agency text at {count} other sources",
    same_text_once="same agency text at one other source",
    whole_story="The whole story",
    story="Story: {title}",
    story_description="Every new turn of this story once, from all sources of {site}",
    related="More on this topic:",
    related_description="What to read after “{title}”, from all sources of {site}",
    reasons={
        Reason.FOLLOWS: "follows this story",
        Reason.PEOPLE: "same people",
        Reason.BACKGROUND: "background",
        Reason.SUBJECT: "same subject",
        Reason.READ: "much read",
    },
)

FRENCH = Words(
    more_on_topic="Plus sur le sujet\u202f: {title}",
    topic_description="Nouveaux articles de nombreuses sources sur le thème {title}, réunis par {site}",
    rankings={
        Ranking.MOST_READ: RankingWords(
            title="Articles les plus lus",
            on_topic="Articles les plus lus\u202f: {title}",
            description="Ce qui est le plus lu chez {site}. Un article paraît une fois, lorsqu’il arrive en tête.",
        ),
        Ranking.TRENDING: RankingWords(
            title="Tendances",
            on_topic="Tendances\u202f: {title}",
            description="Ce qui intéresse maintenant chez {site}. Un article paraît une fois, lorsqu’il arrive en tête.",
        ),
    },
    search="Recherche\u202f: {query}",
    search_description="Nouveaux articles de nombreuses sources qui contiennent\u202f: {query}. Recherche chez {site}",
    untitled="Sans titre",
    readers="{count} lectrices et lecteurs en 24 heures",
    publishers="{count} sources",
    key_points="L’essentiel en bref",
    also_at="Aussi chez\u202f:",
    same_text="même texte d’agence chez {count} autres sources",
    same_text_once="même texte d’agence chez une autre source",
    whole_story="Tout sur ce sujet",
    story="Sujet\u202f: {title}",
    story_description="Chaque rebondissement de ce sujet une fois, de toutes les sources de {site}",
    related="Sur le même sujet\u202f:",
    related_description="Que lire après «\u202f{title}\u202f», de toutes les sources de {site}",
    reasons={
        Reason.FOLLOWS: "suite de ce sujet",
        Reason.PEOPLE: "mêmes personnes",
        Reason.BACKGROUND: "contexte",
        Reason.SUBJECT: "même thème",
        Reason.READ: "très lu",
    },
)

ITALIAN = Words(
    more_on_topic="Altro sul tema: {title}",
    topic_description="Nuovi articoli da molte fonti sul tema {title}, raccolti da {site}",
    rankings={
        Ranking.MOST_READ: RankingWords(
            title="Articoli più letti",
            on_topic="Articoli più letti: {title}",
            description="Quello che si legge di più su {site}. Un articolo appare una volta, quando arriva in cima.",
        ),
        Ranking.TRENDING: RankingWords(
            title="Di tendenza",
            on_topic="Di tendenza: {title}",
            description="Quello che interessa adesso chi legge {site}. Un articolo appare una volta, quando arriva in cima.",
        ),
    },
    search="Ricerca: {query}",
    search_description="Nuovi articoli da molte fonti che contengono: {query}. Ricerca su {site}",
    untitled="Senza titolo",
    readers="{count} lettrici e lettori in 24 ore",
    publishers="{count} fonti",
    key_points="In breve",
    also_at="Anche su:",
    same_text="stesso testo d’agenzia su altre {count} fonti",
    same_text_once="stesso testo d’agenzia su un’altra fonte",
    whole_story="Tutta la storia",
    story="Storia: {title}",
    story_description="Ogni sviluppo di questa storia una volta, da tutte le fonti di {site}",
    related="Altro sul tema:",
    related_description="Che cosa leggere dopo «{title}», da tutte le fonti di {site}",
    reasons={
        Reason.FOLLOWS: "segue questa storia",
        Reason.PEOPLE: "stesse persone",
        Reason.BACKGROUND: "approfondimento",
        Reason.SUBJECT: "stesso tema",
        Reason.READ: "molto letto",
    },
)

LANGUAGES = {"de": GERMAN, "en": ENGLISH, "fr": FRENCH, "it": ITALIAN}


def words_of(language: str) -> Words:
    """Return the words of a language tag (`de-CH`) by its primary subtag, else German."""
    return LANGUAGES.get(primary_language(language), GERMAN)


def reason_line(language: str, *, readers: int | None, publishers: int) -> str:
    """Return why an entry stands where it stands: `412 Leserinnen und Leser in 24 Stunden · 7 Quellen`.

    A number of readers that must not be shown is left out.
    """
    words = words_of(language)
    parts = []
    if shown_readers(readers) is not None:
        parts.append(words.readers.format(count=readers))
    if publishers > 1:
        parts.append(words.publishers.format(count=publishers))
    return " · ".join(parts)
