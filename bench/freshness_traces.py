"""When entries appear: the dates in the captured feeds, and feeds made up so that the truth behind them is known.

Source of the protocol: the project's study of polling times, section 2.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from aggregator.errors import FeedError
from aggregator.model.fetching import Fetched
from aggregator.parse.choose import FeedParser

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "data" / "feeds" / "real"
HOUR, DAY, WEEK = 3600.0, 86_400.0, 604_800.0
MONDAY = 1_767_571_200.0  # 5 January 2026, 00:00 UTC: where generated time begins
EARLIEST = 631_152_000.0  # 1990: a date from before is a default of some software
FEWEST_ENTRIES, FEWEST_TIMES, SHORTEST_SPAN, SHORTEST_TEST = 20, 8, 6 * HOUR, 3 * HOUR
HISTORY_DAYS, LIFE_DAYS, WARM_UP_DAYS = 60, 56, 21


@dataclass(frozen=True, slots=True)
class Segment:
    """From `start` on the feed's expected entries an hour are `rates`, one for each hour of the week from Monday."""

    start: float
    rates: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """Dates of one feed's entries, in seconds. Polled from `begin`, where it shows what is older; measured from `measure`.

    Its document shows the last `window` entries. `truth` is known of made-up feeds only.
    """

    times: tuple[float, ...]
    begin: float
    measure: float
    end: float
    window: int
    truth: tuple[Segment, ...] = ()

    @property
    def weight(self) -> float:
        """Every feed weighs the same for each day of it that is measured."""
        return DAY / max(self.end - self.measure, DAY)


def captured_traces() -> list[Trace]:
    """Return the traces in the captured feeds: the first half of a feed's entries is history, the second is to come."""
    parser = FeedParser()
    traces = []
    for file in sorted(CORPUS.iterdir()):
        if file.suffix == ".tsv":
            continue
        try:
            entries = parser.parse(Fetched(url="https://example.org/", body=file.read_bytes())).entries
        except FeedError:
            continue
        dates = (entry.published_at or entry.updated_at for entry in entries)
        times = sorted(date.timestamp() for date in dates if date is not None and date.timestamp() >= EARLIEST)
        if len(times) < FEWEST_ENTRIES or len(set(times)) < FEWEST_TIMES or times[-1] - times[0] < SHORTEST_SPAN:
            continue
        half = len(times) // 2
        chance = random.Random(file.name).random()  # when it is first polled has nothing to do with when it publishes
        begin = times[half - 1] + chance * (times[half] - times[half - 1])
        if times[-1] - begin >= SHORTEST_TEST:
            traces.append(Trace(tuple(times), begin, begin, times[-1], len(times)))
    return traces


def made_traces(count: int, *, seed: int = 20_260_105) -> list[Trace]:
    """Return made-up feeds of the mixture of the study: by rhythm, in bursts, daily, weekly, dormant, changing their rate."""
    return [_made(random.Random(f"{seed} {number}")) for number in range(count)]


def _made(dice: random.Random) -> Trace:
    begin, end = MONDAY, MONDAY + LIFE_DAYS * DAY
    start = begin - HISTORY_DAYS * DAY
    start -= (start - MONDAY) % WEEK  # so that weeks begin on Mondays
    per_day = min(dice.lognormvariate(-1.2, 1.9), 150.0)  # median 0.3 a day
    kind = dice.choices(("rhythm", "hawkes", "daily", "weekly", "dormant", "changing"), weights=(40, 20, 12, 8, 10, 10))[0]
    if kind in {"daily", "weekly"}:
        segments, times = _batches(dice, kind, start, end, per_day)
    else:
        segments = _segments(dice, kind, start, end, per_day)
        times = [at for segment, until in _with_ends(segments, end) for at in _poisson(dice, segment, until)]
        if kind == "hawkes":
            times = _with_echoes(dice, times, end)
    window = 10 if dice.random() < 0.35 else 60
    return Trace(tuple(sorted(times)), begin, begin + WARM_UP_DAYS * DAY, end, window, segments)


def _segments(dice: random.Random, kind: str, start: float, end: float, per_day: float) -> tuple[Segment, ...]:
    rates = _profile(dice, per_day)
    none = (0.0,) * len(rates)
    if kind == "dormant":
        asleep = start + dice.uniform(0.2, 0.8) * (MONDAY - start)
        segments = [Segment(start, rates), Segment(asleep, none)]
        if dice.random() < 1 / 3:
            segments.append(Segment(dice.uniform(MONDAY + WARM_UP_DAYS * DAY, end), rates))
        return tuple(segments)
    if kind == "changing":
        factor = 8.0 if dice.random() < 0.5 else 1 / 8
        at = dice.uniform(MONDAY + WARM_UP_DAYS * DAY, end)
        return (Segment(start, rates), Segment(at, tuple(rate * factor for rate in rates)))
    return (Segment(start, rates),)


def _profile(dice: random.Random, per_day: float) -> tuple[float, ...]:
    """Return a week with a peak of its own in the day and a weekend of its own weight; the mean is `per_day`."""
    peak, width, night = dice.uniform(0, 24), dice.uniform(2, 5), dice.uniform(0.02, 0.3)
    weekend = dice.uniform(0.1, 1.2)
    shape = []
    for hour in range(168):
        distance = min((hour % 24 - peak) % 24, (peak - hour % 24) % 24)
        day = night + 2.718281828 ** (-((distance / width) ** 2) / 2)
        shape.append(day * (weekend if hour >= 120 else 1.0))
    mean = sum(shape) / 7
    return tuple(per_day * part / mean for part in shape)


def _poisson(dice: random.Random, segment: Segment, until: float) -> Iterator[float]:
    highest = max(segment.rates)
    at = segment.start
    while highest:
        at += dice.expovariate(highest) * HOUR
        if at >= until:
            return
        if dice.random() * highest < segment.rates[int((at - MONDAY) % WEEK // HOUR)]:
            yield at


def _with_echoes(dice: random.Random, times: list[float], end: float) -> list[float]:
    """Thin to half, and let every entry bring half another one on, an hour and a half later in the mean."""
    queue = [at for at in times if dice.random() < 0.5]
    found = []
    while queue:
        at = queue.pop()
        found.append(at)
        if dice.random() < 0.5:
            echo = at + dice.expovariate(1 / 1.5) * HOUR
            if echo < end:
                queue.append(echo)
    return found


def _batches(
    dice: random.Random, kind: str, start: float, end: float, per_day: float
) -> tuple[tuple[Segment, ...], list[float]]:
    """Entries that come together at a fixed hour of each day, or of one day of the week, within a quarter of an hour."""
    period = DAY if kind == "daily" else WEEK
    size = max(1, min(round(per_day * period / DAY), 20))
    phase = dice.uniform(0, period - HOUR)
    times = []
    at = start + phase
    while at < end:
        times += [at + dice.uniform(0, HOUR / 4) for _ in range(size)]
        at += period
    rates = [0.0] * 168
    for number in range(int(WEEK / period)):
        into = phase + number * period
        first = int(into // HOUR)
        spill = min(max((into + HOUR / 4 - (first + 1) * HOUR) / (HOUR / 4), 0.0), 1.0)  # what falls into the next hour
        rates[first % 168] += size * (1 - spill)
        rates[(first + 1) % 168] += size * spill
    return (Segment(start, tuple(rates)),), [at for at in times if at < end]


def _with_ends(segments: tuple[Segment, ...], end: float) -> Iterator[tuple[Segment, float]]:
    for segment, following in zip(segments, (*segments[1:], None), strict=True):
        yield segment, end if following is None else following.start


def shown(trace: Trace, now: float) -> tuple[int, int]:
    """Return which entries the document shows at `now`: the positions of the first, and after the last."""
    last = bisect_right(trace.times, now)
    return max(0, last - trace.window), last
