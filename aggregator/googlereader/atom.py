"""The legacy Atom stream of Google Reader, as clients still parse it: states are categories of its own scheme."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from aggregator.googlereader.ids import long_id
from aggregator.googlereader.items import author_of, categories_of
from aggregator.library.catalogue import ReaderSite
from aggregator.library.syncing import Item

_SCHEME = "http://www.google.com/reader/"
_READER_NAMESPACE = "http://www.google.com/schemas/reader/atom/"
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production Char


def write_atom(items: list[Item], *, site: ReaderSite, stream: str, continuation: str | None) -> bytes:
    """Return a page of a stream as Atom."""
    updated = max((item.ref.at for item in items), default=datetime(1970, 1, 1, tzinfo=UTC))
    title = items[0].stream_title if items and stream.startswith("feed/") else site.title
    parts = [
        f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xmlns:gr="{_READER_NAMESPACE}">',
        f"<id>tag:google.com,2005:reader/{escape(stream)}</id>",
        f"<title>{escape(title)}</title>",
        f"<updated>{_time(updated)}</updated>",
        *(f"<gr:continuation>{escape(continuation)}</gr:continuation>" for _ in [0] if continuation is not None),
        *(_entry(item) for item in items),
        "</feed>",
    ]
    return _FORBIDDEN.sub("", "\n".join(parts)).encode()


def _entry(item: Item) -> str:
    data = item.entry.data
    url = data.url or item.page_url
    lines = [
        f"<entry gr:crawl-timestamp-msec={quoteattr(str(int(item.ref.at.timestamp() * 1000)))}>",
        f"<id>{long_id(item.ref.id)}</id>",
        *(_category(term) for term in categories_of(item)),
        *(() if item.ref.read else (_category("user/-/state/com.google/unread"),)),
        f"<title>{escape(data.title or url)}</title>",
        f"<published>{_time(item.published_at)}</published>",
        f"<updated>{_time(item.published_at)}</updated>",
        f'<link rel="alternate" type="text/html" href={quoteattr(url)}/>',
        *(
            f'<link rel="enclosure" href={quoteattr(enclosure.url)} type={quoteattr(enclosure.media_type or "")}/>'
            for enclosure in data.enclosures
        ),
        f'<content type="html">{escape(data.content_html or data.summary_html)}</content>',
        f"<author><name>{escape(author_of(item) or item.stream_title)}</name></author>",
        f'<source gr:stream-id="feed/{item.stream_id}">',
        f"<id>tag:google.com,2005:reader/feed/{item.stream_id}</id>",
        f"<title>{escape(item.stream_title)}</title>",
        f'<link rel="alternate" type="text/html" href={quoteattr(item.page_url)}/>',
        "</source>",
        "</entry>",
    ]
    return "".join(lines)


def _category(term: str) -> str:
    return f'<category term={quoteattr(term)} scheme="{_SCHEME}" label={quoteattr(term.rpartition("/")[2])}/>'


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
