"""What does it cost to keep stories: to let entries join, to settle who stands for a story, to serve a story's feed and page?

The comparing of headlines itself is the question of `quality`; here it is the store and the rendering.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path

from aggregator.emit.build import Site
from aggregator.emit.feedgen_writer import AtomWriter
from aggregator.emit.render import render
from aggregator.library.stories import read_story_feed, read_story_page, read_story_version
from aggregator.model.change import EntryChanges, EntryUpdate, FeedChange, NewEntry
from aggregator.model.entry import EntryData
from aggregator.model.feed import FeedData, FeedSettings, PollState
from aggregator.model.grouping import Joining, StorySettlement
from aggregator.normalise.identity import url_key
from aggregator.storage import Storage
from aggregator.store.database import open_database
from bench.corpus import NEWEST_AT
from bench.record import Options, Report, measure

FEEDS = 100
ENTRIES = 40_000
BATCH = 300  # entries a transaction, as in a pass
JOINING = 60  # of them: a fifth of a day's news belongs to a story that is known
LONG_STORY = 50
SITE = Site(title="Bench", base_url="https://news.example", language="de", tag_authority="news.example")
TEXT = (
    "<p>" + "Ein Erdbeben hat am Dienstagmorgen den Kanton Glarus erschüttert und an Häusern Risse hinterlassen. " * 4 + "</p>"
)


def bench(options: Options) -> Iterator[Report]:
    report = Report(
        name="stories",
        question="what does it cost to keep stories?",
        corpus=f"{ENTRIES} entries of {FEEDS} publishers; of {BATCH} that arrive {JOINING} join; a story of {LONG_STORY}",
        baseline="the merge of two stories, one by one",
    )
    with tempfile.TemporaryDirectory() as folder, closing(open_database(f"sqlite:///{Path(folder) / 'bench.db'}")) as storage:
        _fill(storage)
        fresh = count(ENTRIES // 2, BATCH)
        report.add(
            measure(
                "aggregator, join and settle",
                lambda: _join(storage, next(fresh)),
                count=BATCH,
                unit="entry that arrives",
                kind="grouping",
                runs=options.runs,
            )
        )
        merging = count(ENTRIES // 4, JOINING)
        report.add(
            measure(
                "merge, one by one",
                lambda: _merge(storage, next(merging)),
                count=JOINING,
                unit="entry that joins",
                kind="grouping",
                runs=options.runs,
            )
        )
        with storage.write() as tx:
            tx.grouping.join([_joining(entry_id, 1) for entry_id in range(2, LONG_STORY + 1)])
            tx.grouping.settle([StorySettlement(story_id=1, entry_id=1)])
        document = read_story_feed(storage, SITE, 1)
        if len(document.entries) != LONG_STORY:
            raise AssertionError(f"a story of {len(document.entries)}")
        for name, one in (
            ("ask whether the story changed", partial(read_story_version, storage, 1)),
            ("read the feed of a changed story", partial(read_story_feed, storage, SITE, 1)),
            ("write it as Atom", partial(render, document, AtomWriter())),
            ("read its page", partial(read_story_page, storage, 1)),
        ):
            report.add(measure(f"aggregator, {name}", one, count=1, unit="request", kind="serving", runs=options.runs))
        problems = storage.check()
        if problems:
            raise AssertionError(problems)
    yield report


def _joining(entry_id: int, story_id: int) -> Joining:
    return Joining(entry_id=entry_id, story_id=story_id, score=0.5, reason="similar")


def _join(storage: Storage, first: int) -> None:
    """Let a fifth of a batch join stories of some thousand entries before, as a pass does."""
    joinings = [_joining(first + 5 * place, first - 5_000 + 7 * place) for place in range(JOINING)]
    with storage.write() as tx:
        touched = tx.grouping.join(joinings)
    with storage.read() as tx:
        members = tx.grouping.members(touched)
    with storage.write() as tx:
        tx.grouping.settle([StorySettlement(story_id=story, entry_id=story) for story in members])


def _merge(storage: Storage, first: int) -> None:
    with storage.write() as tx:
        for place in range(JOINING):
            tx.stories.merge(first - 5_000 + place, first + place)


def _fill(storage: Storage) -> None:
    with storage.write() as tx:
        tx.feeds.configure([FeedSettings(url=f"https://p{number}.example/rss") for number in range(FEEDS)], now=NEWEST_AT)
        feeds: Sequence[int] = [feed.id for feed in tx.feeds.all()]
    size = ENTRIES // FEEDS // 4
    for start in range(0, ENTRIES, size * FEEDS):
        with storage.write() as tx:
            tx.entries.apply(
                [
                    _change(feed, range(start + place * size + 1, start + (place + 1) * size + 1))
                    for place, feed in enumerate(feeds)
                ]
            )


def _change(feed_id: int, ids: range) -> FeedChange:
    new = []
    for entry_id in ids:
        url = f"https://p.example/{entry_id}"
        data = EntryData(title=f"Nachricht {entry_id} aus dem Kanton", guid=url, url=url, summary_html=TEXT)
        key = url_key(url)
        update = EntryUpdate(data=data, guid_key=key or b"", url_key=key, content_hash=key or b"")
        new.append(NewEntry(id=entry_id, update=update, dated_at=NEWEST_AT - timedelta(seconds=ENTRIES - entry_id)))
    return FeedChange(
        feed_id=feed_id,
        polled_at=NEWEST_AT,
        poll=PollState(last_polled_at=NEWEST_AT),
        data=FeedData(title=f"Blatt {feed_id}"),
        entries=EntryChanges(new=tuple(new)),
    )
