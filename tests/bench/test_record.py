"""Measuring: quartiles, ratios, and what is kept."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import pytest

from bench.record import Report, Row, Sample, Spread, measure, run_program


def row(name: str, *, seconds: float, cpu: float, work: str = "pass") -> Row:
    samples = tuple(Sample(wall_seconds=seconds * factor, cpu_seconds=cpu) for factor in (1, 2, 3))
    return Row(name=name, samples=samples, count=100, unit="feeds", work=work)


def report(*rows: Row) -> Report:
    return Report(name="probe", question="How?", corpus="none", baseline="peer", rows=list(rows))


def test_a_spread_is_median_and_quartiles() -> None:
    assert Spread.of([5, 1, 4, 2, 3]) == Spread(q1=2, median=3, q3=4)
    assert Spread.of([7]) == Spread(q1=7, median=7, q3=7)


def test_figures_are_for_one_unit() -> None:
    one = row("ours", seconds=1, cpu=0.2)
    assert one.per_second.median == 50
    assert one.cpu_milliseconds.median == pytest.approx(2)


def test_ratios_are_made_against_the_baseline_at_the_same_work() -> None:
    fast, slow = row("ours", seconds=1, cpu=0.1), row("peer", seconds=4, cpu=1)
    assert report(fast, slow).ratios(fast) == pytest.approx((4, 0.1))
    assert report(fast, row("peer", seconds=4, cpu=1, work="other")).ratios(fast) is None


def test_cpu_that_was_not_measured_is_not_told_as_nothing(tmp_path: Path) -> None:
    one = report(row("peer", seconds=1, cpu=math.nan))
    kept = json.loads(one.save(tmp_path).read_text())["rows"][0]
    assert (kept["speed_ratio"], kept["cpu_ms_per_unit"], kept["cpu_ratio"]) == (1, None, None)
    assert "nan" not in one.table()


def test_kept_figures_name_no_path_and_no_host(tmp_path: Path) -> None:
    text = report(row("ours", seconds=1, cpu=0.1)).save(tmp_path).read_text()
    document = json.loads(text)
    assert document["rows"][0]["per_second"]["median"] == 50
    assert document["machine"]["cores"] >= 1
    assert str(tmp_path) not in text
    assert "/" not in json.dumps(document["machine"])


def test_measuring_runs_the_work_once_more_to_warm_up() -> None:
    calls: list[int] = []
    measured = measure("probe", lambda: calls.append(1), count=1, unit="call", runs=5)
    assert len(measured.samples) == 5
    assert len(calls) == 6


def test_a_program_is_measured_with_its_memory() -> None:
    sample, output = run_program([sys.executable, "-c", "print(len(bytearray(64_000_000)))"])
    assert output == "64000000\n"
    assert sample.cpu_seconds > 0
    assert sample.peak_bytes is not None
    assert sample.peak_bytes > 64_000_000


def test_a_program_that_fails_says_why() -> None:
    with pytest.raises(RuntimeError, match="ended with 3: no"):
        run_program([sys.executable, "-c", "import sys; sys.stderr.write('no'); sys.exit(3)"])
