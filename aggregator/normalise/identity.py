"""Which entry is which: inside a feed, across feeds, and from one version to the next."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

from aggregator.model.change import EntryUpdate
from aggregator.model.entry import EntryData
from aggregator.normalise.urls import canonical_form, canonical_url

KEY_BYTES = 16  # 128 bits: no collision by chance below 10^15 entries, and half the index of a full hash

_SEPARATOR = "\x1f"  # unit separator; control characters never survive normalising, so it parts fields without doubt


@dataclass(slots=True, kw_only=True)
class _Described:
    """An entry on the way to its identity.

    `canonical` is its URL for comparison (empty if none), `page` the same where it can tell entries apart, `name` what the
    feed calls it: guid, else page, else content.
    """

    data: EntryData
    canonical: str
    page: str | None
    content_hash: bytes
    name: tuple[str, ...]


def identify(entries: Iterable[EntryData], *, feed_pages: Iterable[str]) -> tuple[EntryUpdate, ...]:
    """Return the entries with their identities, in order, each once: of repetitions in a document the first stays.

    `feed_pages` are URLs that stand for the feed and so cannot name an entry (its home page, its own address). Entries are
    repetitions if they share an identifying link and all content, or the guid, the link and the title. Entries that share
    a guid otherwise are told apart by link, where links are shared too by title, then by content: all of them, so that the
    order in the document does not matter. A link that several entries share identifies none of them across feeds.
    """
    pages = {canonical_url(page) for page in feed_pages}
    described = _without_copies(_describe(data, pages) for data in entries)
    _tell_namesakes_apart(described)
    first: dict[tuple[str, ...], _Described] = {}
    for entry in described:
        first.setdefault(entry.name, entry)
    sharers = Counter(entry.page for entry in first.values())
    return tuple(
        [
            EntryUpdate(
                data=entry.data,
                guid_key=_key(*entry.name),
                url_key=_url_key(entry.page) if entry.page and sharers[entry.page] == 1 else None,
                content_hash=entry.content_hash,
            )
            for entry in first.values()
        ]
    )


def url_key(url: str) -> bytes:
    """Return the key by which an entry is found by its address, however the address is spelled."""
    return _url_key(canonical_url(url))


def content_hash(data: EntryData, canonical: str) -> bytes:
    """Return 16 bytes over what a reader would notice. Not over dates, white space, tracking parameters, sizes of files."""
    return _key(
        _squeeze(data.title),
        canonical,
        _squeeze(data.summary_html),
        _squeeze(data.content_html),
        *[canonical_form(enclosure.url) for enclosure in data.enclosures],
    )


def _squeeze(text: str) -> str:
    """Return the text with single spaces between its words; most texts have no others, and splitting costs."""
    if "  " in text or "\n" in text or "\t" in text or "\r" in text:
        return " ".join(text.split())
    return text.strip()


def _describe(data: EntryData, pages: set[str]) -> _Described:
    canonical = canonical_form(data.url) if data.url else ""
    page = canonical if canonical and canonical not in pages else None
    digest = content_hash(data, canonical)
    if data.guid:
        name = ("guid", data.guid)
    elif page:
        name = ("link", page)
    else:
        name = ("content", digest.hex())
    return _Described(data=data, canonical=canonical, page=page, content_hash=digest, name=name)


def _without_copies(entries: Iterable[_Described]) -> list[_Described]:
    """Leave out entries that repeat page and content of one before, whatever their guid."""
    kept: list[_Described] = []
    seen: set[tuple[str, bytes]] = set()
    for entry in entries:
        if entry.page is not None:
            copy = (entry.page, entry.content_hash)
            if copy in seen:
                continue
            seen.add(copy)
        kept.append(entry)
    return kept


def _tell_namesakes_apart(entries: list[_Described]) -> None:
    """Lengthen the names of entries that share one, unless they are all the same entry (equal names mean that)."""
    if len({entry.name for entry in entries}) == len(entries):
        return
    groups: dict[tuple[str, ...], list[_Described]] = defaultdict(list)
    for entry in entries:
        groups[entry.name].append(entry)
    for group in groups.values():
        if len(group) == 1:
            continue
        texts = {(entry.canonical, _wording(entry), entry.content_hash) for entry in group}
        titles = Counter((canonical, wording) for canonical, wording, _ in texts)
        links = Counter(canonical for canonical, _ in titles)
        if len(titles) == 1:
            continue
        for entry in group:
            entry.name += (entry.canonical,)
            if links[entry.canonical] > 1:
                entry.name += (_wording(entry),)
                if titles[entry.canonical, _wording(entry)] > 1:
                    entry.name += (entry.content_hash.hex(),)


def _wording(entry: _Described) -> str:
    return entry.data.title or entry.content_hash.hex()


def _url_key(canonical: str) -> bytes:
    return _key("url", canonical)


def _key(*parts: str) -> bytes:
    return blake2b(_SEPARATOR.join(parts).encode(), digest_size=KEY_BYTES).digest()
