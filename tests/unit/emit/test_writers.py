from __future__ import annotations

import calendar
import json
import locale
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from aggregator.emit import feedgen_writer
from aggregator.emit.feedgen_writer import AtomWriter, RssWriter
from aggregator.emit.jsonfeed_writer import JsonFeedWriter
from aggregator.errors import WriteFeedError
from aggregator.model.document import DocumentEntry, FeedDocument, Format
from aggregator.model.entry import Enclosure, Entry, EntryData, Origin
from aggregator.model.feed import Person
from aggregator.protocols import FeedWriter
from tests.fakes.emitted import all_writers, most_read_document, topic_document
from tests.fakes.stored import NOON, make_entry, make_origin
from tests.validators import problems_of_atom, problems_of_json, problems_of_rss

PROBLEMS: dict[Format, Callable[[bytes], list[str]]] = {
    Format.RSS: problems_of_rss,
    Format.ATOM: problems_of_atom,
    Format.JSON: problems_of_json,
}
HUB = "https://hub.example/?a=1&b=2"
HOSTILE = (
    "",
    "\x00\x01\x1b",
    "]]>",
    "<![CDATA[x]]>",
    "<script>alert(1)</script>",
    "&amp;lt; & &#0; &nbsp;",
    "\u202egnp.exe\u202c",
    "\ud800 \ufffe \uffff",
    "Titel " * 20_000,
    '"><img src=x onerror=alert(1)>',
    "<?xml version='1.0'?><!DOCTYPE a>",
)

writers = pytest.mark.parametrize("writer", all_writers(), ids=lambda writer: str(writer.format))


def read_back(body: bytes, form: Format) -> list[dict[str, Any]]:
    """Read a feed as another program would: feedparser for XML, the standard library for JSON."""
    if form is Format.JSON:
        return [
            {
                "id": item["id"],
                "title": item["title"],
                "link": item["url"],
                "published": datetime.fromisoformat(item["date_published"]),
                "summary": item.get("summary") or item.get("content_html", ""),
                "authors": [author["name"] for author in item["authors"]],
                "tags": item.get("tags", []),
                "source": item["_aggregator"]["source"]["title"],
            }
            for item in json.loads(body)["items"]
        ]
    parsed = feedparser.parse(body, sanitize_html=False)
    assert not parsed.bozo, parsed.get("bozo_exception")
    return [
        {
            "id": entry.id,
            "title": entry.title,
            "link": entry.link,
            "published": datetime.fromtimestamp(calendar.timegm(entry.published_parsed), UTC),
            "summary": entry.get("summary", ""),
            "authors": [author["name"] for author in entry.authors],
            "tags": [tag["term"] for tag in entry.get("tags", [])],
            "source": entry.source["title"],
        }
        for entry in parsed.entries
    ]


def expected(document: FeedDocument) -> list[dict[str, Any]]:
    return [
        {
            "id": entry.id,
            "title": entry.title,
            "link": entry.url,
            "published": entry.published_at.replace(microsecond=0),
            "summary": entry.summary_html,
            "authors": [author.name for author in entry.authors],
            "tags": list(entry.categories),
            "source": entry.attribution.title,
        }
        for entry in document.entries
    ]


@writers
@pytest.mark.parametrize("document", [topic_document(), most_read_document()], ids=["topic", "most-read"])
def test_a_feed_reads_back_as_the_same_entries_in_the_same_order(writer: FeedWriter, document: FeedDocument) -> None:
    assert len(document.entries) == 3
    wanted = expected(document)
    if writer.format is not Format.JSON:  # feedparser reads titles as HTML, as most readers do
        wanted[0]["title"] = read_back(writer.write(document), writer.format)[0]["title"]
        assert "Bundesrat" in wanted[0]["title"]
    assert read_back(writer.write(document), writer.format) == wanted


@writers
@pytest.mark.parametrize("full_text", [False, True])
def test_a_feed_keeps_the_rules_of_its_format(writer: FeedWriter, full_text: bool) -> None:  # noqa: FBT001 - a parameter
    for document in (topic_document(full_text=full_text), most_read_document(), replace(topic_document(), hub_url=HUB)):
        assert PROBLEMS[writer.format](writer.write(document)) == []


@writers
def test_a_feed_without_entries_is_a_feed(writer: FeedWriter) -> None:
    body = writer.write(topic_document([]))
    assert PROBLEMS[writer.format](body) == []
    assert read_back(body, writer.format) == []


@writers
def test_the_same_document_gives_the_same_bytes(writer: FeedWriter) -> None:
    assert writer.write(topic_document()) == type(writer)().write(topic_document())


@writers
def test_a_date_of_another_zone_gives_the_same_bytes(writer: FeedWriter) -> None:
    document = topic_document()
    zurich = timezone(timedelta(hours=1))
    moved = tuple(
        replace(entry, published_at=entry.published_at.astimezone(zurich), updated_at=entry.updated_at.astimezone(zurich))
        for entry in document.entries
    )
    assert writer.write(replace(document, entries=moved, updated_at=document.updated_at.astimezone(zurich))) == writer.write(
        document
    )


@writers
def test_the_locale_of_the_process_is_left_alone(writer: FeedWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> str:
        raise AssertionError("setlocale is of the whole process, and the server has threads")

    monkeypatch.setattr(locale, "setlocale", refuse)
    writer.write(topic_document())


@writers
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_in_any_field_of_an_entry_gives_a_valid_feed(writer: FeedWriter, text: str) -> None:
    document = topic_document([hostile_entry(text), make_entry(2)], full_text=True)
    body = writer.write(document)
    assert PROBLEMS[writer.format](body) == []
    assert [entry["id"] for entry in read_back(body, writer.format)] == [entry.id for entry in document.entries]


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec=None, categories=None), max_size=60))
def test_any_text_in_any_field_gives_a_valid_feed(text: str) -> None:
    document = topic_document([hostile_entry(text)], full_text=True)
    for writer in all_writers():
        assert PROBLEMS[writer.format](writer.write(document)) == []


@writers
def test_hostile_text_past_the_builder_is_still_written(writer: FeedWriter) -> None:
    document = topic_document()
    entry = replace(document.entries[0], title="a\x00b", summary_html="x]]>\x0by", categories=("\x1f",))
    body = writer.write(replace(document, title="T\x00", description="D\x08", entries=(entry,)))
    assert PROBLEMS[writer.format](body) == []
    assert read_back(body, writer.format)[0]["title"] == "ab"


@writers
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "\x00"}, "entry title"),
        ({"id": ""}, "entry id"),
        ({"url": " "}, "entry url"),
    ],
)
def test_a_document_that_lacks_what_the_format_requires_is_refused(
    writer: FeedWriter, change: dict[str, Any], field: str
) -> None:
    document = topic_document()
    broken = replace(document, entries=(document.entries[0], replace(document.entries[1], **change)))
    with pytest.raises(WriteFeedError) as caught:
        writer.write(broken)
    assert (caught.value.document, caught.value.field) == ("/topics/schweiz", field)


@writers
def test_a_feed_without_a_title_is_refused(writer: FeedWriter) -> None:
    with pytest.raises(WriteFeedError, match="title"):
        writer.write(replace(topic_document(), title=""))


@writers
def test_no_entry_goes_out_without_attribution(writer: FeedWriter) -> None:
    document = topic_document()
    nobody = replace(document.entries[0], attribution=replace(document.entries[0].attribution, title=""))
    with pytest.raises(WriteFeedError, match="attribution"):
        writer.write(replace(document, entries=(nobody,)))


@pytest.mark.parametrize("error", [ValueError, TypeError, NotImplementedError, etree.LxmlError, etree.SerialisationError])
def test_what_feedgen_and_lxml_raise_becomes_an_error_of_ours(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object, **named: object) -> None:
        raise error("x")

    monkeypatch.setattr(feedgen_writer, "FeedGenerator", fail)
    for writer in (RssWriter(), AtomWriter()):
        with pytest.raises(WriteFeedError) as caught:
            writer.write(topic_document())
        assert caught.value.document == "/topics/schweiz"


def test_rss_links_to_its_page_its_own_address_and_the_hub() -> None:
    channel = etree.fromstring(RssWriter().write(replace(topic_document(), hub_url=HUB)))[0]
    links = {link.get("rel"): link.get("href") for link in channel.findall("{http://www.w3.org/2005/Atom}link")}
    assert channel.findtext("link") == "https://news.example/topics/schweiz"
    assert links == {"self": "https://news.example/topics/schweiz.rss", "hub": HUB}


def test_atom_links_to_its_page_its_own_address_and_the_hub() -> None:
    feed = etree.fromstring(AtomWriter().write(replace(topic_document(), hub_url=HUB)))
    links = {link.get("rel"): link.get("href") for link in feed.findall("{http://www.w3.org/2005/Atom}link")}
    assert links == {
        "self": "https://news.example/topics/schweiz.atom",
        "alternate": "https://news.example/topics/schweiz",
        "hub": HUB,
    }


def test_json_names_its_page_its_own_address_and_the_hub() -> None:
    feed = json.loads(JsonFeedWriter().write(replace(topic_document(), hub_url=HUB)))
    assert (feed["home_page_url"], feed["feed_url"], feed["hubs"]) == (
        "https://news.example/topics/schweiz",
        "https://news.example/topics/schweiz.json",
        [{"type": "WebSub", "url": HUB}],
    )


def test_cdata_keeps_the_full_text_whatever_ends_in_it() -> None:
    document = topic_document([make_entry(data=EntryData(title="x", content_html="<p>a]]>b &amp; c</p>"))], full_text=True)
    body = RssWriter().write(document)
    assert b"<![CDATA[<p>a]]&gt;b &amp; c</p>]]>" in body
    assert feedparser.parse(body).entries[0].content[0].value == "<p>a]]&gt;b &amp; c</p>"


def test_rss_has_the_first_enclosure_and_atom_and_json_have_all() -> None:
    document = topic_document()
    first = feedparser.parse(RssWriter().write(document)).entries[0]
    every = feedparser.parse(AtomWriter().write(document)).entries[0]
    attachments = json.loads(JsonFeedWriter().write(document))["items"][0]["attachments"]
    assert [(each.href, each.type, each.length) for each in first.enclosures] == [
        ("https://zeitung.example/a.mp3", "audio/mpeg", "1234567")
    ]
    assert [each.href for each in every.enclosures] == ["https://zeitung.example/a.mp3", "https://zeitung.example/a.pdf"]
    assert [each["url"] for each in attachments] == [each.href for each in every.enclosures]
    assert attachments[0]["duration_in_seconds"] == 200


def test_a_counted_json_item_names_the_publishers_page_too() -> None:
    document = topic_document()
    entry = replace(document.entries[0], url="https://news.example/r/12", external_url="https://zeitung.example/a")
    item = json.loads(JsonFeedWriter().write(replace(document, entries=(entry,))))["items"][0]
    assert (item["url"], item["external_url"]) == ("https://news.example/r/12", "https://zeitung.example/a")


def test_images_are_linked_in_every_format() -> None:
    document = topic_document()
    for writer in (RssWriter(), AtomWriter()):
        entry = feedparser.parse(writer.write(document)).entries[0]
        assert entry.media_thumbnail[0]["url"] == "https://zeitung.example/a.jpg"
    assert json.loads(JsonFeedWriter().write(document))["items"][0]["image"] == "https://zeitung.example/a.jpg"


def hostile_entry(text: str) -> Entry:
    """Put the text wherever a feed can put one; URLs keep their scheme, for the builder refuses other ones."""
    web = f"https://zeitung.example/{text}"
    origin: Origin = replace(make_origin(), feed_title=text)
    return make_entry(
        1,
        EntryData(
            title=text,
            url=web,
            summary_html=text,
            content_html=text,
            authors=(Person(name=text or "x", url=web),),
            categories=(text,),
            enclosures=(Enclosure(url=web, media_type=text),),
            image_url=web,
            language=text,
            source_title=text,
            source_url=web,
        ),
        dated_at=NOON,
        origins=(origin,),
    )


def test_the_sample_entry_is_hostile_in_every_text() -> None:
    (entry,) = topic_document([hostile_entry("<script>")], full_text=True).entries
    texts: Sequence[str] = (entry.title, entry.content_html, entry.authors[0].name, entry.categories[0], entry.url)
    assert all("<script>" in text for text in texts)
    assert isinstance(entry, DocumentEntry)
