"""Do the emitted orders show what interests people, and does nobody else get a say?

A simulated day (after half a day that is not measured), paired: every contender gets the same worlds. Figures are means over
worlds with standard errors. Reference: `ranking.md`; its section 6 names the targets.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from aggregator.rank.counting import NotCounted
from aggregator.rank.levels import Level, level_of, rules_for
from bench.ranking_measures import show, show_difference
from bench.ranking_site import Filters, RankedSite
from bench.ranking_traffic import Abuse, Outcome, run
from bench.ranking_world import Size, World
from bench.record import Options, Report, Row, sample

DAY = Size(name="day", readers=2_000, stories=5_000, scale=1.0, zipf=1.0)
CLUB = Size(name="C", readers=500, stories=900, scale=0.015)  # 600 stories a day
HOUSEHOLD = Size(name="H", readers=20, stories=300, scale=0.015)
BIG = Size(name="B", readers=5_000, stories=1_500, scale=0.015)
REPLICATIONS = 10
FIRST_SEED = 1_000
ABUSE = Abuse(bots=True, prefetchers=True, mark_all=True, stuffer=True)
NOBODY = Abuse()
FEEDS_KNOWN = Abuse(feeds_are_ours=True)
EVERYTHING = frozenset(NotCounted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One contender in one kind of weather. `level` and `kappa_day` None: those of the size of the world."""

    name: str
    abuse: Abuse = ABUSE
    filters: Filters = Filters()
    level: Level | None = None
    day: str = "diff"
    trend: str = "diff"
    kappa_day: float | None = None


SCENARIOS = (
    Scenario(name="nobody but readers", abuse=NOBODY),
    Scenario(name="all filters"),
    Scenario(name="without bot list", filters=Filters(ignored=frozenset({NotCounted.BOT}))),
    Scenario(name="without burst rule", filters=Filters(ignored=frozenset({NotCounted.AFTER_FETCH}))),
    Scenario(name="without hourly limit", filters=Filters(ignored=frozenset({NotCounted.OVER_ACTIVE}))),
    Scenario(name="without network cap", filters=Filters(networks=False)),
    Scenario(name="without batch weights", filters=Filters(batches=False)),
    Scenario(name="without one a visitor", filters=Filters(one_a_visitor=False)),
    Scenario(name="no filter", filters=Filters(ignored=EVERYTHING, networks=False, batches=False, one_a_visitor=False)),
    Scenario(name="pushed stories", abuse=Abuse(notifications=True)),
    Scenario(name="slow attacker, all filters", abuse=Abuse(slow=True)),
    Scenario(name="slow attacker, without network cap", abuse=Abuse(slow=True), filters=Filters(networks=False)),
    Scenario(name="70 % in one network, all filters", abuse=Abuse(stuffer=True, office=True)),
)
HOUSEHOLDS = (
    Scenario(name="household, nobody but readers", abuse=NOBODY),
    Scenario(name="household, stuffer, no account", abuse=Abuse(stuffer=True)),
    Scenario(
        name="household, stuffer, accounts", abuse=Abuse(stuffer=True, accounts=True), filters=Filters(accounts_only=True)
    ),
)
CONTENDERS = (  # with readers only; the first is what the product does
    Scenario(name="DIFF", abuse=NOBODY),
    Scenario(name="FD", abuse=NOBODY, trend="fd"),
    Scenario(name="raw 24 h", abuse=NOBODY, trend="raw"),
    Scenario(name="RATIO", abuse=NOBODY, trend="ratio"),
    Scenario(name="DIFF, exposure in feeds known", abuse=FEEDS_KNOWN),
    Scenario(name="RATIO, exposure in feeds known", abuse=FEEDS_KNOWN, trend="ratio"),
    Scenario(name="DIFF, parameters of B", abuse=NOBODY, level=Level.BIG),
)
DAY_CONTENDERS = (
    CONTENDERS[0],
    Scenario(name="FD", abuse=NOBODY, day="fd"),
    Scenario(name="DIFF kappa 0.8", abuse=NOBODY, kappa_day=0.8),
    Scenario(name="raw 24 h", abuse=NOBODY, day="raw"),
)


def bench(options: Options) -> Iterator[Report]:
    report = Report(
        name="ranking",
        question="do the emitted orders show what interests people, with each filter on and off?",
        corpus=f"{DAY.readers} readers, {DAY.stories} stories in 36 h, Zipf interest; {REPLICATIONS} worlds",
        baseline="",
    )
    level = level_of(DAY.readers)
    report.facts["level of the day"] = level.value
    took = []

    def simulate(size: Size, scenario: Scenario, count: int = REPLICATIONS) -> list[Outcome]:
        made: list[Outcome] = []

        def work() -> None:
            made.extend(_simulate(size, scenario, FIRST_SEED + number) for number in range(count))

        took.append((sample(work), sum(one.requests for one in made)))
        return made

    _filters(report, {scenario.name: simulate(DAY, scenario) for scenario in SCENARIOS})
    _filters(report, {scenario.name: simulate(HOUSEHOLD, scenario) for scenario in HOUSEHOLDS})
    for size in (DAY, HOUSEHOLD, CLUB, BIG):
        _estimators(report, size, simulate)
    requests = sum(count for _, count in took)
    report.add(Row(name="simulation", unit="request", count=requests // len(took), samples=tuple(one for one, _ in took)))
    _ = options
    yield report


def _simulate(size: Size, scenario: Scenario, seed: int) -> Outcome:
    world = World(size, seed)
    level = scenario.level or level_of(size.readers)
    rules = rules_for(level)
    if scenario.kappa_day is not None:
        rules = replace(rules, kappa_day=scenario.kappa_day)
    site = RankedSite(world, rules, level=level, filters=scenario.filters, day=scenario.day, trend=scenario.trend)
    return run(world, site, scenario.abuse)


def _filters(report: Report, results: dict[str, list[Outcome]]) -> None:
    for name, outcomes in results.items():
        for label, key in (
            ("Meistgelesen nDCG@10", "day_ndcg"),
            ("Meistgelesen tau", "day_tau"),
            ("Trend nDCG@10", "trend_ndcg"),
            ("Trend tau", "trend_tau"),
        ):
            report.facts[f"{name}: {label}"] = show(_means(outcomes, key))
        stuffed = [(one.stuffed_day_hours, one.stuffed_trend_hours) for one in outcomes]
        report.facts[f"{name}: hours of 24 of the stuffed story in the top ten"] = (
            f"Meistgelesen {show([day for day, _ in stuffed], 2)}, Trend {show([trend for _, trend in stuffed], 2)}"
        )
        _crossing(report, name, outcomes)


def _crossing(report: Report, name: str, outcomes: Sequence[Outcome]) -> None:
    entered = sum(one.entered for one in outcomes)
    delays = sorted(delay for one in outcomes for delay in one.delays)
    report.facts[f"{name}: crossing"] = (
        f"{entered / len(outcomes):.1f} a day, of them in the day's true top ten "
        f"{sum(one.entered_in_top10 for one in outcomes) / max(entered, 1):.2f}, top twenty "
        f"{sum(one.entered_in_top20 for one in outcomes) / max(entered, 1):.2f}; true top ten that entered "
        f"{sum(one.top10_entered for one in outcomes) / (10 * len(outcomes)):.2f}; "
        f"median delay {statistics.median(delays) if delays else 0:.1f} h"
    )


def _estimators(report: Report, size: Size, simulate: Callable[[Size, Scenario], list[Outcome]]) -> None:
    """Readers only: what we do against other estimators, each order by itself."""
    ours: list[Outcome] = []
    large = level_of(size.readers) in {Level.BIG, Level.NEWSROOM}
    for scenario in CONTENDERS:
        if (scenario.trend == "ratio" and not large) or (scenario.level is not None and size is not DAY):
            continue
        outcomes = simulate(size, scenario)
        ours = ours or outcomes
        _compare(report, f"{size.name}, Trend by {scenario.name}", outcomes, ours, "trend_ndcg")
        if outcomes is ours or scenario.trend == "ratio":
            churn = statistics.fmean(one.churn for one in outcomes) / 24
            report.facts[f"{size.name}, Trend by {scenario.name}: entries an hour"] = f"{churn:.1f}"
    for scenario in DAY_CONTENDERS:
        outcomes = ours if scenario is CONTENDERS[0] else simulate(size, scenario)
        _compare(report, f"{size.name}, Meistgelesen by {scenario.name}", outcomes, ours, "day_ndcg")
    report.facts[f"{size.name}: reads a day"] = f"{statistics.fmean(one.reads for one in ours) / 1.5:.0f}"
    _crossing(report, size.name, ours)


def _compare(report: Report, name: str, outcomes: Sequence[Outcome], ours: Sequence[Outcome], key: str) -> None:
    values = _means(outcomes, key)
    against = "" if outcomes is ours else f" ({show_difference(values, _means(ours, key))} against ours)"
    report.facts[f"{name}: nDCG@10"] = f"{show(values)}{against}"


def _means(outcomes: Sequence[Outcome], key: str) -> list[float]:
    return [statistics.fmean(getattr(one, key)) for one in outcomes]
