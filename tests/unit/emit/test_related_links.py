"""Links to related stories below an entry: few, with their reason, and nothing in them is taken as markup."""

from __future__ import annotations

from datetime import UTC, datetime

from aggregator.emit.related_links import LINKED_STORIES, with_related
from aggregator.model.document import Attribution, DocumentEntry, DocumentLink
from aggregator.model.related import Reason, RelatedLink

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ENTRY = DocumentEntry(
    id="tag:news.example,2026:entry/1",
    url="https://a.example/1",
    title="Titel",
    published_at=NOON,
    updated_at=NOON,
    summary_html="Anriss",
    content_html="",
    authors=(),
    categories=(),
    enclosures=(),
    image_url=None,
    language="de",
    attribution=Attribution(title="A", home_url=None, feed_url="https://a.example/rss"),
    page_url="https://news.example/entries/1",
)


def story(number: int, title: str = "Anderes", *, language: str = "de-CH") -> RelatedLink:
    url = f"https://b.example/{number}?a=1&b=2"
    return RelatedLink(entry_id=number, url=url, title=title, language=language, reason=Reason.PEOPLE)


def made(*stories: RelatedLink) -> DocumentEntry:
    return with_related(ENTRY, stories, language="de", link_of=lambda _number, url: url or "https://news.example/")


def test_links_stand_behind_the_teaser_with_their_reason() -> None:
    found = made(story(2, "Wer <b> sagt & was"))
    assert found.content_html == (
        "<p>Anriss</p><p>Mehr zum Thema:</p><ul>"
        '<li><a href="https://b.example/2?a=1&amp;b=2">Wer &lt;b&gt; sagt &amp; was</a> (gleiche Personen)</li></ul>'
    )
    assert found.related == (
        DocumentLink(url="https://b.example/2?a=1&b=2", title="Wer <b> sagt & was", reason="gleiche Personen"),
    )
    assert (found.updated_at, found.summary_html) == (NOON, "Anriss")


def test_an_entry_with_nothing_beside_it_stays_what_it_is() -> None:
    assert made() == ENTRY


def test_no_more_links_than_fit_and_none_without_a_name() -> None:
    assert len(made(*(story(number) for number in range(2, 12))).related) == LINKED_STORIES
    assert made(story(2, "")).related[0].title == "Ohne Titel"


def test_a_story_in_another_language_than_the_feed_says_so() -> None:
    found = made(story(2, "Le barrage", language="fr-CH"))
    assert '<a href="https://b.example/2?a=1&amp;b=2" lang="fr-CH" hreflang="fr-CH">Le barrage</a>' in found.content_html
    assert found.related[0].language == "fr-CH"
