"""The feed of the aggregator's own health: what happened to its sources, for the person who runs it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from aggregator.emit.build import NEVER, Site, mint_id
from aggregator.model.document import Attribution, DocumentEntry, FeedDocument
from aggregator.model.feed import Person
from aggregator.model.health import FeedEvent, FeedEventKind
from aggregator.model.language import primary_language

HEALTH_PATH = "/feeds"

_TITLES = {
    "de": "Zustand der Quellen: {site}",
    "en": "State of the sources: {site}",
    "fr": "État des sources\u202f: {site}",
    "it": "Stato delle fonti: {site}",
}
_DESCRIPTIONS = {
    "de": "Quellen, die ausfallen, umziehen, enden oder zurückkommen",
    "en": "Sources that begin to fail, move, end or come back",
    "fr": "Sources qui tombent en panne, déménagent, s’arrêtent ou reviennent",
    "it": "Fonti che si guastano, traslocano, chiudono o ritornano",
}
_EVENTS = {
    "de": {
        FeedEventKind.FAILING: "{feed} ist nicht mehr zu lesen",
        FeedEventKind.RECOVERED: "{feed} ist wieder da",
        FeedEventKind.MOVED: "{feed} ist umgezogen",
        FeedEventKind.ENDED: "{feed} ist eingestellt",
        FeedEventKind.FOUND: "{feed} hat vielleicht eine neue Adresse",
    },
    "en": {
        FeedEventKind.FAILING: "{feed} cannot be read any more",
        FeedEventKind.RECOVERED: "{feed} is back",
        FeedEventKind.MOVED: "{feed} has moved",
        FeedEventKind.ENDED: "{feed} has ended",
        FeedEventKind.FOUND: "{feed} may have a new address",
    },
    "fr": {
        FeedEventKind.FAILING: "{feed} n’est plus lisible",
        FeedEventKind.RECOVERED: "{feed} est de retour",
        FeedEventKind.MOVED: "{feed} a déménagé",
        FeedEventKind.ENDED: "{feed} est arrêté",
        FeedEventKind.FOUND: "{feed} a peut-être une nouvelle adresse",
    },
    "it": {
        FeedEventKind.FAILING: "{feed} non è più leggibile",
        FeedEventKind.RECOVERED: "{feed} è tornato",
        FeedEventKind.MOVED: "{feed} si è trasferito",
        FeedEventKind.ENDED: "{feed} è stato chiuso",
        FeedEventKind.FOUND: "{feed} forse ha un nuovo indirizzo",
    },
}


def describe_event(event: FeedEvent, *, language: str) -> str:
    """Return what happened as a sentence without its reason; languages without words get German."""
    return _EVENTS[_known(language)][event.kind].format(feed=event.feed_title)


def build_health_feed(site: Site, events: Sequence[FeedEvent]) -> FeedDocument:
    """Return the feed, of events latest first."""
    language = _known(site.language)
    return FeedDocument(
        path=HEALTH_PATH,
        base_url=site.base_url,
        id=mint_id(site, "feeds"),
        title=_TITLES[language].format(site=site.title),
        description=_DESCRIPTIONS[language],
        language=language,
        updated_at=max((event.at for event in events), default=NEVER),
        entries=tuple(_entry(site, event, language) for event in events),
        hub_url=site.hub_url,
    )


def _entry(site: Site, event: FeedEvent, language: str) -> DocumentEntry:
    page_url = f"{site.base_url}{HEALTH_PATH}#event-{event.id}"
    said = " ".join(part for part in (event.reason, event.url, f"({event.feed_url})") if part)
    return DocumentEntry(
        id=mint_id(site, f"feed-event/{event.id}"),
        url=page_url,
        title=describe_event(event, language=language),
        published_at=event.at,
        updated_at=event.at,
        summary_html=escape(said, quote=False),
        content_html="",
        authors=(Person(name=site.title, url=site.base_url),),
        categories=(event.kind.value,),
        enclosures=(),
        image_url=None,
        language=None,
        attribution=Attribution(title=event.feed_title, home_url=None, feed_url=event.feed_url),
        page_url=page_url,
    )


def _known(language: str) -> str:
    primary = primary_language(language)
    return primary if primary in _EVENTS else "de"
