"""Lines of an access log in the combined format, as Apache and nginx write it by default.

`ADDRESS IDENT USER [24/Nov/2026:12:00:00 +0100] "GET /path HTTP/1.1" 200 5123 "referrer" "agent"`, with the host and a blank
before it where the log is of several sites (Apache: `vhost_combined`).
Source: Apache HTTP Server 2.4, mod_log_config; nginx, ngx_http_log_module.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_LINE = re.compile(rf"(\S+) (\S+) (?:(\S+) )?[^\[]*\[([^\]]{{20,32}})\] {_QUOTED} (\d{{3}}) (\d+|-)(?: {_QUOTED} {_QUOTED})?")
_TIME = re.compile(r"(\d{2})/([A-Z][a-z]{2})/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})")
_MONTHS = {
    name: number
    for number, name in enumerate(("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1)
}  # the C locale's, whatever that of the machine
_ADDRESS = re.compile(r"[0-9A-Fa-f]*[:.][0-9A-Fa-f:.]*")
_ESCAPED = re.compile(r'\\(["\\])')


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedRequest:
    """One request of the log. `target` is the path with its query, or a whole URL; `host` is empty where the log has none."""

    at: datetime
    host: str
    address: str
    method: str
    target: str
    status: int
    size: str
    user_agent: str


def parse_line(line: str) -> LoggedRequest | None:
    """Return the request of a line, or None if it is not in the format."""
    match = _LINE.match(line)
    if match is None:
        return None
    first, second, third, time, request, status, size, _referrer, agent = match.groups()
    at = _parse_time(time)
    method, _, rest = request.partition(" ")
    target = rest.partition(" ")[0]
    if at is None or not target:
        return None
    named = third is not None and _ADDRESS.fullmatch(first) is None and _ADDRESS.fullmatch(second) is not None
    return LoggedRequest(
        at=at,
        host=first if named else "",
        address=second if named else first,
        method=method,
        target=target,
        status=int(status),
        size=size,
        user_agent="" if agent in (None, "-") else _ESCAPED.sub(r"\1", agent),
    )


@lru_cache(maxsize=1024)  # many lines have the same second, and few are open at once
def _parse_time(text: str) -> datetime | None:
    match = _TIME.fullmatch(text)
    if match is None or match[2] not in _MONTHS:
        return None
    day, month, year, hour, minute, second, sign, zone_hours, zone_minutes = match.groups()
    offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes)) * (1 if sign == "+" else -1)
    try:
        local = datetime(
            int(year), _MONTHS[month], int(day), int(hour), int(minute), min(int(second), 59), tzinfo=timezone(offset)
        )
    except ValueError:  # the 31st of February, a zone of 99 hours
        return None
    return local.astimezone(UTC)
