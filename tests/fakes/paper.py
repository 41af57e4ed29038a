"""A day of an invented newspaper of newspapers: what eight publishers report, taken in by the real flows, read by people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from html import escape
from pathlib import Path

from aggregator.model.reading import ReadEvent, Via
from tests.fakes.clock import FakeClock
from tests.fakes.newsroom import NOON
from tests.fakes.origin import Answer, Origin
from tests.fakes.running_site import RunningSite, run_site

PUBLISHERS = {
    "seeblick": ("Seeblick-Zeitung", "de-CH"),
    "talbote": ("Der Talbote", "de-CH"),
    "funkhaus": ("Funkhaus Nachrichten", "de-CH"),
    "tribune": ("La Tribune du Lac", "fr-CH"),
    "herald": ("The Harbour Herald", "en"),
    "bergpost": ("Bergpost", "de-CH"),
    "rhein": ("Wirtschaftsblatt am Rhein", "de"),
    "morgen": ("Morgenjournal", "de"),
}
TOPICS = {
    "schweiz": ("Schweiz", "Krankenkassenprämien, Krankenkassen, Gotthard, Ständerat, cantons, Wärmeverbund, Bergdorf"),
    "international": ("International", "Waffenruhe, strike, Gipfel, Wahlen"),
    "wirtschaft": ("Wirtschaft", "Leitzins, Nationalbank, Chipfabrik, Uhrenexporte"),
    "wissen": ("Wissen", "Jupitermond, Winter, Wolf, Wolfsbestand, Gletscher"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one publisher says: minutes before noon, headline, text, readers, and whether there is a picture."""

    publisher: str
    minutes: int
    title: str
    text: str = ""
    reads: int = 0
    picture: bool = False


PREMIUMS_AGENCY = (
    "Der Bundesrat will den Anstieg der Krankenkassenprämien dämpfen. Die Kantone sollen künftig mehr Kosten der Spitäler "
    "übernehmen. Das Parlament berät die neuen Regeln im Frühling."
)
REPORTS = (
    Report(
        publisher="seeblick",
        minutes=18,
        title="Bundesrat beschliesst neue Regeln für Krankenkassenprämien",
        text="Der Bundesrat hat am Dienstag neue Regeln für die Krankenkassenprämien beschlossen. Die Kantone sollen künftig einen "
        "grösseren Teil der Spitalkosten tragen. Für eine vierköpfige Familie sinkt die Prämie laut Bundesrat um 240 Franken im Jahr.",
        reads=41,
        picture=True,
    ),
    Report(
        publisher="talbote",
        minutes=35,
        title="Krankenkassenprämien: Bundesrat legt neue Regeln vor",
        text=PREMIUMS_AGENCY,
        reads=9,
    ),
    Report(
        publisher="bergpost", minutes=44, title="Krankenkassenprämien: Bundesrat legt neue Regeln vor", text=PREMIUMS_AGENCY
    ),
    Report(
        publisher="funkhaus",
        minutes=52,
        title="Neue Regeln für Krankenkassenprämien: Kantone kritisieren den Bundesrat",
        text="Die Kantone kritisieren die neuen Regeln des Bundesrats für die Krankenkassenprämien. Sie rechnen mit Mehrkosten von "
        "900 Millionen Franken im Jahr. Die Konferenz der Gesundheitsdirektoren will mit dem Bundesrat verhandeln.",
        reads=6,
    ),
    Report(
        publisher="funkhaus",
        minutes=64,
        title="Raumsonde erreicht den Jupitermond Europa",
        text="Nach sechs Jahren Flug ist die Raumsonde beim Jupitermond Europa angekommen. Unter dem Eis vermuten Forscherinnen "
        "einen Ozean. Die ersten Bilder werden am Donnerstag erwartet.",
        reads=33,
        picture=True,
    ),
    Report(
        publisher="morgen",
        minutes=80,
        title="Raumsonde am Jupitermond Europa angekommen",
        text="Die Raumsonde hat den Jupitermond Europa erreicht und das Bremsmanöver überstanden. Unter dem Eis des Mondes "
        "suchen Forscherinnen nach Wasser.",
        reads=4,
    ),
    Report(
        publisher="bergpost",
        minutes=95,
        title="Sonde beim Jupitermond Europa: Suche nach Wasser unter dem Eis",
        text="Die Suche beginnt.",
    ),
    Report(
        publisher="talbote",
        minutes=130,
        title="Gotthard-Basistunnel ist wieder offen",
        text="Im Gotthard-Basistunnel fahren die Züge seit heute Morgen wieder nach Fahrplan. Die Reparatur dauerte elf Tage.",
        reads=22,
        picture=True,
    ),
    Report(
        publisher="seeblick",
        minutes=141,
        title="Gotthard-Basistunnel wieder offen: Züge fahren nach Fahrplan",
        text="Nach elf Tagen Reparatur ist der Gotthard-Basistunnel wieder offen.",
        reads=3,
    ),
    Report(
        publisher="herald",
        minutes=75,
        title="Port strike enters its second week",
        text="Talks between the union and the terminal operators resume on Thursday. Forty ships wait outside the harbour.",
        reads=12,
        picture=True,
    ),
    Report(
        publisher="talbote",
        minutes=40,
        title="Ständerat stimmt dem Kompromiss zur Armee zu",
        text="Mit 31 zu 12 Stimmen.",
        reads=5,
    ),
    Report(
        publisher="tribune",
        minutes=150,
        title="Les cantons romands demandent un délai",
        text="La conférence des directeurs juge le calendrier trop serré.",
        reads=4,
    ),
    Report(
        publisher="funkhaus",
        minutes=200,
        title="Zürich plant den grössten Wärmeverbund des Landes",
        text="Seewasser heizt bis 2035.",
    ),
    Report(
        publisher="bergpost",
        minutes=260,
        title="Ein Bergdorf kauft seine Beiz zurück",
        text="Der Kaufvertrag ist unterschrieben.",
        reads=8,
    ),
    Report(
        publisher="funkhaus",
        minutes=96,
        title="Waffenruhe hält den dritten Tag",
        text="Hilfslieferungen sind unterwegs.",
        reads=7,
    ),
    Report(
        publisher="morgen",
        minutes=310,
        title="Wahlen im Norden: Koalition verliert die Mehrheit",
        text="Ausgezählt sind 98 Prozent.",
    ),
    Report(publisher="morgen", minutes=420, title="Gipfel einigt sich auf gemeinsame Grenzkontrollen", text=""),
    Report(
        publisher="rhein",
        minutes=110,
        title="Nationalbank lässt den Leitzins unverändert",
        text="Die Nationalbank lässt den Leitzins bei 0,25 Prozent. Sie erwartet für das nächste Jahr eine Teuerung von 0,9 Prozent.",
        reads=17,
        picture=True,
    ),
    Report(
        publisher="seeblick",
        minutes=122,
        title="Leitzins bleibt unverändert: Nationalbank wartet ab",
        text="Die Nationalbank wartet ab.",
    ),
    Report(publisher="rhein", minutes=205, title="Uhrenexporte steigen im Oktober um 4 Prozent", text="Vor allem nach Asien."),
    Report(publisher="herald", minutes=330, title="Chipfabrik: work on the plant may start in spring", text=""),
    Report(publisher="morgen", minutes=290, title="Warum der Winter später kommt", text="Der Jetstream mäandert.", reads=15),
    Report(
        publisher="seeblick",
        minutes=170,
        title="Wolfsbestand wächst langsamer als erwartet",
        text="Die Zahl der Rudel stieg um zwei.",
        reads=6,
    ),
    Report(publisher="bergpost", minutes=500, title="Gletscher verlieren so viel Eis wie im Mittel der letzten Jahre", text=""),
)


@contextmanager
def run_paper(folder: Path) -> Iterator[RunningSite]:
    """Serve the paper as at NOON."""
    with Origin() as origin:
        port = origin.url("/").rpartition(":")[2].rstrip("/")
        feeds = []
        for name, (title, language) in PUBLISHERS.items():
            home = f"http://{name}.localhost:{port}"
            origin.answer(f"/{name}.xml", Answer(body=_feed(name, home), headers={"content-type": "application/rss+xml"}))
            feeds.append(f"{{url: '{home}/{name}.xml', title: '{title}', language: {language}}}")
        for report in REPORTS:
            page = f"<!doctype html><html lang=de><title>{report.title}</title><h1>{report.title}</h1>".encode()
            origin.answer(f"/artikel/{report.minutes}", Answer(body=page, headers={"content-type": "text/html; charset=utf-8"}))
        topics = [f"{{slug: {slug}, title: {title}, any: [{words}]}}" for slug, (title, words) in TOPICS.items()]
        config = f"feeds: [{', '.join(feeds)}]\ntopics: [{', '.join(topics)}]\n"
        with run_site(folder, config, clock=FakeClock(NOON), title="Mehr zum Tag", language="de-CH") as site:
            site.aggregator.configure()
            site.aggregator.poll()
            site.aggregator.group()
            site.aggregator.index()
            _read(site)
            site.aggregator.rank(at_once=True)
            site.aggregator.publish()
            yield site


def _feed(name: str, home: str) -> bytes:
    title, language = PUBLISHERS[name]
    items = "".join(
        f"<item><title>{escape(report.title)}</title><link>{home}/artikel/{report.minutes}</link>"
        f"<pubDate>{NOON - timedelta(minutes=report.minutes):%a, %d %b %Y %H:%M:%S GMT}</pubDate>"
        f"<description>{escape(report.text)}</description>"
        + (f'<media:content url="{home}/bild/{report.minutes}.jpg" medium="image"/>' if report.picture else "")
        + "</item>"
        for report in REPORTS
        if report.publisher == name
    )
    return (
        f'<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>{escape(title)}</title>'
        f"<link>{home}/</link><description/><language>{language}</language>{items}</channel></rss>"
    ).encode()


def _read(site: RunningSite) -> None:
    reads = {report.title: report.reads for report in REPORTS}
    with site.aggregator.storage.write() as tx:
        tx.reads.add(
            [
                ReadEvent(entry_id=entry.id, at=NOON, via=Via.CLICK, reader_key=f"{entry.id} {reader}".encode().ljust(16))
                for entry in tx.entries.newest(limit=len(REPORTS))
                for reader in range(reads[entry.data.title])
            ]
        )
