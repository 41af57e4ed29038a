"""Measures programs and functions, prints the table and keeps the figures.

CPU is what repeats on a shared machine, so it stands beside wall time everywhere, and a ratio is only made inside one run.
"""

from __future__ import annotations

import gc
import importlib.metadata
import json
import math
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
RUNS = 5  # the fewest that give quartiles a meaning
MEBIBYTE = 1024 * 1024
MAXRSS_UNIT_BYTES = 1 if sys.platform == "darwin" else 1024  # getrusage(2) of either system
LIBRARIES = ("feedparser", "granian", "lxml", "nh3", "pycurl", "reader", "SQLAlchemy", "starlette", "uvicorn", "uvloop")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the caller of a benchmark may choose: runs of everything, and numbers (None: the benchmark's own)."""

    runs: int = RUNS
    feeds: int | None = None
    entries: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One run: seconds of wall time and of CPU (with children that ended; NaN: not measured), peak memory if seen."""

    wall_seconds: float
    cpu_seconds: float = math.nan
    peak_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Quartiles of a figure."""

    q1: float
    median: float
    q3: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        numbers = sorted(values)
        if len(numbers) < 2:
            return cls(q1=numbers[0], median=numbers[0], q3=numbers[0])
        q1, median, q3 = statistics.quantiles(numbers, n=4, method="inclusive")
        return cls(q1=q1, median=median, q3=q3)

    def __str__(self) -> str:
        return f"{_short(self.median)} [{_short(self.q1)}-{_short(self.q3)}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One contender at one kind of work: `count` units of `unit` in every run."""

    name: str
    samples: tuple[Sample, ...]
    count: int
    unit: str
    work: str = ""

    @property
    def per_second(self) -> Spread:
        return Spread.of(self.count / sample.wall_seconds for sample in self.samples)

    @property
    def cpu_milliseconds(self) -> Spread:
        """CPU a unit."""
        return Spread.of(sample.cpu_seconds * 1000 / self.count for sample in self.samples)

    @property
    def has_cpu(self) -> bool:
        """Whether CPU was measured."""
        return not any(math.isnan(sample.cpu_seconds) for sample in self.samples)

    @property
    def peak_mebibytes(self) -> float | None:
        peaks = [sample.peak_bytes for sample in self.samples if sample.peak_bytes is not None]
        return statistics.median(peaks) / MEBIBYTE if peaks else None


@dataclass(slots=True, kw_only=True)
class Report:
    """The answer to one question: rows, and ratios of each against the baseline at the same work."""

    name: str
    question: str
    corpus: str
    baseline: str
    rows: list[Row] = field(default_factory=list)
    facts: dict[str, float | int | str] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        self.rows.append(row)

    def ratios(self, row: Row) -> tuple[float, float] | None:
        """How many times the baseline's speed, and what share of its CPU; None where the baseline did not do this work."""
        for other in self.rows:
            if other.name == self.baseline and other.work == row.work:
                speed = row.per_second.median / other.per_second.median
                return speed, row.cpu_milliseconds.median / max(other.cpu_milliseconds.median, 1e-9)
        return None

    def table(self) -> str:
        head = ["work", "contender", "unit", "units/s", "CPU ms a unit", "MiB", f"speed x {self.baseline}", "CPU x"]
        lines = [head]
        for row in self.rows:
            peak, ratios = row.peak_mebibytes, self.ratios(row)
            lines.append(
                [
                    row.work,
                    row.name,
                    row.unit,
                    str(row.per_second),
                    str(row.cpu_milliseconds) if row.has_cpu else "",
                    "" if peak is None else f"{peak:.0f}",
                    "" if ratios is None else f"{ratios[0]:.2f}",
                    "" if ratios is None or math.isnan(ratios[1]) else f"{ratios[1]:.3f}",
                ]
            )
        widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
        text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
        runs = max((len(row.samples) for row in self.rows), default=0)
        facts = [f"{key}: {value}" for key, value in self.facts.items()]
        return "\n".join(
            [f"{self.name}: {self.question}", f"corpus: {self.corpus}; {runs} runs, median [quartiles]", *text, *facts]
        )

    def save(self, folder: Path = RESULTS) -> Path:
        """Write the figures as JSON: no path and no host name in it, so that it may be committed."""
        rows = []
        for row in self.rows:
            ratios = self.ratios(row)
            rows.append(
                {
                    "work": row.work,
                    "contender": row.name,
                    "unit": row.unit,
                    "count": row.count,
                    "per_second": _rounded(row.per_second),
                    "cpu_ms_per_unit": _rounded(row.cpu_milliseconds) if row.has_cpu else None,
                    "peak_mib": None if row.peak_mebibytes is None else round(row.peak_mebibytes, 1),
                    "speed_ratio": None if ratios is None else round(ratios[0], 3),
                    "cpu_ratio": None if ratios is None or math.isnan(ratios[1]) else round(ratios[1], 4),
                    "runs": len(row.samples),
                }
            )
        document = {
            "name": self.name,
            "question": self.question,
            "corpus": self.corpus,
            "baseline": self.baseline,
            "machine": machine(),
            "facts": self.facts,
            "rows": rows,
        }
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.name}.json"
        path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return path


def sample(work: Callable[[], object]) -> Sample:
    """Run it once; garbage of what came before is collected first and not charged."""
    gc.collect()
    cpu, wall = _cpu_seconds(), time.perf_counter()
    work()
    return Sample(wall_seconds=time.perf_counter() - wall, cpu_seconds=_cpu_seconds() - cpu)


def measure(
    name: str, work: Callable[[], object], *, count: int, unit: str, kind: str = "", runs: int = RUNS, warm_up: bool = True
) -> Row:
    """Run it `runs` times (after one run that is not counted) and return the row."""
    if warm_up:
        work()
    return Row(name=name, work=kind, unit=unit, count=count, samples=tuple(sample(work) for _ in range(runs)))


def run_program(
    arguments: Sequence[str], *, deadline_seconds: float = 900, cwd: Path | None = None, accepted: Sequence[int] = (0,)
) -> tuple[Sample, str]:
    """Run a program to its end; CPU and memory are those the kernel counts for it and all children it waited for.

    Raises: RuntimeError with the end of its standard error if it fails or is stopped at the deadline.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, cwd=cwd)
        alarm = threading.Timer(deadline_seconds, process.kill)
        alarm.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)  # only wait4 tells the memory of this one child
        finally:
            alarm.cancel()
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode not in accepted:
            ending = errors.read().decode(errors="replace")[-2000:]
            raise RuntimeError(f"{' '.join(arguments[-4:])} ended with {process.returncode}: {ending}")
        taken = Sample(
            wall_seconds=seconds, cpu_seconds=usage.ru_utime + usage.ru_stime, peak_bytes=usage.ru_maxrss * MAXRSS_UNIT_BYTES
        )
        return taken, output.read().decode()


def machine() -> dict[str, object]:
    """Facts that explain a figure and name no machine."""
    versions = {}
    for library in LIBRARIES:
        try:
            versions[library] = importlib.metadata.version(library)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "architecture": platform.machine(),
        "load_average": round(
            os.getloadavg()[0], 1
        ),  # of the last minute, ours included: more than the cores is a shared machine
        "python": platform.python_version(),
        "libraries": versions,
    }


def _cpu_seconds() -> float:
    return sum(
        usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def _rounded(spread: Spread) -> dict[str, float]:
    return {key: float(f"{value:.4g}") for key, value in asdict(spread).items()}


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
