"""Relating: for each story that changed, the others that readers of it would want next, out of the days before and the archive.

Words find them, in the whole archive: the rarest stems of a story are looked up in the full-text index, and what shares most of
them is compared whole. Where there is a sentence model, vectors of titles find late ones in any language (`said.py`).
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from aggregator.group.rubrics import is_rubric, words_of
from aggregator.model.related import Related, StoryText
from aggregator.model.report import RelateReport
from aggregator.pipeline.indexing import stems_of
from aggregator.pipeline.progress import note_reached, placed_until, reached
from aggregator.pipeline.said import RelatedMemory, Said
from aggregator.rank.related import Candidate, choose_related
from aggregator.storage import Storage, Transaction

LISTED_STORIES = 12
"""Stories named beside one: a box of six, and as many in reserve for who wants one language only, or for those that go."""

REFRESHED = timedelta(hours=6)
"""After which the list of a young story is made anew, whatever happened."""

AWAITED = timedelta(hours=1)
"""The same where the sentence model has not come to its title yet: after a first poll that takes minutes."""

NEIGHBOUR_DELAY = timedelta(minutes=15)
"""After which a story is looked at that another has just named: it may want to name that one in turn."""

ACTIVE = timedelta(days=3)
"""For which a story is young: later ones do not change what stands beside it."""

BATCH_STORIES = 25
"""Stories a transaction: half a second of work, after which a stop is heeded."""

BUDGET = timedelta(seconds=20)
"""What a pass may take; what is left waits for the next."""

RULES = "3"
"""Changes when lists would come out otherwise: all are made anew then."""

RELATED_NOTE = "related"  # key of the note that says up to which revision of entries, by which rules
_HELD_STEMS = 900  # entries that a stem is looked up among; one that more have says little, and is passed over
_LOOKED_UP = 20  # stems of a story, those of the title first
_ASKED_STEMS = 10  # of a story, the rarest
_COMPARED = 40  # stories of those that share most of them
_CONSIDERED = 120  # entries of which the stories are asked
_MEANT = 24  # stories whose titles mean most nearly the same
_CACHED = 20_000  # stems kept in memory
_SHORTEST = 3  # letters of a stem that is looked up
_TITLE_WORTH = 2.0  # times that of a stem in the teaser


def rules_of(memory: RelatedMemory) -> str:
    """Return what lists are made by: they are made anew where it is another."""
    return f"{RULES}/{memory.default_language}"


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
    rules = rules_of(memory)
    related = 0
    while not should_stop() and elapsed() < until_time:
        with storage.read() as tx:
            until = min(placed_until(tx), tx.search.revision())
            after = reached(tx, RELATED_NOTE, rules=rules)
            end, touched = after, list[int]()
            if after < until:
                end, touched = tx.related.touched(after=after, until=until, limit=BATCH_STORIES)
            due = [] if touched else tx.related.due(now=now, limit=BATCH_STORIES)
            if end == after and not due:
                break
            memory.warm(tx)
        memory.embed(storage, [*touched, *due], now=now, should_stop=should_stop)
        with storage.read() as tx:
            memory.learn(tx, touched, due)
            lists, due_at = _relate(tx, memory, [*touched, *due], now=now)
            neighbours = _neighbours(tx, lists, fresh=set(touched))
        with storage.write() as tx:
            tx.related.save(lists, due_at=due_at)
            tx.related.hasten(neighbours, due_at=now + NEIGHBOUR_DELAY)
            note_reached(tx, RELATED_NOTE, end, rules=rules)
        related += len(lists)
    return RelateReport(related=related)


def _relate(
    tx: Transaction, memory: RelatedMemory, story_ids: Sequence[int], *, now: datetime
) -> tuple[dict[int, list[Related]], dict[int, datetime]]:
    held: dict[str, list[int]] = {}
    lists: dict[int, list[Related]] = {}
    due_at: dict[int, datetime] = {}
    for story_id, one in memory.say(tx, story_ids).items():
        near = [*_find_near(tx, memory, one, held), *memory.find_meant(one, limit=_MEANT)]
        others = {number: other for number, other in memory.say(tx, near).items() if number != story_id}
        lists[story_id] = choose_related(
            [_candidate(memory, one, other) for other in others.values() if not _is_issue(one.text, other.text)],
            dated_at=one.text.dated_at,
            people=one.people,
            likeness=partial(_likeness, memory, others),
            limit=LISTED_STORIES,
        )
        if now - one.text.dated_at < ACTIVE:
            due_at[story_id] = now + (AWAITED if memory.is_waiting(one, now=now) else REFRESHED)
    return lists, due_at


def _likeness(memory: RelatedMemory, said: Mapping[int, Said], one: Candidate, other: Candidate) -> float:
    return memory.similarity(said[one.story_id], said[other.story_id])


def _neighbours(tx: Transaction, lists: Mapping[int, Sequence[Related]], *, fresh: set[int]) -> set[int]:
    """Return the stories that a story which changed has just named, and that do not name it yet."""
    named: dict[int, set[int]] = {}
    for story_id in fresh & lists.keys():
        for one in lists[story_id]:
            if one.story_id not in lists:
                named.setdefault(one.story_id, set()).add(story_id)
    known = tx.related.of(named)
    return {other for other, by in named.items() if by - {one.story_id for one in known.get(other, ())}}


def _find_near(tx: Transaction, memory: RelatedMemory, one: Said, held: dict[str, list[int]]) -> list[int]:
    """Return the stories that share most of the rare stems of one; `held` keeps what was looked up."""
    title = dict.fromkeys(stems_of(one.title, one.language), _TITLE_WORTH)
    worth = dict.fromkeys(stems_of(one.teaser, one.language), 1.0) | title
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


def _candidate(memory: RelatedMemory, one: Said, other: Said) -> Candidate:
    return Candidate(
        story_id=other.text.story_id,
        similarity=memory.similarity(one, other),
        dated_at=other.text.dated_at,
        people=other.people,
        publishers=other.text.publishers,
        readers=other.text.readers,
    )


def _is_issue(one: StoryText, other: StoryText) -> bool:
    """Return whether both are issues of a series: a publisher's titles of the same words, or that share only their frame."""
    return one.site == other.site and (words_of(one.title) == words_of(other.title) or is_rubric(one.title, [other.title]))
