"""Catching up: entries that were placed by words, because there was no time for their vectors, get them and a second look.

Who they are is known from the store (active entries whose title has no vector), so a process that was killed goes on where the
last one stood. The newest come first; what has grown older than the window is left as it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from heapq import nlargest

from aggregator.group.embed import text_key
from aggregator.group.topics import TopicMatcher
from aggregator.model.grouping import Arrival, Joining
from aggregator.model.report import CatchUpReport
from aggregator.pipeline.grouping import compare_later
from aggregator.pipeline.meanings import stored_meanings
from aggregator.pipeline.stories import StoryMemory, headline_of, mark_of, remember, said_by, settle
from aggregator.protocols import Clock
from aggregator.storage import TITLES_LEFT_NOTE, Storage

TOGETHER = 16
"""Titles a step: 0.3 s with the slower model; a pass that wants to place entries waits no longer."""

TURN = timedelta(seconds=30)
"""How long catching up goes on before it says how much is left."""

_BREATH_SECONDS = 0.02  # between two steps; a lock is not fair, so that who waits for it would not get it


def catch_up(
    storage: Storage,
    memory: StoryMemory,
    matcher: TopicMatcher,
    clock: Clock,
    *,
    lock: AbstractContextManager[object],
    turn: timedelta = TURN,
    should_stop: Callable[[], bool] = lambda: False,
) -> CatchUpReport:
    """Compare by meaning what there was no time for, titles first.

    Between steps other flows may have the `lock`; after a `turn` the rest is left for the next.
    """
    done = CatchUpReport()
    until = time.monotonic() + turn.total_seconds()
    while not should_stop():
        with lock:
            titles = catch_up_titles(storage, memory, now=clock.now())
            topics = CatchUpReport() if titles.titles_left else compare_later(storage, matcher, now=clock.now())
        done = CatchUpReport(
            titles=done.titles + titles.titles,
            joined=done.joined + titles.joined,
            titles_left=titles.titles_left,
            entries=done.entries + topics.entries,
            assigned=done.assigned + topics.assigned,
            entries_left=topics.entries_left,
        )
        if not (titles.titles_left or topics.entries_left) or time.monotonic() >= until:
            break
        time.sleep(_BREATH_SECONDS)
    return done


def catch_up_titles(storage: Storage, memory: StoryMemory, *, now: datetime) -> CatchUpReport:
    """Make the vectors of the newest titles that have none, and look at their entries again; one step.

    An entry that is alone in its story, which nobody has read, joins another where it clearly belongs, and its address
    redirects there. All others are evidence for later titles from now on.
    """
    with storage.read() as tx:
        mark = mark_of(tx)
        noted = tx.noted(TITLES_LEFT_NOTE) or "0"
        if mark[0]:  # else nothing was ever placed, and no model is opened
            remember(tx, memory, mark, now=now)
        embedder = memory.embedder
        batch = [] if embedder is None else _newest(memory, now=now)
        untouched = tx.grouping.untouched(arrival.entry_id for arrival in batch)
        texts = list(dict.fromkeys(map(said_by, batch)))
        known = {} if embedder is None else stored_meanings(tx, embedder, texts)
    missing = [text for text in texts if text not in known]
    made = dict(zip(missing, embedder.embed(missing), strict=True)) if embedder is not None and missing else {}
    joined = _look_again(storage, memory, batch, known | made, untouched) if batch else 0
    for arrival in batch:
        memory.without_meaning.pop(arrival.entry_id, None)
    left = len(memory.without_meaning)
    if made or str(left) != noted:
        with storage.write() as tx:
            if embedder is not None:
                vectors = {text_key(text): vector for text, vector in made.items()}
                tx.grouping.save_meanings(vectors, model=embedder.name, now=now)
            tx.note(TITLES_LEFT_NOTE, str(left))
    return CatchUpReport(titles=len(batch), joined=joined, titles_left=left)


def _newest(memory: StoryMemory, *, now: datetime) -> list[Arrival]:
    """Return the entries of a step, in order of time; those that are too old by now are forgotten."""
    waiting, since = memory.without_meaning, now - memory.rules.window
    for entry_id in [one.entry_id for one in waiting.values() if one.dated_at < since]:
        del waiting[entry_id]
    return nlargest(TOGETHER, waiting.values(), key=lambda one: (one.dated_at, one.entry_id))[::-1]


def _look_again(
    storage: Storage,
    memory: StoryMemory,
    batch: Sequence[Arrival],
    meanings: Mapping[str, bytes],
    untouched: Collection[int],
) -> int:
    """Take in the vectors; return how many entries joined a story by them."""
    grouper, mark = memory.grouper, memory.mark
    if grouper is None or mark is None:
        raise TypeError("the memory was not filled")
    memory.mark = None  # until the store knows what the memory does
    found = [
        placement
        for arrival in batch
        if memory.titles.get(arrival.entry_id, arrival.title) == arrival.title
        and (placement := grouper.look_again(headline_of(memory, arrival, meanings), may_join=arrival.entry_id in untouched))
    ]
    joinings = [
        Joining(entry_id=one.entry_id, story_id=one.story_id, score=one.score, reason=one.reason)
        for one in found
        if one.story_id != one.entry_id
    ]
    with storage.write() as tx:
        if mark_of(tx) != mark:  # a person parted a story: what is known here is old
            return 0
        tx.grouping.join(joinings)
        for placement in found:
            for lost in placement.merged:
                if lost != placement.entry_id:
                    tx.stories.merge(placement.story_id, lost)
    settle(storage, {placement.story_id for placement in found}, language=memory.default_language, revision=None)
    memory.mark = mark
    return len(found)
