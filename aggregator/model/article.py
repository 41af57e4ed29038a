"""The article behind an entry, beside what the feed says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What the page of an entry holds: its text as clean HTML and its lead image.

    Where there is no text, `reason` says why in words; the page is not asked for again. `url` is where it came from.
    """

    entry_id: int
    fetched_at: datetime
    url: str
    title: str = ""
    content_html: str = ""
    image_url: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedArticle:
    """An entry whose article is to be fetched."""

    entry_id: int
    url: str
