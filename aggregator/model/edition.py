"""Editions: the ranking of a day or of a week that is over, made once and never changed.

A day is a local day of the site, from midnight to midnight, so it has 23 or 25 hours where clocks change; a week begins on
Monday (ISO 8601).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from aggregator.model.related import RelatedLink

_DAY = timedelta(days=1)


class EditionKind(enum.StrEnum):
    """How long a span an edition is of; the value is the last part of its path."""

    DAILY = "daily"
    WEEKLY = "weekly"

    @property
    def path(self) -> str:
        """The path of its page and, with a suffix, of its feeds."""
        return f"/editions/{self.value}"

    @property
    def days(self) -> int:
        """How many local days it is of."""
        return 7 if self is EditionKind.WEEKLY else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionSpan:
    """A day or week as it lay in a time zone: from `begins_at` to before `ends_at`."""

    kind: EditionKind
    first_day: date
    begins_at: datetime
    ends_at: datetime

    @property
    def period(self) -> str:
        """Its name by ISO 8601: `2026-11-23`, `2026-W48`."""
        return period_of(self.kind, self.first_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionPoint:
    """A key point of a story: a sentence of a publisher, and where it stands."""

    sentence: str
    publisher: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionStory:
    """A story of an edition as it was then, in plain text; nothing of it changes with the store, which forgets entries.

    `readers`, of the span, is None where it must not be shown; `publishers` is how many sites carried the story.
    """

    entry_id: int
    title: str
    url: str | None
    publisher: str
    language: str | None
    readers: int | None
    publishers: int
    points: tuple[EditionPoint, ...] = ()
    related: tuple[RelatedLink, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """An edition, best story first."""

    kind: EditionKind
    first_day: date
    ends_at: datetime
    made_at: datetime
    stories: tuple[EditionStory, ...]

    @property
    def period(self) -> str:
        """The name of its day or week by ISO 8601."""
        return period_of(self.kind, self.first_day)

    @property
    def path(self) -> str:
        """The path of its page."""
        return f"{self.kind.path}/{self.period}"

    @property
    def last_day(self) -> date:
        """The last day it is of; that of a daily edition is the first."""
        return self.first_day + (self.kind.days - 1) * _DAY


def period_of(kind: EditionKind, first_day: date) -> str:
    """Return the name of a day or week by ISO 8601."""
    if kind is EditionKind.DAILY:
        return first_day.isoformat()
    year, week, _ = first_day.isocalendar()
    return f"{year}-W{week:02}"


def first_day_of(kind: EditionKind, period: str) -> date:
    """Return the first day of a day or week by its name. Raises: ValueError."""
    if kind is EditionKind.DAILY:
        return date.fromisoformat(period)
    year, _, week = period.partition("-W")
    return date.fromisocalendar(int(year), int(week), 1)


def span_at(kind: EditionKind, at: datetime, zone: tzinfo) -> EditionSpan:
    """Return the day or week in which `at` lies."""
    day = at.astimezone(zone).date()
    return _span(kind, day - day.weekday() * _DAY if kind is EditionKind.WEEKLY else day, zone)


def span_before(span: EditionSpan, zone: tzinfo) -> EditionSpan:
    """Return the day or week before."""
    return _span(span.kind, span.first_day - span.kind.days * _DAY, zone)


def _span(kind: EditionKind, first_day: date, zone: tzinfo) -> EditionSpan:
    return EditionSpan(
        kind=kind,
        first_day=first_day,
        begins_at=_midnight(first_day, zone),
        ends_at=_midnight(first_day + kind.days * _DAY, zone),
    )


def _midnight(day: date, zone: tzinfo) -> datetime:
    """Return when a local day begins: where clocks skip midnight, that is the moment they do."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
