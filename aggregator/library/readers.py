"""Accounts: made, changed, taken away, given out whole; and who it is that asks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from aggregator.errors import AccessDenied, ReaderExists, ReaderNotFound, TopicNotFound
from aggregator.library.catalogue import ReaderSite
from aggregator.library.passwords import (
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    digest,
    hash_password,
    is_api_password,
    make_api_password,
    make_credentials,
    token_of,
)
from aggregator.library.subscribing import list_subscriptions, show_topics, subscribe_first
from aggregator.model.reader import Reader
from aggregator.storage import Storage, Transaction

_NAME = re.compile(r"[^\W_][\w.@+ -]{0,63}")
"""Letters and digits of any script, and what stands in mail addresses; no `:`, which ends the name in Basic authentication."""


def check_new_name(storage: Storage, name: str) -> None:
    """Tell whether an account may have this name.

    Raises: ReaderExists; ValueError, with a sentence, for a name that cannot be used.
    """
    if not _NAME.fullmatch(name):
        raise ValueError("a name has 1 to 64 letters, digits, spaces and . @ + - _, and begins with a letter or digit")
    with storage.read() as tx:
        if tx.readers.find(name) is not None:
            raise ReaderExists(name)


def find_reader(storage: Storage, name: str) -> Reader:
    """Return the reader of that name.

    Raises: ReaderNotFound.
    """
    with storage.read() as tx:
        return _reader(tx, name)


def add_reader(
    storage: Storage,
    name: str,
    *,
    password: str,
    site: ReaderSite,
    now: datetime,
    counts_reads: bool = True,
    is_operator: bool = False,
) -> tuple[Reader, str]:
    """Make an account that subscribes to every topic and to what is read most; return it and its API password.

    Raises: ReaderExists; ValueError, with a sentence, for a name or password that cannot be used.
    """
    check_new_name(storage, name)
    api_password = make_api_password()
    credentials = make_credentials(name, password_hash=_hashed(password), api_password=api_password)
    with storage.write() as tx:
        reader = tx.readers.add(name, credentials, now=now)
        if not counts_reads:
            tx.readers.set_counts_reads(reader.id, counts_reads=False)
        if is_operator:
            tx.readers.set_operator(reader.id, is_operator=is_operator)
        subscribe_first(tx, reader, site, now=now)
    return replace(reader, counts_reads=counts_reads, is_operator=is_operator), api_password


def list_readers(storage: Storage) -> list[tuple[Reader, int]]:
    """Return every reader with the number of their subscriptions."""
    with storage.read() as tx:
        return [(reader, len(tx.readers.subscriptions(reader.id))) for reader in tx.readers.all()]


def set_password(storage: Storage, name: str, *, password: str, stays: str | None = None) -> None:
    """Set the web password; every browser is logged out, but the one whose token `stays`.

    Raises: ReaderNotFound; ValueError for a password that is too short.
    """
    hashed = _hashed(password)
    with storage.write() as tx:
        reader = _reader(tx, name)
        tx.readers.set_credentials(reader.id, replace(tx.readers.credentials(reader.id), password_hash=hashed))
        tx.sessions.end_all(reader.id, but=digest(stays) if stays else None)


def renew_api_password(storage: Storage, name: str) -> str:
    """Return a new API password; the old one, its token and its Fever key are worth nothing from now on.

    To revoke the old one and have none, tell nobody the new one.

    Raises: ReaderNotFound.
    """
    api_password = make_api_password()
    with storage.write() as tx:
        reader = _reader(tx, name)
        kept = tx.readers.credentials(reader.id).password_hash
        tx.readers.set_credentials(reader.id, make_credentials(reader.name, password_hash=kept, api_password=api_password))
    return api_password


def set_reader(
    storage: Storage,
    name: str,
    *,
    site: ReaderSite,
    now: datetime,
    counts_reads: bool | None = None,
    topics: Sequence[str] | None = None,
    is_operator: bool | None = None,
) -> None:
    """Change settings: whether reads count, which topics are shown, who runs the site (None: as it is).

    Raises: ReaderNotFound, TopicNotFound.
    """
    with storage.write() as tx:
        reader = _reader(tx, name)
        if counts_reads is not None:
            tx.readers.set_counts_reads(reader.id, counts_reads=counts_reads)
        if is_operator is not None and is_operator != reader.is_operator:
            tx.readers.set_operator(reader.id, is_operator=is_operator)
            tx.sessions.end_all(reader.id)  # theirs were made to last as long as the role before allows
        if topics is not None:
            known = [slug for slug, _ in tx.streams.topics()]
            for slug in topics:
                if slug not in known:
                    raise TopicNotFound(slug)
            show_topics(tx, reader, site, topics, now=now)


def remove_reader(storage: Storage, name: str) -> None:
    """Delete an account and everything kept under it.

    Raises: ReaderNotFound.
    """
    with storage.write() as tx:
        tx.readers.remove(_reader(tx, name).id)


def export_reader(storage: Storage, name: str, *, site: ReaderSite) -> dict[str, object]:
    """Return everything kept about a reader, fit for JSON but for its times. Secrets are not kept, so none are in it.

    Raises: ReaderNotFound.
    """
    with storage.read() as tx:
        reader = _reader(tx, name)
        subscriptions = list_subscriptions(tx, reader, site)
        sessions = tx.sessions.of_reader(reader.id)
        states = tx.states.all_of(reader.id)
        reads = tx.readers.reads(reader.id)
        entries = tx.entries.get_many({*states, *(read.entry_id for read in reads)})
    named = {entry.id: {"title": entry.data.title, "url": entry.data.url} for entry in entries.values()}
    return {
        "account": {
            "id": reader.id,
            "name": reader.name,
            "created_at": reader.created_at,
            "counts_reads": reader.counts_reads,
            "subscriptions_changed_at": reader.subscriptions_changed_at,
            "is_operator": reader.is_operator,
        },
        "sessions": [{"created_at": each.created_at, "expires_at": each.expires_at} for each in sessions],
        "subscriptions": [
            {"id": each.stream.id, "title": each.title, "url": each.stream.feed_url, "folders": list(each.folders)}
            for each in subscriptions
        ],
        "entries": [
            {
                "id": entry_id,
                **named.get(entry_id, {}),
                "read_at": state.read_at,
                "starred_at": state.starred_at,
                "counted": state.counted,
                "counts_at": state.pending_at,
                "counts_as": state.pending_weight if state.pending_at else None,
            }
            for entry_id, state in states.items()
        ],
        "reads": [
            {"entry": read.entry_id, **named.get(read.entry_id, {}), "at": read.at, "via": read.via, "weight": read.weight}
            for read in reads
        ],
    }


def log_in(storage: Storage, name: str, api_password: str) -> tuple[Reader, str]:
    """Return the reader and the token for the Google Reader API, the same at every login.

    Raises: AccessDenied, after the same work whether the name or the password is wrong.
    """
    with storage.read() as tx:
        reader = tx.readers.find(name)
        credentials = tx.readers.credentials(reader.id) if reader is not None else None
    if not is_api_password(api_password, credentials) or reader is None:
        raise AccessDenied("no such name and API password")
    return reader, token_of(reader.name, api_password)


def reader_by_token(storage: Storage, token: str) -> Reader:
    """Return whose token it is.

    Raises: AccessDenied.
    """
    with storage.read() as tx:
        reader = tx.readers.by_token(digest(token)) if token else None
    return _known(reader)


def reader_by_fever_key(storage: Storage, key: str) -> Reader:
    """Return whose key of the Fever API it is.

    Raises: AccessDenied.
    """
    with storage.read() as tx:
        reader = tx.readers.by_fever_key(digest(key.lower())) if key else None
    return _known(reader)


def _known(reader: Reader | None) -> Reader:
    if reader is None:
        raise AccessDenied("unknown token")
    return reader


def _reader(tx: Transaction, name: str) -> Reader:
    reader = tx.readers.find(name)
    if reader is None:
        raise ReaderNotFound(name)
    return reader


def _hashed(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise ValueError(f"a password has at least {SHORTEST_PASSWORD} characters")
    if len(password) > LONGEST_PASSWORD:
        raise ValueError(f"a password has at most {LONGEST_PASSWORD} characters")
    return hash_password(password)
