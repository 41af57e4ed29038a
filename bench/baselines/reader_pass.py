"""One pass of lemon24/reader over all its feeds: `python -m bench.baselines.reader_pass DATABASE [--add FILE]`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from reader import make_reader


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("database")
    parser.add_argument("--add", type=Path, help="file of URLs, one a line: only add these feeds, poll nothing")
    parser.add_argument("--workers", type=int, default=8)
    chosen = parser.parse_args()
    reader = make_reader(chosen.database)
    if chosen.add:
        for url in chosen.add.read_text().split():
            reader.add_feed(url)
    else:
        reader.add_feed(next(iter(reader.get_feeds())), exist_ok=True)  # loads the parser, which is charged to starting up
        report: dict[str, float] = {"ok": 0, "not_modified": 0, "failed": 0, "new": 0, "modified": 0}
        wall, cpu = time.perf_counter(), time.process_time()
        # scheduled=False: feeds that are not due are asked too, or nothing would be measured
        for result in reader.update_feeds_iter(scheduled=False, workers=chosen.workers):
            if isinstance(result.value, Exception):
                report["failed"] += 1
            elif result.value is None:
                report["not_modified"] += 1
            else:
                report["ok"] += 1
                report["new"] += result.value.new
                report["modified"] += result.value.modified
        report |= {"seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - cpu}
        print(json.dumps(report))
    reader.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
