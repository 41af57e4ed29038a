"""The robots.txt of a site, as we remember it (RFC 9309)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsFile:
    """What a site said when it was asked at `fetched_at`.

    `body` is empty where it has no such file, None while it could not be had, which forbids everything. `visited_at` is when
    a page of the site was fetched last.
    """

    site: str
    fetched_at: datetime
    failing_since_at: datetime | None = None
    body: str | None = None
    visited_at: datetime | None = None
