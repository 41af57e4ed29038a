"""Who leases feeds: a process, told from all others that run or ran, so that the leases of the dead are found."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def lease_owner() -> str:
    """Return who leases feeds: host, process, and when it started (process numbers come back)."""
    return f"{socket.gethostname()}/{os.getpid()}/{_start_of(os.getpid())}"


def is_alive(owner: str) -> bool:
    """Return whether the process behind a lease may still run; on another host, that is assumed."""
    host, _, rest = owner.partition("/")
    pid, _, started = rest.partition("/")
    if host != socket.gethostname() or not pid.isdigit():
        return True
    return _start_of(int(pid)) == started


def _start_of(pid: int) -> str:
    """Return the start time of a process in clock ticks since boot (proc(5), field 22), empty if there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]
