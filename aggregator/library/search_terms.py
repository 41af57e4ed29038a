"""From a query as typed to what the index compares: stems in every language and spelling, ids of sources, slugs of topics."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aggregator.group.words import fold, open_compound, spellings, stem, tokenise
from aggregator.library.search_query import Misread, Operator, ParsedQuery, QueryWord, Trouble
from aggregator.model.language import primary_language
from aggregator.model.search import SearchQuery, SearchSource, Term

MAX_READINGS = 24
"""Ways to write and inflect one word that are looked for."""

# Words that stand in every text: beside others they find nothing and cost much. In quotes they count.
_LITTLE_WORDS = frozenset(
    word
    for words in (
        "der die das den dem des ein eine einer eines und oder in im am an auf zu zum zur von vom mit ist für bei",
        "the a an and of to in on at for is with by from",
        "le la les un une des du de et en au aux dans pour sur",
        "il lo gli i uno una e di del della dei delle nel con per su che",
    )
    for word in words.split()
)

Widen = Callable[[str], Sequence[str]]


def resolve_query(
    parsed: ParsedQuery, *, languages: Sequence[str], sources: Sequence[SearchSource], slugs: Sequence[str], widen: Widen
) -> tuple[SearchQuery, tuple[Misread, ...]]:
    """Return the query for the index, and what of it could not be understood.

    Words are inflected in `languages`, those the query asks for if it does; `widen` gives the compounds of a stem. `sources`
    are looked at only if the query names one.
    """
    misread = list(parsed.misread)

    def pick(operator: Operator, *, negated: bool) -> list[str]:
        return [each.value for each in parsed.filters if each.operator is operator and each.negated is negated]

    def feeds(*, negated: bool) -> tuple[int, ...] | None:
        found: list[int] = []
        for value in pick(Operator.SOURCE, negated=negated):
            named = _feeds_named(value, sources)
            found += named
            if not named:
                misread.append(Misread(trouble=Trouble.NO_SOURCE, text=value))
        return tuple(dict.fromkeys(found)) or None

    def choices(operator: Operator, known: Sequence[str], trouble: Trouble, *, negated: bool) -> tuple[str, ...] | None:
        found: list[str] = []
        for value in pick(operator, negated=negated):
            name = fold(value) if operator is Operator.TOPIC else primary_language(value)
            met = [each for each in known if fold(each) == name]
            found += met
            if not met:
                misread.append(Misread(trouble=trouble, text=value))
        return tuple(dict.fromkeys(found)) or None

    wanted = choices(Operator.LANGUAGE, languages, Trouble.NO_LANGUAGE, negated=False)
    tongues = wanted or tuple(languages)
    query = SearchQuery(
        required=tuple(tuple(_term(word, tongues, widen) for word in group) for group in _telling(parsed.groups)),
        excluded=tuple(_term(word, tongues, None) for word in parsed.excluded),
        feeds=feeds(negated=False),
        languages=wanted,
        topics=choices(Operator.TOPIC, slugs, Trouble.NO_TOPIC, negated=False),
        not_feeds=feeds(negated=True) or (),
        not_languages=choices(Operator.LANGUAGE, languages, Trouble.NO_LANGUAGE, negated=True) or (),
        not_topics=choices(Operator.TOPIC, slugs, Trouble.NO_TOPIC, negated=True) or (),
        since=parsed.since,
        until=parsed.until,
    )
    return query, tuple(misread)


def without_compounds(query: SearchQuery) -> bool:
    """Return whether a wide search would find nothing more."""
    return not any(term.compounds for group in query.required for term in group)


def find_words(text: str, query: SearchQuery, *, language: str) -> list[tuple[int, int]]:
    """Return where in a text the words of a query stand, as ranges of letters."""
    terms = [term for group in query.required for term in group]
    wanted = {word for term in terms for reading in term.readings for word in reading}
    wanted.update(word for term in terms for word in term.compounds)
    starts = tuple(reading[-1] for term in terms if term.is_prefix for reading in term.readings)
    found: list[tuple[int, int]] = []
    at = 0
    for token in tokenise(text) if wanted else ():
        start = text.find(token, at)
        if start < 0:  # invisible letters were taken out of it
            continue
        at = start
        for part in open_compound(token):
            at = text.find(part, at)
            met = stem(part, language)
            if met in wanted or (starts and met.startswith(starts)):
                found.append((at, at + len(part)))
            at += len(part)
    return found


def _telling(groups: Sequence[Sequence[QueryWord]]) -> list[Sequence[QueryWord]]:
    telling = [group for group in groups if any(word.is_phrase or word.text.lower() not in _LITTLE_WORDS for word in group)]
    return telling or list(groups)


def _feeds_named(value: str, sources: Sequence[SearchSource]) -> list[int]:
    """Return the feeds of a source: by its site, title or address; else those whose site or title has the word in it."""
    name = fold(value).strip()
    if not name:
        return []
    exact = [source.feed_id for source in sources if name in {source.site, fold(source.title), fold(source.url)}]
    return exact or [source.feed_id for source in sources if name in source.site or name in fold(source.title)]


def _term(word: QueryWord, languages: Sequence[str], widen: Widen | None) -> Term:
    """Return the word in every spelling and every language, folded and stemmed as the index has it."""
    parts = [part for token in tokenise(word.text) for part in open_compound(token)]
    # As typed first: the stemmer knows umlauts. Then every part in its second spelling, and so on.
    written = [(part, *spellings(part)) for part in parts]
    readings: dict[tuple[str, ...], None] = {}
    for language in languages:
        for number in range(max(map(len, written), default=0)):
            readings[tuple(stem(ways[min(number, len(ways) - 1)], language) for ways in written)] = None
    if word.is_prefix:
        readings[tuple(map(fold, parts))] = None
    known = list(readings)[:MAX_READINGS]
    compounds: list[str] = []
    if widen is not None and len(parts) == 1 and not (word.is_phrase or word.is_prefix):
        stems = {reading[0] for reading in known}
        compounds = [found for each in sorted(stems) for found in widen(each) if found not in stems]
    return Term(
        readings=tuple(known), compounds=tuple(dict.fromkeys(compounds)), in_title=word.in_title, is_prefix=word.is_prefix
    )
