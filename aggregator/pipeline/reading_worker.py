"""A process that reads documents, one after the other, under limits: `python -m aggregator.pipeline.reading_worker`.

Standard input is a socket. A message is its length (8 bytes, little endian) and a pickle: in come `UnreadDocument`s, out go
outcomes as `ReadingPool` understands them. The process ends when the socket does.
"""

from __future__ import annotations

import pickle
import resource
import signal
import socket
import sys
from contextlib import suppress
from struct import Struct
from typing import BinaryIO

from aggregator.errors import FeedError, NotAFeed
from aggregator.parse.choose import FeedParser
from aggregator.pipeline.reading import NOT_ENOUGH_MEMORY, UnreadDocument, read_document

LENGTH = Struct("<Q")
NOT_A_FEED, NOT_READ, OUT_OF_MEMORY = "not a feed", "not read", "out of memory"


def serve(stream: BinaryIO, out: socket.socket, *, cpu_seconds: int) -> None:
    """Answer every document until the stream ends, each within its share of CPU, beyond which the kernel ends the process."""
    parser = FeedParser()
    while head := stream.read(LENGTH.size):
        document: UnreadDocument = pickle.loads(stream.read(*LENGTH.unpack(head)))  # noqa: S301 - from our own parent, over our own socket
        _allow_cpu(cpu_seconds)
        outcome = read_document(document, parser.parse)
        answer = (_kind_of(outcome), outcome.reason) if isinstance(outcome, FeedError) else outcome
        packed = pickle.dumps(answer, protocol=pickle.HIGHEST_PROTOCOL)
        out.sendall(LENGTH.pack(len(packed)) + packed)


def _kind_of(error: FeedError) -> str:
    if error.reason == NOT_ENOUGH_MEMORY:
        return OUT_OF_MEMORY
    return NOT_A_FEED if isinstance(error, NotAFeed) else NOT_READ


def _allow_cpu(seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds, hard))


def main() -> None:
    """Read documents until the parent closes the socket."""
    memory_bytes, cpu_seconds = int(sys.argv[1]), int(sys.argv[2])
    # The parent decides when to end, also where a terminal or a service manager tells the whole group.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(ValueError):  # a system that knows no such limit, or a lower one is set already
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    with socket.socket(fileno=0) as channel, channel.makefile("rb") as stream:
        serve(stream, channel, cpu_seconds=cpu_seconds)


if __name__ == "__main__":
    main()
