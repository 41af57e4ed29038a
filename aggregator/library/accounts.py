"""What a reader sees of their own account."""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.library.catalogue import TOPIC_PREFIX
from aggregator.library.masthead import Masthead, read_masthead
from aggregator.model.reader import Reader, Session
from aggregator.storage import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicChoice:
    """A topic, and whether it is shown in the reader's feed readers."""

    slug: str
    title: str
    shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A reader's settings, and where they are logged in."""

    masthead: Masthead
    reader: Reader
    topics: tuple[TopicChoice, ...]
    sessions: tuple[Session, ...]


def read_account(storage: Storage, reader: Reader) -> Account:
    """Return the settings of a reader."""
    with storage.read() as tx:
        paths = tx.streams.paths()
        subscribed = {paths.get(each.stream_id) for each in tx.readers.subscriptions(reader.id)}
        return Account(
            masthead=read_masthead(tx),
            reader=tx.readers.get(reader.id) or reader,
            topics=tuple(
                TopicChoice(slug=slug, title=title, shown=f"{TOPIC_PREFIX}{slug}" in subscribed)
                for slug, title in tx.streams.topics()
            ),
            sessions=tuple(tx.sessions.of_reader(reader.id)),
        )
