"""Hours as whole numbers: what happens is counted by the hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)


def hour_of(at: datetime) -> int:
    """Return whole hours since 1970, UTC."""
    return (at - _EPOCH) // _HOUR


def first_hour(at: datetime) -> int:
    """Return the first hour that begins at `at` or later."""
    return -((_EPOCH - at) // _HOUR)


def start_of(hour: int) -> datetime:
    """Return when an hour begins."""
    return _EPOCH + hour * _HOUR
