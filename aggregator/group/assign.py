"""Stories out of a stream of entries: each joins an active story or founds one, in order of arrival.

Pure: the state is in memory and can be rebuilt from the entries of the active window (`StoryGrouper.restore`). Memory and time
do not grow with history: stories nobody added to for the length of the window are forgotten here (not in the store).
"""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aggregator.group.candidates import StoryIndex
from aggregator.group.rubrics import OwnTitles
from aggregator.group.series import Kind, SeriesMemory
from aggregator.group.suffixes import SuffixStripper
from aggregator.group.vectors import Frequencies, SparseVector
from aggregator.group.words import fold

if TYPE_CHECKING:  # numpy comes with the sentence model only
    from aggregator.group.nearest import Meanings, Vector

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupingRules:
    """The numbers of grouping; the defaults are those of `bench/quality.py`.

    `join` and `join_by_words` are the scores to join by, with and without a sentence model. `words` is the share of lexical
    similarity within a language; across languages the score is `across_meaning` x meaning + `across_words` x words.
    A pause of g hours costs `decay` * ln(1 + g / 6). A publisher that nobody else joins yet must score `alone` more: its own
    titles look alike.
    """

    window: timedelta = timedelta(hours=48)
    join: float = 0.30
    join_by_words: float = 0.26
    words: float = 0.6
    across_meaning: float = 0.7
    across_words: float = 0.4
    decay: float = 0.04
    merge: float = 0.5
    alone: float = 0.08
    candidates: int = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """What grouping knows of an entry; `meaning` is the sentence vector of its title (float16), if there is one yet."""

    entry_id: int
    title: str
    language: str
    publisher: str
    at: datetime
    meaning: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """The story of an entry, by which score, and which stories were found to be the same as it."""

    entry_id: int
    story_id: int
    score: float
    reason: str
    merged: tuple[int, ...] = ()


@dataclass(slots=True)
class _Story:
    sums: SparseVector = field(default_factory=dict)
    square: float = 0.0
    size: int = 0
    languages: set[str] = field(default_factory=set)
    titles: set[str] = field(default_factory=set)
    last_at: datetime | None = None


class StoryGrouper:
    """Knows the active stories; one thread at a time."""

    def __init__(self, rules: GroupingRules, meanings: Meanings | None = None) -> None:
        self._rules = rules
        self._meanings = meanings
        self._frequencies = Frequencies()
        self._index = StoryIndex()
        self._stories: OrderedDict[int, _Story] = OrderedDict()
        self._by_title: dict[str, int] = {}
        self._suffixes = SuffixStripper()
        self._series = SeriesMemory()
        self._own = OwnTitles()
        self._apart: dict[int, set[int]] = {}

    def __len__(self) -> int:
        """Return the number of active stories."""
        return len(self._stories)

    def restore(self, headline: Headline, story_id: int) -> None:
        """Take up an entry whose story is known, in order of time."""
        self._take(headline, story_id)

    def keep_apart(self, one: int, other: int) -> None:
        """Never find two stories to be the same: somebody parted them."""
        self._apart.setdefault(one, set()).add(other)
        self._apart.setdefault(other, set()).add(one)

    def nearest(self, headline: Headline) -> list[tuple[float, int]]:
        """Return scores and stories that a headline would belong to, best first, without placing it."""
        title = self._suffixes.strip(headline.title, headline.publisher)
        vector = self._frequencies.vector(title, headline.language)
        meaning = None
        if self._meanings is not None and headline.meaning is not None:
            meaning = self._meanings.centre(headline.meaning, headline.language)
        return self._scores(headline, vector, meaning)

    def place(self, headline: Headline) -> Placement:
        """Join the entry to a story or found one with the entry's id."""
        return self._take(headline, None)

    def _take(self, headline: Headline, known: int | None) -> Placement:
        self._expire(headline.at)
        title = self._suffixes.strip(headline.title, headline.publisher)
        kind = self._series.classify(title, headline.publisher, headline.at)
        if kind is Kind.SERIES:
            return Placement(entry_id=headline.entry_id, story_id=known or headline.entry_id, score=0.0, reason="series")
        vector = self._frequencies.vector(title, headline.language)
        meaning = None
        if self._meanings is not None and headline.meaning is not None:
            meaning = self._meanings.centre(headline.meaning, headline.language)
        same_title = " ".join(fold(title).split())
        merged: tuple[int, ...] = ()
        if known is not None:
            story_id, score, reason = known, 1.0, "known"
        elif (twin := self._by_title.get(same_title)) is not None:
            story_id, score, reason = twin, 1.0, "same title"
        else:
            story_id, score, reason, merged = self._decide(headline, same_title, vector, meaning)
        if kind is Kind.NEWS:
            self._add(story_id, headline, vector, meaning, same_title)
        self._frequencies.add(vector)
        for loser in merged:
            self._absorb(story_id, loser)
        return Placement(entry_id=headline.entry_id, story_id=story_id, score=score, reason=reason, merged=merged)

    def _decide(
        self, headline: Headline, same_title: str, vector: SparseVector, meaning: Vector | None
    ) -> tuple[int, float, str, tuple[int, ...]]:
        threshold = self._rules.join if meaning is not None else self._rules.join_by_words
        scores = [
            (score, story_id)
            for score, story_id in self._scores(headline, vector, meaning)
            if score < threshold
            or not self._own.only_repeats(
                story_id, headline.publisher, same_title, surely=score >= threshold + self._rules.alone
            )
        ]
        if not scores or scores[0][0] < threshold:
            return headline.entry_id, scores[0][0] if scores else 0.0, "new", ()
        score, story_id = scores[0]
        # Two stories that one entry belongs to beyond doubt are one; the older keeps its id.
        sure = sorted(other for other_score, other in scores if other_score >= self._rules.merge)
        same = [other for other in sure[1:] if other not in self._apart.get(sure[0], ())] if sure else []
        if same:
            return sure[0], score, "similar", tuple(same)
        return story_id, score, "similar", ()

    def _scores(self, headline: Headline, vector: SparseVector, meaning: Vector | None) -> list[tuple[float, int]]:
        rules = self._rules
        found = dict.fromkeys(self._index.find(vector, self._frequencies, limit=rules.candidates))
        near: dict[int, float] = {}
        if meaning is not None and self._meanings is not None:
            near = self._meanings.find(meaning, limit=rules.candidates)
            found.update(dict.fromkeys(near))
        scores = []
        for story_id in found:
            story = self._stories.get(story_id)
            if story is None or story.last_at is None:
                continue
            score = _dot(vector, story.sums) / math.sqrt(story.square)
            if meaning is not None and self._meanings is not None:
                sense = near[story_id] if story_id in near else self._meanings.cosine(story_id, meaning)
                if headline.language in story.languages:
                    score = rules.words * score + (1 - rules.words) * sense
                else:
                    score = rules.across_words * score + rules.across_meaning * sense
            gap = abs((headline.at - story.last_at) / HOUR)  # an entry may be late
            scores.append((score - rules.decay * math.log1p(gap / 6), story_id))
        scores.sort(key=lambda pair: (-pair[0], pair[1]))
        return scores

    def _add(self, story_id: int, headline: Headline, vector: SparseVector, meaning: Vector | None, same_title: str) -> None:
        story = self._stories.get(story_id)
        if story is None:
            story = self._stories[story_id] = _Story()
        self._index.add(story_id, vector.keys() - story.sums.keys())
        story.square += 1.0 + 2.0 * _dot(vector, story.sums)
        for feature, weight in vector.items():
            story.sums[feature] = story.sums.get(feature, 0.0) + weight
        story.size += 1
        story.languages.add(headline.language)
        story.titles.add(same_title)
        self._own.note(story_id, headline.publisher, same_title)
        story.last_at = headline.at if story.last_at is None else max(headline.at, story.last_at)
        self._by_title[same_title] = story_id
        self._stories.move_to_end(story_id)
        if meaning is not None and self._meanings is not None:
            self._meanings.add(story_id, meaning)

    def _absorb(self, into: int, loser: int) -> None:
        lost = self._stories.pop(loser, None)
        kept = self._stories.get(into)
        if lost is None or kept is None:
            return
        for other in self._apart.pop(loser, set()):
            self.keep_apart(into, other)
        self._index.remove(loser, lost.sums)
        self._index.add(into, lost.sums)
        kept.square += lost.square + 2.0 * _dot(lost.sums, kept.sums)
        for feature, weight in lost.sums.items():
            kept.sums[feature] = kept.sums.get(feature, 0.0) + weight
        kept.size += lost.size
        kept.languages |= lost.languages
        kept.titles |= lost.titles
        self._own.absorb(into, loser)
        for title in lost.titles:
            self._by_title[title] = into
        if self._meanings is not None:
            self._meanings.absorb(into, loser)

    def _expire(self, now: datetime) -> None:
        while self._stories:
            story_id, story = next(iter(self._stories.items()))
            if story.last_at is None or now - story.last_at <= self._rules.window:
                return
            del self._stories[story_id]
            self._own.forget(story_id)
            self._index.remove(story_id, story.sums)
            for title in story.titles:
                self._by_title.pop(title, None)
            if self._meanings is not None:
                self._meanings.remove(story_id)


def _dot(vector: SparseVector, sums: SparseVector) -> float:
    get = sums.get
    return sum([weight * get(feature, 0.0) for feature, weight in vector.items()])
