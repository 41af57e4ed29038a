"""A sentence model in a process of its own: what it computes in Python holds up nobody, and idle it takes no memory.

For a model that computes in Python (`use`): in a thread it shares one interpreter with what compares titles, and both went at
two thirds of their speed. One that computes in a library of its own (`e5`) needs none of this.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import weakref
from collections.abc import Sequence
from multiprocessing import Pipe
from multiprocessing.connection import Connection

from aggregator.errors import ModelFailed

_ATTEMPTS = 2  # the first finds out that the process ended when it was idle


class ModelProcess:
    """An `Embedder` that asks a process, which starts when first needed and again after it ended; safe to use from threads.

    `command` starts a program that answers as `model_worker` does. It ends when this object is no more.
    """

    def __init__(self, *, name: str, dimensions: int, command: Sequence[str]) -> None:
        self.name = name
        self.dimensions = dimensions
        self._command = command
        self._in_use = threading.Lock()
        self._channel: Connection | None = None
        self._end: weakref.finalize[..., ModelProcess] | None = None

    def embed(self, texts: Sequence[str]) -> list[bytes]:
        """Return a vector for each text, in order.

        Raises: ModelFailed if the process ends over it, twice.
        """
        if not texts:
            return []
        with self._in_use:
            rows = self._ask(list(texts))
        size = len(rows) // len(texts)
        return [rows[start : start + size] for start in range(0, len(rows), size)]

    def _ask(self, texts: list[str]) -> bytes:
        code: int | None = None
        for _ in range(_ATTEMPTS):
            channel = self._channel or self._start()
            try:
                channel.send(texts)
                return channel.recv_bytes()
            except (EOFError, OSError):
                code = self._stop()
        raise ModelFailed(self.name, code=code)

    def _start(self) -> Connection:
        ours, theirs = Pipe()
        with theirs:
            process = subprocess.Popen(  # noqa: S603 - our own program, under our own interpreter
                self._command, stdin=theirs.fileno(), stdout=subprocess.DEVNULL
            )
        self._channel = ours
        self._end = weakref.finalize(self, _end, ours, process)
        return ours

    def _stop(self) -> int | None:
        """End the process and return its exit code: its own if it was gone already."""
        self._channel = None
        return self._end() if self._end else None


def worker_command(model: str) -> list[str]:
    """Return how the program is started that loads a model of `embed.MODELS`."""
    return [sys.executable, "-m", "aggregator.group.model_worker", model]


def _end(channel: Connection, process: subprocess.Popen[bytes]) -> int:
    channel.close()
    try:
        return process.wait(timeout=1)  # the closed channel is its end, unless it is busy
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
