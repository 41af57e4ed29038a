"""Durations and sizes as people write them: `15m`, `1h30m`, `7d`; `512KiB`, `10MiB`."""

from __future__ import annotations

import re
from datetime import timedelta

_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_BYTES = {"GiB": 2**30, "MiB": 2**20, "KiB": 2**10, "B": 1}

_DURATION = re.compile(r"(?:\d+(?:\.\d+)?[dhms])+")
_DURATION_PART = re.compile(r"(\d+(?:\.\d+)?)([dhms])")
_SIZE = re.compile(r"(\d+(?:\.\d+)?) ?(GiB|MiB|KiB|B)")

DURATION_UNITS = "s, m, h or d, as in 30s, 15m, 1h30m, 7d"
SIZE_UNITS = "B, KiB, MiB or GiB, as in 512KiB, 10MiB"


def parse_duration(value: object) -> object:
    """Return the duration written in `value`; what is a timedelta already stays as it is.

    Raises: ValueError, saying which units there are.
    """
    if isinstance(value, timedelta):
        return value
    text = value.replace(" ", "") if isinstance(value, str) else ""
    if not _DURATION.fullmatch(text):
        raise ValueError(f"{_fault(value, 'a duration')}; write a number with {DURATION_UNITS}")
    try:
        return timedelta(seconds=sum(float(number) * _SECONDS[unit] for number, unit in _DURATION_PART.findall(text)))
    except OverflowError:
        raise ValueError(f"{value!r} is longer than any duration can be") from None


def format_duration(value: timedelta) -> str:
    """Return the shortest way to write a duration: `1h30m`, `7d`, `0s`."""
    rest = value.total_seconds()
    text = ""
    for unit, seconds in _SECONDS.items():
        count = rest / seconds if unit == "s" else rest // seconds
        if count:
            text += f"{count:g}{unit}"
        rest -= count * seconds
    return text or "0s"


def parse_size(value: object) -> object:
    """Return the bytes written in `value` (`10MiB`).

    Raises: ValueError, saying which units there are.
    """
    match = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f"{_fault(value, 'a size')}; write a number with {SIZE_UNITS}")
    return int(float(match[1]) * _BYTES[match[2]])


def _fault(value: object, kind: str) -> str:
    is_number = isinstance(value, int | float) or (isinstance(value, str) and value.strip().isdecimal())
    return f"{value} has no unit" if is_number and not isinstance(value, bool) else f"{value!r} is not {kind}"


def format_size(size_bytes: int) -> str:
    """Return a number of bytes in the largest unit that divides it: `10MiB`."""
    for unit, factor in _BYTES.items():
        if size_bytes >= factor and size_bytes % factor == 0:
            return f"{size_bytes // factor}{unit}"
    return f"{size_bytes}B"
