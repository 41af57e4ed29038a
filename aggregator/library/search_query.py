"""The language of searches: any text is a query, and what of it makes no sense is told instead of refused.

bundesrat "neue regeln" -sport (war OR krieg) title:wahl source:srf topic:schweiz lang:de since:7d until:2026-11-01
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo

MAX_QUERY_CHARS = 300
"""Letters of a query that are read; nobody types more, and each word costs."""

MAX_WORDS = 24
"""Words and filters of a query that are looked at."""

_TOKEN = re.compile(r'(?P<minus>-?)(?:(?P<name>[^\W\d_]{1,12}):(?=\S))?(?:"(?P<phrase>[^"]*)(?P<end>"?)|(?P<word>[^\s"]+))')
_HAS_WORD = re.compile(r"[^\W_]")
_SPAN = re.compile(r"(\d{1,4})\s*([hdwmyjtsa])")
_SPAN_UNITS = {"h": 1, "d": 24, "t": 24, "w": 7 * 24, "s": 7 * 24, "m": 30 * 24, "y": 365 * 24, "j": 365 * 24, "a": 365 * 24}
_ISO_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_SWISS_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_TODAY = frozenset({"today", "heute", "oggi", "aujourdhui"})
_YESTERDAY = frozenset({"yesterday", "gestern", "ieri", "hier"})
_FIRST_YEAR, _LAST_YEAR = 1970, 2200
_OR = frozenset({"OR", "ODER", "OU", "|", "||"})
_AND = frozenset({"AND", "UND", "&", "&&", "+"})
_NOT = frozenset({"NOT", "NICHT"})


class Operator(enum.StrEnum):
    """What stands before a colon; the value is its English name."""

    TITLE = "title"
    SOURCE = "source"
    TOPIC = "topic"
    LANGUAGE = "lang"
    SINCE = "since"
    UNTIL = "until"
    DATE = "date"


_NAMES: Mapping[Operator, str] = {  # in the languages of the pages
    Operator.TITLE: "title titel titre titolo intitle",
    Operator.SOURCE: "source quelle fonte site feed",
    Operator.TOPIC: "topic thema sujet tema",
    Operator.LANGUAGE: "lang language sprache langue lingua",
    Operator.SINCE: "since after seit ab depuis dal",
    Operator.UNTIL: "until before bis jusque fino",
    Operator.DATE: "date datum data am",
}
OPERATORS: Mapping[str, Operator] = {name: operator for operator, names in _NAMES.items() for name in names.split()}


class Trouble(enum.StrEnum):
    """Why something of a query was left out."""

    TOO_LONG = "too_long"
    NO_OPERATOR = "no_operator"  # looked for as words instead
    NO_DATE = "no_date"
    NO_SOURCE = "no_source"
    NO_TOPIC = "no_topic"
    NO_LANGUAGE = "no_language"
    NO_WORD = "no_word"
    LONE_OR = "lone_or"


@dataclass(frozen=True, slots=True, kw_only=True)
class Misread:
    """Something of a query that was not understood, as it stood there."""

    trouble: Trouble
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryWord:
    """A word or a phrase as it was typed."""

    text: str
    in_title: bool = False
    is_phrase: bool = False
    is_prefix: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryFilter:
    """A source, a topic, a language or a time that is wanted, or (`negated`, never a time) not; `token` is how it was typed."""

    operator: Operator
    value: str
    negated: bool
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedQuery:
    """A query taken apart: of every group one word, none of `excluded`, the filters, and the time from `since` before `until`.

    `dates` are the filters that the time is made of, `tokens` the parts as they were typed.
    """

    groups: tuple[tuple[QueryWord, ...], ...] = ()
    excluded: tuple[QueryWord, ...] = ()
    filters: tuple[QueryFilter, ...] = ()
    dates: tuple[QueryFilter, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    misread: tuple[Misread, ...] = ()
    tokens: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is looked for."""
        return not (self.groups or self.excluded or self.filters or self.since or self.until)


@dataclass(slots=True, kw_only=True)
class _Reading:
    """What was read so far."""

    now: datetime
    zone: tzinfo | None
    groups: list[list[QueryWord]] = field(default_factory=list)
    excluded: list[QueryWord] = field(default_factory=list)
    filters: list[QueryFilter] = field(default_factory=list)
    dates: list[QueryFilter] = field(default_factory=list)
    since: datetime | None = None
    until: datetime | None = None
    misread: list[Misread] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    or_waits: bool = False
    not_waits: bool = False


def parse_query(text: str, *, now: datetime, zone: tzinfo | None = None) -> ParsedQuery:
    """Read a query; never fails. `zone` is where days begin, None is the zone of this machine."""
    reading = _Reading(now=now, zone=zone)
    text = " ".join(text.replace("(", " ").replace(")", " ").translate(_QUOTES).split())
    if len(text) > MAX_QUERY_CHARS:
        reading.misread.append(Misread(trouble=Trouble.TOO_LONG, text=text[MAX_QUERY_CHARS:][:40]))
        text = text[:MAX_QUERY_CHARS]
    for number, match in enumerate(_TOKEN.finditer(text)):
        if number >= MAX_WORDS:
            reading.misread.append(Misread(trouble=Trouble.TOO_LONG, text=match[0]))
            break
        _read_token(reading, match)
    if reading.or_waits:
        reading.misread.append(Misread(trouble=Trouble.LONE_OR, text="OR"))
    return ParsedQuery(
        groups=tuple(map(tuple, reading.groups)),
        excluded=tuple(reading.excluded),
        filters=tuple(reading.filters),
        dates=tuple(reading.dates),
        since=reading.since,
        until=reading.until,
        misread=tuple(reading.misread),
        tokens=tuple(reading.tokens),
    )


_QUOTES = str.maketrans({**dict.fromkeys("„“”«»‟", '"'), "\x00": " "})


def _read_token(reading: _Reading, match: re.Match[str]) -> None:
    token = match[0]
    if token in _OR:
        if reading.groups:
            reading.or_waits = True
            reading.tokens.append(token)
        else:
            reading.misread.append(Misread(trouble=Trouble.LONE_OR, text=token))
        return
    if token in _AND:
        return
    if token in _NOT:
        reading.not_waits = True
        reading.tokens.append(token)
        return
    negated = bool(match["minus"]) or reading.not_waits
    reading.not_waits = False
    reading.tokens.append(f'{token}"' if match["phrase"] is not None and not match["end"] else token)
    name = match["name"]
    value = match["phrase"] if match["phrase"] is not None else match["word"]
    operator = OPERATORS.get(name.lower()) if name else None
    if name and operator is None:
        reading.misread.append(Misread(trouble=Trouble.NO_OPERATOR, text=f"{name}:"))
        value = f"{name} {value}"
    if operator is None or operator is Operator.TITLE:
        _read_word(reading, match, value, in_title=operator is Operator.TITLE, negated=negated)
    elif operator in {Operator.SINCE, Operator.UNTIL, Operator.DATE}:
        _read_date(reading, operator, value, token)
    else:
        reading.filters.append(QueryFilter(operator=operator, value=value.strip(), negated=negated, token=reading.tokens[-1]))
        reading.or_waits = False


def _read_word(reading: _Reading, match: re.Match[str], value: str, *, in_title: bool, negated: bool) -> None:
    if not _HAS_WORD.search(value):
        reading.misread.append(Misread(trouble=Trouble.NO_WORD, text=match[0]))
        return
    word = QueryWord(
        text=value.rstrip("*"), in_title=in_title, is_phrase=match["phrase"] is not None, is_prefix=value.endswith("*")
    )
    if negated:
        reading.excluded.append(word)
    elif reading.or_waits and reading.groups:
        reading.groups[-1].append(word)
    else:
        reading.groups.append([word])
    reading.or_waits = False


def _read_date(reading: _Reading, operator: Operator, value: str, token: str) -> None:
    span = _days_of(value.strip().lower(), reading)
    if span is None:
        reading.misread.append(Misread(trouble=Trouble.NO_DATE, text=token))
        return
    since, until = span
    reading.dates.append(QueryFilter(operator=operator, value=value.strip(), negated=False, token=reading.tokens[-1]))
    if operator is Operator.UNTIL and _SPAN.fullmatch(value.strip().lower()):
        until = since  # "until 7d": until a week ago
    if operator is not Operator.UNTIL:
        reading.since = since if reading.since is None else max(since, reading.since)
    if operator is not Operator.SINCE:
        reading.until = until if reading.until is None else min(until, reading.until)


def _days_of(value: str, reading: _Reading) -> tuple[datetime, datetime] | None:
    """Return the span that a date means: a day, a month, a year, or the last hours, days, weeks until now."""
    today = reading.now.astimezone(reading.zone).date()
    if value.replace("'", "").replace("\u2019", "") in _TODAY:
        return _midnight(today, reading.zone), _midnight(today + timedelta(days=1), reading.zone)
    if value in _YESTERDAY:
        return _midnight(today - timedelta(days=1), reading.zone), _midnight(today, reading.zone)
    if match := _SPAN.fullmatch(value):
        hours = int(match[1]) * _SPAN_UNITS[match[2]]
        since = reading.now - timedelta(hours=min(hours, 24 * 365 * 50))
        return since, reading.now
    try:
        first, last = _calendar(value)
    except (ValueError, OverflowError):
        return None
    return _midnight(first, reading.zone), _midnight(last, reading.zone)


def _calendar(value: str) -> tuple[date, date]:
    """Return the first day of a date, month or year, and the first day after it.

    Raises: ValueError for what is none.
    """
    if match := _SWISS_DATE.fullmatch(value):
        day, month, year = match[1], match[2], match[3]
    elif match := _ISO_DATE.fullmatch(value):
        year, month, day = match[1], match[2], match[3]
    else:
        raise ValueError(value)
    if not _FIRST_YEAR <= int(year) <= _LAST_YEAR:
        raise ValueError(value)
    if month is None:
        return date(int(year), 1, 1), date(int(year) + 1, 1, 1)
    first = date(int(year), int(month), int(day or 1))
    if day is not None:
        return first, first + timedelta(days=1)
    following = _month_after(first)
    return first, following


def _month_after(first: date) -> date:
    """Return the first day of the month after."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _midnight(day: date, zone: tzinfo | None) -> datetime:
    local = datetime(day.year, day.month, day.day, tzinfo=zone)
    return local.astimezone() if zone is None else local
