"""Stories: entries are placed as they arrive; who stands for a story and who only repeats is settled with it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime

from aggregator.group.assign import GroupingRules, Headline, StoryGrouper, rules_for
from aggregator.group.embed import text_key
from aggregator.group.settling import settle_story
from aggregator.model.grouping import Arrival, Joining
from aggregator.model.language import primary_language
from aggregator.model.report import StoryReport
from aggregator.model.story import Ranking
from aggregator.pipeline.meanings import Meanings, MeaningsAhead, said_title, stored_meanings
from aggregator.pipeline.progress import note_placed, placed_until
from aggregator.protocols import Embedder
from aggregator.storage import INTERVENED_NOTE, Storage, Transaction

SLICE_ENTRIES = 20_000
"""Entries that are put in order of time before they are placed: a first poll brings months of many feeds at once."""

BATCH_ENTRIES = 300
"""Entries a transaction: a click waits for some tens of milliseconds behind it at most."""


@dataclass(slots=True)
class StoryMemory:
    """What grouping keeps between passes; `mark` is what the store noted when it was true, None: nothing that holds is known.

    `without_meaning` are active entries that were compared by words because there was no time for their vectors.
    The sentence model is opened when the first entries arrive: a command that groups nothing loads none.
    """

    rules: GroupingRules
    default_language: str
    open_embedder: Callable[[], Embedder | None]
    embedder: Embedder | None = None
    grouper: StoryGrouper | None = None
    mark: tuple[int, int] | None = None
    titles: dict[int, str] = field(default_factory=dict)
    latest_at: datetime | None = None
    without_meaning: dict[int, Arrival] = field(default_factory=dict)


def open_memory(
    rules: GroupingRules, *, default_language: str, open_embedder: Callable[[], Embedder | None] = lambda: None
) -> StoryMemory:
    """Return a memory that knows nothing; it is filled from the store when the first entries arrive."""
    return StoryMemory(
        rules=rules,
        default_language=primary_language(default_language),
        open_embedder=open_embedder,
    )


def place_entries(
    storage: Storage, memory: StoryMemory, *, now: datetime, should_stop: Callable[[], bool] = lambda: False
) -> StoryReport:
    """Place every entry that is new, look at those that changed, and settle the stories that got any.

    The store notes up to which revision that was done, so a pass can stop and go on anywhere: what was placed and not yet
    noted is found in its story. Comparing happens between the transactions, so neither clicks nor polls wait for it.
    """
    placed = joined = merged = 0
    while not should_stop():
        with storage.read() as tx:
            mark = mark_of(tx)
            arrivals = tx.grouping.changed_since(mark[0], limit=SLICE_ENTRIES)
            if not arrivals:
                break
            remember(tx, memory, mark, now=now)
        end = max(arrival.revision for arrival in arrivals)
        arrivals.sort(key=lambda arrival: (arrival.dated_at, arrival.entry_id))
        with _meanings(storage, memory, arrivals, should_stop=should_stop) as meanings:
            for start in range(0, len(arrivals), BATCH_ENTRIES):
                if should_stop():
                    return StoryReport(placed=placed, joined=joined, merged=merged)
                batch = arrivals[start : start + BATCH_ENTRIES]
                last = start + BATCH_ENTRIES >= len(arrivals)
                done = _place_batch(storage, memory, batch, meanings, mark, now=now, revision=end if last else None)
                if done is None:  # another process placed them, or a person parted a story: what is known here is old
                    break
                placed, joined, merged = placed + len(batch), joined + done[0], merged + done[1]
        _forget_old_titles(memory, arrivals)
    return StoryReport(placed=placed, joined=joined, merged=merged)


def mark_of(tx: Transaction) -> tuple[int, int]:
    """Return up to which revision entries were placed, and how often a person intervened: what a memory is true for."""
    return placed_until(tx), int(tx.noted(INTERVENED_NOTE) or 0)


def remember(tx: Transaction, memory: StoryMemory, mark: tuple[int, int], *, now: datetime) -> None:
    """Fill a memory from the store, where what it holds is not true for `mark`."""
    if memory.grouper is not None and memory.mark == mark:
        return
    if memory.grouper is None:
        memory.embedder = memory.open_embedder()
    grouper = _make_grouper(memory)
    memory.titles = {}
    memory.latest_at = None
    memory.without_meaning = {}
    for one, other in tx.grouping.apart():
        grouper.keep_apart(one, other)
    active = tx.grouping.active(since=now - memory.rules.window, revision=mark[0])
    meanings = stored_meanings(tx, memory.embedder, map(said_by, active)) if memory.embedder is not None else {}
    for arrival in active:
        headline = headline_of(memory, arrival, meanings)
        if headline.title:
            grouper.restore(headline, arrival.story_id)
        _note_meaning(memory, arrival, headline)
        _note_title(memory, arrival)
    memory.grouper, memory.mark = grouper, mark


def _make_grouper(memory: StoryMemory) -> StoryGrouper:
    if memory.embedder is None:
        return StoryGrouper(memory.rules)
    from aggregator.group.nearest import Meanings  # noqa: PLC0415 - needs numpy, which comes with a model

    return StoryGrouper(rules_for(memory.embedder.name, memory.rules), Meanings(memory.embedder.dimensions))


def _meanings(
    storage: Storage, memory: StoryMemory, arrivals: Sequence[Arrival], *, should_stop: Callable[[], bool]
) -> AbstractContextManager[MeaningsAhead | None]:
    """Return what gives the sentence vectors of arrivals in order of time; where there is not time for all, of the latest."""
    if memory.embedder is None:
        return nullcontext()
    since = arrivals[-1].dated_at - memory.rules.window
    fresh = [one for one in arrivals if one.entry_id not in memory.titles and one.dated_at >= since]
    texts = [text for text in map(said_by, fresh) if text]
    with storage.read() as tx:
        known = stored_meanings(tx, memory.embedder, texts)
    return MeaningsAhead(memory.embedder, known, asked=texts, preferred=reversed(texts), should_stop=should_stop)


def headline_of(memory: StoryMemory, arrival: Arrival, meanings: Meanings | None) -> Headline:
    """Return an entry as grouping sees it."""
    said = said_by(arrival)
    return Headline(
        entry_id=arrival.entry_id,
        title=said,
        language=primary_language(arrival.language) or memory.default_language,
        publisher=arrival.site,
        at=arrival.dated_at,
        is_undated=arrival.is_undated,
        meaning=meanings.get(said) if meanings is not None else None,
    )


def said_by(arrival: Arrival) -> str:
    """Return what an entry is compared by: its title, or what a note without one says in its first words."""
    return said_title(arrival.title, arrival.summary_html)


def _note_title(memory: StoryMemory, arrival: Arrival) -> None:
    memory.titles[arrival.entry_id] = arrival.title
    memory.latest_at = max(arrival.dated_at, memory.latest_at or arrival.dated_at)


def _note_meaning(memory: StoryMemory, arrival: Arrival, headline: Headline) -> None:
    if memory.embedder is None or not headline.title:
        return
    if headline.meaning is None:
        memory.without_meaning[arrival.entry_id] = arrival
    else:
        memory.without_meaning.pop(arrival.entry_id, None)


def _forget_old_titles(memory: StoryMemory, arrivals: Sequence[Arrival]) -> None:
    if memory.latest_at is None:
        return
    since = memory.latest_at - memory.rules.window
    for arrival in arrivals:
        if arrival.dated_at < since:
            memory.titles.pop(arrival.entry_id, None)
    while len(memory.titles) > 2 * SLICE_ENTRIES:
        memory.titles.pop(next(iter(memory.titles)))


def _place_batch(
    storage: Storage,
    memory: StoryMemory,
    batch: Sequence[Arrival],
    meanings: MeaningsAhead | None,
    mark: tuple[int, int],
    *,
    now: datetime,
    revision: int | None,
) -> tuple[int, int] | None:
    """Place a batch, note `revision` with it, and keep new vectors; return how many entries joined and stories merged.

    None: what is known is old, because another process placed entries or a person intervened.
    """
    memory.mark = None  # until the store knows what the memory does
    joinings: dict[int, Joining] = {}
    merges: dict[int, int] = {}
    touched: set[int] = set()
    for arrival in batch:
        joining, absorbed = _decide(memory, arrival, meanings)
        merges.update(dict.fromkeys(absorbed, joining.story_id))
        if joining.story_id != arrival.story_id:
            joinings[arrival.entry_id] = joining
        touched.add(joining.story_id)
    joins = [
        Joining(entry_id=one.entry_id, story_id=_end_of(merges, one.story_id), score=one.score, reason=one.reason)
        for one in joinings.values()
    ]
    touched = {_end_of(merges, story) for story in touched}
    made = meanings.take_made() if meanings is not None else {}
    with storage.write() as tx:
        if memory.embedder is not None and made:  # they are true whoever places the entries: none is ever made twice
            vectors = {text_key(text): vector for text, vector in made.items()}
            tx.grouping.save_meanings(vectors, model=memory.embedder.name, now=now)
        if mark_of(tx) != mark:
            return None
        tx.grouping.join(joins)
        for lost in merges:
            tx.stories.merge(_end_of(merges, lost), lost)
    settle(storage, touched, language=memory.default_language, revision=revision)
    memory.mark = mark if revision is None else (revision, mark[1])
    return len(joins), len(merges)


def settle(storage: Storage, story_ids: Collection[int], *, language: str, revision: int | None) -> None:
    """Settle the stories that have several entries."""
    with storage.read() as tx:
        members = tx.grouping.members(story_ids)
        leads = tx.stories.standings(members, Ranking.TRENDING)
    settlements = [
        settle_story(story, held, current=leads[story].entry_id, language=language)
        for story, held in members.items()
        if story in leads
    ]
    if not settlements and revision is None:
        return
    with storage.write() as tx:
        tx.grouping.settle(settlements)
        if revision is not None:
            note_placed(tx, revision)


def _end_of(merges: Mapping[int, int], story_id: int) -> int:
    while story_id in merges:
        story_id = merges[story_id]
    return story_id


def _decide(memory: StoryMemory, arrival: Arrival, meanings: Meanings | None) -> tuple[Joining, tuple[int, ...]]:
    """Return where an entry belongs, and which stories were found to be the same as that one."""
    grouper = memory.grouper
    if grouper is None:
        raise TypeError("the memory was not filled")
    headline = headline_of(memory, arrival, meanings)
    known_title = memory.titles.get(arrival.entry_id)
    stays = Joining(entry_id=arrival.entry_id, story_id=arrival.story_id, score=0.0, reason="")
    if known_title is not None or arrival.by_operator or arrival.is_placed:
        if known_title is None and headline.title:
            grouper.restore(headline, arrival.story_id)
        elif known_title not in {None, arrival.title} and not arrival.by_operator:
            stays = _reconsider(memory.rules, grouper, headline, arrival)
        _note_title(memory, arrival)
        return stays, ()
    if memory.latest_at is not None and arrival.dated_at < memory.latest_at - memory.rules.window:
        return stays, ()  # older than anything that news is compared with: it would only crowd the index
    if not headline.title:
        return stays, ()
    placement = grouper.place(headline)
    _note_meaning(memory, arrival, headline)
    _note_title(memory, arrival)
    joining = Joining(entry_id=arrival.entry_id, story_id=placement.story_id, score=placement.score, reason=placement.reason)
    return joining, placement.merged


def _reconsider(rules: GroupingRules, grouper: StoryGrouper, headline: Headline, arrival: Arrival) -> Joining:
    """Move an entry whose title changed only if it belongs elsewhere beyond doubt, and no longer where it stands."""
    scores = grouper.nearest(headline)
    own = next((score for score, story in scores if story == arrival.story_id), 0.0)
    if scores and scores[0][1] != arrival.story_id and scores[0][0] >= rules.move and own < rules.join_by_words:
        score, story_id = scores[0]
        grouper.restore(headline, story_id)
        return Joining(entry_id=arrival.entry_id, story_id=story_id, score=score, reason="new title")
    return Joining(entry_id=arrival.entry_id, story_id=arrival.story_id, score=own, reason="")
