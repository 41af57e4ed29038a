"""Column types: times and durations as whole microseconds, keys as plain bytes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_microseconds(at: datetime) -> int:
    """Return microseconds since 1970, UTC. Raises: TypeError for a time that is not aware."""
    return (at - _EPOCH) // _MICROSECOND


def whole_microseconds(duration: timedelta) -> int:
    """Return a duration as it is stored."""
    return duration // _MICROSECOND


def from_microseconds(value: int) -> datetime:
    """Return the time of `to_microseconds`, aware UTC."""
    return _EPOCH + timedelta(microseconds=value)


class Time(TypeDecorator[datetime]):
    """An aware time as an integer: the same order, the same precision and half the bytes in every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return what is stored."""
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return what was meant."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


class Duration(TypeDecorator[timedelta]):
    """A duration as whole microseconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return what is stored."""
        return None if value is None else value // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> timedelta | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return what was meant."""
        return None if value is None else timedelta(microseconds=value)


class Bytes(LargeBinary):
    """Bytes handed to the driver as they are: both drivers take and give `bytes`, so the wrapping each way is saved."""

    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> None:
        """Return no processor."""

    def result_processor(self, dialect: Dialect, coltype: object) -> None:
        """Return no processor."""
