"""The words of the pages: German first, English, French, Italian; a file a language.

Plain tables instead of gettext: everything is one import, a missing key fails a test, and nothing is compiled. Babel would
bring the dates and numbers of 800 locales for the sake of four; what these four need is in `Language`.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo
from typing import Final

from aggregator.model.language import primary_language
from aggregator.web.words.english import ENGLISH
from aggregator.web.words.french import FRENCH
from aggregator.web.words.german import GERMAN
from aggregator.web.words.italian import ITALIAN
from aggregator.web.words.language import Language

LANGUAGES: Final[dict[str, Language]] = {language.primary: language for language in (GERMAN, ENGLISH, FRENCH, ITALIAN)}
FALLBACK: Final = ENGLISH  # for a site in a language without words here

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
RELATIVE_DAYS = 7  # older than a week is told by its date
_APOSTROPHE = "\u2019"  # between thousands, in Switzerland
_BEFORE_VOWEL = re.compile(rf"\b(da|a)l (?=(?:8|11) (?:{'|'.join(ITALIAN.calendar.months)}))")  # Italian: dall’8 maggio
_FRENCH_BLANK = re.compile("(?<=\u00ab) | (?=[\u00bb:;?!])")


class Words:
    """The words of one language; `zone` None tells times in the zone of this machine.

    Of the region, only Switzerland makes a difference: spelling, quotes, numbers. `site` is the language of the site, which
    most of what publishers write is in, whatever language the page is in; None is the same.
    """

    def __init__(self, language: str, *, zone: tzinfo | None = None, site: str | None = None) -> None:
        primary, _, region = language.lower().partition("-")
        self._language = LANGUAGES.get(primary, FALLBACK)
        known = primary in LANGUAGES
        self.primary = primary if known else FALLBACK.primary
        self.language = language if known else FALLBACK.primary
        self.site_primary = primary_language(site or language)
        self.swiss = region == "ch" and known
        self._zone = zone

    def say(self, key: str, **values: object) -> str:
        """Return a text."""
        text = self._language.texts[key]
        said = self._spell(text if isinstance(text, str) else text[1]).format(**values)
        return _BEFORE_VOWEL.sub("\\1ll’", said) if self.primary == "it" else said

    def has(self, key: str) -> bool:
        """Return whether there is a text."""
        return key in self._language.texts

    def count(self, key: str, number: int) -> str:
        """Return a text for a number of things."""
        one, many = self.pair(key)
        single = number == 1 or (number == 0 and self._language.zero_is_one)
        return (one if single else many).format(n=self.number(number))

    def pair(self, key: str) -> tuple[str, str]:
        """Return a text for one and for many things, its number not filled in."""
        text = self._language.texts[key]
        one, many = (text, text) if isinstance(text, str) else text
        return self._spell(one), self._spell(many)

    def number(self, value: int) -> str:
        """Return a number with its thousands apart."""
        separator = _APOSTROPHE if self.swiss and self.primary != "fr" else self._language.thousands
        return f"{value:,}".replace(",", separator)

    def decimal(self, value: float) -> str:
        """Return a figure with one decimal, none where it says nothing."""
        point = "." if self.swiss and self.primary != "fr" else self._language.decimal
        return f"{value:.1f}".removesuffix(".0").replace(".", point)

    def span(self, duration: timedelta) -> str:
        """Return how long something takes, in minutes, hours or days, the latter two with one decimal."""
        if duration < 2 * HOUR:
            return self.say("span_minutes", n=round(duration / MINUTE))
        if duration < 3 * DAY:
            return self.say("span_hours", n=self.decimal(duration / HOUR))
        return self.say("span_days", n=self.decimal(duration / DAY))

    def ago(self, at: datetime, now: datetime) -> str:
        """Return how long ago: in words for a week, then the date."""
        passed = now - at
        if passed < MINUTE:
            return self.say("now")
        if passed < HOUR:
            return self.count("ago_minutes", passed // MINUTE)
        days = (self.local(now).date() - self.local(at).date()).days
        if passed < DAY // 2 or days == 0:
            return self.count("ago_hours", passed // HOUR)
        return self.count("ago_days", max(days, 1)) if days <= RELATIVE_DAYS else self.date(at)

    def ahead(self, at: datetime, now: datetime) -> str:
        """Return how soon."""
        left = at - now
        if left < MINUTE:
            return self.say("soon")
        if left < HOUR:
            return self.count("in_minutes", left // MINUTE)
        return self.count("in_hours", left // HOUR) if left < DAY else self.count("in_days", left // DAY)

    def since(self, at: datetime, now: datetime) -> str:
        """Return since when a story runs: by the time of day if that is today."""
        is_today = self.local(at).date() == self.local(now).date()
        return self.say("story_today", time=self.time(at)) if is_today else self.say("story_since", first=self.moment(at))

    def date(self, at: datetime) -> str:
        """Return the day of the month and the year."""
        local, calendar = self.local(at), self._language.calendar
        day = calendar.first if local.day == 1 else local.day
        return self._language.date.format(day=day, month=calendar.months[local.month - 1], year=local.year)

    def month(self, iso: str) -> str:
        """Return the name of a month and its year, for `2026-11`."""
        year, _, number = iso.partition("-")
        return f"{self._language.calendar.months[int(number) - 1]} {year}"

    def day(self, at: datetime) -> str:
        """Return the date with its weekday, as a line begins."""
        weekday = self._language.calendar.days[self.local(at).weekday()].capitalize()
        return self._language.weekday_date.format(weekday=weekday, date=self.date(at))

    def moment(self, at: datetime) -> str:
        """Return the date with its time of day."""
        return self._language.moment.format(date=self.date(at), time=self.time(at))

    def time(self, at: datetime) -> str:
        """Return the time of day."""
        return f"{self.local(at):%H:%M}"

    def language_name(self, tag: str) -> str:
        """Return the name of a language, its tag if it has none here."""
        primary = primary_language(tag)
        return self.say(f"lang_{primary}") if self.has(f"lang_{primary}") else primary

    def local(self, at: datetime) -> datetime:
        """Return the moment as clocks of the site show it."""
        return at.astimezone(self._zone)

    def _spell(self, text: str) -> str:
        if self.primary == "fr":
            return _FRENCH_BLANK.sub("\u202f", text)
        if self.primary == "de" and self.swiss:
            return text.replace("ß", "ss").replace("„", "«").replace("“", "»")
        return text
