"""What a poll must be worth: one price for all feeds, in entry-hours, moved slowly so that the requests keep to a budget."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

FIRST_PRICE = 0.15  # near six polls a feed and day; Source: the project's study of polling times, section 7
CHEAPEST, DEAREST = 1e-4, 1e3  # a budget that the bounds of intervals make unreachable drives the price no further
STEP = timedelta(hours=1)
# Slow enough that day and night move the price by a few per cent only, quick enough that a price five times wrong spends within
# 2 % of the budget in the week after three days (bench/freshness.py).
MEMORY_HOURS = 12.0
GAIN = 0.1  # an hour
LONGEST_STEP_HOURS = 24.0  # a longer pause says nothing about the price


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceState:
    """The price, and the polls it led to: `polls_per_hour` is a decayed mean up to `at`, `polls` were counted since."""

    at: datetime
    price: float = FIRST_PRICE
    polls_per_hour: float | None = None
    polls: int = 0


def spend(state: PriceState, *, polls: int, now: datetime, budget: float) -> PriceState:
    """Count polls against a budget in polls an hour, and move the price once an hour."""
    polls += state.polls
    elapsed = (now - state.at) / STEP
    if elapsed < 1:
        return replace(state, polls=polls)
    if elapsed > LONGEST_STEP_HOURS:
        return replace(state, at=now, polls=0)
    kept = math.exp(-elapsed / MEMORY_HOURS)
    before = budget if state.polls_per_hour is None else state.polls_per_hour
    mean = before * kept + polls / elapsed * (1 - kept)
    price = state.price * (mean / budget) ** (GAIN * elapsed)
    return PriceState(at=now, price=min(max(price, CHEAPEST), DEAREST), polls_per_hour=mean)
