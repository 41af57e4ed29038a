"""How long do entries wait to be seen, at equal numbers of requests? Our rule and the peers', on captured and made-up feeds.

Delay is from an entry's date to the poll that shows it, in hours. Every rule has one scale, found so that its polls meet the
budget; the rules run as they would live, knowing only what documents show. Protocol and targets: the project's study of polling
times, sections 2 and 8.
"""

from __future__ import annotations

import heapq
import json
import math
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from aggregator.fetch.price import PriceState, spend
from aggregator.fetch.rhythm import learn, next_poll
from bench.freshness_oracle import plans
from bench.freshness_rules import CAP, RULES, Fixed, Ours
from bench.freshness_traces import CORPUS, DAY, HOUR, MONDAY, Trace, captured_traces, made_traces, shown
from bench.record import RESULTS, Options, machine

BUDGETS = (3.0, 6.0, 12.0)  # polls a feed and day
FLOOR = 900.0  # seconds
MADE_FEEDS = 200
CLOSE_ENOUGH = 0.004  # of the budget; the search ends there
REACHED = 0.02
TRIES = 12
ORACLE = "oracle"
TARGETS = {
    3.0: (1.0, 0.8, 2.0),
    6.0: (0.58, 0.45, 1.25),
    12.0: (0.38, 0.24, 0.95),
}  # issue 6: mean, median, p90 on captured feeds


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """What a rule did with a budget: weighted delays in hours; `polls` a feed and day, as spent."""

    feeds: str
    rule: str
    budget: float
    polls: float
    mean: float
    median: float
    p90: float
    lost_share: float


@dataclass(slots=True, kw_only=True)
class FreshnessReport:
    """The table and what else was asked."""

    name: str = "freshness"
    rows: list[Delays] = field(default_factory=list)
    facts: dict[str, float | int | str] = field(default_factory=dict)

    def table(self) -> str:
        lines = [
            f"{self.name}: hours from an entry's date to the poll that shows it; mean / median / p90, floor 15 min, cap 24 h"
        ]
        for feeds in dict.fromkeys(row.feeds for row in self.rows):
            lines.append(f"{feeds:24}" + "".join(f"{f'{budget:g} polls a day':>28}" for budget in BUDGETS))
            for rule in dict.fromkeys(row.rule for row in self.rows if row.feeds == feeds):
                cells = [self._cell(feeds, rule, budget) for budget in BUDGETS]
                lines.append(f"  {rule:22}" + "".join(f"{cell:>28}" for cell in cells))
        return "\n".join(lines + [f"{key}: {value}" for key, value in self.facts.items()])

    def _cell(self, feeds: str, rule: str, budget: float) -> str:
        row = self.find(feeds, rule, budget)
        if row is None:
            return ""
        spent = "" if abs(row.polls / budget - 1) <= REACHED else f" (spent {row.polls:.3g})"
        return f"{row.mean:.2f} / {row.median:.2f} / {row.p90:.2f}{spent}"

    def find(self, feeds: str, rule: str, budget: float) -> Delays | None:
        return next((row for row in self.rows if (row.feeds, row.rule, row.budget) == (feeds, rule, budget)), None)

    def save(self, folder: Path = RESULTS) -> Path:
        document = {
            "name": self.name,
            "question": "how long do entries wait to be seen, at equal numbers of requests?",
            "machine": machine(),
            "facts": self.facts,
            "rows": [
                {key: value if isinstance(value, str) else round(value, 4) for key, value in asdict(row).items()}
                for row in self.rows
            ],
        }
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.name}.json"
        path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return path


@cache
def traces_of(feeds: str, count: int) -> list[Trace]:
    """Return the traces; cached, since each worker answers many questions about them."""
    return captured_traces() if feeds == "captured" else made_traces(count)


def bench(options: Options) -> Iterable[FreshnessReport]:
    started = time.perf_counter()
    count = options.feeds or MADE_FEEDS
    report = FreshnessReport()
    kinds = (["captured"] if CORPUS.is_dir() else []) + ["made up"]
    names = {kind: f"{kind} ({len(traces_of(kind, count))} feeds)" for kind in kinds}
    questions = [(kind, rule) for kind in kinds for rule in (*RULES, *([ORACLE] if kind == "made up" else []))]
    questions.sort(key=lambda question: question[1] not in {"ours", ORACLE})  # the longest first
    with ProcessPoolExecutor(max_workers=2) as pool:
        answers = list(pool.map(_answer, [(kind, rule, count) for kind, rule in questions]))
    scales: dict[tuple[str, str, float], float] = {}
    for (kind, rule), answer in sorted(zip(questions, answers, strict=True), key=lambda pair: _order(pair[0])):
        for row, scale in answer:
            report.rows.append(Delays(**(asdict(row) | {"feeds": names[kind]})))
            scales[kind, rule, row.budget] = scale
    for kind in kinds:
        _compare(report, names[kind])
    _hold_budget(report, traces_of("made up", count), scales["made up", "ours", 6.0])
    report.facts["function_microseconds"] = _cost_of_function()
    report.facts["seconds"] = round(time.perf_counter() - started)
    yield report


def _order(question: tuple[str, str]) -> tuple[str, int]:
    kind, rule = question
    return kind, [*RULES, ORACLE].index(rule)


def _answer(question: tuple[str, str, int]) -> list[tuple[Delays, float]]:
    """Tune one rule to each budget, the next from where the last was found."""
    kind, rule, count = question
    traces = traces_of(kind, count)
    scale = 0.2 if rule == ORACLE else RULES[rule][1]
    found = []
    for budget in BUDGETS:
        row, scale = _tune(traces, rule, scale, budget)
        found.append((row, scale))
    return found


def _tune(traces: Sequence[Trace], rule: str, scale: float, budget: float) -> tuple[Delays, float]:
    """Find the scale that spends the budget; the elasticity is taken from the last two tries."""
    elasticity = -0.5 if rule in {"ours", ORACLE} else -1.0
    before: tuple[float, float] | None = None
    best: tuple[float, Delays, float] | None = None
    for _ in range(TRIES):
        row = _replay(traces, rule, scale, budget)
        miss = abs(row.polls / budget - 1)
        if best is None or miss < best[0]:
            best = (miss, row, scale)
        if miss <= CLOSE_ENOUGH:
            break
        if before is not None and before[0] != scale and row.polls != before[1]:
            slope = math.log(row.polls / before[1]) / math.log(scale / before[0])
            elasticity = min(max(slope, -2.0), -0.15)
        before = (scale, row.polls)
        scale *= (budget / row.polls) ** (1 / elasticity)
    assert best is not None
    return best[1], best[2]


def _replay(traces: Sequence[Trace], rule: str, scale: float, budget: float) -> Delays:
    pollers: Sequence[Fixed]
    pollers = plans(traces, scale, FLOOR) if rule == ORACLE else [RULES[rule][0](scale, FLOOR) for _ in traces]
    polls = 0.0
    waited: list[tuple[float, float]] = []
    lost = entries = 0.0
    for trace, poller in zip(traces, pollers, strict=True):
        count, delays, missed = replay(trace, poller)
        polls += count * trace.weight
        waited += [(delay, trace.weight) for delay in delays]
        lost += missed * trace.weight
        entries += len(delays) * trace.weight
    waited.sort()
    total = sum(weight for _, weight in waited)
    return Delays(
        feeds="",
        rule=rule,
        budget=budget,
        polls=polls / len(traces),
        mean=sum(delay * weight for delay, weight in waited) / total / HOUR,
        median=_quantile(waited, total / 2) / HOUR,
        p90=_quantile(waited, total * 0.9) / HOUR,
        lost_share=lost / entries,
    )


def replay(trace: Trace, poller: Fixed) -> tuple[int, list[float], int]:
    """Poll one feed by a rule; return the polls measured, the delays of the entries seen then, and how many were pushed out."""
    times = trace.times
    first, seen = shown(trace, trace.begin)
    poller.begin(times[first:seen], trace.window, trace.truth, trace.begin)
    now, polls, lost = trace.begin, 0, 0
    delays: list[float] = []
    while now <= trace.end:
        now += poller.wait(now)
        if trace.measure <= now <= trace.end:
            polls += 1
        if seen < len(times) and times[seen] <= now:
            first, last = shown(trace, now)
            delays += [now - at for at in times[seen:last] if at >= trace.measure]
            lost += max(first - seen, 0)
            poller.see(times[max(first, seen) : last], times[first:last], now)
            seen = last
    return polls, delays, lost


def _quantile(waited: Sequence[tuple[float, float]], place: float) -> float:
    passed = 0.0
    for delay, weight in waited:
        passed += weight
        if passed >= place:
            return delay
    return waited[-1][0]


def _compare(report: FreshnessReport, feeds: str) -> None:
    """State ratios of means, and whether the targets are met."""
    for budget in BUDGETS:
        ours = report.find(feeds, "ours", budget)
        if ours is None:
            continue
        for other in ("square root", "fixed", ORACLE):
            row = report.find(feeds, other, budget)
            if row is not None:
                report.facts[f"{feeds}, {budget:g} polls: mean, ours / {other}"] = round(ours.mean / row.mean, 3)
        if feeds.startswith("captured"):
            met = all(value <= bound for value, bound in zip((ours.mean, ours.median, ours.p90), TARGETS[budget], strict=True))
            report.facts[f"{feeds}, {budget:g} polls: targets"] = "met" if met else f"missed {TARGETS[budget]}"


def _hold_budget(report: FreshnessReport, traces: Sequence[Trace], price: float) -> None:
    """Let the price find itself from five times too much and too little, all feeds in one world, six polls a feed and day."""
    budget = 6.0 * len(traces) / 24
    for name, factor in (("five times too dear", 5.0), ("five times too cheap", 0.2)):
        hourly = run_world(traces, PriceState(at=_date(MONDAY), price=price * factor), budget)
        for first, last in ((3, 10), (3, len(hourly) // 24)):
            spent = sum(hourly[first * 24 : last * 24]) / ((last - first) * 24)
            report.facts[f"from {name}: requests of days {first} to {last}, share of the budget"] = round(spent / budget, 4)


def run_world(traces: Sequence[Trace], state: PriceState, budget: float) -> list[int]:
    """Poll all feeds by one price that follows the budget; return the polls of each hour."""
    end = max(trace.end for trace in traces)
    hourly = [0] * int((end - MONDAY) / HOUR)
    pollers = [Ours(0.0, FLOOR) for _ in traces]
    seen = []
    queue = []
    for number, (trace, poller) in enumerate(zip(traces, pollers, strict=True)):
        first, last = shown(trace, trace.begin)
        poller.begin(trace.times[first:last], trace.window, (), trace.begin)
        seen.append(last)
        queue.append((MONDAY + number * DAY / len(traces), number))  # first polls spread over a day
    heapq.heapify(queue)
    tick = MONDAY + HOUR
    spent = 0
    while queue[0][0] < end:
        now, number = heapq.heappop(queue)
        while tick <= now:
            state = spend(state, polls=spent, now=_date(tick), budget=budget)
            spent = 0
            tick += HOUR
        spent += 1
        hourly[int((now - MONDAY) // HOUR)] += 1
        trace, poller = traces[number], pollers[number]
        first, last = shown(trace, now)
        if last > seen[number]:
            poller.see(trace.times[max(first, seen[number]) : last], trace.times[first:last], now)
            seen[number] = last
        poller.scale = state.price
        heapq.heappush(queue, (now + poller.wait(now), number))
    return hourly


def _cost_of_function() -> str:
    """Return the time of a call at prices near those in use and at the cap, in microseconds."""
    now = _date(MONDAY)
    dates = [now - timedelta(hours=7 * number) for number in range(60)]
    rhythm = learn(None, new=dates, oldest=dates[-1], overflowed=False, now=now)
    costs = []
    for price in (0.015, 0.07, 0.3, math.inf):
        started = time.perf_counter()
        for _ in range(10_000):
            next_poll(
                rhythm, now=now, price=price, floor=timedelta(seconds=FLOOR), cap=timedelta(seconds=CAP), document_entries=99
            )
        costs.append((time.perf_counter() - started) * 100)
    return " / ".join(f"{cost:.1f}" for cost in costs) + " (price 0.015 / 0.07 / 0.3 / the whole day)"


def _date(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
