"""A process that computes sentence vectors: `python -m aggregator.group.model_worker MODEL`.

Standard input is a `multiprocessing` connection. In comes a list of texts, out go the bytes of their vectors, one after the
other. The process ends when the connection does, or when nothing came for a while.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from datetime import timedelta
from multiprocessing.connection import Connection

from aggregator.group.embed import load_model
from aggregator.protocols import Embedder

IDLE = timedelta(minutes=5)
"""How long it waits for more texts. Loading `use` takes 0.9 s of CPU, and it holds 150 MiB meanwhile."""


def serve(channel: Connection, embedder: Embedder, *, idle: timedelta = IDLE) -> None:
    """Answer until the other end is closed, or idle for so long."""
    with suppress(EOFError, ConnectionError):
        while channel.poll(idle.total_seconds()):
            channel.send_bytes(b"".join(embedder.embed(channel.recv())))


def main() -> None:
    """Load the model and answer."""
    # The parent decides when to end, also where a terminal or a service manager tells the whole group.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the `aggregator` command does
    with Connection(sys.stdin.fileno()) as channel:
        serve(channel, load_model(sys.argv[1]))


if __name__ == "__main__":
    main()
