from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model.entry import Enclosure
from aggregator.model.feed import Person
from aggregator.model.parsed import FeedFormat, ParsedEntry, ParsedFeed, Text
from aggregator.parse.decode import decode
from aggregator.parse.fast import parse_fast, read_fast
from aggregator.parse.fast_names import Declined

NAMESPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:atom="http://www.w3.org/2005/Atom"'
)


def rss(item: str, channel: str = "") -> ParsedFeed:
    body = f'<rss version="2.0" {NAMESPACES}><channel>{channel}<item>{item}</item></channel></rss>'
    return read_fast(decode(body.encode()))


def item(words: str) -> ParsedEntry:
    return rss(words).entries[0]


def atom(entry: str, head: str = "", attributes: str = "") -> ParsedFeed:
    body = f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}>{head}<entry>{entry}</entry></feed>'
    return read_fast(decode(body.encode()))


def test_an_rss_item_is_read_whole() -> None:
    entry = item("""
        <title>Bundesrat &amp;amp; Parlament</title><link>https://example.org/1</link><guid isPermaLink="false">abc</guid>
        <pubDate>Tue, 05 Mar 2024 12:00:00 GMT</pubDate><dc:creator>Anna</dc:creator><category>Politik</category>
        <category>Schweiz</category><description>Kurz</description>
        <content:encoded>&lt;p&gt;Lang und breit&lt;/p&gt;</content:encoded>
        <comments>https://example.org/1#c</comments><source url="https://other.example/feed">Andere</source>""")
    assert entry == ParsedEntry(
        guid="abc",
        url="https://example.org/1",
        title=Text(value="Bundesrat &amp; Parlament", html=True),
        summary=Text(value="Kurz", html=True),
        content=Text(value="<p>Lang und breit</p>", html=True),
        authors=(Person(name="Anna"),),
        categories=("Politik", "Schweiz"),
        comments_url="https://example.org/1#c",
        published_at=datetime(2024, 3, 5, 12, tzinfo=UTC),
        source_title="Andere",
        source_url="https://other.example/feed",
    )


def test_an_atom_entry_is_read_whole() -> None:
    entry = atom("""
        <id>tag:example.org,2024:1</id><title type="text">a &lt; b</title><link href="https://example.org/1"/>
        <link rel="enclosure" type="audio/mpeg" length="9" href="https://example.org/1.mp3"/>
        <author><name>Anna</name><email>anna@example.org</email><uri>https://anna.example/</uri></author>
        <category term="pol" label="Politik"/><published>2024-03-05T12:00:00Z</published><updated>2024-03-06T12:00:00Z</updated>
        <summary>Kurz</summary><content type="xhtml">
        <div xmlns="http://www.w3.org/1999/xhtml"><p>Ja<br/>!</p></div></content>
        <source><id>tag:other.example,2024:f</id><title>Andere</title><link href="https://other.example/"/></source>""").entries[
        0
    ]
    assert entry == ParsedEntry(
        guid="tag:example.org,2024:1",
        url="https://example.org/1",
        title=Text(value="a < b"),
        summary=Text(value="Kurz"),
        content=Text(value="<p>Ja<br>!</p>", html=True),
        authors=(Person(name="Anna", email="anna@example.org", url="https://anna.example/"),),
        categories=("Politik",),
        enclosures=(Enclosure(url="https://example.org/1.mp3", media_type="audio/mpeg", length_bytes=9),),
        published_at=datetime(2024, 3, 5, 12, tzinfo=UTC),
        updated_at=datetime(2024, 3, 6, 12, tzinfo=UTC),
        source_title="Andere",
        source_url="https://other.example/",
    )


def test_rss_1_items_stand_beside_the_channel() -> None:
    body = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://example.org/"><title>Blatt</title>
        <link>https://example.org/</link></channel><item rdf:about="https://example.org/1"><title>Eins</title>
        <link>https://example.org/1</link><dc:date>2024-03-05T12:00:00Z</dc:date></item></rdf:RDF>"""
    parsed = read_fast(decode(body))
    assert parsed.format is FeedFormat.RDF
    assert parsed.data.title == "Blatt"
    entry = parsed.entries[0]
    assert (entry.guid, entry.url) == ("https://example.org/1", "https://example.org/1")
    assert entry.published_at == datetime(2024, 3, 5, 12, tzinfo=UTC)


def test_a_feed_says_what_it_says_of_itself() -> None:
    parsed = rss(
        "<title>x</title>",
        """<title>Blatt</title><link>https://example.org/</link><description>Neues</description><language>de-CH</language>
        <atom:link rel="self" href="https://example.org/feed"/><atom:link rel="hub" href="https://hub.example/"/><ttl>60</ttl>
        <copyright>© Blatt</copyright><image><url>https://example.org/logo.png</url><title>Logo</title></image>
        <managingEditor>wir@example.org (Redaktion)</managingEditor>
        <lastBuildDate>Tue, 05 Mar 2024 12:00:00 GMT</lastBuildDate>""",
    )
    data = parsed.data
    assert (data.title, data.subtitle, data.home_url, data.language) == ("Blatt", "Neues", "https://example.org/", "de-CH")
    assert (data.self_url, data.hub_urls) == ("https://example.org/feed", ("https://hub.example/",))
    assert (data.rights, data.image_url) == ("© Blatt", "https://example.org/logo.png")
    assert data.authors == (Person(name="Redaktion", email="wir@example.org"),)
    assert data.updated_at == datetime(2024, 3, 5, 12, tzinfo=UTC)
    assert data.ttl == parsed.ttl == timedelta(hours=1)


def test_podcasts_keep_notes_duration_and_picture() -> None:
    entry = item("""
        <title>Folge 1</title><description>&lt;p&gt;Alle Notizen der Folge&lt;/p&gt;</description>
        <itunes:summary>Kurz</itunes:summary>
        <enclosure url="https://example.org/1.mp3" type="audio/mpeg" length="0"/>
        <itunes:duration>1:02:03</itunes:duration>
        <itunes:image href="https://example.org/1.jpg"/>""")
    assert entry.content == Text(value="<p>Alle Notizen der Folge</p>", html=True)
    assert entry.summary == Text(value="Kurz")
    assert entry.enclosures[0].duration == timedelta(hours=1, minutes=2, seconds=3)
    assert entry.enclosures[0].length_bytes is None
    assert entry.image_url == "https://example.org/1.jpg"


def test_the_widest_media_picture_is_the_image() -> None:
    entry = item("""<media:thumbnail url="https://example.org/s.jpg"/><media:group>
        <media:content url="https://example.org/m.jpg" medium="image" width="300"/>
        <media:content url="https://example.org/l.jpg" type="image/jpeg" width="900"
        ><media:title>Bild</media:title></media:content>
        <media:content url="https://example.org/v.mp4" type="video/mp4" duration="61"/></media:group>""")
    assert entry.image_url == "https://example.org/l.jpg"
    assert entry.enclosures == (
        Enclosure(url="https://example.org/v.mp4", media_type="video/mp4", duration=timedelta(seconds=61)),
    )
    assert entry.title == Text(value="Bild")


def test_the_prefixes_of_the_document_do_not_matter() -> None:
    body = b"""<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:id>1</a:id>
        <a:title>Eins</a:title></a:entry></a:feed>"""
    assert read_fast(decode(body)).entries[0].title == Text(value="Eins")


@pytest.mark.parametrize(
    ("words", "url"),
    [
        ("<guid>https://example.org/1</guid>", "https://example.org/1"),
        ('<guid isPermaLink="false">https://example.org/1</guid>', None),
        ("<guid>12345</guid>", None),
        ("<link>https://example.org/2</link><guid>https://example.org/1</guid>", "https://example.org/2"),
        ("<guid>https://example.org/1</guid><link>https://example.org/2</link>", "https://example.org/2"),
        ('<link/><atom:link href="https://example.org/3"/>', "https://example.org/3"),
    ],
)
def test_the_guid_stands_in_for_a_missing_link_only_where_it_is_one(words: str, url: str | None) -> None:
    assert item(words).url == url


@pytest.mark.parametrize(
    ("words", "person"),
    [
        ("Anna", Person(name="Anna")),
        ("anna@example.org (Anna B.)", Person(name="Anna B.", email="anna@example.org")),
        ("Anna B. &lt;anna@example.org&gt;", Person(name="Anna B.", email="anna@example.org")),
        ("anna@example.org", Person(name="anna@example.org", email="anna@example.org")),
    ],
)
def test_authors_are_split_into_name_and_address(words: str, person: Person) -> None:
    assert item(f"<author>{words}</author>").authors == (person,)


def test_xml_base_goes_to_the_texts_and_resolves_links() -> None:
    entry = atom(
        '<title>x</title><link href="1.html"/><content type="html" xml:base="/b/">&lt;a href="c"&gt;</content>',
        attributes='xml:base="https://example.org/a/"',
    ).entries[0]
    assert entry.url == "https://example.org/a/1.html"
    assert entry.base_url == "https://example.org/a/"
    assert entry.content is not None
    assert entry.content.base_url == "https://example.org/b/"


def test_the_language_of_an_entry_is_kept_where_it_differs() -> None:
    parsed = atom('<title xml:lang="fr">x</title>', attributes='xml:lang="de"')
    assert (parsed.data.language, parsed.entries[0].language) == ("de", "fr")
    assert atom("<title>x</title>", attributes='xml:lang="de"').entries[0].language is None


def test_comments_and_cdata_do_not_cut_texts() -> None:
    assert item("<title>a<!-- x -->b<![CDATA[ & c]]></title>").title == Text(value="ab & c")


def test_utf8_read_as_latin_1_is_repaired() -> None:
    assert item(f"<title>{'Zürich'.encode().decode('latin-1')}</title>").title == Text(value="Zürich")
    assert item("<title>\x93Zitat\x94</title>").title == Text(value="“Zitat”")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<rss><channel><title>a & b</title></channel></rss>", "not well-formed"),
        ("<rss><channel><title>&nbsp;</title></channel></rss>", "not well-formed"),
        ("<!DOCTYPE rss SYSTEM 'x'><rss><channel><title>&nbsp;</title></channel></rss>", "not well-formed"),
        ("<!DOCTYPE rss [<!ENTITY a 'b'>]><rss><channel><title>&a;</title></channel></rss>", "internal subset"),
        ("<opml/>", "the root is opml"),
        ("<rss/>", "no channel"),
        ("<rss><channel/><channel/></rss>", "two channels"),
        ("<rss><item/><channel/></rss>", "entries before the channel"),
        ("<rss><channel><x><item/></x></channel></rss>", "entries inside x"),
        ("<rss><channel><item><x><title>t</title></x></item></channel></rss>", "title inside x"),
        ("<rss><channel><item><item/></item></channel></rss>", "item in an entry"),
        ("<rss><channel><item><description><svg/></description></item></channel></rss>", "svg inside a text"),
        (
            '<feed xmlns="http://www.w3.org/2005/Atom"><entry><content type="image/png">QUJD</content></entry></feed>',
            "another type",
        ),
        ('<feed xmlns="http://purl.org/atom/ns#"><entry><content mode="base64">QUJD</content></entry></feed>', "base64"),
    ],
)
def test_what_it_is_not_sure_of_it_declines(body: str, reason: str) -> None:
    with pytest.raises(Declined, match=reason):
        read_fast(decode(body.encode()))
    assert parse_fast(decode(body.encode())) is None


def test_a_problem_of_the_bytes_is_passed_on() -> None:
    assert (
        read_fast(decode(b"\n<?xml version='1.0'?><rss><channel/></rss>")).problem == "white space before the XML declaration"
    )


def test_no_more_entries_are_read_than_the_cap() -> None:
    body = "<rss><channel>" + "<item><guid>1</guid></item>" * 2005 + "</channel></rss>"
    assert len(read_fast(decode(body.encode())).entries) == 2000
