"""Relating: for each story that changed, the others that readers of it would want next, out of the days before and the archive.

Words find them: the rarest stems of a story are looked up in the full-text index, and what shares most of them is compared
whole. Names are written alike in many languages, so stories of other languages are among them.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aggregator.group.persons import persons
from aggregator.group.rubrics import is_rubric
from aggregator.group.vectors import Frequencies, SparseVector
from aggregator.group.words import fold, plain_text, primary_language
from aggregator.model.related import Related, StoryText
from aggregator.model.report import RelateReport
from aggregator.pipeline.indexing import stems_of
from aggregator.pipeline.progress import note_reached, placed_until, reached
from aggregator.rank.related import Candidate, choose_related, dot
from aggregator.storage import Storage, Transaction

LISTED_STORIES = 12
"""Stories named beside one: a box of six, and as many in reserve for who wants one language only, or for those that go."""

REFRESHED = timedelta(hours=6)
"""After which the list of a young story is made anew, whatever happened."""

NEIGHBOUR_DELAY = timedelta(minutes=15)
"""After which a story is looked at that another has just named: it may want to name that one in turn."""

ACTIVE = timedelta(days=3)
"""For which a story is young: later ones do not change what stands beside it."""

BATCH_STORIES = 100
"""Stories a transaction."""

BUDGET = timedelta(seconds=20)
"""What a pass may take; what is left waits for the next."""

RULES = "2"
"""Changes when lists would come out otherwise: all are made anew then."""

RELATED_NOTE = "related"  # key of the note that says up to which revision of entries, by which rules
_READ_CHARS = 240  # of a teaser: what stands further below is the next thought
_HELD_STEMS = 900  # entries that a stem is looked up among; one that more have says little, and is passed over
_LOOKED_UP = 20  # stems of a story, those of the title first
_ASKED_STEMS = 10  # of a story, the rarest
_COMPARED = 40  # stories of those that share most of them
_CONSIDERED = 120  # entries of which the stories are asked
_WARMING = 1_000  # newest stories that a fresh process learns from how rare words are
_CACHED = 20_000  # stems and stories kept in memory
_SHORTEST = 3  # letters of a stem that is looked up
_FOREIGN = 0.75  # share of the similarity of a story in another language that counts: words that only look alike are common
_TITLE_WORTH = 2.0  # times that of a stem in the teaser


@dataclass(frozen=True, slots=True)
class _Said:
    """A story taken apart."""

    text: StoryText
    vector: SparseVector
    people: frozenset[str]


@dataclass(slots=True)
class RelatedMemory:
    """What a process knows of words; it is filled from the store, so it may be thrown away at any time."""

    default_language: str
    frequencies: Frequencies = field(default_factory=Frequencies)
    said: dict[int, _Said] = field(default_factory=dict)
    common: set[str] = field(default_factory=set)  # stems that too many entries hold to find anything by
    is_warm: bool = False

    @property
    def rules(self) -> str:
        """What lists are made by: they are made anew where it is another."""
        return f"{RULES}/{self.default_language}"


def relate_stories(
    storage: Storage,
    memory: RelatedMemory,
    *,
    now: datetime,
    should_stop: Callable[[], bool] = lambda: False,
    elapsed: Callable[[], float] = time.monotonic,
) -> RelateReport:
    """Bring the lists of related stories up to what is grouped and indexed, and make those anew that are due.

    A pass ends after `BUDGET` by `elapsed` (seconds), and goes on where it was the next time.
    """
    until_time = elapsed() + BUDGET.total_seconds()
    rules = memory.rules
    related = 0
    while not should_stop() and elapsed() < until_time:
        with storage.read() as tx:
            _warm(tx, memory)
            until = min(placed_until(tx), tx.search.revision())
            after = reached(tx, RELATED_NOTE, rules=rules)
            end, touched = after, list[int]()
            if after < until:
                end, touched = tx.related.touched(after=after, until=until, limit=BATCH_STORIES)
            due = [] if touched else tx.related.due(now=now, limit=BATCH_STORIES)
            if end == after and not due:
                break
            lists, due_at = _relate(tx, memory, [*touched, *due], learn=set(touched), now=now)
            neighbours = _neighbours(tx, lists, fresh=set(touched))
        with storage.write() as tx:
            tx.related.save(lists, due_at=due_at)
            tx.related.hasten(neighbours, due_at=now + NEIGHBOUR_DELAY)
            note_reached(tx, RELATED_NOTE, end, rules=rules)
        related += len(lists)
    return RelateReport(related=related)


def _warm(tx: Transaction, memory: RelatedMemory) -> None:
    if not memory.is_warm:
        for said in _say(tx, memory, tx.related.newest(limit=_WARMING)).values():
            memory.frequencies.add(said.vector)
        memory.said.clear()  # their vectors knew nothing yet
        memory.is_warm = True


def _relate(
    tx: Transaction, memory: RelatedMemory, story_ids: Sequence[int], *, learn: set[int], now: datetime
) -> tuple[dict[int, list[Related]], dict[int, datetime]]:
    for story_id in learn:
        memory.said.pop(story_id, None)  # its words changed
    said = _say(tx, memory, story_ids)
    for story_id in learn & said.keys():
        memory.frequencies.add(said[story_id].vector)
    held: dict[str, list[int]] = {}
    lists: dict[int, list[Related]] = {}
    due_at: dict[int, datetime] = {}
    for story_id, one in said.items():
        near = _find_near(tx, memory, one, held)
        others = _say(tx, memory, near)
        lists[story_id] = choose_related(
            [_candidate(one, other) for other in others.values() if not _is_issue(one.text, other.text)],
            dated_at=one.text.dated_at,
            people=one.people,
            limit=LISTED_STORIES,
        )
        if now - one.text.dated_at < ACTIVE:
            due_at[story_id] = now + REFRESHED
    return lists, due_at


def _neighbours(tx: Transaction, lists: Mapping[int, Sequence[Related]], *, fresh: set[int]) -> set[int]:
    """Return the stories that a story which changed has just named, and that do not name it yet."""
    named: dict[int, set[int]] = {}
    for story_id in fresh & lists.keys():
        for one in lists[story_id]:
            if one.story_id not in lists:
                named.setdefault(one.story_id, set()).add(story_id)
    known = tx.related.of(named)
    return {other for other, by in named.items() if by - {one.story_id for one in known.get(other, ())}}


def _find_near(tx: Transaction, memory: RelatedMemory, one: _Said, held: dict[str, list[int]]) -> list[int]:
    """Return the stories that share most of the rare stems of one; `held` keeps what was looked up."""
    language = primary_language(one.text.language) or ""
    title = dict.fromkeys(stems_of(one.text.title, language), _TITLE_WORTH)
    worth = dict.fromkeys(stems_of(_teaser(one.text), language), 1.0) | title
    telling = _telling_stems(tx, memory, title, worth, held)
    telling.sort(key=lambda stem: len(held[stem]) / worth[stem])
    shared: defaultdict[int, float] = defaultdict(float)
    for stem in telling[:_ASKED_STEMS]:
        rarity = worth[stem] * math.log(10 * _HELD_STEMS / len(held[stem]))
        for entry_id in held[stem]:
            shared[entry_id] += rarity
    story_of = tx.stories.of_entries(sorted(shared, key=lambda entry_id: (-shared[entry_id], -entry_id))[:_CONSIDERED])
    best: defaultdict[int, float] = defaultdict(float)
    for entry_id, story_id in story_of.items():
        best[story_id] = max(best[story_id], shared[entry_id])
    best.pop(one.text.story_id, None)
    return sorted(best, key=lambda story_id: (-best[story_id], -story_id))[:_COMPARED]


def _telling_stems(
    tx: Transaction, memory: RelatedMemory, title: Iterable[str], others: Iterable[str], held: dict[str, list[int]]
) -> list[str]:
    """Return stems that other entries hold, too, but not too many of them; those of the title come first."""
    telling: list[str] = []
    for stem in dict.fromkeys([*title, *others]):
        if len(telling) == _LOOKED_UP:
            break
        if len(stem) < _SHORTEST or stem in memory.common:
            continue
        if stem not in held:
            held[stem] = tx.search.holding(stem, limit=_HELD_STEMS)
        if len(held[stem]) == _HELD_STEMS:
            if len(memory.common) >= _CACHED:
                memory.common.clear()
            memory.common.add(stem)
        elif len(held[stem]) > 1:
            telling.append(stem)
    return telling


def _say(tx: Transaction, memory: RelatedMemory, story_ids: Iterable[int]) -> dict[int, _Said]:
    """Return stories taken apart, those that are stored."""
    wanted = list(dict.fromkeys(story_ids))
    missing = [story_id for story_id in wanted if story_id not in memory.said]
    if len(memory.said) + len(missing) > _CACHED:
        memory.said.clear()
        missing = wanted
    for story_id, text in tx.related.texts(missing).items():
        language = primary_language(text.language) or memory.default_language
        teaser = _teaser(text)
        memory.said[story_id] = _Said(
            text,
            # The title counts twice.
            memory.frequencies.vector(f"{text.title} {text.title} {teaser}", language),
            persons(f"{text.title}. {teaser}"),
        )
    return {story_id: memory.said[story_id] for story_id in wanted if story_id in memory.said}


def _candidate(one: _Said, other: _Said) -> Candidate:
    return Candidate(
        story_id=other.text.story_id,
        vector=other.vector,
        similarity=dot(one.vector, other.vector) * (1.0 if _language(one.text) == _language(other.text) else _FOREIGN),
        dated_at=other.text.dated_at,
        people=other.people,
        publishers=other.text.publishers,
        readers=other.text.readers,
    )


def _is_issue(one: StoryText, other: StoryText) -> bool:
    """Return whether both are issues of a series: a publisher's titles that are the same, or share only their frame."""
    return one.site == other.site and (fold(one.title) == fold(other.title) or is_rubric(one.title, [other.title]))


def _language(text: StoryText) -> str:
    return primary_language(text.language) or ""


def _teaser(text: StoryText) -> str:
    return " ".join(plain_text(text.summary_html).split())[:_READ_CHARS]
