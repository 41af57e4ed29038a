"""Assign entries to topics by the rules of the configuration, each assignment with its grounds.

Words are looked for in the title, in the teaser (the first 1,000 letters of the summary, or of the content where there is no
summary), and in the publishers' categories. Whole articles are left out: they mention too much in passing. What an entry
means is looked for in the whole article where it carries one and is new; else in the title and the teaser.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache

from aggregator.errors import TopicNotFound
from aggregator.group.background import HEADLINES
from aggregator.group.embed import READ_CHARS, passage_key
from aggregator.group.prototypes import Nearness, TopicPrototypes
from aggregator.group.recollection import Recall, Recollection, recall_nothing
from aggregator.group.rules import Hits, Lexicon, Term, find_term
from aggregator.group.words import fold, plain_text
from aggregator.model.entry import Entry, EntryData
from aggregator.model.ground import Ground, GroundKind, Grounds, Place, notation
from aggregator.model.language import primary_language
from aggregator.model.topic import Assignment, Topic
from aggregator.protocols import Embedder

MEANING_WINDOW = timedelta(days=14)
"""Age of an entry above which only words are looked for: comparing meaning costs a hundred times as much."""

WHOLE_WINDOW = timedelta(days=3)
"""Age of an entry above which meaning is looked for in its beginning alone: an article costs a model three times as much."""

_TEASER_LENGTH = 1_000  # letters; feeds that carry whole articles in the summary get no more words than others
_TEASER_HTML_LENGTH = 4_000  # letters of HTML that hold the teaser
_WHOLE_HTML_LENGTH = 40_000  # letters of HTML of an article that are compared by meaning
_SAME_BEGINNING = 60  # letters; an article that begins so repeats the teaser
_ENOUGH_EXAMPLES = 20  # of a topic, with the entries that its words find; twice as many are no better
_READ_AT_ONCE = 50  # such entries that the model has not read yet: four seconds; the others when topics are learned again
_SHOWN_WORDS = 5  # words of a rule that a reason lists
_FIELDS = (Place.TITLE, Place.TEASER)
_CATEGORY_LEVELS = re.compile(r"[/>|,:]")  # `Sport/Fussball`, `Sport > Fussball`


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Whether an entry belongs to a topic: the rules it meets and those it fails."""

    slug: str
    entry_id: int
    met: Grounds
    unmet: Grounds
    is_borderline: bool = False

    @property
    def is_assigned(self) -> bool:
        """The entry belongs to the topic."""
        return not self.unmet

    @property
    def is_near_miss(self) -> bool:
        """The entry meets some rules of the topic, or nearly its description, and fails one."""
        return len(self.unmet) == 1 and (bool(self.met) or self.is_borderline)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    """A topic made ready: `first_words` are the numbers of the patterns of which one must be met, if that is so."""

    topic: Topic
    any_of: tuple[Term, ...]
    all_of: tuple[Term, ...]
    none_of: tuple[Term, ...]
    categories: tuple[str, ...]
    first_words: frozenset[int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """An entry as rules see it."""

    entry: Entry
    language: str
    hits: Hits
    nearness: Callable[[], dict[str, Nearness]]  # by topic; empty where meaning is not looked at


class TopicMatcher:
    """Knows the rules of all topics; one thread at a time.

    `open_embedder` gives the sentence model, when first needed, and `recall` what it has read before.
    """

    def __init__(
        self,
        topics: Sequence[Topic],
        *,
        default_language: str,
        open_embedder: Callable[[], Embedder | None] = lambda: None,
        recall: Recall = recall_nothing,
    ) -> None:
        self._default_language = primary_language(default_language) or default_language
        self._lexicon = Lexicon()
        self._rules = {topic.slug: self._prepare(topic) for topic in topics}
        self._described = {topic.slug: topic.described_by for topic in topics if topic.described_by}
        self._open_embedder = open_embedder
        self._recall = recall
        self._prototypes: TopicPrototypes | None = None
        self._new: dict[bytes, bytes] = {}

    def _prepare(self, topic: Topic) -> _Rules:
        any_of, all_of, none_of = (
            tuple(map(self._lexicon.term, words)) for words in (topic.any_of, topic.all_of, topic.none_of)
        )
        alternatives = topic.any_of and not topic.categories and not topic.described_by
        return _Rules(
            topic=topic,
            any_of=any_of,
            all_of=all_of,
            none_of=none_of,
            categories=tuple(map(fold, topic.categories)),
            first_words=frozenset(reading[0] for term in any_of for reading in term.readings) if alternatives else None,
        )

    @property
    def described(self) -> frozenset[str]:
        """The topics with a description, which entries are compared with."""
        return frozenset(self._described)

    def match(self, entry: Entry, *, now: datetime | None = None, by_meaning: bool = True) -> list[Assignment]:
        """Return the topics the entry belongs to, in the order of the configuration.

        `now` bounds what meaning is looked at; not `by_meaning`, descriptions are passed over.
        """
        reading = self._read(entry, now, by_meaning=by_meaning)
        found = []
        for slug, rules in self._rules.items():
            if rules.first_words is not None and rules.first_words.isdisjoint(reading.hits):
                continue
            grounds = _grounds(rules, reading)
            if grounds is not None:
                found.append(Assignment(slug=slug, entry_id=entry.id, reason=notation(grounds)))
        return found

    def explain(self, slug: str, entry: Entry) -> Explanation:
        """Return why the entry belongs to a topic, or what it lacks.

        Raises: TopicNotFound.
        """
        rules = self._rules.get(slug)
        if rules is None:
            nearest = difflib.get_close_matches(slug, self._rules, n=1)
            raise TopicNotFound(slug, nearest=nearest[0] if nearest else None)
        reading = self._read(entry)
        verdicts = list(_judge(rules, reading))
        met, unmet = (tuple(grounds for holds, grounds in verdicts if holds is wanted) for wanted in (True, False))
        near = reading.nearness().get(slug) if unmet else None
        borderline = near is not None and near.is_borderline
        return Explanation(slug=slug, entry_id=entry.id, met=met, unmet=unmet, is_borderline=borderline)

    def knows(self, slug: str, word: str) -> bool:
        """Return whether a word of the topic's rules finds this word."""
        hits = self._lexicon.search((word,), self._default_language)
        rules = self._rules[slug]
        return any(find_term(term, hits) for term in (*rules.any_of, *rules.all_of, *rules.none_of))

    def _read(self, entry: Entry, now: datetime | None = None, *, by_meaning: bool = True) -> _Reading:
        data = entry.data
        language = primary_language(data.language) or primary_language(entry.origins[0].language) or self._default_language
        teaser = _teaser(data.summary_html) or _teaser(data.content_html)
        hits = self._lexicon.search((data.title, teaser, *data.categories), language)
        is_recent = now is None or entry.dated_at >= now - MEANING_WINDOW

        @cache
        def nearness() -> dict[str, Nearness]:
            if not (by_meaning and is_recent and self._described):
                return {}
            is_new = now is None or entry.dated_at >= now - WHOLE_WINDOW
            return self._near(_whole(data) if is_new else _beginning(data, teaser), language)

        return _Reading(entry=entry, language=language, hits=hits, nearness=nearness)

    def take_new(self) -> tuple[str, dict[bytes, bytes]]:
        """Return the vectors of passages made since the last call, and the name of the model: what to recall another time."""
        self._keep_new()
        made, self._new = self._new, {}
        embedder = self._open_embedder() if made else None
        return ("" if embedder is None else embedder.name), made

    def _keep_new(self) -> None:
        if self._prototypes is not None:
            self._new |= self._prototypes.take_new()

    def _near(self, text: str, language: str) -> dict[str, Nearness]:
        if self._prototypes is None or self._prototypes.has_outgrown:
            self._keep_new()
            self._prototypes = self._learn()
        return self._prototypes.near([(text, language)])[0]

    def _learn(self) -> TopicPrototypes:
        embedder = self._open_embedder()
        if embedder is None:
            return TopicPrototypes(self._described, language=self._default_language)
        texts = [text for described in self._described.values() for text in described]
        recalled = self._recall(embedder, (*texts, *HEADLINES))
        return TopicPrototypes(
            self._with_found(recalled),
            language=self._default_language,
            embedder=embedder,
            recalled={**recalled.vectors, **self._new},
        )

    def _with_found(self, recalled: Recollection) -> dict[str, tuple[str, ...]]:
        """Return what describes the topics, with entries as further examples that the words of one of them alone find.

        Not without a model: by words alone, what is like them is of the topic too seldom.
        """
        described = {slug: dict.fromkeys(texts) for slug, texts in self._described.items()}
        unread = _READ_AT_ONCE
        for entry in recalled.entries:
            found = [made.slug for made in self.match(entry, by_meaning=False) if made.slug in described]
            if len(found) != 1 or len(described[found[0]]) >= _ENOUGH_EXAMPLES:
                continue
            passage = passages_of(entry.data)[-1]
            is_read = passage_key(passage) in recalled.vectors
            if is_read or unread:
                unread -= not is_read
                described[found[0]].setdefault(passage)
        return {slug: tuple(texts) for slug, texts in described.items()}


def passages_of(data: EntryData) -> tuple[str, ...]:
    """Return the texts that an entry is compared by: while it is new, and later."""
    return tuple(dict.fromkeys((_whole(data), _beginning(data, _teaser(data.summary_html) or _teaser(data.content_html)))))


def _teaser(sanitised_html: str) -> str:
    return plain_text(sanitised_html[:_TEASER_HTML_LENGTH]).strip()[:_TEASER_LENGTH]


def _beginning(data: EntryData, teaser: str) -> str:
    return f"{data.title}. {teaser}"[:READ_CHARS]


def _whole(data: EntryData) -> str:
    """Return the title with the whole article, or with the beginning of the teaser where there is none."""
    teaser = _teaser(data.summary_html)
    article = plain_text(data.content_html[:_WHOLE_HTML_LENGTH]).strip()
    if len(article) <= len(teaser):
        return _beginning(data, teaser)
    repeated = article.startswith(teaser[:_SAME_BEGINNING])
    return f"{data.title}. {article}" if repeated else f"{data.title}. {teaser} {article}"


def _grounds(rules: _Rules, reading: _Reading) -> Grounds | None:
    """Return what the entry meets, or None as soon as one rule fails."""
    met = []
    for holds, grounds in _judge(rules, reading):
        if not holds:
            return None
        met.append(grounds)
    return tuple(met)


def _judge(rules: _Rules, reading: _Reading) -> Iterator[tuple[bool, tuple[Ground, ...]]]:
    """Yield whether the entry meets each rule of a topic, with the grounds; a `none` that holds is not worth a word."""
    topic = rules.topic
    described = bool(topic.described_by)
    if (rules.any_of or rules.categories) and not described:
        yield _judge_any(rules, reading)
    for term in rules.all_of:
        found = find_term(term, reading.hits)
        missing = Ground(kind=GroundKind.MISSING, word=term.text)
        yield (True, (_found(GroundKind.ALL, term, found),)) if found else (False, (missing,))
    for term in rules.none_of:
        found = find_term(term, reading.hits)
        if found:
            yield False, (_found(GroundKind.NONE, term, found),)
    if topic.tags or topic.feeds:
        yield _judge_feeds(topic, reading.entry)
    if topic.languages:
        holds = reading.language in topic.languages
        kind, words = (GroundKind.LANGUAGE, ()) if holds else (GroundKind.NO_LANGUAGE, topic.languages)
        yield holds, (Ground(kind=kind, found=reading.language, words=words),)
    if described:  # last, for it may cost a look at what the entry means
        yield _judge_description(rules, reading)
    elif not (rules.any_of or rules.all_of or rules.categories or topic.tags or topic.feeds or topic.languages):
        yield False, (Ground(kind=GroundKind.NO_RULE),)


def _judge_description(rules: _Rules, reading: _Reading) -> tuple[bool, tuple[Ground, ...]]:
    lacking: tuple[Ground, ...] = ()
    if rules.any_of or rules.categories:
        holds, grounds = _judge_any(rules, reading)
        if holds:
            return True, grounds
        lacking = grounds
    near = reading.nearness().get(rules.topic.slug)
    if near is None:
        return False, (*lacking, Ground(kind=GroundKind.TOO_OLD))
    if near.is_near:
        return True, (Ground(kind=GroundKind.NEAR, words=tuple(near.words)),)
    if near.score >= 1.0:
        return False, (*lacking, Ground(kind=GroundKind.NEARER_ELSEWHERE, words=tuple(near.words)))
    return False, (*lacking, Ground(kind=GroundKind.FAR, words=tuple(near.words), share=near.score))


def _judge_any(rules: _Rules, reading: _Reading) -> tuple[bool, tuple[Ground, ...]]:
    for term in rules.any_of:
        found = find_term(term, reading.hits)
        if found:
            return True, (_found(GroundKind.ANY, term, found),)
    for category in reading.entry.data.categories if rules.categories else ():
        if any(_is_category(wanted, level) for level in _levels(category) for wanted in rules.categories):
            return True, (Ground(kind=GroundKind.CATEGORY, found=category),)
    lacking = []
    if rules.any_of:
        lacking.append(_lacking(GroundKind.NO_WORD, [term.text for term in rules.any_of]))
    if rules.categories:
        lacking.append(_lacking(GroundKind.NO_CATEGORY, rules.topic.categories))
    return False, tuple(lacking)


@lru_cache(maxsize=4_096)  # categories; publishers use the same few again and again
def _levels(category: str) -> tuple[str, ...]:
    return (fold(category), *(fold(level.strip()) for level in _CATEGORY_LEVELS.split(category)))


def _is_category(wanted: str, category: str) -> bool:
    bare = wanted.strip("*")
    if wanted.startswith("*") and wanted.endswith("*"):
        return bare in category
    if wanted.endswith("*"):
        return category.startswith(bare)
    return category.endswith(bare) if wanted.startswith("*") else category == bare


def _judge_feeds(topic: Topic, entry: Entry) -> tuple[bool, tuple[Ground, ...]]:
    for origin in entry.origins:
        tag = next((tag for tag in topic.tags if tag in origin.tags), None)
        if tag is not None:
            return True, (Ground(kind=GroundKind.TAG, found=tag),)
        if origin.feed_url in topic.feeds:
            return True, (Ground(kind=GroundKind.FEED, found=origin.feed_url),)
    lacking = [_lacking(GroundKind.NO_TAG, topic.tags)] if topic.tags else []
    return False, tuple([*lacking, Ground(kind=GroundKind.NO_FEED)] if topic.feeds else lacking)


def _lacking(kind: GroundKind, words: Sequence[str]) -> Ground:
    return Ground(kind=kind, words=tuple(words[:_SHOWN_WORDS]), has_more=len(words) > _SHOWN_WORDS)


def _found(kind: GroundKind, term: Term, found: tuple[int, str]) -> Ground:
    field, words = found
    return Ground(kind=kind, word=term.text, found=words, place=_FIELDS[field] if field < len(_FIELDS) else Place.CATEGORY)
