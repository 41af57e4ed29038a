from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.model.coverage import StoryFace
from aggregator.model.entry import EntryData
from aggregator.model.feed import Feed, FeedData, FeedSettings, FeedState, PollState, Source
from aggregator.web import presentation
from aggregator.web.words import Words
from tests.fakes.stored import make_entry, make_origin

WORDS = Words("de")
LONG = "<p>" + "Wort und noch ein Wort. " * 60 + "</p>"


def entry_data(**values: str | None) -> EntryData:
    return replace(EntryData(title="Titel", url="https://zeitung.example/1"), **values)  # type: ignore[arg-type]  # only text fields are passed


def test_a_short_text_is_shown_as_it_was_sent() -> None:
    entry = make_entry(1, entry_data(content_html="<p>Kurz und <em>gut</em>.</p>"))
    assert presentation.body(entry) == "<p>Kurz und <em>gut</em>.</p>"


def test_of_a_long_text_only_the_beginning_is_shown_as_plain_text() -> None:
    body = presentation.body(make_entry(1, entry_data(content_html=LONG, summary_html=LONG)))
    assert body.endswith("\u00a0…</p>")
    assert len(body) <= presentation.TEASER_CHARACTERS + len("<p> …</p>")


def test_a_short_summary_stands_in_for_a_long_content() -> None:
    assert presentation.body(make_entry(1, entry_data(content_html=LONG, summary_html="<p>Kurz.</p>"))) == "<p>Kurz.</p>"


def test_an_entry_without_text_has_an_empty_body() -> None:
    assert presentation.body(make_entry(1, entry_data())) == ""


def test_a_teaser_is_escaped_text() -> None:
    long = make_entry(1, entry_data(content_html="<p>a &lt;script&gt; b</p>" + LONG))
    assert presentation.teaser(long).startswith("a <script> b Wort")
    assert presentation.body(long).startswith("<p>a &lt;script&gt; b Wort")


def test_a_teaser_that_repeats_the_title_is_left_out() -> None:
    assert presentation.teaser(make_entry(1, entry_data(summary_html="<p>Titel</p>"))) == ""
    assert presentation.body(make_entry(1, entry_data(summary_html="<p>Titel</p>"))) == ""
    drawn = '<p>Titel <img src="https://zeitung.example/1.png"></p>'
    assert presentation.body(make_entry(1, entry_data(summary_html=drawn))) == drawn


def test_blocks_do_not_run_together() -> None:
    assert presentation.plain("<p>eins</p><p>zwei</p>") == "eins zwei"


def test_a_long_word_is_cut_all_the_same() -> None:
    assert presentation.shorten("x" * 500, limit=10) == "x" * 10 + "\u00a0…"


def test_an_entry_without_title_is_named_by_its_text_or_its_publisher() -> None:
    assert presentation.headline(make_entry(1, entry_data(title="", summary_html="<p>Erster Satz.</p>"))) == "Erster Satz."
    assert presentation.headline(make_entry(1, entry_data(title=""))) == "Die Zeitung"


def test_a_kicker_and_the_rest_are_the_whole_headline() -> None:
    split = presentation.split_headline(make_entry(1, entry_data(title="Prämien 2027: Kantone kritisieren den Bundesrat")))
    assert (split.kicker, split.rest) == ("Prämien 2027", "Kantone kritisieren den Bundesrat")
    plain = presentation.split_headline(make_entry(1, entry_data(title="Polizei: Zwei Verletzte nach einem Unfall")))
    assert (plain.kicker, plain.rest) == ("", "Polizei: Zwei Verletzte nach einem Unfall")


@pytest.mark.parametrize(
    ("language", "expected"),
    [("de", None), ("de-AT", None), ("fr-CH", "fr-CH"), ("EN", "EN"), (None, None), ('en" onload="x', None), ("", None)],
)
def test_only_a_real_tag_of_another_language_is_named(language: str | None, expected: str | None) -> None:
    assert presentation.foreign_language(make_entry(1, entry_data(language=language)), WORDS) == expected


@pytest.mark.parametrize(
    ("url", "secure", "expected"),
    [
        ("https://bild.example/1.jpg", True, True),
        ("http://bild.example/1.jpg", True, False),
        ("http://bild.example/1.jpg", False, True),
        ("javascript:alert(1)", False, False),
        ("data:image/svg+xml,x", False, False),
        (None, True, False),
    ],
)
def test_images_come_from_the_web_and_never_break_the_security_of_the_page(
    url: str | None,
    secure: bool,  # noqa: FBT001 - parametrised
    expected: bool,  # noqa: FBT001 - parametrised
) -> None:
    assert presentation.picture(make_entry(1, entry_data(image_url=url)), secure=secure) == (url if expected else None)


def test_every_publisher_is_named_once() -> None:
    entry = make_entry(
        1,
        origins=(
            make_origin("a.example", title="A"),
            make_origin("b.example", feed_id=2, title="B"),
            make_origin("a.example", feed_id=3, title="A Wirtschaft"),
        ),
    )
    assert presentation.publisher(entry) == "A"
    assert presentation.other_publishers(entry) == ["B"]
    assert presentation.coverage(entry) == 2


def make_feed(poll: PollState) -> Feed:
    return Feed(
        id=1,
        settings=FeedSettings(url="https://a.example/feed"),
        fetch_url="https://a.example/feed",
        source=Source(site="a.example", title="A"),
        data=FeedData(),
        poll=poll,
    )


@pytest.mark.parametrize(
    ("poll", "expected"),
    [
        (PollState(state=FeedState.OK), ""),
        (PollState(state=FeedState.FAILING, error="FetchTimeout"), "antwortet zu langsam"),
        (PollState(state=FeedState.FAILING, error="FetchError", status=503), "Antwort mit Status 503"),
        (PollState(state=FeedState.FAILING, error="FetchError", reason="10.0.0.7 refused"), "nicht erreichbar"),
        (PollState(state=FeedState.FAILING, error="Unheard"), "nicht erreichbar"),
        (PollState(state=FeedState.GONE, error="FeedGone", status=410), "nicht mehr vorhanden"),
    ],
)
def test_trouble_is_told_in_words_and_never_in_those_of_the_server(poll: PollState, expected: str) -> None:
    assert presentation.trouble(make_feed(poll), WORDS) == expected


@pytest.mark.parametrize(
    "error", ["FetchError", "FetchTimeout", "TooLarge", "AddressRefused", "FeedGone", "ParseError", "NotAFeed"]
)
def test_every_class_of_failure_has_words(error: str) -> None:
    assert WORDS.has(f"error_{error}")


def test_a_picture_of_another_publisher_is_shown_where_the_entry_has_none_and_said_to_be_borrowed() -> None:
    face = StoryFace(image_url="https://b.example/x.jpg", image_publisher="B")
    bare = make_entry(1, entry_data())
    own = make_entry(1, entry_data(image_url="https://a.example/y.jpg"))
    assert presentation.picture(bare, secure=True, face=face) == "https://b.example/x.jpg"
    assert presentation.picture(own, secure=True, face=face) == "https://a.example/y.jpg"
    assert (presentation.is_borrowed(bare, face), presentation.is_borrowed(own, face)) == (True, False)
    assert presentation.picture(bare, secure=True, face=StoryFace(image_url="http://b.example/x.jpg")) is None


def test_the_first_publishers_are_named_and_the_others_counted() -> None:
    assert presentation.some_names(["A", "B"], WORDS) == "A, B"
    assert presentation.some_names(["A", "B", "C", "D"], WORDS) == "A, B, C und eine weitere"
    assert presentation.some_names(["A", "B", "C", "D", "E"], WORDS) == "A, B, C und 2 weitere"


def test_bars_are_as_high_as_their_values() -> None:
    svg = presentation.sparkline([0, 5, 10], label='"<b>"')
    assert '<path d="M2.5 24v-1m7 1v-12m7 12v-24"/>' in svg
    assert "&lt;b&gt;" in svg
