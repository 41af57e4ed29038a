"""The daemon's two processes: the poller and the web server.

Each is started by the supervisor as `python -m aggregator.cli.workers ROLE`, gets its validated settings through standard
input, and ends when that pipe closes: the supervisor cannot die and leave it behind.
"""

from __future__ import annotations

import logging
import os
import pickle
import signal
import socket
import sys
import threading
from pathlib import Path
from types import FrameType

from aggregator.app import open_aggregator
from aggregator.app.collecting import collect_rarely
from aggregator.cli.output import start_logging
from aggregator.config import Settings
from aggregator.errors import AggregatorError

log = logging.getLogger(__name__)

GRACEFUL_SECONDS = 5
"""How long the web server lets answers under way finish; the supervisor allows 10 s for everything."""


POLLER_NICENESS = 5
"""Steps by which the poller stands back behind the web server: a third of its share of a processor both want."""


def poll_forever(settings: Settings) -> None:
    """Run the poller until SIGTERM or SIGINT."""
    from aggregator.scheduler import run_jobs

    os.nice(POLLER_NICENESS)  # where the processor is short, feeds and clicks come first
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    with open_aggregator(settings) as aggregator:
        collect_rarely()
        run_jobs(aggregator, stop)


def serve_web(settings: Settings, sock: socket.socket, *, config: Path) -> None:
    """Serve pages and feeds on `sock` until SIGTERM or SIGINT.

    `config` is the file that the workshop changes sources in.
    """
    import uvicorn

    from aggregator.cli.application import open_application

    stopping = threading.Event()

    class Server(uvicorn.Server):
        """Tells when it wants to end: it waits for answers under way, and some go on until then."""

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            stopping.set()
            super().handle_exit(sig, frame)

    with (
        open_aggregator(settings) as aggregator,
        open_application(aggregator, config=config, stopping=stopping.is_set) as application,
    ):
        server = Server(
            uvicorn.Config(
                application,
                access_log=False,  # addresses of readers are not kept
                log_config=None,
                server_header=False,
                proxy_headers=False,  # trusted proxies are the application's business: it must know whom it trusts
                timeout_graceful_shutdown=GRACEFUL_SECONDS,
            )
        )
        server.run(sockets=[sock])


def main() -> None:
    """Run one role with the settings that come through standard input."""
    role, descriptor = sys.argv[1], int(sys.argv[2])
    start_logging(int(sys.argv[3]))
    settings: Settings = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own supervisor, over our own pipe
    threading.Thread(target=_end_with_supervisor, daemon=True).start()
    try:
        if role == "poller":
            poll_forever(settings)
        else:
            serve_web(settings, socket.socket(fileno=descriptor), config=Path(sys.argv[4]))
    except AggregatorError as error:
        log.error("%s", error)  # noqa: TRY400 - the sentence is the message
        sys.exit(1)


def _end_with_supervisor() -> None:
    # The raw descriptor: a buffered read in a daemon thread would hold a lock that the interpreter wants at its end.
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
