"""A pass over many feeds: every request one outcome, hosts within their limits, a pass that can be ended."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from threading import Thread

import pytest

from aggregator.errors import AddressRefused, Redirected
from aggregator.model.fetching import Fetched, FetchOutcome, FetchRequest
from tests.fakes.fetching import FEED, failure, fetched, fetcher, limits, paths
from tests.fakes.origin import Answer, Origin


def test_every_request_gets_exactly_one_outcome(origin: Origin) -> None:
    requests = paths(origin, 150)
    requests[10] = FetchRequest(url="nonsense", feed_id=11)
    with closing(fetcher(origin)) as client:
        outcomes = {request.feed_id: outcome for request, outcome in client.fetch_all(iter(requests))}
    assert sorted(outcomes) == list(range(1, 151))
    assert isinstance(outcomes.pop(11), AddressRefused)
    assert all(fetched(outcome).body == b"%d" % (feed_id - 1) for feed_id, outcome in outcomes.items())


def test_no_requests_give_no_outcomes(origin: Origin) -> None:
    with closing(fetcher(origin)) as client:
        assert list(client.fetch_all([])) == []


def test_requests_may_come_as_they_are_wanted(origin: Origin) -> None:
    requests = paths(origin, 30)
    asked: list[int] = []

    def claims() -> Iterator[FetchRequest]:
        for request in requests:
            asked.append(request.feed_id)
            yield request

    with closing(fetcher(origin)) as client:
        assert len(list(client.fetch_all(claims()))) == 30
    assert asked == list(range(1, 31))


def test_no_more_requests_are_read_than_keep_the_hosts_busy(origin: Origin) -> None:
    for number in range(4):
        origin.answer(f"/h{number}", Answer(body=FEED))
    hosts = [FetchRequest(url=origin.url(f"/h{number}", host=f"h{number}.localhost")) for number in range(4)]
    read = 0

    def claims() -> Iterator[FetchRequest]:
        nonlocal read
        for read in range(1, 2_001):
            yield hosts[read % 4]

    with closing(fetcher(origin, limits(concurrency=2))) as client:
        outcomes = client.fetch_all(claims())
        next(outcomes)
        assert read <= 1_000
        assert len(list(outcomes)) == 1_999


def test_the_long_list_of_one_host_hides_no_other(origin: Origin) -> None:
    long = [FetchRequest(url=origin.url("/slow", host="slow.localhost"), feed_id=number) for number in range(3_000)]
    [quick] = paths(origin, 1, host="quick.localhost")
    with closing(fetcher(origin, limits(gap=60))) as client:
        outcomes = client.fetch_all([*long, replace(quick, feed_id=3_000)])
        assert {next(outcomes)[0].feed_id, next(outcomes)[0].feed_id} == {0, 3_000}
        outcomes.close()  # type: ignore[attr-defined] # the protocol promises an iterator; ours is a generator


def test_a_failing_source_of_requests_ends_the_pass_with_its_error(origin: Origin) -> None:
    def claims() -> Iterator[FetchRequest]:
        yield from paths(origin, 1)
        raise RuntimeError("the store is gone")

    with closing(fetcher(origin)) as client:
        with pytest.raises(RuntimeError, match="the store is gone"):
            list(client.fetch_all(claims()))
        assert len(list(client.fetch_all(paths(origin, 5)))) == 5


def test_a_host_gets_no_more_connections_than_allowed(origin: Origin) -> None:
    requests = paths(origin, 12, answer=Answer(body=FEED, delay=0.02))
    with closing(fetcher(origin, limits(connections=2))) as client:
        list(client.fetch_all(requests))
    assert origin.most_in_flight == 2


def test_hosts_are_asked_side_by_side_within_the_limit(origin: Origin) -> None:
    requests = [r for n in range(6) for r in paths(origin, 2, host=f"h{n}.localhost", answer=Answer(body=FEED, delay=0.05))]
    with closing(fetcher(origin, limits(concurrency=4, connections=1))) as client:
        list(client.fetch_all(requests))
    assert origin.most_in_flight == 4


def test_starts_on_one_host_lie_a_gap_apart(origin: Origin) -> None:
    with closing(fetcher(origin, limits(gap=0.1))) as client:
        for _ in range(2):  # the gap holds from one pass to the next too
            list(client.fetch_all(paths(origin, 3)))
    times = [seen.at for seen in origin.requests]
    assert len(times) == 6
    assert min(later - earlier for earlier, later in pairwise(times)) > 0.08


def test_the_gap_holds_between_passes_at_the_same_time(origin: Origin) -> None:
    with closing(fetcher(origin, limits(gap=0.1))) as client:
        outer = client.fetch_all(paths(origin, 3))
        for _ in outer:
            assert len(list(client.fetch_all(paths(origin, 2)))) == 2
    times = [seen.at for seen in origin.requests]
    assert len(times) == 9
    assert min(later - earlier for earlier, later in pairwise(times)) > 0.08


def test_a_redirect_is_an_outcome_where_the_request_does_not_follow(origin: Origin) -> None:
    target = origin.url("/target")
    url = origin.answer("/moved", Answer(status=301, headers={"Location": "/target"}))
    refused = origin.answer("/inside", Answer(status=302, headers={"Location": "http://10.0.0.1/"}))
    with closing(fetcher(origin)) as client:
        outcomes = dict(client.fetch_all([FetchRequest(url=url, follows=False), FetchRequest(url=refused, follows=False)]))
    moved, inside = (outcomes[FetchRequest(url=each, follows=False)] for each in (url, refused))
    assert isinstance(moved, Redirected)
    assert moved.target == target
    assert isinstance(inside, AddressRefused)
    assert not origin.requests_for("/target")


def test_a_pause_is_told_while_nothing_comes(origin: Origin) -> None:
    url = origin.answer("/slow", Answer(body=FEED, delay=0.3))
    with closing(fetcher(origin)) as client:
        outcomes = list(client.fetch_with_pauses([FetchRequest(url=url)], pause=timedelta(milliseconds=50)))
    assert outcomes[0] is None
    assert [outcome[1] for outcome in outcomes if outcome is not None]


def test_429_speaks_for_the_whole_host_and_no_other(origin: Origin) -> None:
    busy = paths(origin, 5, host="busy.localhost", answer=Answer(status=429, headers={"Retry-After": "3600"}))
    calm = paths(origin, 5, host="calm.localhost")
    with closing(fetcher(origin, limits(connections=1))) as client:
        outcomes = list(client.fetch_all(busy + calm))
        again = list(client.fetch_all(busy[:1]))
    errors = [failure(outcome) for request, outcome in outcomes if request in busy]
    assert [(error.status, error.retry_after) for error in errors] == [(429, timedelta(hours=1))] * 5
    assert sum("not asked" in error.reason for error in errors) == 4
    assert sum(isinstance(outcome, Fetched) for _, outcome in outcomes) == 5
    assert "not asked" not in failure(again[0][1]).reason  # the next pass asks; when, is for the poll state to say
    assert sum("/busy" in seen.path for seen in origin.requests) == 2


def test_a_redirect_to_a_host_that_answered_429_is_not_followed(origin: Origin) -> None:
    [busy] = paths(origin, 1, host="busy.localhost", answer=Answer(status=429))
    target = origin.url("/target", host="busy.localhost")
    [calm] = paths(origin, 1, host="calm.localhost", answer=Answer(status=302, headers={"Location": target}, delay=0.3))
    with closing(fetcher(origin)) as client:
        outcomes = dict(client.fetch_all([calm, busy]))
    assert "not asked" in failure(outcomes[calm]).reason
    assert not origin.requests_for("/target")


def test_a_slow_caller_is_not_overrun(origin: Origin) -> None:
    with closing(fetcher(origin, limits(concurrency=4))) as client:
        outcomes = client.fetch_all(paths(origin, 40))
        for taken in range(1, 4):
            next(outcomes)
            time.sleep(0.1)  # as a slow caller does: long enough to be asked for everything, if nothing held it back
            assert len(origin.requests) <= taken + 4
        assert len(list(outcomes)) == 37


def test_giving_up_the_pass_ends_at_once_and_the_next_one_works(origin: Origin) -> None:
    hanging = paths(origin, 6, host="slow.localhost", answer=Answer(hang=True))
    with closing(fetcher(origin)) as client:
        outcomes = client.fetch_all([*paths(origin, 1), *hanging])
        assert isinstance(next(outcomes)[1], Fetched)
        outcomes.close()  # type: ignore[attr-defined] # the protocol promises an iterator; ours is a generator
        assert [fetched(outcome).body for _, outcome in client.fetch_all(paths(origin, 1))] == [b"0"]


def test_two_passes_may_run_side_by_side(origin: Origin) -> None:
    with closing(fetcher(origin)) as client:
        for _request, _ in client.fetch_all(paths(origin, 3)):
            assert len(list(client.fetch_all(paths(origin, 2, host="other.localhost")))) == 2


def test_a_closed_fetcher_says_so(origin: Origin) -> None:
    client = fetcher(origin)
    client.close()
    with pytest.raises(RuntimeError, match="closed"):
        list(client.fetch_all([]))


def test_closing_from_another_thread_ends_a_pass_that_waits_for_a_silent_host(origin: Origin) -> None:
    client = fetcher(origin)
    request = FetchRequest(url=origin.answer("/silent", Answer(hang=True)))
    outcomes: list[FetchOutcome] = []
    waiting = Thread(target=lambda: outcomes.extend(outcome for _, outcome in client.fetch_all([request])))
    waiting.start()
    while not origin.requests:  # the request has arrived, and no answer ever will
        waiting.join(0.01)
        assert waiting.is_alive()

    client.close()

    waiting.join(10)
    assert not waiting.is_alive()
    assert outcomes == []
