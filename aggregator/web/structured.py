"""What machines that read pages are told of them: JSON-LD with the vocabulary of schema.org."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from markupsafe import Markup

from aggregator.model.entry import Entry
from aggregator.web import presentation

HEADLINE_CHARACTERS = 110  # what consumers of NewsArticle show of a headline
_CONTEXT = "https://schema.org"
_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def json_script(data: Mapping[str, object]) -> Markup:
    """Return JSON that stands safely between script tags: nothing in it can end the element."""
    return Markup(json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES))  # noqa: S704 - escaped above


def news_article(entry: Entry, *, page_url: str) -> dict[str, object]:
    """Return an entry as `NewsArticle`: whose it is, and when. The way to the whole of it is the counted link only."""
    told: dict[str, object] = {
        "@context": _CONTEXT,
        "@type": "NewsArticle",
        "headline": presentation.shorten(presentation.headline(entry), limit=HEADLINE_CHARACTERS),
        "mainEntityOfPage": page_url,
        "publisher": {"@type": "Organization", "name": presentation.publisher(entry)},
    }
    if not entry.is_undated:
        told |= {"datePublished": _moment(entry.dated_at), "dateModified": _moment(entry.modified_at)}
    if entry.data.authors:
        told["author"] = [{"@type": "Person", "name": person.name} for person in entry.data.authors[:3]]
    if language := entry.data.language or entry.origins[0].language:
        told["inLanguage"] = language
    if picture := presentation.picture(entry, secure=urlsplit(page_url).scheme == "https"):
        told["image"] = [picture]
    return told


def item_list(items: Iterable[tuple[str, str]], *, name: str) -> dict[str, object] | None:
    """Return (address, title) pairs as `ItemList` in their order, None where there are none."""
    elements = [
        {"@type": "ListItem", "position": position, "url": url, "name": title} for position, (url, title) in enumerate(items, 1)
    ]
    if not elements:
        return None
    return {"@context": _CONTEXT, "@type": "ItemList", "name": name, "itemListElement": elements}


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
