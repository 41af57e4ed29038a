from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.fetch.politeness import FetchLimits, HostGaps, HostSchedule


def schedule(*, connections: int = 1, gap: float = 0.0) -> HostSchedule[int]:
    return HostSchedule(connections=connections, gap=timedelta(seconds=gap))


def take_all(line: HostSchedule[int], now: float) -> list[tuple[str, int]]:
    taken = []
    while (ready := line.next_ready(now)) is not None:
        taken.append(ready)
    return taken


def test_hosts_take_turns_and_keep_their_order() -> None:
    line = schedule(connections=9)
    for number in range(3):
        line.add("a", number)
    line.add("b", 10)
    assert take_all(line, 0.0) == [("a", 0), ("b", 10), ("a", 1), ("a", 2)]


def test_a_host_has_only_so_many_under_way() -> None:
    line = schedule(connections=2)
    for number in range(4):
        line.add("a", number)
    assert take_all(line, 0.0) == [("a", 0), ("a", 1)]
    assert line.next_ready_at() is None
    line.finished("a")
    assert take_all(line, 0.0) == [("a", 2)]


def test_starts_on_a_host_lie_a_gap_apart() -> None:
    line = schedule(connections=5, gap=2.0)
    for number in range(3):
        line.add("a", number)
    line.add("b", 10)
    assert take_all(line, 100.0) == [("a", 0), ("b", 10)]
    assert line.next_ready_at() == 102.0
    assert take_all(line, 101.9) == []
    assert take_all(line, 102.0) == [("a", 1)]
    assert take_all(line, 104.5) == [("a", 2)]


def test_a_gap_outlasts_the_work_and_the_pass() -> None:
    line = schedule(gap=2.0)
    line.add("a", 1)
    assert take_all(line, 0.0) == [("a", 1)]
    line.finished("a")
    line.clear()
    line.add("a", 2)
    assert take_all(line, 1.0) == []
    assert take_all(line, 2.0) == [("a", 2)]


def test_a_gap_that_is_over_does_not_wait_for_a_free_connection_to_start_again() -> None:
    line = schedule(connections=1, gap=2.0)
    line.add("a", 1)
    line.add("a", 2)
    take_all(line, 0.0)
    assert take_all(line, 5.0) == []  # still under way
    line.finished("a")
    assert take_all(line, 5.0) == [("a", 2)]


def test_withdrawing_takes_a_host_out_and_leaves_the_others() -> None:
    line = schedule()
    for number in range(3):
        line.add("a", number)
    line.add("b", 10)
    assert line.next_ready(0.0) == ("a", 0)
    assert line.withdraw("a") == [1, 2]
    assert line.withdraw("unknown") == []
    assert take_all(line, 0.0) == [("b", 10)]
    line.finished("a")
    line.add("a", 5)
    assert take_all(line, 0.0) == [("a", 5)]
    assert len(line) == 0


def test_hosts_are_forgotten_when_nothing_waits_for_them() -> None:
    line = schedule(gap=1.0)
    for number in range(100):
        line.add(f"host{number}", number)
    for site, _ in take_all(line, 0.0):
        line.finished(site)
    assert line.next_ready(1.0) is None
    assert not line._sites
    assert line.next_ready_at() is None


def test_a_hundred_thousand_requests_pass_through() -> None:
    line = schedule(connections=1, gap=1.0)
    for number in range(100_000):
        line.add(f"host{number % 5000}", number)
    now, seen = 0.0, 0
    while len(line):
        for site, _ in take_all(line, now):
            seen += 1
            line.finished(site)
        now = line.next_ready_at() or now
    assert seen == 100_000
    assert now == 20.0  # 20 requests a host, a second apart, and the last gap


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.floats(min_value=0, max_value=3)), max_size=60),
    st.integers(min_value=1, max_value=3),
    st.sampled_from([0.0, 0.5, 2.0]),
)
def test_whatever_happens_limits_and_gaps_hold_and_nothing_is_lost(
    steps: list[tuple[str, float]], connections: int, gap: float
) -> None:
    line = schedule(connections=connections, gap=gap)
    active = {"a": 0, "b": 0, "c": 0}
    last_start = {"a": -100.0, "b": -100.0, "c": -100.0}
    started: list[int] = []
    now = 0.0
    for number, (site, pause) in enumerate(steps):
        line.add(site, number)
        now += pause
        for name, item in take_all(line, now):
            assert now - last_start[name] > gap - 1e-9  # sums of seconds are not exact
            active[name] += 1
            last_start[name] = now
            started.append(item)
            assert active[name] <= connections
        if active[site] and number % 2:
            active[site] -= 1
            line.finished(site)
    for _round in range(200):
        for name, count in active.items():
            for _ in range(count):
                line.finished(name)
        active = dict.fromkeys(active, 0)
        now += 2.0
        for name, item in take_all(line, now):
            active[name] += 1
            started.append(item)
    assert sorted(started) == list(range(len(steps)))


def test_the_default_limits_are_those_of_a_polite_guest() -> None:
    limits = FetchLimits()
    assert limits.per_host_connections == 1
    assert limits.per_host_gap == timedelta(seconds=2)
    assert limits.max_redirects == 5


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("concurrency", 0),
        ("concurrency", 257),
        ("per_host_connections", 0),
        ("per_host_gap", timedelta(seconds=-1)),
        ("timeout", timedelta(0)),
        ("max_body_bytes", 0),
        ("max_redirects", -1),
    ],
)
def test_a_limit_out_of_range_is_named(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=name):
        replace(FetchLimits(), **{name: value})  # type: ignore[arg-type] # the field is a parameter here


def test_the_gap_of_a_host_holds_for_every_schedule_that_shares_it() -> None:
    gap = timedelta(seconds=2)
    gaps = HostGaps(gap)
    feeds, articles = (HostSchedule[int](connections=5, gap=gap, gaps=gaps) for _ in range(2))
    for line in (feeds, articles):
        line.add("a", 1)
        line.add("a", 2)
    articles.add("b", 10)

    assert take_all(feeds, 0.0) == [("a", 1)]
    assert take_all(articles, 1.0) == [("b", 10)]
    assert articles.next_ready_at() == 2.0
    assert take_all(articles, 2.0) == [("a", 1)]
    assert take_all(feeds, 2.0) == []
    assert feeds.next_ready_at() == 4.0
    assert take_all(feeds, 4.0) == [("a", 2)]


def test_hosts_whose_gap_is_over_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aggregator.fetch.politeness._REMEMBERED_HOSTS", 3)
    gaps = HostGaps(timedelta(seconds=2))
    for number in range(20):
        assert gaps.take(f"h{number}", float(number)) == 0.0
    assert gaps.take("h19", 20.0) == 21.0
    assert gaps.take("h0", 20.0) == 0.0
