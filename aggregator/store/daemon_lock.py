"""One daemon a store: an embedded database has one, PostgreSQL any number, which share the work through leases."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aggregator.errors import StoreInUse
from aggregator.store import dialect
from aggregator.store.faults import our_file_errors


@contextmanager
def hold_store(url: str) -> Iterator[None]:
    """Hold the store as its daemon until the block ends, or the process however it ends.

    The lock is the kernel's, on a file beside the database: a file left behind by a dead daemon locks nothing.

    Raises: StoreInUse if another daemon holds it; StorageError if the file cannot be made.
    """
    file = dialect.file_of(dialect.parse_url(url))
    if file is None:
        yield
        return
    descriptor = _lock(file.with_name(f"{file.name}.lock"), file)
    try:
        yield
    finally:
        os.close(descriptor)  # the file stays: removing it would let two daemons lock two files of one name


def _lock(path: Path, database: Path) -> int:
    """Return a descriptor that holds the lock, with our process id in the file."""
    with our_file_errors("lock"):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = path.read_text(encoding="ascii", errors="replace").strip()
        os.close(descriptor)
        who = f" (process {holder})" if holder else ""
        raise StoreInUse(
            f"another daemon{who} runs on {database}; stop it first, or set store.url to another database", path=database
        ) from error
    except BaseException:
        os.close(descriptor)
        raise
    with our_file_errors("lock"):
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode("ascii"))
    return descriptor
