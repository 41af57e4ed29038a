"""Counters in titles (`3/31`, `Teil 2`, `Part 2 of 4`, `#17`): the same words with another counter are a series."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aggregator.group.rubrics import words_of
from aggregator.group.words import fold

_NUMERALS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv")
_ROMAN = {numeral: number for number, numeral in enumerate(_NUMERALS, 1)}

# Words that number parts in German, English, French and Italian, folded; of our own choosing.
_PART = (
    r"(?:teil|folge|episode|ep|lektion|kapitel|ausgabe|band|runde|tag|akt"
    r"|part|pt|chapter|lesson|issue|volume|vol|day|round|act|partie|chapitre|lecon|tome|jour|parte|puntata|capitolo|giorno)"
)
_NUMBER = r"(?:nr\.?|no\.?|#)?\s?(?P<{0}>\d{{1,3}}|[ivx]{{1,5}})"
_TOTAL = r"(?:\s?(?:/|von|of|sur|di)\s?\d{1,3})?"
_COUNTERS = (
    re.compile(rf"\b{_PART}\.?\s?{_NUMBER.format('count')}\b{_TOTAL}(?![.,/]?\d)"),  # Teil 2, Part 2 of 4, Episode IV
    re.compile(rf"(?<![\d./])\b(?P<count>\d{{1,3}})(?:\.|st|nd|rd|th|re|e|er|a)?\s{_PART}\b(?!\s?\d)"),  # 2. Teil, 3rd part
    re.compile(r"(?<![\w./])(?P<count>\d{1,3})\s?(?:/|von|of|sur|di)\s?(?P<total>\d{1,3})(?![\w./]|\s?%)"),  # 3/31
    re.compile(r"(?:#|\bnr\.?|\bno\.)\s?(?P<count>\d{1,7})\b"),  # #17, Nr. 17
    re.compile(r"\((?P<count>\d{1,2}|[ivx]{1,5})\)\s*$"),  # (2) at the end
)


@dataclass(frozen=True, slots=True)
class Counted:
    """A title that counts: its words before and after the counter, which one it is, and of how many (0: it does not say)."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    count: int
    total: int

    def is_beside(self, other: Counted | None) -> bool:
        """Return whether another title is of the same series: it says the same up to another counter."""
        return (
            other is not None
            and self.count != other.count
            and (self.before, self.total) == (other.before, other.total)
            and (bool(self.before) or self.after == other.after)
        )


def read_counter(title: str) -> Counted | None:
    """Return a title as one of a series would be read, None if nothing in it counts parts."""
    folded = fold(title)
    for pattern in _COUNTERS:
        for found in pattern.finditer(folded):
            count, total = _value(found["count"]), int(found["total"] or 0) if "total" in pattern.groupindex else 0
            if count and (not total or count <= total):
                before, after = words_of(folded[: found.start()]), words_of(folded[found.end() :])
                return Counted(before=tuple(before), after=tuple(after), count=count, total=total)
    return None


def _value(text: str) -> int:
    """Return the number written in digits or as a roman numeral, 0 if it is none."""
    return int(text) if text.isdigit() else _ROMAN.get(text, 0)
