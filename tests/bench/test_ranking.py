from __future__ import annotations

import pytest

np = pytest.importorskip("numpy", reason="the simulator needs numpy, an extra of the benchmarks")

from aggregator.rank.levels import Level, rules_for  # noqa: E402 - after the skip
from bench.ranking_measures import kendall_tau, ndcg  # noqa: E402 - after the skip
from bench.ranking_site import Filters, RankedSite  # noqa: E402 - after the skip
from bench.ranking_traffic import Abuse, Outcome, run  # noqa: E402 - after the skip
from bench.ranking_world import Size, World  # noqa: E402 - after the skip

SMALL = Size(name="small", readers=200, stories=300, scale=0.02)


def outcome(abuse: Abuse, filters: Filters) -> Outcome:
    world = World(SMALL, seed=7)
    return run(world, RankedSite(world, rules_for(Level.CLUB), level=Level.CLUB, filters=filters), abuse)


def test_the_true_order_gains_all_and_a_reversed_one_less() -> None:
    truth = np.arange(20.0)
    best = list(range(19, -1, -1))
    assert ndcg(best, truth) == pytest.approx(1.0)
    assert kendall_tau(best, truth) == 1.0
    assert ndcg(best[::-1], truth) < 0.5
    assert kendall_tau(best[::-1], truth) == -1.0


def test_one_pair_of_six_in_false_order_costs_a_third() -> None:
    assert kendall_tau([1, 0, 2, 3], np.array([3.0, 4.0, 1.0, 2.0])) == pytest.approx(2 / 3)


def test_a_stuffed_story_reaches_the_top_without_the_cap_and_not_with_it() -> None:
    open_door = outcome(Abuse(stuffer=True), Filters(networks=False))
    capped = outcome(Abuse(stuffer=True), Filters())
    assert open_door.stuffed_day_hours > 20
    assert capped.stuffed_day_hours < 4


def test_the_same_seed_gives_the_same_day() -> None:
    assert outcome(Abuse(bots=True), Filters()) == outcome(Abuse(bots=True), Filters())
