"""From the page of an article to its text and lead image: trafilatura, an optional extra, loaded when first used."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from urllib.parse import urljoin

from aggregator.errors import ExtraMissing, NotAFeed, ParseError
from aggregator.model.fetching import Fetched

MAX_PAGE_BYTES = 4 << 20
"""Larger pages are no articles, and extraction takes time in proportion."""

MIN_TEXT_CHARS = 200
"""Below, what was found is a cookie notice or a paywall rather than an article."""

_TAG = re.compile(r"<[^>]*>|\s+")
_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml", "", None})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractedArticle:
    """What a page holds; `html` is not clean, `image_url` is absolute."""

    title: str
    html: str
    image_url: str | None


def open_extractor() -> Callable[[Fetched], ExtractedArticle]:
    """Return `extract_article`, after making sure that it can work.

    Raises: ExtraMissing.
    """
    _trafilatura()
    return extract_article


def extract_article(fetched: Fetched) -> ExtractedArticle:
    """Return the article of a page.

    Raises: ExtraMissing; NotAFeed if it is no page, ParseError if there is no article on it.
    """
    trafilatura = _trafilatura()
    if fetched.media_type not in _PAGE_TYPES:
        raise NotAFeed(f"the address leads to {fetched.media_type}, not to a page", feed_url=fetched.url)
    if len(fetched.body) > MAX_PAGE_BYTES:
        raise ParseError(f"the page is larger than {MAX_PAGE_BYTES >> 20} MiB", feed_url=fetched.url)
    html = trafilatura.extract(
        fetched.body,
        url=fetched.url,
        output_format="html",
        include_comments=False,
        include_links=True,
        include_formatting=True,
        favor_precision=True,
    )
    if html is None or len(_TAG.sub("", html)) < MIN_TEXT_CHARS:
        raise ParseError("there is no article on the page", feed_url=fetched.url)
    said = trafilatura.extract_metadata(fetched.body, default_url=fetched.url)
    image = urljoin(fetched.url, said.image) if said.image else None
    return ExtractedArticle(title=said.title or "", html=html, image_url=image)


def _trafilatura() -> ModuleType:
    try:
        import trafilatura  # noqa: PLC0415 - an optional extra that takes a second to load
    except ImportError as error:
        raise ExtraMissing("full_text needs the extra `full-text`: pip install 'aggregator[full-text]'") from error
    return trafilatura
