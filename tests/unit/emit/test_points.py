"""Key points in feeds."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

from aggregator.emit.build import Links, build_ranked_feed, build_topic_feed
from aggregator.model.entry import EntryData
from aggregator.model.keypoint import KeyPoint
from aggregator.model.story import Entered, Ranking
from tests.fakes.emitted import SITE, TOPIC
from tests.fakes.stored import NOON, make_entry

POINT = KeyPoint(text="A < B & «C».", entry_id=7, publisher="Zeitung & Co.", url='https://a.example/?a=1&b="2"', language="de")
OTHER = replace(POINT, text="Ein zweiter Satz.", entry_id=8, publisher="Der Bote", url=None)
ENTRY = replace(
    make_entry(5, EntryData(title="Titel", url="https://a.example/5", summary_html="<p>Worum es <b>geht</b>.</p>")), story_id=3
)
LIST = (
    "<p><strong>Das Wichtigste in Kürze</strong></p><ul>"
    '<li>A &lt; B &amp; «C». (<a href="https://a.example/?a=1&amp;b=&quot;2&quot;">Zeitung &amp; Co.</a>)</li>'
    "<li>Ein zweiter Satz. (Der Bote)</li></ul>"
)


def test_the_list_stands_before_the_teaser_and_the_summary_stays() -> None:
    (shown,) = build_topic_feed(SITE, TOPIC, [ENTRY], points={3: (POINT, OTHER)}).entries
    assert shown.content_html == f"{LIST}<p>Worum es geht.</p>"
    assert shown.summary_html == "Worum es geht."


def test_without_key_points_nothing_is_added() -> None:
    assert build_topic_feed(SITE, TOPIC, [ENTRY], points={4: (POINT,)}) == build_topic_feed(SITE, TOPIC, [ENTRY])


def test_the_list_is_well_formed_xml() -> None:
    (shown,) = build_topic_feed(SITE, TOPIC, [ENTRY], points={3: (POINT, OTHER)}).entries
    assert ET.fromstring(f"<div>{shown.content_html}</div>").find("ul/li/a") is not None  # noqa: S314 - our own text


def test_in_a_ranking_the_reason_stands_first() -> None:
    entered = Entered(entry_id=5, at=NOON, readers=12, publishers=2)
    (shown,) = build_ranked_feed(SITE, Ranking.MOST_READ, None, [(ENTRY, entered)], points={3: (POINT, OTHER)}).entries
    assert shown.content_html.startswith("<p>12 Leserinnen und Leser")
    assert LIST in shown.content_html


def test_where_links_are_counted_those_to_the_sentences_are_too() -> None:
    (shown,) = build_topic_feed(replace(SITE, links=Links.COUNTED), TOPIC, [ENTRY], points={3: (POINT, OTHER)}).entries
    assert f'<a href="{SITE.base_url}/r/7">' in shown.content_html
    assert "a.example" not in shown.content_html


def test_sentences_of_another_language_say_so_under_a_heading_in_that_of_the_site() -> None:
    spoken = tuple(replace(point, language="en") for point in (POINT, OTHER))
    (shown,) = build_topic_feed(SITE, TOPIC, [ENTRY], points={3: spoken}).entries
    assert '</strong></p><ul lang="en">' in shown.content_html
    assert "Das Wichtigste in Kürze" in shown.content_html
