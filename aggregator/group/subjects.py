"""What a text is about: the stems of the words that name something, of which two texts on one event have some in common."""

from __future__ import annotations

import re

from aggregator.group.sentence_words import is_small_word, words_in
from aggregator.group.words import open_compound, stem, tokenise

_SHORTEST_NAME = 4  # letters of a capitalised word
_SHORTEST_WORD = 6  # letters of another one, in languages whose nouns are small
_ACRONYM = re.compile(r"^[A-ZÄÖÜ]{2,}$")

# Nouns of any story, that join nothing.
_ANYWHERE = words_in(
    "jahr jahre jahren tag tage tagen woche wochen monat monate monaten stunde stunden minute minuten uhr zeit ende"
    " anfang prozent"
    " million millionen milliarde milliarden franken euro dollar mensch menschen leute frau frauen mann männer kind"
    " kinder person"
    " personen land länder ländern welt fall fälle teil thema themen frage fragen grund angaben beispiel seite sendung folge"
    " interview gespräch bericht montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz april juni"
    " juli august september oktober november dezember"
    " politologe politologin politiker politikerin experte expertin experten forscher forscherin wissenschaftler professor"
    " minister ministerin präsident präsidentin sprecher sprecherin chef chefin autor autorin journalist journalistin"
    " people million billion percent during according monday tuesday wednesday thursday friday saturday sunday january february"
    " march june july october december minute minutes another through should because before after against between"
    " announced reported officials statement"
    " pendant plusieurs millions milliards années semaine personnes selon après avant encore vendredi samedi dimanche"
    " persone milioni miliardi durante secondo settimana"
)


def subjects_of(text: str, language: str) -> frozenset[str]:
    """Return the stems of the names and nouns of a text, without what stands in any story (`Jahr`, `Montag`).

    In German every noun is capitalised; elsewhere names are, and long words serve as nouns.
    """
    parts = (part for token in tokenise(text) for part in open_compound(token))
    return frozenset(stem(part, language) for part in parts if _names_something(part, language))


def shared(one: frozenset[str], other: frozenset[str]) -> int:
    """Return how many subjects of one text the other has, in any compound (`bahn`, `bahnausbau`)."""
    return sum(word in other or any(_is_compound(word, each) for each in other) for word in one)


def _is_compound(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= _SHORTEST_NAME and (long.startswith(short) or long.endswith(short))


def _names_something(word: str, language: str) -> bool:
    if _ACRONYM.match(word):
        return True
    lower = word.lower()
    if not word.isalpha() or lower in _ANYWHERE or is_small_word(lower, language):
        return False
    if word[0].isupper():
        return len(word) >= _SHORTEST_NAME
    return language != "de" and len(word) >= _SHORTEST_WORD
