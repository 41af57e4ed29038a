"""`python -m bench [NAME …]`: answer all questions, or the named ones; figures go to bench/results."""

from __future__ import annotations

import argparse
import importlib
import os
import sys

from bench.record import RUNS, Options

# Each is a module with `bench(options) -> Iterable[Report]`.
NAMES = (
    "parse",
    "fetch",
    "ingest",
    "publish",
    "serve",
    "front",
    "reads",
    "ranking",
    "freshness",
    "push",
    "hostile",
    "growth",
    "stories",
    "related",
    "search",
    "quality_keypoints",
    "quality_topics",
    "quality_stories",
    "quality_demo",
    "grouping",
)
QUALITY = "quality"  # all of which the names begin so


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*NAMES, QUALITY, []], help="which questions (default: all)")
    parser.add_argument("--runs", type=int, default=RUNS, help="runs of each measured thing")
    parser.add_argument("--feeds", type=int, default=None, help="number of generated feeds")
    parser.add_argument("--entries", type=int, default=None, help="number of stored entries (growth)")
    parser.add_argument("--dry", action="store_true", help="print only, keep no figures")
    chosen = parser.parse_args(arguments)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the `aggregator` command does
    options = Options(runs=chosen.runs, feeds=chosen.feeds, entries=chosen.entries)
    wanted = [name for name in NAMES if name.startswith(QUALITY)] if QUALITY in chosen.names else []
    for name in dict.fromkeys([*(name for name in chosen.names if name != QUALITY), *wanted] or NAMES):
        for report in importlib.import_module(f"bench.{name}").bench(options):
            print(report.table(), flush=True)
            if not chosen.dry:
                report.save()
            print(flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
