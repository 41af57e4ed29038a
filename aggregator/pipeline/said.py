"""What stories say, kept between passes: rare words, persons, sentence vectors, and what of it publishers say every time.

The vectors are those that grouping makes of titles; without a model, and for a story without one, words decide alone.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aggregator.group.assign import GroupingRules, rules_for
from aggregator.group.persons import persons
from aggregator.group.refrains import Refrains
from aggregator.group.vectors import Frequencies, SparseVector, dot
from aggregator.group.words import plain_text
from aggregator.model.language import primary_language
from aggregator.model.related import StoryText
from aggregator.pipeline.meanings import make_meanings, said_title, stored_meanings
from aggregator.protocols import Embedder
from aggregator.storage import Storage, Transaction

if TYPE_CHECKING:  # numpy comes with the sentence model only
    from aggregator.group.centring import Vector
    from aggregator.group.nearest import Meanings

MEANT_STORIES = 15_000
"""Stories whose vectors are searched, the latest: months of a household, a day of a large site, and 50 MB at most. Older
ones are found by their words."""

EMBEDDED = timedelta(days=30)
"""How old a story may be to be given a vector here: a first poll brings years. Those that grouping still compares are left to
it: it tells by the vector whether a title was compared by meaning (`pipeline/catching_up.py`)."""

_READ_CHARS = 240  # of a teaser: what stands further below is the next thought
_WARMING = 1_000  # newest stories that a fresh process learns from how rare words are
_TOLD_AT_ONCE = 1_000  # stories read from the store together
_CACHED = 8_000  # stories kept in memory, some 10 KB each
_LOOSE, _LOOSE_ACROSS = 0.08, 0.09
"""What titles have in common in the mean that share no more than a field, within a language and across: taken off, so that
one number says for both, and for stories without a vector, what is near enough. Source: ADR 14."""

_FOREIGN = 0.75  # share of the similarity by words of a story in another language that counts: many words only look alike


@dataclass(frozen=True, slots=True)
class Said:
    """A story taken apart; its title and teaser are without what its publisher says every time."""

    text: StoryText
    title: str
    teaser: str
    language: str
    vector: SparseVector
    people: frozenset[str]
    meaning: Vector | None


@dataclass(slots=True)
class RelatedMemory:
    """What a process knows of stories; it is filled from the store, so it may be thrown away at any time."""

    default_language: str
    open_embedder: Callable[[], Embedder | None] = lambda: None
    embedder: Embedder | None = None
    frequencies: Frequencies = field(default_factory=Frequencies)
    refrains: Refrains = field(default_factory=Refrains)
    said: dict[int, Said] = field(default_factory=dict)
    common: set[str] = field(default_factory=set)  # stems that too many entries hold to find anything by
    meanings: Meanings | None = None
    rows: OrderedDict[int, int] = field(default_factory=OrderedDict)  # of `meanings`, by story, the oldest first
    blend: GroupingRules = field(default_factory=GroupingRules)
    is_warm: bool = False

    def warm(self, tx: Transaction) -> None:
        """Learn from the newest stories, once, which words are rare, what recurs, and what titles have in common."""
        if self.is_warm:
            return
        self.embedder = self.open_embedder()
        if self.embedder is not None:
            from aggregator.group.nearest import Meanings  # noqa: PLC0415 - needs numpy, which comes with a model

            self.meanings = Meanings(self.embedder.dimensions)
            self.blend = rules_for(self.embedder.name)
        newest = tx.related.newest(limit=_WARMING if self.meanings is None else MEANT_STORIES)[::-1]
        for start in range(0, len(newest), _TOLD_AT_ONCE):
            self._learn_titles(tx, newest[start : start + _TOLD_AT_ONCE], is_last=start + _TOLD_AT_ONCE >= len(newest))
        self.is_warm = True

    def _learn_titles(self, tx: Transaction, story_ids: Sequence[int], *, is_last: bool) -> None:
        texts = tx.related.texts(story_ids)
        for text in texts.values():
            self._note_refrains(text)
            if is_last:
                self.frequencies.add(self.frequencies.vector(f"{text.title} {teaser_of(text)}", self._language(text)))
        if self.meanings is None or self.embedder is None:
            return
        held = stored_meanings(tx, self.embedder, map(_spoken, texts.values()))
        known = [(text, held[_spoken(text)]) for text in texts.values() if _spoken(text) in held]
        for text, meaning in known:
            self.meanings.centre(meaning, self._language(text))
        for text, meaning in known:  # a second time, now that it is known what they have in common
            self._place(text.story_id, self.meanings.centre(meaning, self._language(text)))

    def embed(self, storage: Storage, story_ids: Iterable[int], *, now: datetime, should_stop: Callable[[], bool]) -> None:
        """Make the vectors that stories of the last weeks among these lack, as far as a budget allows, and store them."""
        if self.embedder is None:
            return
        with storage.read() as tx:
            texts = tx.related.texts(story_ids)
        lacking = [text for text in texts.values() if self.blend.window <= now - text.dated_at < EMBEDDED and _spoken(text)]
        make_meanings(storage, self.embedder, [_spoken(text) for text in lacking], now=now, should_stop=should_stop)

    def is_waiting(self, one: Said, *, now: datetime) -> bool:
        """Return whether grouping will give a story the vector that it lacks."""
        return (
            self.embedder is not None
            and one.meaning is None
            and bool(one.title)
            and now - one.text.dated_at < self.blend.window
        )

    def learn(self, tx: Transaction, changed: Sequence[int], due: Sequence[int]) -> None:
        """Take up stories that are new or changed, and of those that are due the vectors they got meanwhile."""
        for story_id in changed:
            self.said.pop(story_id, None)
        for story_id in due:
            if story_id in self.said and self.said[story_id].meaning is None:
                del self.said[story_id]
        for text in tx.related.texts(changed).values():
            self._note_refrains(text)
        fresh = set(changed)
        for story_id, said in self.say(tx, [*changed, *due]).items():
            if story_id in fresh:
                self.frequencies.add(said.vector)
            if said.meaning is not None and (story_id in fresh or story_id not in self.rows):
                self._place(story_id, said.meaning)

    def say(self, tx: Transaction, story_ids: Iterable[int]) -> dict[int, Said]:
        """Return stories taken apart, those that are stored."""
        wanted = list(dict.fromkeys(story_ids))
        missing = [story_id for story_id in wanted if story_id not in self.said]
        if len(self.said) + len(missing) > _CACHED:
            self.said.clear()
            missing = wanted
        texts = tx.related.texts(missing)
        held: Mapping[str, bytes] = {}
        if self.embedder is not None:
            held = stored_meanings(tx, self.embedder, map(_spoken, texts.values()))
        for story_id, text in texts.items():
            self.said[story_id] = self._take_apart(text, held.get(_spoken(text)))
        for story_id in missing:
            if story_id not in texts:
                self._forget(story_id)
        return {story_id: self.said[story_id] for story_id in wanted if story_id in self.said}

    def find_meant(self, one: Said, *, limit: int) -> list[int]:
        """Return the stories of the last time whose titles mean nearly the same, in any language."""
        if self.meanings is None or one.meaning is None or not self.meanings.is_settled:
            return []
        return self.meanings.find(one.meaning, limit=limit)

    def similarity(self, one: Said, other: Said) -> float:
        """Return how near two stories are: by words and meaning as grouping blends them, on the scale of words alone."""
        words = dot(one.vector, other.vector)
        is_foreign = one.language != other.language
        if one.meaning is None or other.meaning is None:
            return _FOREIGN * words if is_foreign else words
        sense = float(one.meaning @ other.meaning)
        if is_foreign:
            return self.blend.across_words * words + self.blend.across_meaning * sense - _LOOSE_ACROSS
        return self.blend.words * words + (1 - self.blend.words) * sense - _LOOSE

    def _take_apart(self, text: StoryText, meaning: bytes | None) -> Said:
        language = self._language(text)
        title = self.refrains.strip_title(text.title, text.site)
        teaser = self.refrains.strip(teaser_of(text), text.site)
        centred = None
        if meaning is not None and title == text.title and self.meanings is not None:
            centred = self.meanings.centre(meaning, language)
        return Said(
            text=text,
            title=title,
            teaser=teaser,
            language=language,
            vector=self.frequencies.vector(f"{title} {title} {teaser}", language),  # the title counts twice
            people=persons(f"{title}. {teaser}"),
            meaning=centred,
        )

    def _note_refrains(self, text: StoryText) -> None:
        self.refrains.note(text.story_id, text.title, text.site)
        self.refrains.note(text.story_id, teaser_of(text), text.site)

    def _place(self, story_id: int, meaning: Vector) -> None:
        if self.meanings is None:
            return
        self._forget(story_id)
        row = self.rows[story_id] = self.meanings.open_row(story_id)
        self.meanings.add(row, meaning)
        if len(self.rows) > MEANT_STORIES:
            self._forget(next(iter(self.rows)))

    def _forget(self, story_id: int) -> None:
        row = self.rows.pop(story_id, None)
        if row is not None and self.meanings is not None:
            self.meanings.close_row(row)

    def _language(self, text: StoryText) -> str:
        return primary_language(text.language) or primary_language(self.default_language)


def teaser_of(text: StoryText) -> str:
    """Return the beginning of a story's teaser, plain."""
    return " ".join(plain_text(text.summary_html).split())[:_READ_CHARS]


def _spoken(text: StoryText) -> str:
    return said_title(text.title, text.summary_html)
