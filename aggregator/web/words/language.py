"""What a language of the pages is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aggregator.model.calendar import Calendar

Text = str | tuple[str, str]  # a pair is (one, many); `{n}` is a number, written as the language does


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """The texts of one language by their keys, and how it writes dates and numbers (CLDR 46).

    `zero_is_one` uses the singular for nothing, too.
    """

    primary: str
    texts: Mapping[str, Text]
    calendar: Calendar
    date: str
    weekday_date: str
    moment: str
    thousands: str
    decimal: str
    zero_is_one: bool = False
