"""Which stories to name beside a story: near, but neither the same nor all alike, and why (maximal marginal relevance).

Source: Carbonell and Goldstein, The use of MMR (SIGIR 1998). The order knows no clock, only the time between two stories, so
that a list changes when stories do and not as hours pass.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.model.related import Reason, Related

# Source of the numbers: boxes of the newspapers' feeds in the corpus, read by hand.
LEAST_SIMILARITY = 0.16  # of cosine: what shares less is about something else
LEAST_RELEVANCE = 0.14  # what is old has to be nearer
PEOPLE_COUNT = 0.05  # of cosine: for a person that both name
COPY_SIMILARITY = 0.72  # of cosine: the same story, which grouping left apart
ALIKE_SIMILARITY = 0.4  # of cosine between two that are named: one of them says it
CLOSE_SIMILARITY = 0.3  # of cosine: nearly the same matter, so that the later one follows
_DIVERSITY = 0.35  # share of the likeness to what is named already that counts against a story
_BACKGROUND_AGE = timedelta(days=3)
_COPY_SPAN = timedelta(days=3)  # a text that comes again later is a series, and worth naming
_FOLLOW_GAP = timedelta(hours=3)  # what comes sooner is the same news
_FOLLOW_SPAN = timedelta(days=7)  # what comes later is another story
_FADING = timedelta(days=14)  # after which a story counts for less by half of what it can lose
_LOST_WITH_AGE = 0.4  # of a story's similarity at most
_KNOWN = 0.04  # of its similarity, for each doubling of voices and readers


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A story that may be named: how near it is to the story asked about (1 is the same), and its figures.

    `people` are the persons it names, in any spelling that is the same for both stories.
    """

    story_id: int
    similarity: float
    dated_at: datetime
    people: frozenset[str] = frozenset()
    publishers: int = 1
    readers: int = 0


def choose_related(
    candidates: Sequence[Candidate],
    *,
    dated_at: datetime,
    people: frozenset[str] = frozenset(),
    likeness: Callable[[Candidate, Candidate], float],
    limit: int,
) -> list[Related]:
    """Return at most `limit` of the candidates, the most relevant first, each a story of its own.

    `likeness` says how near two of them are, on the scale of their similarity.
    """
    worth = {one.story_id: _relevance(one, dated_at, people) for one in candidates if _is_near(one, dated_at, people)}
    worth = {story_id: relevance for story_id, relevance in worth.items() if relevance >= LEAST_RELEVANCE}
    left = sorted((one for one in candidates if one.story_id in worth), key=lambda one: (-worth[one.story_id], -one.story_id))
    chosen: list[Candidate] = []
    said = dict.fromkeys(worth, 0.0)  # how much of each is said by those that are chosen
    while left and len(chosen) < limit:
        best = max(left, key=lambda one: worth[one.story_id] - _DIVERSITY * said[one.story_id])
        chosen.append(best)
        left = [one for one in left if one is not best]
        for one in left:
            said[one.story_id] = max(said[one.story_id], likeness(one, best))
        left = [one for one in left if said[one.story_id] < ALIKE_SIMILARITY]
    return [Related(story_id=one.story_id, reason=_reason(one, dated_at, people), score=worth[one.story_id]) for one in chosen]


def _is_near(one: Candidate, dated_at: datetime, people: frozenset[str]) -> bool:
    if one.similarity >= COPY_SIMILARITY and abs(one.dated_at - dated_at) <= _COPY_SPAN:
        return False
    return one.similarity + (PEOPLE_COUNT if one.people & people else 0.0) >= LEAST_SIMILARITY


def _relevance(one: Candidate, dated_at: datetime, people: frozenset[str]) -> float:
    near = one.similarity + (PEOPLE_COUNT if one.people & people else 0.0)
    age = abs(one.dated_at - dated_at) / _FADING
    known = math.log2(max(one.publishers, 1)) + math.log2(1 + max(one.readers, 0))
    return near * (1 - _LOST_WITH_AGE * age / (1 + age)) * (1 + _KNOWN * known)


def _reason(one: Candidate, dated_at: datetime, people: frozenset[str]) -> Reason:
    if dated_at - one.dated_at >= _BACKGROUND_AGE:
        return Reason.BACKGROUND
    if _FOLLOW_GAP <= one.dated_at - dated_at <= _FOLLOW_SPAN and one.similarity >= CLOSE_SIMILARITY:
        return Reason.FOLLOWS
    return Reason.PEOPLE if one.people & people else Reason.SUBJECT
