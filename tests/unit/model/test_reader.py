from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aggregator.model.reader import (
    SECOND_THOUGHTS,
    EntryState,
    account_key,
    mark_state,
)

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
NOTHING = EntryState()


def read(state: EntryState = NOTHING, *, at: datetime = NOON, weight: float = 1.0) -> EntryState:
    return mark_state(state, at=at, read=True, weight=weight)


def unread(state: EntryState, *, at: datetime) -> EntryState:
    return mark_state(state, at=at, read=False)


def test_a_read_waits_to_be_counted() -> None:
    assert read() == EntryState(read_at=NOON, pending_at=NOON, pending_weight=1.0)


def test_reading_what_is_read_changes_nothing() -> None:
    assert read(read(), at=LATER) == read()


def test_a_read_without_weight_changes_the_state_only() -> None:
    assert read(weight=0.0) == EntryState(read_at=NOON)


def test_second_thoughts_take_a_read_back_and_later_ones_do_not() -> None:
    just_in_time = NOON + SECOND_THOUGHTS - timedelta(seconds=1)
    assert unread(read(), at=just_in_time) == NOTHING
    assert unread(read(), at=NOON + SECOND_THOUGHTS) == EntryState(pending_at=NOON, pending_weight=1.0)


def test_what_is_counted_or_waits_does_not_wait_again() -> None:
    counted = EntryState(counted=True)
    assert read(counted) == EntryState(read_at=NOON, counted=True)
    waiting = unread(read(), at=LATER)
    assert read(waiting, at=LATER).pending_at == NOON


def test_stars_come_and_go_without_touching_reads() -> None:
    starred = mark_state(read(), at=LATER, starred=True)
    assert (starred.starred_at, starred.read_at) == (LATER, NOON)
    assert mark_state(starred, at=LATER + SECOND_THOUGHTS, starred=True) == starred
    assert mark_state(starred, at=LATER, starred=False) == read()


def test_read_and_star_in_one_step() -> None:
    both = mark_state(NOTHING, at=NOON, read=True, starred=True, weight=0.2)
    assert both == EntryState(read_at=NOON, starred_at=NOON, pending_at=NOON, pending_weight=0.2)


def test_keys_of_accounts_are_sixteen_bytes_and_all_different() -> None:
    assert len({account_key(reader_id) for reader_id in range(1, 100)}) == 99
    assert {len(account_key(reader_id)) for reader_id in (1, 2**63 - 1)} == {16}
