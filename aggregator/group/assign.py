"""Stories out of a stream of entries: each joins an active story or founds one, in order of arrival.

Pure: the state is in memory and can be rebuilt from the entries of the active window (`StoryGrouper.restore`). Memory and time
do not grow with history: stories nobody added to for the length of the window are forgotten here (not in the store).
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aggregator.group.candidates import StoryIndex
from aggregator.group.dates import without_dates
from aggregator.group.own_titles import OwnTitles, Said
from aggregator.group.rubrics import is_brief
from aggregator.group.series import Kind, SeriesMemory
from aggregator.group.strands import NO_ROW, Story, Strand
from aggregator.group.suffixes import SuffixStripper
from aggregator.group.vectors import Frequencies, SparseVector
from aggregator.group.words import fold

if TYPE_CHECKING:  # numpy comes with the sentence model only
    from aggregator.group.centring import Vector
    from aggregator.group.nearest import Meanings

_HOUR = 3_600.0  # seconds
_PAUSE = 6.0  # hours; shorter pauses hardly count
_ENOUGH_ACROSS = 4  # titles in other languages; more do not make it surer
_SURER = 0.25  # power of that number
_RIVALS = 3  # stories next to the best: what they score is the background the best must stand out from
_MERGED_AT_MOST = 3  # candidates looked at after a title joined


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupingRules:
    """The numbers of grouping; the defaults are those of `bench/quality_stories.py`, for a sentence model (`e5`) and without.

    Within a language the score is `words` x lexical + (1 - `words`) x meaning, of the title and the sum of the story; across
    languages the mean over the titles, `across_words` x lexical + `across_meaning` x meaning. A pause of g hours costs
    `decay` * ln(1 + g / 6). A title joins if the best score, less `background` x the mean of the next three, reaches `join`.
    A publisher that nobody else joins yet must score `alone` more: its own titles look alike. A title of fewer than four words
    must score `brief` more, and so must one that would join such titles only: one word that is the same is half of it.
    What shares one word with a story must score `one_word` more where either says hardly more than that.
    Two stories are one if what they say in one language scores `merge`, or in two languages `merge_across`. An entry whose
    title changed moves to the story that it now scores `move` with, if it would not join its own any more. An entry placed by
    words that gets its vector later must score `later` more: it has been shown where it stands.
    """

    window: timedelta = timedelta(hours=48)
    decay: float = 0.05
    candidates: int = 12
    join: float = 0.34
    words: float = 0.5
    across_words: float = 0.0
    across_meaning: float = 0.7
    background: float = 0.0
    alone: float = 0.18
    brief: float = 0.1
    one_word: float = 0.1
    merge: float = 0.5
    merge_across: float = 0.28
    move: float = 0.5
    later: float = 0.06
    join_by_words: float = 0.22
    one_word_by_words: float = 0.2
    across_by_words: float = 1.05
    background_by_words: float = 0.6
    merge_by_words: float = 0.5


def rules_for(model: str | None, rules: GroupingRules | None = None) -> GroupingRules:
    """Return the rules as a sentence model needs them, by its name (`use-0.2.1`): scores of two models are not alike."""
    made = rules or GroupingRules()
    if model is not None and model.startswith("use"):
        return replace(made, join=0.27, words=0.8, across_words=0.4, across_meaning=0.7, merge_across=0.4)
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """What grouping knows of an entry.

    `is_undated`: nobody knows when it came, as of an `Entry`; `at` is a guess then. `meaning` is the sentence vector
    of its title (float16), if there is one yet.
    """

    entry_id: int
    title: str
    language: str
    publisher: str
    at: datetime
    is_undated: bool = False
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
class _Title:
    """A headline made ready."""

    language: str
    at: float
    vector: SparseVector
    meaning: Vector | None
    said: Said
    key: int
    is_brief: bool


class StoryGrouper:
    """Knows the active stories; one thread at a time."""

    def __init__(self, rules: GroupingRules, meanings: Meanings | None = None) -> None:
        self._rules = rules
        self._meanings = meanings
        self._frequencies = Frequencies()
        self._index = StoryIndex()
        self._stories: OrderedDict[int, Story] = OrderedDict()
        self._by_title: dict[int, int] = {}
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
        text = self._suffixes.strip(headline.title, headline.publisher)
        return self._scores(self._read(headline, text, headline.at.timestamp()))

    def place(self, headline: Headline) -> Placement:
        """Join the entry to a story or found one with the entry's id."""
        return self._take(headline, None)

    def look_again(self, headline: Headline, *, may_join: bool) -> Placement | None:
        """Take in the vector of an entry that was placed without one; return what that changes.

        With `may_join`, an entry that is alone in the story it founded and clearly belongs to another makes one of both.
        """
        title = self._read(headline, self._suffixes.strip(headline.title, headline.publisher), headline.at.timestamp())
        own_id = self._by_title.get(title.key)
        if self._meanings is None or title.meaning is None or own_id is None:
            return None
        own = self._stories[own_id]
        strand = own.strands.get(title.language)
        if strand is None:
            return None
        if strand.row == NO_ROW:
            strand.row = self._meanings.open_row(own_id)
        self._meanings.add(strand.row, title.meaning)
        if not may_join or own_id != headline.entry_id or sum(one.size for one in own.strands.values()) > 1:
            return None
        story_id, score, reason, _ = self._decide(own_id, title, more=self._rules.later)
        if reason == "new" or story_id in self._apart.get(own_id, ()):
            return None
        kept, lost = sorted((own_id, story_id))
        self._absorb(kept, lost)
        return Placement(entry_id=headline.entry_id, story_id=kept, score=score, reason=reason, merged=(lost,))

    def _take(self, headline: Headline, known: int | None) -> Placement:
        at = headline.at.timestamp()
        self._expire(at)
        text = self._suffixes.strip(headline.title, headline.publisher)
        kind = self._series.classify(text, headline.publisher, headline.at)
        if kind is Kind.SERIES:
            return Placement(entry_id=headline.entry_id, story_id=known or headline.entry_id, score=0.0, reason="series")
        title = self._read(headline, text, at)
        merged: tuple[int, ...] = ()
        if known is not None:
            story_id, score, reason = known, 1.0, "known"
        elif (twin := self._by_title.get(title.key)) is not None:
            story_id, score, reason = twin, 1.0, "same title"
        else:
            story_id, score, reason, rivals = self._decide(headline.entry_id, title)
        if kind is Kind.NEWS:
            self._add(story_id, title)
            if reason == "similar":
                story_id, merged = self._merge(story_id, rivals, has_meaning=title.meaning is not None)
        self._frequencies.add(title.vector)
        return Placement(entry_id=headline.entry_id, story_id=story_id, score=score, reason=reason, merged=merged)

    def _read(self, headline: Headline, text: str, at: float) -> _Title:
        meaning = None
        if self._meanings is not None and headline.meaning is not None:
            meaning = self._meanings.centre(headline.meaning, headline.language)
            if not self._meanings.is_settled:
                meaning = None
        folded = " ".join(fold(text).split())
        return _Title(
            language=headline.language,
            at=at,
            vector=self._frequencies.vector(without_dates(text), headline.language),
            meaning=meaning,
            said=Said(headline.publisher, folded, at, headline.is_undated),
            key=hash(folded),
            is_brief=is_brief(folded),
        )

    def _decide(self, entry_id: int, title: _Title, *, more: float = 0.0) -> tuple[int, float, str, list[int]]:
        """Return the story of a title, its score, why, and the candidates next to it; joining takes `more` than usual."""
        rules = self._rules
        has_meaning = title.meaning is not None
        threshold = rules.join if has_meaning else rules.join_by_words
        background = rules.background if has_meaning else rules.background_by_words
        one_word = rules.one_word if has_meaning else rules.one_word_by_words
        scores = [(score, story_id) for score, story_id in self._scores(title) if story_id != entry_id]
        threshold += more
        threshold += rules.brief if title.is_brief else 0.0
        threshold += background * sum(max(other, 0.0) for other, _ in scores[1 : 1 + _RIVALS]) / _RIVALS
        scores = self._without_repeats(title, scores, threshold, one_word)
        if not scores or scores[0][0] < threshold:
            return entry_id, scores[0][0] if scores else 0.0, "new", []
        score, story_id = scores[0]
        near = [other_id for other, other_id in scores[1 : 1 + _MERGED_AT_MOST] if other >= threshold / 2]
        return story_id, score, "similar", near

    def _without_repeats(
        self, title: _Title, scores: Sequence[tuple[float, int]], threshold: float, one_word: float
    ) -> list[tuple[float, int]]:
        """Return the candidates that a title shares more with than a series or a word.

        What is nearest to an issue of a series is an issue, and joins nothing that its publisher alone tells.
        """
        kept = []
        is_issue = False
        for score, story_id in scores:
            if score >= threshold:
                alone = self._own.is_alone(story_id, title.said.publisher)
                if alone and is_issue:
                    continue
                if self._own.only_repeats(story_id, title.said, surely=score >= threshold + self._rules.alone):
                    is_issue = is_issue or alone
                    continue
                if self._own.share_too_little(story_id, title.said, surely=score >= threshold + one_word):
                    continue
            kept.append((score, story_id))
        return kept

    def _scores(self, title: _Title) -> list[tuple[float, int]]:
        """Return the candidates with their scores, best first."""
        found = self._index.find(title.vector, self._frequencies, limit=self._rules.candidates)
        if title.meaning is not None and self._meanings is not None:
            found = list(dict.fromkeys([*found, *self._meanings.find(title.meaning, limit=self._rules.candidates)]))
        scores = [(self._score(title, self._stories[story_id]), story_id) for story_id in found]
        scores.sort(key=lambda pair: (-pair[0], pair[1]))
        return scores

    def _score(self, title: _Title, story: Story) -> float:
        rules, meanings, meaning = self._rules, self._meanings, title.meaning
        score = lexical = sense = 0.0
        across = 0
        across_words = rules.across_by_words if meaning is None else rules.across_words
        for language, strand in story.strands.items():
            if language == title.language:
                score = strand.cosine(title.vector)
                if meaning is not None and meanings is not None and strand.row != NO_ROW:
                    score = rules.words * score + (1 - rules.words) * meanings.cosine(strand.row, meaning)
                continue
            across += strand.size
            if across_words:
                lexical += strand.dot(title.vector)
            if meaning is not None and meanings is not None and strand.row != NO_ROW:
                sense += meanings.dot(strand.row, meaning)
        if across:
            mean = (across_words * lexical + rules.across_meaning * sense) / across
            score = max(score, mean * min(across, _ENOUGH_ACROSS) ** _SURER)
        pause = abs(title.at - story.last_at) / _HOUR  # an entry may be late
        score -= rules.decay * math.log1p(pause / _PAUSE)
        return score - rules.brief if story.is_brief and not title.is_brief else score

    def _add(self, story_id: int, title: _Title) -> None:
        story = self._stories.get(story_id)
        if story is None:
            story = self._stories[story_id] = Story(last_at=title.at)
        else:
            self._stories.move_to_end(story_id)
        strand = story.strands.get(title.language)
        if strand is None:
            strand = story.strands[title.language] = Strand()
        strand.add(title.vector)
        if title.meaning is not None and self._meanings is not None:
            if strand.row == NO_ROW:
                strand.row = self._meanings.open_row(story_id)
            self._meanings.add(strand.row, title.meaning)
        story.indexed += self._index.add(story_id, title.vector, self._frequencies)
        self._own.note(story_id, title.said)
        if title.key not in self._by_title:
            story.titles += (title.key,)
            self._by_title[title.key] = story_id
        story.last_at = max(title.at, story.last_at)
        story.is_brief = story.is_brief and title.is_brief

    def _merge(self, story_id: int, rivals: list[int], *, has_meaning: bool) -> tuple[int, tuple[int, ...]]:
        """Make one of the story and those rivals that turn out to be the same; return what it is now, and the losers."""
        losers = []
        for rival_id in rivals:
            if rival_id in self._apart.get(story_id, ()) or self._own.are_rubric(story_id, rival_id):
                continue
            if self._are_one(self._stories[story_id], self._stories[rival_id], has_meaning=has_meaning):
                # The older keeps its id, and with it its address.
                kept, lost = sorted((story_id, rival_id))
                self._absorb(kept, lost)
                story_id = kept
                losers.append(lost)
        return story_id, tuple(losers)

    def _are_one(self, one: Story, other: Story, *, has_meaning: bool) -> bool:
        rules, meanings = self._rules, self._meanings
        pairs = 0
        across = 0.0
        for language, strand in one.strands.items():
            for other_language, other_strand in other.strands.items():
                has_rows = meanings is not None and NO_ROW not in {strand.row, other_strand.row}
                if language == other_language:
                    score = other_strand.dot(strand.sums()) / strand.length / other_strand.length
                    if meanings is not None and has_rows:
                        score = rules.words * score + (1 - rules.words) * meanings.cosine_rows(strand.row, other_strand.row)
                    if score >= (rules.merge if has_meaning else rules.merge_by_words):
                        return True
                elif meanings is not None and has_rows:
                    pairs += strand.size * other_strand.size
                    across += meanings.dot_rows(strand.row, other_strand.row)
        return pairs > 0 and across / (pairs + 0.5) >= rules.merge_across

    def _absorb(self, into: int, loser: int) -> None:
        lost = self._stories.pop(loser)
        kept = self._stories[into]
        for other in self._apart.pop(loser, ()):
            self.keep_apart(into, other)
        self._own.absorb(into, loser)
        kept.indexed += self._index.move(loser, into, lost.indexed)
        for language, strand in lost.strands.items():
            own = kept.strands.get(language)
            if own is None:
                kept.strands[language] = strand
                if self._meanings is not None and strand.row != NO_ROW:
                    self._meanings.rename(strand.row, into)
                continue
            own.add(strand.sums(), strand.size)
            if self._meanings is not None and strand.row != NO_ROW:
                if own.row == NO_ROW:
                    own.row = strand.row
                    self._meanings.rename(strand.row, into)
                else:
                    self._meanings.absorb(own.row, strand.row)
        kept.titles += lost.titles
        for key in lost.titles:
            self._by_title[key] = into
        kept.last_at = max(kept.last_at, lost.last_at)
        kept.is_brief = kept.is_brief and lost.is_brief
        self._stories.move_to_end(into)

    def _expire(self, now: float) -> None:
        window = self._rules.window.total_seconds()
        while self._stories:
            story_id, story = next(iter(self._stories.items()))
            if now - story.last_at <= window:
                return
            del self._stories[story_id]
            self._own.forget(story_id)
            self._index.remove(story_id, story.indexed)
            for key in story.titles:
                del self._by_title[key]
            if self._meanings is not None:
                for strand in story.strands.values():
                    if strand.row != NO_ROW:
                        self._meanings.close_row(strand.row)
