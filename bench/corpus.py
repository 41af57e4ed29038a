"""Generated feeds, the same on every machine: 30 entries, median about 61 KiB and 11 KiB gzipped, RSS and Atom, German text.

A feed has a version: each version brings one new entry and loses the oldest.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from html import escape

ENTRIES = 30
SEED = 20_260_601
NEWEST_AT = datetime(2026, 6, 1, 6, 0, tzinfo=UTC)
GAP = timedelta(minutes=47)  # between entries of one feed
SENTENCES = 12_000  # in the stock that all feeds draw from; sets how well they compress
CATEGORIES = ("Politik", "Wirtschaft", "Kultur", "Sport", "Wissen", "Region", "Reisen", "Digital")


def _words(text: str) -> tuple[str, ...]:
    return tuple(" ".join(word.split()) for word in text.split(";"))


SUBJECTS = _words("""
    Der Stadtrat; Die Gemeinde; Ein Forscherteam; Die Kommission; Der Verband; Das Museum; Die Genossenschaft; Der
    Verwaltungsrat; Eine Bürgerinitiative; Das Ministerium; Die Regionalbahn; Der Chor; Die Feuerwehr; Das Spital; Die
    Universität; Ein Landwirt; Die Bibliothek; Der Fussballklub; Die Parlamentarierin; Das Orchester; Die Wetterwarte;
    Der Bergführer; Die Zollbehörde; Das Kraftwerk; Ein Start-up; Die Schule; Der Förster
""")
VERBS = _words("""
    plant; verschiebt; eröffnet; untersucht; bestätigt; kritisiert; finanziert; überarbeitet; begrüsst; prüft;
    verlängert; beschleunigt; verwirft; empfiehlt; beziffert; entwickelt; kündigt; übernimmt; vermisst; feiert
""")
OBJECTS = _words("""
    den Umbau des Bahnhofs; die neue Hängebrücke; das Budget für das kommende Jahr; eine Ausstellung über Gletscher;
    die Ergebnisse der Umfrage; den Fahrplanwechsel; ein Programm für Lehrlinge; die Sanierung der Turnhalle; den
    Bericht zur Wasserqualität; ein Archiv alter Landkarten; die Verträge mit den Zulieferern; das Sommerkonzert; den
    Ausbau des Fernwärmenetzes; eine Studie über Zugvögel; die Regeln für Drohnenflüge; den Verkauf der Sägerei; ein
    Schutzgebiet am Südufer; die Öffnungszeiten der Ämter; den Neubau des Pflegeheims; ein Verzeichnis der Quellen;
    die Förderung von Solaranlagen; den Rückbau der Talsperre; eine Werkstatt für Saiteninstrumente; die Aussenpolitik
""")
CIRCUMSTANCES = _words("""
    nach langem Zögern; trotz steigender Kosten; im kommenden Frühling; gegen den Rat der Fachleute; wie erwartet;
    ohne Angabe von Gründen; mit knapper Mehrheit; auf Antrag der Anwohner; zum dritten Mal in Folge; bis Ende
    Oktober; unter Vorbehalt; aus Rücksicht auf die Nachbarn; dank einer Spende; vor vollen Rängen; bei strömendem
    Regen
""")
TAILS = _words("""
    sagte eine Sprecherin am Montag; heisst es in der Mitteilung; so steht es im Protokoll; wie mehrere Beteiligte
    bestätigen; das ergab eine Anfrage; darüber wird im Herbst abgestimmt; die Zahlen sind vorläufig; ein Termin steht
    noch nicht fest; Einsprachen sind bis Freitag möglich; die Gegner wollen das anfechten; der Entscheid fiel
    einstimmig
""")
PLACES = _words("""
    Altdorf; Brienz; Chur; Davos; Ebnat; Flims; Glarus; Horgen; Ilanz; Jona; Kerns; Lauterbrunnen; Meiringen; Näfels;
    Olten; Pontresina; Quarten; Rapperswil; Sargans; Thusis; Uznach; Vitznau; Wassen; Ybrig; Zernez; Bludenz;
    Dornbirn; Feldkirch; Landeck; Reutte; Imst; Kempten; Lindau; Memmingen; Ravensburg; Singen; Tuttlingen; Konstanz;
    Biberach; Wangen
""")
SYLLABLES = _words("ber;dor;egg;fal;gra;hol;imb;kel;lan;mei;nuf;oss;pla;rüt;sta;tho;urs;vog;wis;zim;ach;bru;die;fri")


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedFeed:
    """A document and what the origin says of it."""

    body: bytes
    media_type: str
    updated_at: datetime


def generate(number: int, *, version: int = 0) -> GeneratedFeed:
    """Return feed `number` (from 0); the same number and version give the same bytes."""
    last = ENTRIES + version
    serials = range(last, last - ENTRIES, -1)
    updated_at = _published(last)
    richness = random.Random(SEED + number).lognormvariate(0, 0.35)  # feeds differ in length; the median stays
    if number % 3 == 2:
        text, media_type = _atom(number, serials, richness, updated_at), "application/atom+xml; charset=utf-8"
    else:
        text, media_type = _rss(number, serials, richness, updated_at), "application/rss+xml; charset=utf-8"
    return GeneratedFeed(body=text.encode(), media_type=media_type, updated_at=updated_at)


def _published(serial: int) -> datetime:
    return NEWEST_AT + (serial - ENTRIES) * GAP


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    identifier: str
    link: str
    title: str
    author: str
    category: str
    summary: str
    content: str
    at: datetime


def _piece(number: int, serial: int, richness: float) -> _Piece:
    draw = random.Random((SEED + number) * 1_000_003 + serial)
    stock = _stock()
    site = _site(number)
    sentences = draw.choices(stock, k=max(2, round(5.5 * richness)))
    paragraphs = [" ".join(sentences[start : start + 2]) for start in range(0, len(sentences), 2)]
    picture = f'<p><img src="{site}/bilder/{serial}.jpg" alt="Bild {serial}" width="640" height="360"/></p>'
    content = picture + "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return _Piece(
        identifier=f"{site}/?p={serial}",
        link=f"{site}/{_published(serial):%Y/%m}/beitrag-{serial}.html",
        title=f"{draw.choice(SUBJECTS)} {draw.choice(VERBS)} {draw.choice(OBJECTS)} ({serial})",
        author=f"Redaktion {draw.randrange(12)}",
        category=draw.choice(CATEGORIES),
        summary=paragraphs[0],
        content=content + f'<p><a href="{site}/abo?von={serial}">Mehr lesen</a></p>',
        at=_published(serial),
    )


@cache
def _stock() -> tuple[str, ...]:
    draw = random.Random(SEED)
    return tuple(
        f"{draw.choice(SUBJECTS)} aus {draw.choice(PLACES)} {draw.choice(VERBS)} {draw.choice(CIRCUMSTANCES)} "
        f"{draw.choice(OBJECTS)}, {draw.choice(TAILS)} ({', '.join(_name(draw) for _ in range(5))})."
        for _ in range(SENTENCES)
    )


def _name(draw: random.Random) -> str:
    """Return a family name nobody bears: names are what keeps real feeds from compressing better."""
    return "".join(draw.choices(SYLLABLES, k=4)).title()


def _site(number: int) -> str:
    return f"https://blatt-{number}.example"


def _rss(number: int, serials: range, richness: float, updated_at: datetime) -> str:
    site = _site(number)
    items = "".join(
        f"<item>\n<title>{escape(piece.title)}</title>\n<link>{piece.link}</link>\n"
        f"<dc:creator><![CDATA[{piece.author}]]></dc:creator>\n<pubDate>{format_datetime(piece.at)}</pubDate>\n"
        f"<category><![CDATA[{piece.category}]]></category>\n"
        f'<guid isPermaLink="false">{escape(piece.identifier)}</guid>\n'
        f"<description><![CDATA[{piece.summary}]]></description>\n"
        f"<content:encoded><![CDATA[{piece.content}]]></content:encoded>\n</item>\n"
        for piece in (_piece(number, serial, richness) for serial in serials)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">\n'
        f"<channel>\n<title>Blatt {number}</title>\n<link>{site}/</link>\n"
        f"<description>Nachrichten von Blatt {number}</description>\n"
        f"<language>de-CH</language>\n<lastBuildDate>{format_datetime(updated_at)}</lastBuildDate>\n{items}</channel>\n</rss>\n"
    )


def _atom(number: int, serials: range, richness: float, updated_at: datetime) -> str:
    site = _site(number)
    entries = "".join(
        f"<entry>\n<title>{escape(piece.title)}</title>\n"
        f'<link rel="alternate" type="text/html" href="{piece.link}"/>\n<id>{escape(piece.identifier)}</id>\n'
        f"<published>{piece.at.isoformat()}</published>\n<updated>{piece.at.isoformat()}</updated>\n"
        f'<author><name>{piece.author}</name></author>\n<category term="{piece.category}"/>\n'
        f'<summary type="text">{escape(piece.summary)}</summary>\n'
        f'<content type="html">{escape(piece.content)}</content>\n</entry>\n'
        for piece in (_piece(number, serial, richness) for serial in serials)
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de">\n'
        f'<title>Blatt {number}</title>\n<link rel="alternate" type="text/html" href="{site}/"/>\n'
        f"<id>{site}/</id>\n<updated>{updated_at.isoformat()}</updated>\n{entries}</feed>\n"
    )
