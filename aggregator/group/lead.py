"""Which entry stands for its story: the one most like all others, less what makes a headline poor.

Source: 25 German stories of four titles and more, read; the entry in the middle is the plainest headline.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.group.words import fold, open_compound, plain_text, stem, tokenise
from aggregator.model.language import primary_language

HYSTERESIS = 0.1
"""What another entry must be better by to take over: a headline that changes with every report says nothing new."""

LOOKED_AT = 60
"""Entries of a story that are compared; of more, the newest."""

_CENTRALITY = 0.6
_LATER = 0.02  # for every place in time
_LATEST_PLACE = 10  # no entry is punished for more places
_FORMAT, _QUESTION, _LENGTH, _QUOTE, _CUT = 0.3, 0.15, 0.15, 0.1, 0.1
_TEASER, _LANGUAGE = 0.1, 0.2
_SHORTEST_TITLE, _LONGEST_TITLE = 30, 110  # letters
_SHORTEST_TEASER = 60  # letters

_FORMATS = re.compile(
    r"\+\+\+|\b(?:live|news)[ -]?(?:ticker|blog)\b|\b(?:live)?ticker\b|\bkommentar\b|\bkolumne\b|\bmeinung\b|\bglosse\b"
    r"|\bvideos?\b|\bbilder(?:strecke|galerie)?\b|\bpodcasts?\b|\bim ruckblick\b|\buberblick\b|\binterview\b|\banalyse\b"
    r"|\bopinion\b|\bcomment\b|\bexplainer\b|\blive updates?\b|\bwatch\b|\bin pictures\b|\ben direct\b|\beditoriale?\b"
)
_QUOTED = ("\u201e", "\u201c", "\u00ab", "\u00bb", '"', "'", "\u2018")
_CUT_OFF = ("\u2026", "...", "[mehr]")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadCandidate:
    """An entry of a story, as its lead is chosen."""

    entry_id: int
    title: str
    summary_html: str = ""
    language: str | None = None


def choose_lead(candidates: Sequence[LeadCandidate], *, current: int, language: str) -> int:
    """Return the entry to stand for the story; `candidates` in order of time, `current` is the one that does now.

    `language` is the readers'. Of a story with one or two entries the first stands for it, unless its headline is poor.
    """
    shown = candidates[-LOOKED_AT:]
    scores = _scores(shown, primary_language(language))
    best = max(scores, key=lambda entry_id: (scores[entry_id], -entry_id), default=current)
    if current in scores and scores[best] <= scores[current] + HYSTERESIS:
        return current
    return best


def _scores(candidates: Sequence[LeadCandidate], language: str) -> dict[int, float]:
    bags = [_bag(candidate.title, primary_language(candidate.language) or language) for candidate in candidates]
    means = [
        sum(_cosine(bag, other) for place, other in enumerate(bags) if place != own) / max(len(bags) - 1, 1)
        for own, bag in enumerate(bags)
    ]
    most = max(means, default=0.0)
    return {
        candidate.entry_id: (_CENTRALITY * mean / most if most else 0.0)
        - _flaws(candidate.title)
        - _LATER * min(place, _LATEST_PLACE)
        + (_TEASER if _has_teaser(candidate) else 0.0)
        + (_LANGUAGE if primary_language(candidate.language) in {"", language} else 0.0)
        for place, (candidate, mean) in enumerate(zip(candidates, means, strict=True))
    }


def _flaws(title: str) -> float:
    bare = title.strip()
    return (
        _FORMAT * bool(_FORMATS.search(fold(bare)))
        + _QUESTION * bare.endswith("?")
        + _LENGTH * (not _SHORTEST_TITLE <= len(bare) <= _LONGEST_TITLE)
        + _QUOTE * bare.startswith(_QUOTED)
        + _CUT * bare.endswith(_CUT_OFF)
    )


def _has_teaser(candidate: LeadCandidate) -> bool:
    return len(plain_text(candidate.summary_html).strip()) >= _SHORTEST_TEASER


def _bag(title: str, language: str) -> Counter[str]:
    return Counter(stem(fold(part), language) for token in tokenise(title) for part in open_compound(token))


def _cosine(one: Counter[str], other: Counter[str]) -> float:
    shared = sum(count * other[word] for word, count in one.items() if word in other)
    if not shared:
        return 0.0
    return shared / math.sqrt(sum(c * c for c in one.values()) * sum(c * c for c in other.values()))
