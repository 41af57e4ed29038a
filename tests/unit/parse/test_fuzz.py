"""Whatever bytes come, only our errors leave the parser."""

from __future__ import annotations

import contextlib

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.errors import ParseError
from aggregator.model.fetching import Fetched
from aggregator.parse.choose import FeedParser

SEEDS = (
    b"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:media="http://search.yahoo.com/mrss/"><channel><title>T</title><link>https://e.org/</link><item><title>A &amp; B
    </title><link>https://e.org/1</link><guid isPermaLink="false">1</guid><pubDate>Tue, 05 Mar 2024 12:00:00 GMT</pubDate>
    <dc:creator>a@e.org (A)</dc:creator><description><![CDATA[<p>x</p>]]></description>
    <enclosure url="u" length="1" type="a/b"/>
    <media:content url="m" medium="image"><media:title>t</media:title></media:content></item></channel></rss>""",
    b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de" xml:base="https://e.org/"><title>T</title><id>urn:1</id>
    <entry><id>urn:2</id><title type="html">&lt;b&gt;x</title><link rel="alternate" href="1"/><author><name>A</name></author>
    <updated>2024-03-05T12:00:00Z</updated><content type="xhtml"><div
    xmlns="http://www.w3.org/1999/xhtml"><p>x</p></div></content>
    <source><title>S</title></source></entry></feed>""",
    b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel
    rdf:about="x"><title>T</title></channel><item rdf:about="y"><title>A</title><link>https://e.org/1</link></item></rdf:RDF>""",
    b"""{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [{"id": 1, "url": "https://e.org/1",
    "authors": [{"name": "A"}], "tags": ["x"], "attachments": [{"url": "u", "size_in_bytes": 3}]}]}""",
)
PIECES = (
    *(b"<", b">", b"&", b"<![CDATA[", b"]]>", b"</item>", b"<item>", b"<title>", b'"', b"\x00", b"\xff\xfe", b"&#x0;", b"<!--"),
    *(b"<!DOCTYPE x [", b"<?xml ", b"xmlns=", b"{", b"[", b"null", b"<content>", b"<link>", b"<author>", b"<svg>", b"</div>"),
)

edits = st.lists(
    st.tuples(st.integers(0, 1200), st.integers(0, 40), st.sampled_from(PIECES) | st.binary(max_size=8)), min_size=1, max_size=6
)
BOUNDS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


def read(body: bytes) -> None:
    with contextlib.suppress(ParseError):
        FeedParser().parse(Fetched(url="https://e.org/feed", body=body))


@BOUNDS
@given(st.sampled_from(SEEDS), edits)
def test_damaged_feeds_raise_only_our_errors(seed: bytes, damage: list[tuple[int, int, bytes]]) -> None:
    for start, length, piece in damage:
        at = start % (len(seed) + 1)
        seed = seed[:at] + piece + seed[at + length :]
    read(seed)


@BOUNDS
@given(st.sampled_from(SEEDS), st.integers(0, 1200))
def test_feeds_cut_short_raise_only_our_errors(seed: bytes, length: int) -> None:
    read(seed[:length])


@BOUNDS
@given(st.binary(max_size=200))
def test_any_bytes_raise_only_our_errors(body: bytes) -> None:
    read(body)
