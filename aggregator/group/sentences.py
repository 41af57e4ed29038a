"""Split running text into sentences: abbreviations, dates (`24. April`), initials, quotes («…», „…“, »…«) and brackets.

Rules, not a model: they look at the word before a mark and the word after it. Nothing is lost and nothing is changed: the
sentences are slices of the text, in order, and what lies between them is white space.
"""

from __future__ import annotations

import re

from aggregator.group.sentence_words import LETTERED, SentenceWords, sentence_words
from aggregator.group.words import plain_text

_CLOSERS = "\"'\u201c\u201d\u2019\u2018\u00bb\u00ab\u203a\u2039)\\]"
_OPENERS = "\"'\u201e\u201a\u201c\u201d\u2018\u00ab\u00bb\u2039\u203a(\\["
# A mark with what closes after it (French puts a space before »); a second form is glued to the next sentence ("Ende.Die").
_MARK = re.compile(
    rf"(?P<mark>[.!?\u2026]+)(?P<closers>(?:[ \u00a0\u202f]\u00bb(?=\s|$)|[{_CLOSERS}]|\[\d{{1,3}}\])*)(?=\s|$)"
    r"|(?<=[^\W\d_]{2})(?P<glued>[.!?])(?=[A-ZÄÖÜ][a-zäöü]{2})"
    r"|(?P<line>\n)"
)
_NEXT = re.compile(rf"\s*(?P<dash>[-\u2013\u2014]\s+)?(?P<opener>[{_OPENERS}]*)\s?(?P<word>[^\W_]+(?:['\u2019.-][^\W_]+)*)?")
_BEFORE = re.compile(r"[^\s(\[\"'\u201e\u201c\u201a\u00ab\u00bb\u2039\u203a/]+$")
_DOTTED = re.compile(r"(?:[^\W\d_]{1,3}\.[ \u00a0\u202f]?)+[^\W\d_]{1,3}$")
_INITIAL = re.compile(r"^(?:[A-ZÄÖÜÉÈÀ]|[A-Z]\.?-[A-Z]|Ch|Th|Ph)$")
_ACRONYM = re.compile(r"^(?:[A-ZÄÖÜ]\.)+[A-ZÄÖÜ]$")
_ROMAN = re.compile(r"^(?=[IVXL])X{0,3}(?:I[XV]|V?I{0,3})$")
_NUMBER = re.compile(r"^[(\[]?\d{1,4}$")
_YEAR = range(1000, 2200)
_LAST_DAY = 31
_BYLINE = re.compile(r"\s*\((?:[a-zäöü]{2,6})(?:[/, ]{1,2}\w{2,6}){0,3}(?:, [\d. ]+)?\)")
_LOWER_NAME = re.compile(r"^(?:[ei][A-Z]\w+|\w+\.(?:de|ch|at|com|org|net|io|fr|it|eu))$")
_MARKS_OF_OWN = frozenset("#@•*▶►→+")
_BLOCK = re.compile(
    r"</?(?:p|div|li|ul|ol|dl|dt|dd|h[1-6]|blockquote|table|tr|td|th|hr|br|pre|figure|section|article)\b[^>]*>", re.IGNORECASE
)
_UNREAD = re.compile(r"<(figcaption|table|pre)\b[^>]*>.*?</\1>", re.IGNORECASE | re.DOTALL)  # captions, figures, programs
_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|cite|code|data|del|dfn|em|font|i|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|time|u|var|wbr)\b"
    r"[^>]*>",
    re.IGNORECASE,
)  # parts no words: "<a>Rat</a>." is "Rat."
_WORD = re.compile(r"[^\W\d_]+")


def plain_lines(sanitised_html: str) -> str:
    """Return the running text of sanitised HTML, a line a block."""
    lines = plain_text(_INLINE.sub("", _BLOCK.sub("\n", _UNREAD.sub("\n", sanitised_html)))).splitlines()
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)


def split_sentences(text: str, language: str = "de") -> tuple[str, ...]:
    """Return the sentences of a text; a line break always parts two. `language` is a primary subtag."""
    return tuple(text[start:end] for start, end in sentence_spans(text, language))


def sentence_spans(text: str, language: str = "de") -> list[tuple[int, int]]:
    """Return where each sentence starts and ends (in characters), without the white space around it."""
    words = sentence_words(language)
    spans: list[tuple[int, int]] = []
    start = 0
    for found in _MARK.finditer(text):
        end = found.end()
        if found["line"] is None:
            if not text[end:].strip():
                break
            if not _ends_sentence(text, start, found, words):
                continue
        _append(spans, text, start, end)
        start = end
    _append(spans, text, start, len(text))
    return spans


def _append(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    part = text[start:end]
    stripped = part.strip()
    if stripped:
        first = start + len(part) - len(part.lstrip())
        spans.append((first, first + len(stripped)))


def _ends_sentence(  # noqa: PLR0911 - a list of rules, the first that fits decides
    text: str, start: int, found: re.Match[str], words: SentenceWords
) -> bool:
    following = _NEXT.match(text, found.end())
    word = (following and following["word"]) or ""
    if found["glued"]:
        return word.split(".", 1)[0].lower() in words.starters and not _is_dotted(text[start : found.start()])
    mark, closers = found["mark"], found["closers"]
    if _BYLINE.match(text, found.end()):
        return True
    if following is None or not word:
        return text[found.end() :].lstrip()[:1] in _MARKS_OF_OWN
    if closers and following["dash"]:
        return False
    if word[0].islower() and not _LOWER_NAME.match(word):
        return False
    starter = word.split("'", 1)[0].split("\u2019", 1)[0].lower() in words.starters
    if ")" in closers and text.rfind("(", start, found.start()) > start and not starter:
        return False  # (…!) inside a sentence
    if mark != ".":
        return True
    before = text[start : found.start()]
    if closers and not closers.startswith(")"):
        return not _is_dotted(before) or starter
    return _stop_ends(before, word, words, starter=starter)


def _stop_ends(  # noqa: PLR0911 - a list of rules, the first that fits decides
    before: str, following: str, words: SentenceWords, *, starter: bool
) -> bool:
    """Tell whether a full stop after `before` (the sentence so far) ends it, the next word being `following`."""
    last = _BEFORE.search(before)
    if last is None:
        return True
    token, rest = last[0], before[: last.start()].rstrip()
    dotted = _DOTTED.search(before)
    if dotted and (dotted.start() == 0 or not before[dotted.start() - 1].isalnum()):
        token = re.sub(r"\s", "", dotted[0])
        rest = before[: dotted.start()].rstrip()
    if _NUMBER.match(token):
        return _number_ends(int(token.lstrip("([")), rest, following, words, starter=starter)
    if token in words.closing:
        return True
    if token in words.numbered:
        return not following[0].isdigit()
    known = token if rest else token[:1].lower() + token[1:]
    if token in words.never or (not rest and known in words.never):
        return False
    if token in words.seldom or token.endswith("str") or known in words.seldom or _ROMAN.match(token):
        return starter
    if _INITIAL.match(token):
        return starter or bool(_last_word(rest) in LETTERED)
    if _ACRONYM.match(token) or (dotted and token.count(".")):
        return starter
    return not (len(token) == 1 and token.islower()) or before[: last.start()].endswith("/")  # km/h


def _number_ends(number: int, rest: str, following: str, words: SentenceWords, *, starter: bool) -> bool:
    if not rest or following in words.counted:
        return False
    if following[0].isdigit():
        return number > _LAST_DAY
    if starter or number in _YEAR or not words.counters:
        return True
    return not (rest[-1] in ",-\u2013/(" or _last_word(rest).lower() in words.counters or rest.endswith("."))


def _last_word(text: str) -> str:
    found = _WORD.findall(text[-40:])
    return found[-1] if found else ""


def _is_dotted(before: str) -> bool:
    return bool(_DOTTED.search(before))
