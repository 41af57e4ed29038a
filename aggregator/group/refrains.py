"""What a publisher says in story after story, at the beginning or end of a text: it tells who speaks, not what happened.

`Deutschlandfunk, Kultur heute. Direkter Link zur Audiodatei` below a hundred titles makes all of them alike.
"""

from __future__ import annotations

import re
import zlib
from array import array
from collections.abc import Iterator, Sequence

from aggregator.group.words import fold

_FEWEST_WORDS = 2
_MOST_WORDS = 10  # of a refrain that is looked for at either end
_RECURRING = 4  # stories: what came so often is no news
_COUNTERS = 2**20  # a site of a thousand stories a day needs a fiftieth of them a day
_FADING = _COUNTERS  # beginnings and ends noted; then all counts are halved, so that old ones fade
_FEWEST_SAID = 2  # words of a title that are its own; with fewer it only names a programme and a date
_SHORTEST = 4  # letters of a word that says something
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W_]+")


class Refrains:
    """Counts beginnings and ends of texts by site, numbers in them taken for one; memory does not grow."""

    def __init__(self) -> None:
        self._counts = array("H", bytes(2 * _COUNTERS))
        self._last = array("I", bytes(4 * _COUNTERS))  # the story that was counted last: one that comes again is no other
        self._noted = 0

    def note(self, story_id: int, text: str, site: str) -> None:
        """Count the beginnings and ends of a text of a story."""
        mark = story_id % 2**32
        words = _plain(text.split())
        for _, place in (*_ends(words, site, "^"), *_ends(words[::-1], site, "$")):
            if self._last[place] == mark:
                continue
            self._last[place] = mark
            self._counts[place] = min(self._counts[place] + 1, 2**16 - 1)
            self._noted += 1
        if self._noted >= _FADING:
            self._counts = array("H", [count // 2 for count in self._counts])
            self._noted //= 2

    def strip(self, text: str, site: str) -> str:
        """Return the text without the longest beginning and end that recur in stories of the site."""
        spoken = text.split()
        words = _plain(spoken)
        before = self._recurring(words, site, "^")
        after = self._recurring(words[before:][::-1], site, "$") if before else self._recurring(words[::-1], site, "$")
        return " ".join(spoken[before : len(spoken) - after])

    def strip_title(self, title: str, site: str) -> str:
        """Return the title, empty where it only names a series and perhaps a date (`Presseschau vom 3. Mai`)."""
        rest = self.strip(title, site)
        if rest == " ".join(title.split()) and not _DIGIT.search(title):
            return title
        said = [word for word in _WORD.findall(rest) if len(word) >= _SHORTEST and not _DIGIT.search(word)]
        return title if len(said) >= _FEWEST_SAID else ""

    def _recurring(self, words: Sequence[str], site: str, anchor: str) -> int:
        """Return the length of the longest beginning of `words` that recurs."""
        return max((length for length, place in _ends(words, site, anchor) if self._counts[place] >= _RECURRING), default=0)


def _plain(words: Sequence[str]) -> list[str]:
    return ["#" if _DIGIT.search(word) else fold(word) for word in words]


def _ends(words: Sequence[str], site: str, anchor: str) -> Iterator[tuple[int, int]]:
    """Yield the lengths of beginnings of `words` with the place of their counter."""
    start = zlib.crc32(f"{site}{anchor}".encode())
    for length, word in enumerate(words[:_MOST_WORDS], 1):
        start = zlib.crc32(f" {word}".encode(), start)
        if length >= _FEWEST_WORDS or length == len(words):
            yield length, start % _COUNTERS
