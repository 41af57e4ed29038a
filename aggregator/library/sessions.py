"""Logging in with a browser: a session is a random token that only the browser has; its SHA-256 is stored.

Readers and operators log in alike; what an operator may do besides is asked of `LoggedIn.reader.is_operator`.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.errors import AccessDenied, TooManyAttempts
from aggregator.library.login_limits import LoginLimiter
from aggregator.library.passwords import digest, is_password
from aggregator.model.reader import Reader, Session
from aggregator.storage import Storage

LIFETIME = timedelta(days=30)
OPERATOR_LIFETIME = timedelta(hours=12)
"""Who may change the whole site logs in once a working day."""

TOKEN_BYTES = 32
HASHES_AT_ONCE = 2
"""argon2 takes 64 MiB and some 50 ms of two cores for each: what is more waits, and cannot eat the memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIn:
    """A reader in a browser. `token` is what its cookie holds; `form_token` stands in every form it may send."""

    reader: Reader
    session: Session
    token: str

    @property
    def form_token(self) -> str:
        """The token of forms: another site can make a browser send its cookie, but cannot know this."""
        return hmac.digest(self.token.encode(), b"form", "sha256").hex()

    def is_form_token(self, given: str) -> bool:
        """Return whether a form was made for this session."""
        return hmac.compare_digest(self.form_token.encode(), given.encode(errors="replace"))


class Logins:
    """Where web passwords are checked: slowly, a few at once, and not often for one account or from one network."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._limiter = LoginLimiter()
        self._hashing = threading.Semaphore(HASHES_AT_ONCE)

    def log_in(self, name: str, password: str, *, address: str, now: datetime) -> LoggedIn:
        """Return a new session.

        Raises: AccessDenied, the same whether the name or the password is wrong, after the same work; TooManyAttempts.
        """
        reader = self._checked(name, password, address=address, now=now)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        lifetime = OPERATOR_LIFETIME if reader.is_operator else LIFETIME
        session = Session(reader_id=reader.id, created_at=now, expires_at=now + lifetime)
        with self._storage.write() as tx:
            tx.sessions.prune(now=now)
            tx.sessions.add(digest(token), session)
        return LoggedIn(reader=reader, session=session, token=token)

    def confirm(self, reader: Reader, password: str, *, address: str, now: datetime) -> None:
        """Make sure that it is still the reader who sits there, before what cannot be taken back.

        Raises: AccessDenied, TooManyAttempts.
        """
        self._checked(reader.name, password, address=address, now=now)

    def _checked(self, name: str, password: str, *, address: str, now: datetime) -> Reader:
        with self._hashing:
            if self._limiter.is_blocked(address=address, name=name, now=now):
                raise TooManyAttempts("too many wrong passwords")
            with self._storage.read() as tx:
                reader = tx.readers.find(name)
                credentials = tx.readers.credentials(reader.id) if reader is not None else None
            if not is_password(password, credentials) or reader is None:
                self._limiter.failed(address=address, name=name, now=now)
                raise AccessDenied("no such name and password")
        return reader


def find_session(storage: Storage, token: str, *, now: datetime) -> LoggedIn | None:
    """Return who is logged in with a token; None if nobody is, or is no more."""
    if not token:
        return None
    with storage.read() as tx:
        session = tx.sessions.find(digest(token), now=now)
        reader = tx.readers.get(session.reader_id) if session is not None else None
    return None if session is None or reader is None else LoggedIn(reader=reader, session=session, token=token)


def log_out(storage: Storage, session: LoggedIn) -> None:
    """End a session."""
    with storage.write() as tx:
        tx.sessions.end(digest(session.token))
