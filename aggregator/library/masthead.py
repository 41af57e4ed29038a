"""What stands on every page, and which feeds we emit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aggregator.emit.feed_events import HEALTH_PATH
from aggregator.emit.opml import Outline, write_opml
from aggregator.model.document import Format
from aggregator.storage import Storage, TopicRow, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class EmittedFeed:
    """One feed we emit: its path without suffix, its title, and the formats it exists in."""

    path: str
    title: str
    formats: tuple[Format, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Masthead:
    """What stands on every page: the topics in their order, and the paths that are emitted as feeds (without suffix)."""

    topics: tuple[TopicRow, ...]
    emitted: frozenset[str]


def read_masthead(tx: Transaction) -> Masthead:
    """Return what stands on every page."""
    return Masthead(topics=tuple(tx.topics.all(counted=False)), emitted=frozenset(formats_by_path(tx.documents.fingerprints())))


def read_emitted_feeds(storage: Storage) -> tuple[EmittedFeed, ...]:
    """Return every feed we emit for readers, topics in their order first, then by path."""
    with storage.read() as tx:
        return list_emitted(tx)


def list_emitted(tx: Transaction) -> tuple[EmittedFeed, ...]:
    """Return every feed we emit for readers, topics in their order first, then by path.

    That of our own health is for who runs us; it is announced on its page.
    """
    titles = tx.documents.titles()
    by_path = formats_by_path(titles)
    by_path.pop(HEALTH_PATH, None)
    order = {f"/topics/{topic.slug}": place for place, topic in enumerate(tx.topics.all(counted=False))}

    def place(path: str) -> tuple[int, str]:
        return order.get(path.removesuffix("/most-read").removesuffix("/trending"), len(order)), path

    return tuple(
        EmittedFeed(path=path, title=titles[f"{path}.{by_path[path][0]}"] or path.removeprefix("/"), formats=by_path[path])
        for path in sorted(by_path, key=place)
    )


def write_emitted_opml(storage: Storage, *, title: str, base_url: str) -> bytes:
    """Return every feed we emit as OPML, each in one format: Atom, whose dates and ids are exact, where there is one."""
    return write_opml(
        title,
        (
            Outline(
                title=feed.title,
                feed_url=f"{base_url}{feed.path}.{Format.ATOM if Format.ATOM in feed.formats else feed.formats[0]}",
                page_url=base_url + feed.path,
            )
            for feed in read_emitted_feeds(storage)
        ),
    )


def formats_by_path(paths: Mapping[str, str] | Iterable[str]) -> dict[str, tuple[Format, ...]]:
    """Return the formats of each feed by its path without suffix; paths that are no feed are left out."""
    found: dict[str, set[str]] = {}
    for path in paths:
        stem, _, suffix = path.rpartition(".")
        found.setdefault(stem, set()).add(suffix)
    formats = {stem: tuple(form for form in Format if form in suffixes) for stem, suffixes in found.items()}
    return {stem: known for stem, known in formats.items() if known}
