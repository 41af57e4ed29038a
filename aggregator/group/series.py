"""What returns under the same title is a series, not a story: tickers, horoscopes, weather, market reports."""

from __future__ import annotations

import enum
import re
from collections import OrderedDict
from datetime import datetime, timedelta

from aggregator.group.dates import without_dates
from aggregator.group.words import fold

_REMEMBERED = 50_000  # patterns, of all publishers
_NEXT_ISSUE = timedelta(hours=12)  # sooner it is a correction of the same entry
_SHORTEST = 3  # letters of a pattern

# Words that mark formats in German, English, French and Italian; of our own choosing.
_SERIES = re.compile(
    r"\b(?:tages|wochen|jahres)?horosko?p\w*|\bhoroscopes?\b|\boroscopo\b|\bwetter(?:vorhersage|bericht|aussichten)\b"
    r"|\bwetter (?:kompakt|aktuell|heute|morgen)\b|\bdas wetter\b|\bweather forecast\b|\bprevisions meteo\b|\blottozahlen\b"
    r"|\bborse (?:aktuell|kompakt|am (?:mittag|abend))\b"
    r"|\bmorning briefing\b|\btagesuberblick\b|\bnachrichten des tages\b|\bdas war der tag\b|\bpresseschau\b|\bnewsletter\b"
)
_TICKER = re.compile(r"\b(?:live|news)[ -]?(?:ticker|blog)\b|\+\+\+|\bliveblog\b|\bim ticker\b|\blive updates?\b|\ben direct\b")
_DATED = re.compile(
    r"\d+|\b(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag)"
    r"(?:fruh|morgen|vormittag|mittag|nachmittag|abend|nacht)?\b|\b(?:januar|februar|marz|april|mai|juni|juli|august"
    r"|september|oktober|november|dezember|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march"
    r"|may|june|july|october|december)\b"
)
# What is left of a title that says when it was sent, and nothing else.
_FORMAT_ONLY = re.compile(
    r"(?:\w*nachrichten|(?:nachrichten|sport|wirtschafts)?(?:uberblick|blick|schau|journal)|news"
    r"|aktuell\w*|ausgabe|sendung|folge|episode|lektion|teil|podcast|update|kompakt|mittag|morgen|abend|nacht|heute|uhr|am|um|vom|von"
    r"|der|die|das|des|in|im|und|h|jan|feb|mar|apr|jun|jul|aug|sep|okt|oct|nov|dez|dec|the|of|for|daily|weekly|morning|evening)"
)
_SPEAKING = re.compile(r"[^\W\d_]{4}")  # what a title must have beside a date
_NO_LETTER = re.compile(r"[^a-z]+")


class Kind(enum.Enum):
    """What a title is to grouping."""

    NEWS = "news"
    TICKER = "ticker"  # joins the story of its day, but attracts nothing
    SERIES = "series"  # stands alone


class SeriesMemory:
    """Knows the titles each publisher used before, but for numbers and days; memory is bounded."""

    def __init__(self) -> None:
        self._first_at: OrderedDict[tuple[str, str], datetime] = OrderedDict()

    def classify(self, title: str, publisher: str, at: datetime) -> Kind:
        """Return the kind of a title, and remember it."""
        folded = fold(title)
        if _SERIES.search(folded):
            return Kind.SERIES
        dated = _DATED.sub(" ", folded)
        pattern = _NO_LETTER.sub(" ", dated).strip()
        if dated != folded and pattern and all(_FORMAT_ONLY.fullmatch(word) for word in pattern.split()):
            return Kind.SERIES
        undated = without_dates(folded)
        if undated != folded and not _SPEAKING.search(undated):
            return Kind.SERIES
        returns = False
        if publisher and len(pattern) >= _SHORTEST:
            key = (publisher, pattern)
            first_at = self._first_at.setdefault(key, at)
            self._first_at.move_to_end(key)
            if len(self._first_at) > _REMEMBERED:
                self._first_at.popitem(last=False)
            returns = at - first_at >= _NEXT_ISSUE
        if returns:
            return Kind.SERIES
        return Kind.TICKER if _TICKER.search(folded) else Kind.NEWS
