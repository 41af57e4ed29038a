"""One pass of ours over all its feeds in a process that is up already: `python -m bench.our_pass CONFIG`.

The command line does the same; here starting up is done before the clock starts, as it is in the daemon.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

from aggregator.app import open_aggregator
from aggregator.app.collecting import collect_rarely
from aggregator.config import load_settings


def main() -> int:
    with open_aggregator(load_settings(Path(sys.argv[1]), environ=os.environ)) as aggregator:
        _ = aggregator.fetcher, aggregator.reader  # made on first use, which is charged to starting up
        collect_rarely()  # as the poller does
        wall, cpu = time.perf_counter(), cpu_seconds()
        report = aggregator.poll(everything=True)
        seconds = {"seconds": time.perf_counter() - wall}
        aggregator.reader.close()  # the CPU of its processes is known when they have ended
        seconds["cpu_seconds"] = cpu_seconds() - cpu
    failures = [failure.url for failure in report.failures]
    print(json.dumps(seconds | {"feeds": {"failed": report.failed}, "failures": failures, "entries": {"new": report.new}}))
    return 0


def cpu_seconds() -> float:
    """Return the CPU of this process and of children that ended."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


if __name__ == "__main__":
    sys.exit(main())
