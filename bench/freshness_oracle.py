"""The best there can be where the truth is known: the schedule that a dynamic programme finds for the true flow of entries."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bench.freshness_rules import CAP, Fixed
from bench.freshness_traces import HOUR, MONDAY, WEEK, Segment, Trace

STEP = 900.0  # seconds: polls of the oracle stand on quarters of an hour
STEPS = int(WEEK / STEP)
LONGEST = int(CAP / STEP)
HORIZON_WEEKS = 3  # the first week of the plan is used, what comes after keeps it from ending there


class Plan(Fixed):
    """Polls at the steps that the programme chose; follows the truth, which no rule can know."""

    def __init__(self, floor: float, starts: Sequence[float], tables: NDArray[np.int16]) -> None:
        super().__init__(0.0, floor)
        self.starts = starts
        self.tables = tables

    def interval(self, now: float) -> float:
        place = max(bisect_right(self.starts, now) - 1, 0)
        number = int(np.ceil((now - MONDAY) / STEP - 1e-6))
        steps = int(self.tables[place][number % STEPS])
        return MONDAY + (number + steps) * STEP - now


def plans(traces: Sequence[Trace], price: float, floor: float) -> list[Plan]:
    """Return the schedule of each trace at a price in entry-hours."""
    rows = [(number, segment) for number, trace in enumerate(traces) for segment in trace.truth]
    tables = _solve(np.array([segment.rates for _, segment in rows]), price, max(int(floor // STEP), 1))
    of_trace: dict[int, list[tuple[Segment, NDArray[np.int16]]]] = {}
    for (number, segment), table in zip(rows, tables, strict=True):
        of_trace.setdefault(number, []).append((segment, table))
    return [
        Plan(floor, [segment.start for segment, _ in parts], np.array([table for _, table in parts]))
        for parts in (of_trace[number] for number in range(len(traces)))
    ]


def _solve(rates: NDArray[np.float64], price: float, shortest: int) -> NDArray[np.int16]:
    """Return for each flow and step of the week how many steps to wait: least waiting plus price over the horizon."""
    hours = STEP / HOUR
    flow = np.repeat(rates, round(HOUR / STEP), axis=1) * hours  # entries in each step
    total = STEPS * HORIZON_WEEKS
    value = np.zeros((len(flow), total + LONGEST + 1))
    choice = np.zeros((len(flow), STEPS), dtype=np.int16)
    extended = np.concatenate([flow, flow[:, :LONGEST]], axis=1)
    for step in range(total - 1, -1, -1):
        at = step % STEPS
        arrived = np.cumsum(extended[:, at : at + LONGEST], axis=1)
        # Summed twice, an entry counts once for each step up to its poll; it lies in the middle of its own.
        waited = (np.cumsum(arrived, axis=1) - 0.5 * arrived) * hours
        cost = waited[:, shortest - 1 :] + price + value[:, step + shortest : step + LONGEST + 1]
        best = np.argmin(cost, axis=1)
        value[:, step] = cost[np.arange(len(flow)), best]
        if step < STEPS:
            choice[:, at] = best + shortest
    return choice
