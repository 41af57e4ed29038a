"""The words of editions in feeds, by language: titles with their dates, and why a story ranks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from aggregator.model import calendar
from aggregator.model.calendar import Calendar
from aggregator.model.edition import Edition, EditionKind, EditionStory
from aggregator.model.language import primary_language


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionWords:
    """Phrases of one language, first of days, then of weeks; `{title}` is the date or dates, `{count}` a number."""

    feeds: tuple[str, str]
    descriptions: tuple[str, str]
    titles: tuple[str, str]
    most_read: str
    most_carried: str
    readers: str
    publishers: str
    calendar: Calendar
    date: str
    span: str


GERMAN = EditionWords(
    feeds=("Tagesausgabe", "Wochenausgabe"),
    descriptions=(
        "Die Rangliste jedes Tages von {site}, festgehalten am Tag danach",
        "Die Rangliste jeder Woche von {site}, festgehalten am Montag danach",
    ),
    titles=("Ausgabe vom {title}", "Ausgabe der Woche vom {title}"),
    most_read="Was am meisten gelesen wurde, {title}:",
    most_carried="Worüber am meisten Quellen berichtet haben, {title}:",
    readers="{count} Leserinnen und Leser",
    publishers="{count} Quellen",
    calendar=calendar.GERMAN,
    date="{weekday}, {day}. {month} {year}",
    span="{day}. {month} bis {until}",
)

ENGLISH = EditionWords(
    feeds=("Daily edition", "Weekly edition"),
    descriptions=(
        "The ranking of every day of {site}, kept on the day after",
        "The ranking of every week of {site}, kept on the Monday after",
    ),
    titles=("Edition of {title}", "Edition of the week from {title}"),
    most_read="What was read most, {title}:",
    most_carried="What most sources reported on, {title}:",
    readers="{count} readers",
    publishers="{count} sources",
    calendar=calendar.ENGLISH,
    date="{weekday}, {day} {month} {year}",
    span="{day} {month} to {until}",
)

FRENCH = EditionWords(
    feeds=("Édition du jour", "Édition de la semaine"),
    descriptions=(
        "Le classement de chaque jour de {site}, fixé le lendemain",
        "Le classement de chaque semaine de {site}, fixé le lundi suivant",
    ),
    titles=("Édition du {title}", "Édition de la semaine {title}"),
    most_read="Ce qui a été le plus lu, {title}\u202f:",
    most_carried="Ce dont le plus de sources ont parlé, {title}\u202f:",
    readers="{count} lectrices et lecteurs",
    publishers="{count} sources",
    calendar=calendar.FRENCH,
    date="{weekday} {day} {month} {year}",
    span="du {day} {month} au {until}",
)

ITALIAN = EditionWords(
    feeds=("Edizione del giorno", "Edizione della settimana"),
    descriptions=(
        "La classifica di ogni giorno di {site}, fissata il giorno dopo",
        "La classifica di ogni settimana di {site}, fissata il lunedì seguente",
    ),
    titles=("Edizione di {title}", "Edizione della settimana: {title}"),
    most_read="Quello che si è letto di più, {title}:",
    most_carried="Quello di cui ha scritto il maggior numero di fonti, {title}:",
    readers="{count} lettrici e lettori",
    publishers="{count} fonti",
    calendar=calendar.ITALIAN,
    date="{weekday} {day} {month} {year}",
    span="{day} {month} \u2013 {until}",
)

LANGUAGES = {"de": GERMAN, "en": ENGLISH, "fr": FRENCH, "it": ITALIAN}


def feed_title(language: str, kind: EditionKind) -> str:
    """Return the name of all editions of a kind."""
    return edition_words(language).feeds[_place(kind)]


def feed_description(language: str, kind: EditionKind, *, site: str) -> str:
    """Return what the editions of a kind are."""
    return edition_words(language).descriptions[_place(kind)].format(site=site)


def edition_title(language: str, edition: Edition) -> str:
    """Return `Ausgabe vom Montag, 23. November 2026`."""
    return edition_words(language).titles[_place(edition.kind)].format(title=_dates(language, edition))


def edition_lead(language: str, edition: Edition) -> str:
    """Return what the ranking is by: readers where enough read that a number may be shown, else publishers."""
    words = edition_words(language)
    read = any(story.readers is not None for story in edition.stories)
    return (words.most_read if read else words.most_carried).format(title=_dates(language, edition))


def story_reason(language: str, story: EditionStory) -> str:
    """Return why a story ranks: `412 Leserinnen und Leser · 7 Quellen`, or nothing where no number says more than one."""
    words = edition_words(language)
    parts = [] if story.readers is None else [words.readers.format(count=story.readers)]
    if story.publishers > 1:
        parts.append(words.publishers.format(count=story.publishers))
    return " · ".join(parts)


def edition_words(language: str) -> EditionWords:
    """Return the words of a language tag by its primary subtag, else German."""
    return LANGUAGES.get(primary_language(language), GERMAN)


def _place(kind: EditionKind) -> int:
    return 1 if kind is EditionKind.WEEKLY else 0


def _dates(language: str, edition: Edition) -> str:
    words, first, last = edition_words(language), edition.first_day, edition.last_day
    if edition.kind is EditionKind.DAILY:
        return _date(words, first)
    until = words.date.partition(" ")[2].format(**_parts(words, last))
    return words.span.format(until=until, **_parts(words, first))


def _date(words: EditionWords, day: date) -> str:
    return words.date.format(weekday=words.calendar.days[day.weekday()], **_parts(words, day))


def _parts(words: EditionWords, day: date) -> dict[str, object]:
    named = words.calendar
    return {"day": day.day if day.day > 1 else named.first, "month": named.months[day.month - 1], "year": day.year}
