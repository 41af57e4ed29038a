"""Small feed documents, written as publishers write them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape


def rss(*items: str, title: str = "Die Zeitung", link: str = "https://zeitung.example/") -> bytes:
    """Return an RSS 2.0 document."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>{escape(title)}</title>'
        f"<link>{escape(link)}</link><description>Nachrichten</description>{''.join(items)}</channel></rss>"
    ).encode()


def item(
    title: str, link: str, *, guid: str | None = None, at: datetime | None = None, text: str = "", tags: Sequence[str] = ()
) -> str:
    """Return one item of an RSS document."""
    parts = [f"<title>{escape(title)}</title>", f"<link>{escape(link)}</link>"]
    if guid is not None:
        parts.append(f'<guid isPermaLink="false">{escape(guid)}</guid>')
    if at is not None:
        parts.append(f"<pubDate>{format_datetime(at)}</pubDate>")
    parts.append(f"<description>{escape(text)}</description>")
    parts += [f"<category>{escape(tag)}</category>" for tag in tags]
    return f"<item>{''.join(parts)}</item>"
