"""How an entry is shown: plain functions that the templates call."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from markupsafe import Markup

from aggregator.group.kicker import Headline, split_kicker
from aggregator.library.delays import expected_delay_of
from aggregator.library.streams import count_publishers
from aggregator.model.article import Article
from aggregator.model.coverage import StoryFace
from aggregator.model.document import Format
from aggregator.model.entry import Entry
from aggregator.model.feed import Feed, FeedState
from aggregator.model.language import primary_language
from aggregator.web.pictures import without_image
from aggregator.web.words import Words

TEASER_CHARACTERS = 250  # very short extracts need no licence (§§ 87f-87k UrhG); also what a list has room for
HEADLINE_CHARACTERS = 200  # headlines end well below; one hostile title must not fill a page
PUBLISHER_CHARACTERS = 60
SHORT_CHARACTERS = 600  # texts up to here are shown as the publisher sent them
BAR_STEP = 7  # width of a bar and the gap after it, in units of the picture
BAR_WIDTH = 5  # the width of the stroke in style.css
BAR_HEIGHT = 24
NAMED_PUBLISHERS = 3  # by name, under a story that more carry
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")  # the tags that occur, of RFC 5646
_ERRORS_WITH_WORDS = frozenset(
    {"FetchError", "FetchTimeout", "HostNotFound", "TooLarge", "AddressRefused", "FeedGone", "ParseError", "NotAFeed"}
)


def publisher(entry: Entry) -> str:
    """Return whose words these are."""
    name = entry.data.source_title or entry.origins[0].feed_title or entry.origins[0].site
    return shorten(name, limit=PUBLISHER_CHARACTERS)


def other_publishers(entry: Entry) -> list[str]:
    """Return who else carries the entry, one name a site."""
    names = {origin.site: shorten(origin.feed_title or origin.site, limit=PUBLISHER_CHARACTERS) for origin in entry.origins[1:]}
    names.pop(entry.origins[0].site, None)
    return list(names.values())


def author_names(entry: Entry) -> str:
    """Return who wrote the entry, the first three."""
    return ", ".join(shorten(author.name, limit=PUBLISHER_CHARACTERS) for author in entry.data.authors[:3])


def some_names(names: Sequence[str], words: Words) -> str:
    """Return the first of the names, and how many more there are."""
    shown = [shorten(name, limit=PUBLISHER_CHARACTERS) for name in names[:NAMED_PUBLISHERS]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" {words.count('and_more', more)}" if more else "")


def page_path(entry: Entry) -> str:
    """Return the path of the page that an entry's headline leads to: of its story where several publishers report it."""
    return f"/stories/{entry.story_id}" if coverage(entry) > 1 else f"/entries/{entry.id}"


def coverage(entry: Entry) -> int:
    """Return how many publishers carry the entry's story."""
    return max(count_publishers(entry), entry.publishers)


def headline(entry: Entry) -> str:
    """Return the title, cut where it is no headline any more; something of the text where there is none."""
    return shorten(entry.data.title, limit=HEADLINE_CHARACTERS) or teaser(entry, limit=80) or publisher(entry)


def split_headline(entry: Entry) -> Headline:
    """Return the headline as kicker and rest; a page shows both, in this order."""
    return split_kicker(headline(entry))


def foreign_language(entry: Entry, words: Words) -> str | None:
    """Return the language of the entry as a tag fit for an attribute, None where it is that of the page or unknown."""
    return other_language(entry.data.language or entry.origins[0].language, words)


def told_language(entry: Entry, words: Words) -> str:
    """Return the name of the language of the entry, empty where it is that of the page or, as with most, of the site."""
    tag = foreign_language(entry, words)
    return "" if tag is None or primary_language(tag) == words.site_primary else words.language_name(tag)


def other_language(tag: str | None, words: Words) -> str | None:
    """Return the tag if it is fit for an attribute and another language than that of the page."""
    tag = tag or ""
    if not _LANGUAGE.fullmatch(tag) or primary_language(tag) == words.primary:
        return None
    return tag


def plain(html: str) -> str:
    """Return the text of sanitised HTML, blocks kept apart."""
    return Markup(html.replace("<", " <")).striptags()  # noqa: S704 - only to take the markup off


def shorten(text: str, *, limit: int) -> str:
    """Return at most `limit` characters, cut between words, with an ellipsis where something is missing."""
    if len(text) <= limit:
        return text
    cut = text[:limit].rpartition(" ")[0] or text[:limit]
    return cut.rstrip(" ,;:.-\u2013") + "\u00a0…"


def teaser(entry: Entry, *, limit: int = TEASER_CHARACTERS) -> str:
    """Return the beginning of the summary, else of the content, as plain text; empty where it only repeats the title."""
    text = plain(entry.data.summary_html) or plain(entry.data.content_html)
    return "" if text == entry.data.title else shorten(text, limit=limit)


def body(entry: Entry, *, shown: str | None = None) -> Markup:
    """Return the text of an entry's own page: content or summary where they are short, else the teaser.

    Both are sanitised when they are stored, so they are markup here. `shown` is the picture that stands above already.
    """
    for html in (entry.data.content_html, entry.data.summary_html):
        text, rest = plain(html), without_image(html, shown)
        says_more = text != entry.data.title or "<img" in rest or "<video" in rest
        if html and len(text) <= SHORT_CHARACTERS and says_more:
            return Markup(rest)  # noqa: S704 - sanitised by normalise; the CSP forbids scripts besides
    text = teaser(entry)
    return Markup("<p>{}</p>").format(text) if text else Markup()


def picture(entry: Entry, *, secure: bool, face: StoryFace | None = None) -> str | None:
    """Return the URL of the entry's image, else of its story's, that the page may load: behind TLS, no plain HTTP."""
    allowed = ("https://",) if secure else ("https://", "http://")
    urls = (entry.data.image_url, face.image_url if face else None)
    return next((url for url in urls if url and url.startswith(allowed)), None)


def is_borrowed(entry: Entry, face: StoryFace) -> bool:
    """Return whether the picture shown is not that of the entry, so that it has to be said whose it is."""
    return bool(face.image_url) and face.image_url != entry.data.image_url and not entry.data.image_url


def article_text(article: Article, *, shown: str | None = None) -> Markup:
    """Return the text of an article that was fetched; it was sanitised before it was stored."""
    return Markup(without_image(article.content_html, shown))  # noqa: S704 - see above


def web_url(url: str | None) -> str | None:
    """Return the URL if a link may lead there."""
    return url if url and url.startswith(("https://", "http://")) else None


def named_formats(shown: Iterable[Format], names: Mapping[Format, str]) -> dict[Format, str]:
    """Return the names of some formats, in their order."""
    return {form: names[form] for form in shown}


def script_words(words: Words) -> str:
    """Return the words that the script of the pages says, as JSON; a pair is (one, many)."""
    told: dict[str, object] = {key: words.say(key) for key in ("copy", "copied", "copy_by_hand", "fresh")}
    told |= {key: words.pair(key) for key in ("n_fresh", "n_live")}
    return json.dumps(told, ensure_ascii=False)


def sparkline(values: Sequence[int], *, label: str) -> Markup:
    """Return the values as a row of bars, the highest as high as the picture; an empty day is a line."""
    highest = max(*values, 1)
    heights = [max(1, round(value / highest * BAR_HEIGHT)) for value in values]
    # One line drawn upwards for each bar, from the end of the last: a tenth of what rectangles take.
    steps = [f"v-{height}m{BAR_STEP} {height}" for height in heights]
    path = f"M{BAR_WIDTH / 2:g} {BAR_HEIGHT}" + "".join(steps).rpartition("m")[0]
    start = Markup('<svg class="spark" role="img" aria-label="{}" viewBox="0 0 {} {}">').format(
        label, len(values) * BAR_STEP - (BAR_STEP - BAR_WIDTH), BAR_HEIGHT
    )
    return start + Markup(f'<path d="{path}"/></svg>')  # noqa: S704 - numbers only


def expected_delay(feed: Feed) -> timedelta | None:
    """Return how long an entry of the feed is expected to wait for the next poll; None where nothing can be."""
    return expected_delay_of(feed)


def trouble(feed: Feed, words: Words) -> str:
    """Return what is wrong with a feed, in words; what the server said is not repeated (it may tell of our network)."""
    poll = feed.poll
    if poll.state not in {FeedState.FAILING, FeedState.BROKEN, FeedState.GONE} or poll.error is None:
        return ""
    return error_words(poll.error, poll.status, words)


def error_words(error: str, status: int | None, words: Words) -> str:
    """Return what an error of a class means, in words; what a server said is not repeated."""
    if error == "FetchError" and status is not None and status >= 400:  # noqa: PLR2004 - HTTP's client errors
        return words.say("error_status", status=status)
    return words.say(f"error_{error}" if error in _ERRORS_WITH_WORDS else "error_FetchError")
