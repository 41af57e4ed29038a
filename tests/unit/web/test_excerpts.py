from __future__ import annotations

from datetime import UTC, datetime

from aggregator.library.search_query import parse_query
from aggregator.library.search_terms import resolve_query
from aggregator.model.entry import Entry, EntryData
from aggregator.model.search import SearchQuery
from aggregator.web.excerpts import marked_excerpt, marked_title
from tests.fakes.stored import make_entry


def query(text: str) -> SearchQuery:
    parsed = parse_query(text, now=datetime(2026, 11, 24, tzinfo=UTC), zone=UTC)
    return resolve_query(parsed, languages=["de"], sources=[], slugs=[], widen=lambda _stem: ["sparpramie"])[0]


def entry(title: str, *, summary: str = "", content: str = "") -> Entry:
    return make_entry(data=EntryData(title=title, summary_html=summary, content_html=content))


def test_words_found_are_marked_and_all_else_is_escaped() -> None:
    shown = marked_title(entry("<b>Regeln</b> & mehr Regel-Werk"), query("regel"), language="de")
    assert shown == "&lt;b&gt;<mark>Regeln</mark>&lt;/b&gt; &amp; mehr <mark>Regel</mark>-Werk"


def test_an_excerpt_is_the_beginning_where_the_word_is_near_and_else_a_piece_from_before_it() -> None:
    near = entry("T", summary="<p>Die Prämie steigt.</p>")
    assert marked_excerpt(near, query("prämien"), language="de") == "Die <mark>Prämie</mark> steigt."
    far = entry("T", content=f"<p>{'lorem ' * 100}dann die Prämie und {'danach ' * 100}</p>")
    shown = marked_excerpt(far, query("prämien"), language="de")
    assert shown.startswith("… lorem")
    assert "die <mark>Prämie</mark> und" in shown
    assert shown.endswith("\u00a0…")
    assert len(shown) < 300


def test_an_excerpt_without_a_word_found_is_the_teaser_and_nothing_where_it_repeats_the_title() -> None:
    assert marked_excerpt(entry("T", summary="Nur Text"), query("anders"), language="de") == "Nur Text"
    assert marked_excerpt(entry("Nur Text", summary="Nur Text"), query("anders"), language="de") == ""


def test_a_word_longer_than_an_excerpt_breaks_nothing() -> None:
    long = entry("T", summary=f"<p>{'x' * 10_000} Prämie {'y' * 10_000}</p>")
    assert "<mark>Prämie</mark>" in marked_excerpt(long, query("prämie"), language="de")
