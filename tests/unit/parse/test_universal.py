from __future__ import annotations

import feedparser
import pytest

from aggregator.errors import AggregatorError, NotAFeed, ParseError
from aggregator.model.parsed import FeedFormat, ParsedFeed, Text
from aggregator.parse import bounded
from aggregator.parse.decode import decode
from aggregator.parse.universal import mapped_feedparser_errors, parse_universal

URL = "https://example.org/feed"


def read(body: str) -> ParsedFeed:
    return parse_universal(decode(body.encode()), feed_url=URL)


def test_broken_xml_is_read_as_far_as_it_goes_and_the_problem_is_said_in_words() -> None:
    parsed = read("<rss version='2.0'><channel><item><title>a & b</title><guid>1</guid></item><item><guid>2</guid></item>")
    assert [entry.guid for entry in parsed.entries] == ["1", "2"]
    assert parsed.entries[0].title == Text(value="a & b")
    assert parsed.problem is not None
    assert parsed.problem.startswith("malformed: ")
    assert "line" in parsed.problem


def test_a_sound_document_has_no_problem() -> None:
    assert read("<rss version='2.0'><channel><item><guid>1</guid></item></channel></rss>").problem is None


def test_markup_comes_out_as_it_went_in() -> None:
    parsed = read(
        "<rss version='2.0'><channel><item><description>&lt;script&gt;x&lt;/script&gt;&lt;a href='y'&gt;z</description></item>"
    )
    assert parsed.entries[0].summary == Text(value="<script>x</script><a href='y'>z", html=True)


def test_a_text_that_looks_like_a_file_or_an_address_is_not_opened() -> None:
    for text in ("/etc/passwd", "https://example.org/feed.xml", "file:///etc/passwd"):
        with pytest.raises(NotAFeed):
            read(text)


def test_entities_of_the_document_are_not_expanded() -> None:
    subset = "<!ENTITY a 'aaaaaaaaaa'><!ENTITY b SYSTEM 'file:///etc/passwd'>"
    parsed = read(f"<!DOCTYPE rss [{subset}]><rss version='2.0'><channel><title>&a;&b;</title><item/></channel></rss>")
    assert parsed.data.title == "&a;&b;"


def test_the_base_of_a_content_ends_with_it() -> None:
    parsed = read(
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><content xml:base='https://example.org/a/'>x</content></entry>"
        "<entry><link href='b'/></entry></feed>"
    )
    assert parsed.entries[0].content == Text(value="x", base_url="https://example.org/a/")
    assert parsed.entries[1].url == "b"


def test_cdf_is_read() -> None:
    parsed = read("<CHANNEL><TITLE>Kanal</TITLE><ITEM HREF='https://example.org/1'><TITLE>Eins</TITLE></ITEM></CHANNEL>")
    assert (parsed.format, parsed.data.title) == (FeedFormat.CDF, "Kanal")
    assert parsed.entries[0].url == "https://example.org/1"


def test_a_document_without_a_trace_of_a_feed_is_not_one() -> None:
    with pytest.raises(NotAFeed, match="no feed in it"):
        read("<urlset><url><loc>https://example.org/</loc></url></urlset>")


def test_a_document_over_the_cap_is_refused_unread() -> None:
    with pytest.raises(ParseError, match="larger than 20 MiB"):
        read("<rss>" + " " * (20 * 1024 * 1024))


def test_a_document_of_too_many_elements_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "MAX_ELEMENTS", 10)
    with pytest.raises(ParseError, match="more than 10 elements"):
        read("<rss version='2.0'><channel>" + "<a/>" * 20 + "</channel></rss>")


def test_a_mass_of_declarations_is_refused() -> None:
    with pytest.raises(ParseError, match="before the first element"):
        read("<!DOCTYPE[" * 5000 + "<rss version='2.0'>")


def test_an_endless_author_is_cut_before_anyone_searches_it() -> None:
    parsed = read("<rss version='2.0'><channel><item><author>" + "a" * 100_000 + "</author></item></channel></rss>")
    assert parsed.entries[0].authors[0].name == "a" * bounded.MAX_AUTHOR_CHARS


@pytest.mark.parametrize(
    "error",
    [value for value in vars(feedparser.exceptions).values() if isinstance(value, type) and issubclass(value, Exception)]
    + [RecursionError, ValueError, KeyError, AttributeError, bounded.OutOfBounds],
)
def test_every_error_of_feedparser_becomes_ours(error: type[Exception]) -> None:
    with pytest.raises(ParseError) as caught, mapped_feedparser_errors(URL):
        raise error("broken")
    assert caught.value.feed_url == URL
    assert isinstance(caught.value, AggregatorError)
