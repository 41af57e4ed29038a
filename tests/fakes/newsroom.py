"""A store with a small newsroom in it: sources, topics, entries, reads and emitted documents, invented but life-like."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aggregator.model.change import EntryChanges, EntryUpdate, FeedChange, NewEntry
from aggregator.model.document import Format, Rendered
from aggregator.model.entry import EntryData
from aggregator.model.feed import FeedData, FeedSettings, FeedState, Person, PollState, Rhythm
from aggregator.model.reading import ReadEvent, Via
from aggregator.model.topic import Assignment, Topic
from aggregator.normalise.identity import url_key
from aggregator.pipeline.indexing import index_entries
from aggregator.pipeline.ranking import RankingRules, rank_stories
from aggregator.storage import Storage

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


MEDIA_TYPES = {
    Format.RSS: "application/rss+xml; charset=utf-8",
    Format.ATOM: "application/atom+xml; charset=utf-8",
    Format.JSON: "application/feed+json; charset=utf-8",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One invented entry: minutes before noon, the source's place in SOURCES, and how many people read it."""

    title: str
    summary: str
    topic: str
    minutes: int
    source: int
    reads: int = 0
    language: str | None = None
    image: bool = False


SOURCES = (
    ("https://seeblick.example/rss", "Seeblick-Zeitung"),
    ("https://talbote.example/feed", "Der Talbote"),
    ("https://funkhaus.example/nachrichten.xml", "Funkhaus Nachrichten"),
    ("https://tribune.example/rss", "La Tribune du Lac"),
    ("https://herald.example/world.atom", "The Harbour Herald"),
)
TOPICS = (
    Topic(slug="schweiz", title="Schweiz"),
    Topic(slug="international", title="International"),
    Topic(slug="wissen", title="Wissen"),
)
NEWS = (
    News(
        title="Neue Regeln für die Krankenkassenprämien",
        summary="<p>Die Regierung will den Anstieg dämpfen und die Kantone einbinden. Der Ständerat berät im Frühling.</p>",
        topic="schweiz",
        minutes=18,
        source=0,
        reads=9,
        image=True,
    ),
    News(
        title="Sonde erreicht den Jupitermond Europa",
        summary="<p>Nach sechs Jahren Flug beginnt die Suche nach Wasser unter dem Eis.</p>",
        topic="wissen",
        minutes=64,
        source=2,
        reads=7,
        image=True,
    ),
    News(
        title="Gotthard-Basistunnel wieder offen",
        summary="<p>Züge fahren seit heute Morgen nach Fahrplan.</p>",
        topic="schweiz",
        minutes=130,
        source=1,
        reads=4,
        image=True,
    ),
    News(
        title="Les cantons romands demandent un délai",
        summary="<p>La conférence des directeurs juge le calendrier trop serré.</p>",
        topic="schweiz",
        minutes=150,
        source=3,
        reads=2,
        language="fr-CH",
    ),
    News(
        title="Ständerat stimmt dem Kompromiss zu",
        summary="<p>Mit 31 zu 12 Stimmen.</p>",
        topic="schweiz",
        minutes=40,
        source=1,
        reads=1,
    ),
    News(title="Wolfsbestand wächst langsamer als erwartet", summary="", topic="wissen", minutes=170, source=0),
    News(
        title="Zürich plant den größten Wärmeverbund des Landes",
        summary="<p>Seewasser soll bis 2035 jede dritte Wohnung heizen.</p>",
        topic="schweiz",
        minutes=200,
        source=2,
    ),
    News(
        title="Port strike enters its second week",
        summary="<p>Talks between the union and the terminal operators resume on Thursday.</p>",
        topic="international",
        minutes=75,
        source=4,
        reads=3,
        language="en",
        image=True,
    ),
    News(
        title="Waffenruhe hält den dritten Tag",
        summary="<p>Hilfslieferungen sind unterwegs.</p>",
        topic="international",
        minutes=95,
        source=2,
    ),
    News(
        title="Donaudampfschifffahrtsgesellschaftskapitänsmütze versteigert",
        summary="",
        topic="international",
        minutes=1500,
        source=1,
    ),
    News(
        title="Warum der Winter später kommt",
        summary="<p>Der Jetstream mäandert stärker als in den letzten zwanzig Jahren.</p>",
        topic="wissen",
        minutes=300,
        source=0,
        reads=5,
    ),
    News(
        title="القمة تبدأ غدا",
        summary="<p>ملخص قصير.</p>",
        topic="international",
        minutes=400,
        source=4,
        language="ar",
    ),
)


def open_newsroom(storage: Storage, *, news: Sequence[News] = NEWS, documents: bool = True) -> None:
    """Fill an empty store as at NOON."""
    with storage.write() as tx:
        tx.feeds.configure([FeedSettings(url=url, title=title, language="de") for url, title in SOURCES], now=NOON)
        tx.topics.configure(TOPICS)
        feeds = {feed.settings.url: feed for feed in tx.feeds.all()}
        changes = [
            FeedChange(
                feed_id=feeds[url].id,
                polled_at=NOON,
                poll=_poll_state(place),
                data=FeedData(title=title, home_url=url.rpartition("/")[0] + "/"),
                entries=EntryChanges(
                    new=tuple(_new_entry(number, item) for number, item in enumerate(news, 1) if item.source == place)
                ),
            )
            for place, (url, title) in enumerate(SOURCES)
        ]
        tx.entries.apply(changes)
        tx.topics.assign(
            [topic.slug for topic in TOPICS],
            list(range(1, len(news) + 1)),
            [Assignment(slug=item.topic, entry_id=number, reason="Wort") for number, item in enumerate(news, 1)],
            revision=len(news),
        )
        tx.reads.add(
            [
                ReadEvent(entry_id=number, at=NOON, via=Via.CLICK, reader_key=bytes([reader]) * 16)
                for number, item in enumerate(news, 1)
                for reader in range(item.reads)
            ]
        )
    rank_stories(storage, TOPICS, RankingRules(min_readers=1_000), now=NOON, at_once=True)  # lists to show, none entered
    index_entries(storage, default_language="de")
    with storage.write() as tx:
        if documents:
            tx.documents.put(
                [
                    make_rendered(f"{path}.{form}", title=title, media_type=MEDIA_TYPES[form])
                    for path, title in _emitted()
                    for form in Format
                ]
            )


def make_rendered(
    path: str,
    *,
    body: bytes = b"<rss/>" * 400,
    title: str = "",
    media_type: str = MEDIA_TYPES[Format.RSS],
    at: datetime = NOON,
) -> Rendered:
    """Return a document ready to serve."""
    return Rendered(
        path=path,
        media_type=media_type,
        body=body,
        body_gzip=gzip.compress(body, mtime=0),
        etag=f'"{hashlib.sha256(body).hexdigest()[:16]}"',
        last_modified_at=at,
        fingerprint="1",
        title=title,
    )


def _emitted() -> list[tuple[str, str]]:
    feeds = [("/most-read", "Meistgelesene Artikel"), ("/trending", "Trend")]
    for topic in TOPICS:
        feeds.append((f"/topics/{topic.slug}", f"Mehr zum Thema: {topic.title}"))
        feeds.append((f"/topics/{topic.slug}/most-read", f"Meistgelesen: {topic.title}"))
        feeds.append((f"/topics/{topic.slug}/trending", f"Trend: {topic.title}"))
    return feeds


def _new_entry(number: int, item: News) -> NewEntry:
    url = f"{SOURCES[item.source][0].rpartition('/')[0]}/artikel/{number}"
    data = EntryData(
        title=item.title,
        guid=url,
        url=url,
        summary_html=item.summary,
        authors=(Person(name="Anna Muster"),),
        image_url=f"https://bilder.example/{number}.jpg" if item.image else None,
        language=item.language or "de",
        published_at=NOON - timedelta(minutes=item.minutes),
    )
    key = url_key(url)
    update = EntryUpdate(data=data, guid_key=key, url_key=key, content_hash=key)
    return NewEntry(id=number, update=update, dated_at=NOON - timedelta(minutes=item.minutes))


def _poll_state(place: int) -> PollState:
    """Return the health of a source: the second one fails, the fourth is gone."""
    hour = timedelta(hours=1)
    if place == 1:
        return PollState(
            state=FeedState.FAILING,
            last_success_at=NOON - 5 * hour,
            next_poll_at=NOON + 2 * hour,
            failures=3,
            failing_since_at=NOON - 4 * hour,
            error="FetchError",
            reason="connection refused at 10.0.0.7",
            status=503,
        )
    if place == 3:
        return PollState(state=FeedState.GONE, last_success_at=NOON - 90 * hour, error="FeedGone", status=410)
    return PollState(
        state=FeedState.OK,
        last_success_at=NOON - hour / 4,
        next_poll_at=NOON + hour / 2,
        entries_per_day=12.5,
        rhythm=Rhythm(at=NOON - hour / 4, entries=12.5, exposure_hours=24),
        delay=2.5 * hour,
        delay_weight=9,
    )
