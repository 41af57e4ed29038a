"""Stories: entries are placed as they arrive; who stands for a story and who only repeats is settled with it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from aggregator.group.assign import GroupingRules, Headline, StoryGrouper
from aggregator.group.duplicates import find_copies, shingles
from aggregator.group.lead import LeadCandidate, choose_lead
from aggregator.group.words import plain_text, primary_language
from aggregator.model.grouping import Arrival, Joining, StoryMember, StorySettlement
from aggregator.model.report import StoryReport
from aggregator.model.story import Ranking
from aggregator.storage import GROUPED_NOTE, Storage, Transaction

SLICE_ENTRIES = 20_000
"""Entries that are put in order of time before they are placed: a first poll brings months of many feeds at once."""

BATCH_ENTRIES = 300
"""Entries a transaction: a click waits for some tens of milliseconds behind it at most."""

LONGEST_TITLE = 200
"""Letters of a note that are compared where it has no title."""


@dataclass(slots=True)
class StoryMemory:
    """What grouping keeps between passes; `mark` is what the store noted when it was true, None: nothing is known yet."""

    rules: GroupingRules
    default_language: str
    make_grouper: Callable[[], StoryGrouper]
    grouper: StoryGrouper | None = None
    mark: str | None = None
    titles: dict[int, str] = field(default_factory=dict)
    latest_at: datetime | None = None


def open_memory(
    rules: GroupingRules, *, default_language: str, make_grouper: Callable[[], StoryGrouper] | None = None
) -> StoryMemory:
    """Return a memory that knows nothing; it is filled from the store when the first entries arrive."""
    return StoryMemory(
        rules=rules,
        default_language=primary_language(default_language) or default_language,
        make_grouper=make_grouper or (lambda: StoryGrouper(rules)),
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
            mark = tx.noted(GROUPED_NOTE) or ""
            arrivals = tx.grouping.changed_since(_revision(mark), limit=SLICE_ENTRIES)
            if not arrivals:
                break
            if memory.grouper is None or memory.mark != mark:
                _remember(tx, memory, mark, now=now)
        end = max(arrival.revision for arrival in arrivals)
        arrivals.sort(key=lambda arrival: (arrival.dated_at, arrival.entry_id))
        for start in range(0, len(arrivals), BATCH_ENTRIES):
            if should_stop():
                memory.mark = None  # it knows more than the store noted
                return StoryReport(placed=placed, joined=joined, merged=merged)
            batch = arrivals[start : start + BATCH_ENTRIES]
            last = start + BATCH_ENTRIES >= len(arrivals)
            done = _place_batch(storage, memory, batch, mark, following=_mark(mark, end) if last else mark)
            if done is None:  # another process placed them, or a person parted a story: what is known here is old
                memory.mark = None
                break
            placed, joined, merged = placed + len(batch), joined + done[0], merged + done[1]
        _forget_old_titles(memory, arrivals)
    return StoryReport(placed=placed, joined=joined, merged=merged)


def _revision(mark: str) -> int:
    return int(mark.partition("/")[0] or 0)


def _mark(mark: str, revision: int) -> str:
    """Return the note of a pass: the revision, and how often a person intervened (`forget_memory`)."""
    return f"{revision}/{mark.partition('/')[2] or 0}"


def forget_memory(tx: Transaction) -> None:
    """Let every process that groups read the stories anew before it goes on: somebody changed them by hand."""
    revision, _, times = (tx.noted(GROUPED_NOTE) or "").partition("/")
    tx.note(GROUPED_NOTE, f"{revision or 0}/{int(times or 0) + 1}")


def _remember(tx: Transaction, memory: StoryMemory, mark: str, *, now: datetime) -> None:
    grouper = memory.make_grouper()
    memory.titles = {}
    memory.latest_at = None
    for one, other in tx.grouping.apart():
        grouper.keep_apart(one, other)
    for arrival in tx.grouping.active(since=now - memory.rules.window, revision=_revision(mark)):
        headline = _headline(memory, arrival)
        if headline.title:
            grouper.restore(headline, arrival.story_id)
        _note_title(memory, arrival)
    memory.grouper, memory.mark = grouper, mark


def _headline(memory: StoryMemory, arrival: Arrival) -> Headline:
    return Headline(
        entry_id=arrival.entry_id,
        title=_said(arrival),
        language=primary_language(arrival.language) or memory.default_language,
        publisher=arrival.site,
        at=arrival.dated_at,
    )


def _said(arrival: Arrival) -> str:
    """Return the title; a note without one says what it says in its first words."""
    if arrival.title.strip():
        return arrival.title
    return " ".join(plain_text(arrival.summary_html).split())[:LONGEST_TITLE]


def _note_title(memory: StoryMemory, arrival: Arrival) -> None:
    memory.titles[arrival.entry_id] = arrival.title
    memory.latest_at = max(arrival.dated_at, memory.latest_at or arrival.dated_at)


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
    storage: Storage, memory: StoryMemory, batch: Sequence[Arrival], mark: str, *, following: str
) -> tuple[int, int] | None:
    """Place a batch, note `following`; return how many entries joined and stories merged, None if `mark` is not noted now."""
    joinings: dict[int, Joining] = {}
    merges: dict[int, int] = {}
    touched: set[int] = set()
    for arrival in batch:
        joining, absorbed = _decide(memory, arrival)
        merges.update(dict.fromkeys(absorbed, joining.story_id))
        if joining.story_id != arrival.story_id:
            joinings[arrival.entry_id] = joining
        touched.add(joining.story_id)
    joins = [
        Joining(entry_id=one.entry_id, story_id=_end_of(merges, one.story_id), score=one.score, reason=one.reason)
        for one in joinings.values()
    ]
    touched = {_end_of(merges, story) for story in touched}
    with storage.write() as tx:
        if (tx.noted(GROUPED_NOTE) or "") != mark:
            return None
        tx.grouping.join(joins)
        for lost in merges:
            tx.stories.merge(_end_of(merges, lost), lost)
    settle_stories(storage, touched, language=memory.default_language, mark=following if following != mark else None)
    memory.mark = following
    return len(joins), len(merges)


def settle_stories(storage: Storage, story_ids: Collection[int], *, language: str, mark: str | None = None) -> None:
    """Settle the stories that have several entries; `mark` is noted with it. What was settled before is settled again."""
    with storage.read() as tx:
        members = tx.grouping.members(story_ids)
        leads = tx.stories.standings(members, Ranking.TRENDING)
    settlements = [
        settle_story(story, held, current=leads[story].entry_id, language=language)
        for story, held in members.items()
        if story in leads
    ]
    if not settlements and mark is None:
        return
    with storage.write() as tx:
        tx.grouping.settle(settlements)
        if mark is not None:
            tx.note(GROUPED_NOTE, mark)


def _end_of(merges: Mapping[int, int], story_id: int) -> int:
    while story_id in merges:
        story_id = merges[story_id]
    return story_id


def _decide(memory: StoryMemory, arrival: Arrival) -> tuple[Joining, tuple[int, ...]]:
    """Return where an entry belongs, and which stories were found to be the same as that one."""
    grouper = memory.grouper
    if grouper is None:
        raise TypeError("the memory was not filled")
    headline = _headline(memory, arrival)
    known_title = memory.titles.get(arrival.entry_id)
    stays = Joining(entry_id=arrival.entry_id, story_id=arrival.story_id, score=0.0, reason="")
    if known_title is not None or arrival.by_operator or arrival.story_id != arrival.entry_id:
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
    _note_title(memory, arrival)
    joining = Joining(entry_id=arrival.entry_id, story_id=placement.story_id, score=placement.score, reason=placement.reason)
    return joining, placement.merged


def _reconsider(rules: GroupingRules, grouper: StoryGrouper, headline: Headline, arrival: Arrival) -> Joining:
    """Move an entry whose title changed only if it belongs elsewhere beyond doubt, and no longer where it stands."""
    scores = grouper.nearest(headline)
    own = next((score for score, story in scores if story == arrival.story_id), 0.0)
    if scores and scores[0][1] != arrival.story_id and scores[0][0] >= rules.merge and own < rules.join_by_words:
        score, story_id = scores[0]
        grouper.restore(headline, story_id)
        return Joining(entry_id=arrival.entry_id, story_id=story_id, score=score, reason="new title")
    return Joining(entry_id=arrival.entry_id, story_id=arrival.story_id, score=own, reason="")


def settle_story(story_id: int, members: Sequence[StoryMember], *, current: int, language: str) -> StorySettlement:
    """Return which of its entries stands for a story, and which repeat another's text."""
    ordered = sorted(members, key=lambda member: (member.dated_at, member.entry_id))
    texts = {member.entry_id: shingles(_longer(member.summary_html, member.content_html)) for member in ordered}
    lead = choose_lead(
        [
            LeadCandidate(
                entry_id=member.entry_id,
                title=member.title,
                summary_html=member.summary_html or member.content_html,
                language=member.language,
            )
            for member in ordered
        ],
        current=current,
        language=language,
    )
    copies = find_copies(texts, {member.entry_id: member.title for member in ordered})
    return StorySettlement(story_id=story_id, entry_id=lead, copies=copies)


def _longer(summary_html: str, content_html: str) -> str:
    return content_html if len(plain_text(content_html)) > len(plain_text(summary_html)) else summary_html
