"""The words of the pages: German first, Swiss spelling by `de-CH`, English; French and Italian come with issue 5.

A pair is (one, many). `{n}` is a number, written as the language does.
"""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from typing import Final

Text = str | tuple[str, str]

GERMAN: Final[dict[str, Text]] = {
    "skip": "Zum Inhalt springen",
    "navigation": "Rubriken",
    "overview": "Übersicht",
    "most_read": "Meistgelesene Artikel",
    "most_read_short": "Meistgelesen",
    "most_read_in": "Meistgelesen: {topic}",
    "trend": "Trend",
    "trend_in": "Trend: {topic}",
    "trend_lead": "Was Leserinnen und Leser jetzt interessiert. Was am meisten gelesen wurde, steht unter „{most_read}“.",
    "most_read_lead": "Gezählt wird jede Leserin und jeder Leser einmal. Zahlen stehen hier erst ab drei.",
    "sources": "Quellen",
    "subscribe": "Abonnieren",
    "subscribe_to": "„{title}“ abonnieren",
    "as_format": "{title} als {format}",
    "latest": "Neueste Artikel",
    "more_on_topic": "Mehr zum Thema",
    "all_of_topic": "Alles zu „{topic}“",
    "older": "Ältere Artikel",
    "newest_again": "Zurück zu den neuesten",
    "from_sources": ("aus einer Quelle", "aus {n} Quellen"),
    "n_sources": ("{n} Quelle", "{n} Quellen"),
    "n_readers": ("von einer Person gelesen", "{n} Leserinnen und Leser"),
    "n_entries": ("{n} Artikel", "{n} Artikel"),
    "updated": "zuletzt abgefragt {when}",
    "read_at": "Weiterlesen bei {publisher}",
    "also_at": "Auch bei",
    "by": "Von {names}",
    "topics": "Themen",
    "window": "Zeitraum",
    "window_24h": "24 Stunden",
    "window_7d": "7 Tage",
    "window_30d": "30 Tage",
    "feeds_lead": "Jedes Thema und jede Rangliste gibt es als RSS, Atom und JSON Feed. Ohne Konto, ohne Tracking.",
    "feeds_title": "Im Feedreader lesen",
    "feeds_how": "Die Adresse des gewünschten Formats in den Feedreader kopieren; im Zweifel Atom.",
    "feed_list": "Alle Feeds",
    "opml": "Alle auf einmal als OPML",
    "empty_entries": "Noch keine Artikel. Die erste Abfrage läuft; neue Artikel erscheinen hier, sobald sie da sind.",
    "empty_sources": "Noch keine Quellen. Eine Adresse unter „feeds“ in config.yaml eintragen, oder „aggregator add“ aufrufen.",
    "empty_topic": "Noch kein Artikel passt zu diesem Thema. Sobald eine Quelle einen bringt, steht er hier.",
    "empty_most_read": "Noch nichts gelesen. Die Rangliste beginnt mit dem ersten Artikel, den jemand öffnet.",
    "empty_most_read_window": "In diesem Zeitraum wurde noch nichts gelesen. Ein längerer Zeitraum zeigt vielleicht mehr.",
    "empty_trend": "Noch keine Rangliste. Sie entsteht mit den ersten Artikeln, spätestens nach einer Viertelstunde.",
    "empty_feeds": "Noch keine Feeds. Sie entstehen nach der ersten Abfrage, in wenigen Minuten.",
    "health_title": "Quellen",
    "health_fine": ("Die Quelle ist in Ordnung.", "Alle {n} Quellen sind in Ordnung."),
    "health_trouble": ("{n} Quelle mit Störung", "{n} Quellen mit Störung"),
    "events_title": "Zuletzt geschehen",
    "found_at": "Vielleicht jetzt hier: {url}",
    "col_source": "Quelle",
    "col_state": "Zustand",
    "col_success": "Zuletzt gelesen",
    "col_next": "Nächste Abfrage",
    "col_rate": "Artikel am Tag",
    "col_delay": "Verzug im Mittel",
    "delay_expected": "erwartet {span}",
    "span_minutes": "{n} Min.",
    "span_hours": "{n} Std.",
    "never": "noch nie",
    "no_more": "keine mehr",
    "soon": "gleich",
    "state_new": "Noch nicht abgefragt",
    "state_ok": "In Ordnung",
    "state_broken": "Fehlerhaft, wird trotzdem gelesen",
    "state_failing": "Gestört",
    "state_gone": "Vom Anbieter eingestellt",
    "since": "seit {when}",
    "n_failures": ("ein Fehlschlag", "{n} Fehlschläge in Folge"),
    "error_FetchError": "nicht erreichbar",
    "error_status": "Antwort mit Status {status}",
    "error_FetchTimeout": "antwortet zu langsam",
    "error_TooLarge": "zu groß",
    "error_AddressRefused": "Adresse nicht erlaubt",
    "error_FeedGone": "nicht mehr vorhanden",
    "error_ParseError": "nicht lesbar",
    "error_NotAFeed": "liefert keinen Feed, sondern etwas anderes",
    "problem_400": "Diese Anfrage verstehen wir nicht",
    "problem_404": "Diese Seite gibt es nicht",
    "problem_404_help": "Vielleicht wurde der Artikel nach seiner Frist gelöscht, oder die Adresse enthält einen Tippfehler.",
    "problem_405": "So lässt sich diese Seite nicht aufrufen",
    "problem_410": "Diesen Feed gibt es nicht mehr",
    "problem_410_help": "Das Thema wurde eingestellt. Der Feed kann im Feedreader gelöscht werden.",
    "problem_500": "Da ist bei uns etwas schiefgegangen",
    "problem_500_help": "Der Fehler ist vermerkt. Bitte in ein paar Minuten noch einmal versuchen.",
    "problem_503": "Gerade nicht erreichbar",
    "problem_503_help": "Die Datenbank ist beschäftigt. Bitte in einer Minute noch einmal versuchen.",
    "to_front": "Zur Übersicht",
    "now": "gerade eben",
    "ago_minutes": ("vor 1 Minute", "vor {n} Minuten"),
    "ago_hours": ("vor 1 Stunde", "vor {n} Stunden"),
    "ago_days": ("gestern", "vor {n} Tagen"),
    "in_minutes": ("in 1 Minute", "in {n} Minuten"),
    "in_hours": ("in 1 Stunde", "in {n} Stunden"),
    "in_days": ("morgen", "in {n} Tagen"),
    "lang_de": "Deutsch",
    "lang_en": "Englisch",
    "lang_fr": "Französisch",
    "lang_it": "Italienisch",
    "lang_es": "Spanisch",
    "lang_rm": "Rätoromanisch",
    "lang_nl": "Niederländisch",
    "lang_pt": "Portugiesisch",
    "lang_tr": "Türkisch",
    "lang_ar": "Arabisch",
    "lang_ru": "Russisch",
    "lang_uk": "Ukrainisch",
}

ENGLISH: Final[dict[str, Text]] = {
    "skip": "Skip to content",
    "navigation": "Sections",
    "overview": "Overview",
    "most_read": "Most-read articles",
    "most_read_short": "Most read",
    "most_read_in": "Most read: {topic}",
    "trend": "Trending",
    "trend_in": "Trending: {topic}",
    "trend_lead": "What interests readers now. What was read most is under “{most_read}”.",
    "most_read_lead": "Every reader counts once. Numbers are shown from three on.",
    "sources": "Sources",
    "subscribe": "Subscribe",
    "subscribe_to": "Subscribe to “{title}”",
    "as_format": "{title} as {format}",
    "latest": "Latest articles",
    "more_on_topic": "More on this topic",
    "all_of_topic": "Everything on “{topic}”",
    "older": "Older articles",
    "newest_again": "Back to the newest",
    "from_sources": ("from one source", "from {n} sources"),
    "n_sources": ("{n} source", "{n} sources"),
    "n_readers": ("{n} reader", "{n} readers"),
    "n_entries": ("{n} article", "{n} articles"),
    "updated": "last checked {when}",
    "read_at": "Read on at {publisher}",
    "also_at": "Also at",
    "by": "By {names}",
    "topics": "Topics",
    "window": "Period",
    "window_24h": "24 hours",
    "window_7d": "7 days",
    "window_30d": "30 days",
    "feeds_lead": "Every topic and every ranking comes as RSS, Atom and JSON Feed. No account, no tracking.",
    "feeds_title": "Read in a feed reader",
    "feeds_how": "Copy the address of a format into your feed reader; if in doubt, take Atom.",
    "feed_list": "All feeds",
    "opml": "All at once as OPML",
    "empty_entries": "No articles yet. The first check is under way; new articles appear here as they come in.",
    "empty_sources": "No sources yet. Add an address under “feeds” in config.yaml, or run “aggregator add”.",
    "empty_topic": "No article fits this topic yet. As soon as a source brings one, it is shown here.",
    "empty_most_read": "Nothing read yet. The ranking begins with the first article that somebody opens.",
    "empty_most_read_window": "Nothing was read in this period yet. A longer period may show more.",
    "empty_trend": "No ranking yet. It is made with the first articles, within a quarter of an hour.",
    "empty_feeds": "No feeds yet. They are made after the first check, in a few minutes.",
    "health_title": "Sources",
    "health_fine": ("The source is fine.", "All {n} sources are fine."),
    "health_trouble": ("{n} source in trouble", "{n} sources in trouble"),
    "events_title": "What happened lately",
    "found_at": "Perhaps here now: {url}",
    "col_source": "Source",
    "col_state": "State",
    "col_success": "Last read",
    "col_next": "Next check",
    "col_rate": "Articles a day",
    "col_delay": "Mean delay",
    "delay_expected": "expected {span}",
    "span_minutes": "{n} min",
    "span_hours": "{n} h",
    "never": "never yet",
    "no_more": "none",
    "soon": "any moment",
    "state_new": "Not checked yet",
    "state_ok": "Fine",
    "state_broken": "Malformed, read all the same",
    "state_failing": "Failing",
    "state_gone": "Discontinued by its publisher",
    "since": "since {when}",
    "n_failures": ("one failure", "{n} failures in a row"),
    "error_FetchError": "cannot be reached",
    "error_status": "answers with status {status}",
    "error_FetchTimeout": "answers too slowly",
    "error_TooLarge": "too large",
    "error_AddressRefused": "address not allowed",
    "error_FeedGone": "no longer there",
    "error_ParseError": "cannot be read",
    "error_NotAFeed": "is not a feed but something else",
    "problem_400": "We do not understand this request",
    "problem_404": "There is no such page",
    "problem_404_help": "The article may have been deleted after its time, or there is a slip in the address.",
    "problem_405": "This page cannot be asked for like that",
    "problem_410": "This feed is no more",
    "problem_410_help": "The topic was discontinued. You can delete the feed in your feed reader.",
    "problem_500": "Something went wrong on our side",
    "problem_500_help": "The fault is noted. Try again in a few minutes.",
    "problem_503": "Not available right now",
    "problem_503_help": "The database is busy. Try again in a minute.",
    "to_front": "To the overview",
    "now": "just now",
    "ago_minutes": ("1 minute ago", "{n} minutes ago"),
    "ago_hours": ("1 hour ago", "{n} hours ago"),
    "ago_days": ("yesterday", "{n} days ago"),
    "in_minutes": ("in 1 minute", "in {n} minutes"),
    "in_hours": ("in 1 hour", "in {n} hours"),
    "in_days": ("tomorrow", "in {n} days"),
    "lang_de": "German",
    "lang_en": "English",
    "lang_fr": "French",
    "lang_it": "Italian",
    "lang_es": "Spanish",
    "lang_rm": "Romansh",
    "lang_nl": "Dutch",
    "lang_pt": "Portuguese",
    "lang_tr": "Turkish",
    "lang_ar": "Arabic",
    "lang_ru": "Russian",
    "lang_uk": "Ukrainian",
}

_GERMAN_DAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
_GERMAN_MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember",
)  # fmt: skip
_ENGLISH_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
RELATIVE_DAYS = 7  # older than a week is told by its date


class Words:
    """The words of one language; `zone` None tells times in the zone of this machine."""

    def __init__(self, language: str, *, zone: tzinfo | None = None) -> None:
        self.primary = language.lower().partition("-")[0]
        german = self.primary == "de"
        self.language = language if german or self.primary == "en" else "en"
        self.swiss = language.lower() == "de-ch"
        self._table = GERMAN if german else ENGLISH
        self._days = _GERMAN_DAYS if german else _ENGLISH_DAYS
        self._months = _GERMAN_MONTHS if german else _ENGLISH_MONTHS
        self._german = german
        self._zone = zone

    def say(self, key: str, **values: object) -> str:
        """Return a text."""
        text = self._table[key]
        return self._spell(text if isinstance(text, str) else text[1]).format(**values)

    def has(self, key: str) -> bool:
        """Return whether there is a text."""
        return key in self._table

    def count(self, key: str, number: int) -> str:
        """Return a text for a number of things."""
        text = self._table[key]
        one, many = (text, text) if isinstance(text, str) else text
        return self._spell(one if number == 1 else many).format(n=self.number(number))

    def number(self, value: int) -> str:
        """Return a number with its thousands apart."""
        separator = "\u2019" if self.swiss else "." if self._german else ","
        return f"{value:,}".replace(",", separator)

    def decimal(self, value: float) -> str:
        """Return a figure with one decimal, none where it says nothing."""
        text = f"{value:.1f}".removesuffix(".0")
        return text.replace(".", ",") if self._german and not self.swiss else text

    def span(self, duration: timedelta) -> str:
        """Return how long something takes, in minutes or in hours with one decimal."""
        if duration < 2 * HOUR:
            return self.say("span_minutes", n=round(duration / MINUTE))
        return self.say("span_hours", n=self.decimal(duration / HOUR))

    def ago(self, at: datetime, now: datetime) -> str:
        """Return how long ago: in words for a week, then the date."""
        passed = now - at
        if passed < MINUTE:
            return self.say("now")
        if passed < HOUR:
            return self.count("ago_minutes", passed // MINUTE)
        days = (self._local(now).date() - self._local(at).date()).days
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

    def date(self, at: datetime) -> str:
        """Return the day of the month and the year."""
        local = self._local(at)
        month = self._months[local.month - 1]
        return f"{local.day}. {month} {local.year}" if self._german else f"{local.day} {month} {local.year}"

    def day(self, at: datetime) -> str:
        """Return the date with its weekday."""
        return f"{self._days[self._local(at).weekday()]}, {self.date(at)}"

    def moment(self, at: datetime) -> str:
        """Return the date with its time of day."""
        return f"{self.date(at)}, {self._local(at):%H:%M}"

    def language_name(self, tag: str) -> str:
        """Return the name of a language, its tag if it has none here."""
        primary = tag.lower().partition("-")[0]
        name = self._table.get(f"lang_{primary}")
        return name if isinstance(name, str) else primary

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self._zone)

    def _spell(self, text: str) -> str:
        return text.replace("ß", "ss").replace("„", "«").replace("“", "»") if self.swiss else text
