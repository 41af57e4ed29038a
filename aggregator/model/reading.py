"""A read: one act of reading, and what a request tells about it."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime


class Via(enum.StrEnum):
    """How a read reached us."""

    CLICK = "click"  # /r/<id>
    PAGE = "page"  # /entries/<id>
    SYNC = "sync"  # a feed reader's API
    LOG = "log"  # an access log of the publisher's own site
    BEACON = "beacon"  # navigator.sendBeacon on the publisher's own site
    REPORT = "report"  # told by the publisher's own site, by token


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadEvent:
    """One act of reading. `reader_key`: 16 bytes, a salted key that cannot be turned back into an address."""

    entry_id: int
    at: datetime
    via: Via
    reader_key: bytes
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFacts:
    """What a request tells that decides whether it is a read; header names lower case."""

    method: str
    user_agent: str
    headers: tuple[tuple[str, str], ...] = ()
