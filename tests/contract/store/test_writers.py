"""Writers come one after the other, on every database: what one of them reads stays so until it is done."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from aggregator.model.grouping import Joining
from aggregator.model.reading import ReadEvent, Via
from aggregator.storage import Storage
from tests.fakes.changes import NOON, add_entries, configure, key_of

WRITERS = 3
TURNS = 20


def test_what_a_writer_has_read_nobody_changes_before_it_writes(storage: Storage) -> None:
    start = Barrier(WRITERS)

    def count_on() -> None:
        start.wait()
        for _ in range(TURNS):
            with storage.write() as transaction:
                transaction.note("count", str(int(transaction.noted("count") or 0) + 1))

    with ThreadPoolExecutor(WRITERS) as pool:
        for future in [pool.submit(count_on) for _ in range(WRITERS)]:
            future.result()
    with storage.read() as transaction:
        assert transaction.noted("count") == str(WRITERS * TURNS)


def test_a_read_of_an_entry_that_joins_a_story_in_the_same_moment_counts_there(storage: Storage) -> None:
    (feed,) = configure(storage, "https://a.example/feed")
    add_entries(storage, feed.id, *map(str, range(TURNS + 1)))
    joining = range(2, TURNS + 2)
    start = Barrier(2)

    def join() -> None:
        start.wait()
        for entry in joining:
            with storage.write() as transaction:
                transaction.grouping.join([Joining(entry_id=entry, story_id=1, score=1.0, reason="similar")])

    def click() -> None:
        start.wait()
        for entry in joining:
            with storage.write() as transaction:
                event = ReadEvent(entry_id=entry, at=NOON, via=Via.CLICK, reader_key=key_of(str(entry)))
                assert transaction.reads.add([event]) == 1

    with ThreadPoolExecutor(2) as pool:
        for future in (pool.submit(join), pool.submit(click)):
            future.result()
    with storage.read() as transaction:
        assert transaction.entries.get_many([1])[1].reads == TURNS
    assert storage.check() == []
