"""The words and phrases of topics, made ready to be found in a text in one pass over its words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from aggregator.group.words import fold, open_compound, spellings, stem, tokenise, without_ending

_CACHED_TOKENS = 32_768  # words of one language with what they meet; a day of news fits


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One word of a rule: exact (but for inflection), or open at its start (`*minister`), its end (`Bundesrat*`), or both."""

    word: str
    open_start: bool = False
    open_end: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word or phrase as written, and the numbers of its patterns, one after the other.

    A hyphenated compound has two readings: `Corona-Virus` is the phrase of its parts, and `Coronavirus`.
    """

    text: str
    readings: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A pattern met: in which field, from which word on, over how many parts, by which word as it stands there."""

    field: int
    position: int
    span: int
    token: str


Hits = Mapping[int, Sequence[Hit]]


class Lexicon:
    """Every pattern of a set of rules once, by number, and an index of them for each language of texts."""

    def __init__(self) -> None:
        self._numbers: dict[Pattern, int] = {}
        self._indexes: dict[str, _Index] = {}

    def term(self, text: str) -> Term:
        """Take up a word or phrase of a rule."""
        apart = [pattern for piece in text.split() for pattern in _patterns(piece, open_compound(piece))]
        joined = [pattern for piece in text.split() for pattern in _patterns(piece, _joined(piece))]
        readings = [tuple(map(self._number, patterns)) for patterns in (apart, joined) if patterns]
        self._indexes.clear()
        return Term(text=text, readings=tuple(dict.fromkeys(readings)))

    def _number(self, pattern: Pattern) -> int:
        return self._numbers.setdefault(pattern, len(self._numbers))

    def search(self, fields: Iterable[str], language: str) -> dict[int, list[Hit]]:
        """Return the patterns that stand in the texts, with every place."""
        index = self._indexes.get(language)
        if index is None:
            index = self._indexes[language] = _Index(self._numbers, language)
        look_up = index.look_up
        hits: dict[int, list[Hit]] = {}
        for field, text in enumerate(fields):
            position = 0
            for token in tokenise(text):
                width, met = look_up(token)
                for number, offset, span in met:
                    hits.setdefault(number, []).append(Hit(field, position + offset, span, token))
                position += width
        return hits


def _patterns(piece: str, parts: Sequence[str]) -> Iterator[Pattern]:
    """Yield the patterns of one piece of a rule; a star behind a hyphen (`EU-*`) opens nothing, for `EU` finds `EU-Gipfel`."""
    last = len(parts) - 1
    for place, part in enumerate(parts):
        yield Pattern(
            word=part.casefold(),
            open_start=place == 0 and piece[:1] == "*" and piece[1:2].isalnum(),
            open_end=place == last and piece[-1:] == "*" and piece[-2:-1].isalnum(),
        )


def _joined(piece: str) -> list[str]:
    """Return a hyphenated compound in one word; what is joined by other marks (`AT&T`) stays apart."""
    return ["".join(open_compound(token)) for token in tokenise(piece)]


class _Index:
    """The patterns by what a word of one language must look like to meet them."""

    def __init__(self, numbers: Mapping[Pattern, int], language: str) -> None:
        self._language = language
        self._stems: dict[str, set[int]] = {}
        self._starts: dict[str, set[int]] = {}
        self._ends: dict[str, set[int]] = {}
        self._middles: dict[str, set[int]] = {}
        for pattern, number in numbers.items():
            for spelling in spellings(pattern.word):
                if pattern.open_start and pattern.open_end:
                    self._middles.setdefault(spelling, set()).add(number)
                elif pattern.open_end:
                    self._starts.setdefault(spelling, set()).add(number)
                elif pattern.open_start:
                    self._ends.setdefault(spelling, set()).add(number)
                else:
                    self._stems.setdefault(stem(spelling, language), set()).add(number)
            if not pattern.open_start and not pattern.open_end:
                self._stems.setdefault(stem(pattern.word, language), set()).add(number)
        self._start_lengths = sorted({len(start) for start in self._starts})
        self._end_lengths = sorted({len(end) for end in self._ends})
        self.look_up = lru_cache(maxsize=_CACHED_TOKENS)(self._look_up)

    def _look_up(self, token: str) -> tuple[int, tuple[tuple[int, int, int], ...]]:
        """Return how many parts the token has, and which patterns it meets: number, first part, parts."""
        parts = open_compound(token)
        met = {(number, place, 1) for place, part in enumerate(parts) for number in self._meet(part)}
        if len(parts) > 1:
            alone = {number for number, _, _ in met}
            met |= {(number, 0, len(parts)) for number in self._meet("".join(parts)) if number not in alone}
        return len(parts), tuple(sorted(met))

    def _meet(self, word: str) -> Iterator[int]:
        yield from self._stems.get(stem(word, self._language), ())
        folded = fold(word)
        for length in self._start_lengths:
            yield from self._starts.get(folded[:length], ())
        for form in {folded, without_ending(folded)}:
            for length in self._end_lengths:
                yield from self._ends.get(form[-length:], ())
        for middle, numbers in self._middles.items():
            if middle in folded:
                yield from numbers


def find_term(term: Term, hits: Hits) -> tuple[int, str] | None:
    """Return the field where a term stands, and the words that met it as they stand there; None if it stands nowhere."""
    for reading in term.readings:
        for hit in hits.get(reading[0], ()):
            found = _follow(hit, reading[1:], hits)
            if found is not None:
                return hit.field, found
    return None


def _follow(first: Hit, numbers: Sequence[int], hits: Hits) -> str | None:
    """Return the words of a phrase that begins with `first`, if the patterns `numbers` come right behind it."""
    last, words = first, [first.token]
    for number in numbers:
        place = (first.field, last.position + last.span)
        following = next((hit for hit in hits.get(number, ()) if (hit.field, hit.position) == place), None)
        if following is None:
            return None
        if following.token != last.token:  # parts of one compound are one word
            words.append(following.token)
        last = following
    return " ".join(words)
