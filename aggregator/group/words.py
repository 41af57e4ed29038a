"""Words of a text as rules meet them: folded, stemmed, compounds opened (German first, any language PyStemmer knows).

Texts are folded without guessing: `ä` becomes `a`, `ß` becomes `ss`, and `ue` stays, so that `Bauer` is not `Bar`. It is the
rule that is tried in every spelling, so that `Zürich`, `Zuerich` and `Zurich` meet.
"""

from __future__ import annotations

import html
import re
import threading
import unicodedata
from functools import lru_cache

import Stemmer

_CACHED_WORDS = 65_536  # words; a day of news in four languages has about as many distinct ones
_SHORTEST_STEM = 4  # letters; below, Snowball joins what has nothing in common (Bau, Bauer, Bauern: bau)
_SHORTEST_WORD = 3  # letters that must remain when an ending is taken off
_ENDINGS = ("en", "es", "e", "n", "s")

_ALGORITHMS = {
    "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "et": "estonian", "fi": "finnish", "fr": "french", "hu": "hungarian", "it": "italian", "lt": "lithuanian",
    "nb": "norwegian", "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pl": "polish", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip

# A word, with its hyphens (`US-Aussenminister`): compounds are opened later, once a word.
_TOKEN = re.compile(r"[^\W_]+(?:[-\u2010\u2011][^\W_]+)*")
_PART = re.compile(r"[^\W_]+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")  # soft hyphen, zero-width spaces: inside words on the web
_TAG = re.compile(r"<[^>]*(?:>|$)")
_LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i"})
_DIGRAPHS = {"ä": ("a", "ae"), "ö": ("o", "oe"), "ü": ("u", "ue")}
_WRITTEN_DIGRAPH = re.compile(r"ae|oe|(?<![aeoq])ue")  # not in Bauer, Steuer, Quelle

_lock = threading.Lock()  # a Stemmer must not be used by two threads at once


def plain_text(sanitised_html: str) -> str:
    """Return the text of sanitised HTML; markup parts words."""
    return html.unescape(_TAG.sub(" ", sanitised_html)) if "<" in sanitised_html or "&" in sanitised_html else sanitised_html


def tokenise(text: str) -> list[str]:
    """Return the words of a text as they stand there, hyphenated compounds in one piece."""
    return _TOKEN.findall(text if text.isascii() else _INVISIBLE.sub("", text))


def open_compound(token: str) -> list[str]:
    """Return the parts of a hyphenated compound."""
    return _PART.findall(token)


def fold(text: str) -> str:
    """Return text without case, accents and ligatures; `ß` is `ss`, `ä` is `a`, `ue` stays."""
    folded = text.casefold()
    if folded.isascii():
        return folded
    decomposed = unicodedata.normalize("NFKD", folded.translate(_LETTERS))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def spellings(word: str) -> tuple[str, ...]:
    """Return the folded ways to write a word of a rule: with umlauts, digraphs, or neither (`zurich`, `zuerich`)."""
    plain = unicodedata.normalize("NFC", word.casefold())
    umlauts = "".join(_DIGRAPHS.get(letter, (letter,))[0] for letter in plain)
    digraphs = "".join(_DIGRAPHS.get(letter, (letter,))[-1] for letter in plain)
    reduced = _WRITTEN_DIGRAPH.sub(lambda match: match[0][0], umlauts)
    forms = (umlauts, digraphs, reduced if len(reduced) >= _SHORTEST_STEM else umlauts)  # a Poet is no Pot
    return tuple(dict.fromkeys(map(fold, forms)))


@lru_cache(maxsize=_CACHED_WORDS)
def stem(word: str, language: str) -> str:
    """Return what the inflected forms of a word have in common, folded (`Häuser`, `Hauses`: `haus`).

    Languages that PyStemmer does not know leave words as they are, but folded.
    """
    folded = fold(word)
    algorithm = _ALGORITHMS.get(language)
    if algorithm is None or not folded.isalpha():
        return folded
    with _lock:
        stemmed = fold(_stemmer(algorithm).stemWord(unicodedata.normalize("NFC", word.casefold())))
    return stemmed if len(stemmed) >= _SHORTEST_STEM else without_ending(folded)


@lru_cache(maxsize=len(_ALGORITHMS))
def _stemmer(algorithm: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(algorithm, 0)  # no cache of its own: `stem` has one


def without_ending(folded: str) -> str:
    """Return a folded word without a plain ending of case or number (`rates`, `rats`: `rat`)."""
    for ending in _ENDINGS:
        if folded.endswith(ending) and len(folded) - len(ending) >= _SHORTEST_WORD:
            return folded[: -len(ending)]
    return folded
