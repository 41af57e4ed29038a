"""What the head of an HTTP answer says: status, validators, freshness, type (RFC 9110, RFC 9111). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import ada_url

from aggregator.model.feed import Validators
from aggregator.model.fetching import CacheHints, Link

LONGEST_FRESHNESS = timedelta(days=7)  # a server that says more is held to this; nobody wants to hear of a feed later
LONGEST_RETRY_AFTER = timedelta(days=7)

_LIST_FIELDS = frozenset(
    {b"cache-control", b"content-encoding", b"link"}
)  # their several lines are one list; of others the first counts
_MAX_AGE = re.compile(rb'(?:^|[\s,])max-age\s*=\s*"?(\d{1,10})')
_REVALIDATE = re.compile(rb"(?:^|[\s,])no-(?:cache|store)(?:$|[\s,;])")
_CHARSET = re.compile(rb"""charset\s*=\s*["']?([A-Za-z0-9._:+-]{1,40})""", re.IGNORECASE)
_MEDIA_TYPE = re.compile(rb"\s*([A-Za-z0-9!#$&^_.+-]{1,80}/[A-Za-z0-9!#$&^_.+-]{1,80})")
_MONTHS = {month: number for number, month in enumerate(b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), start=1)}
_LINK = re.compile(r'<([^<>]{1,2048})>((?:\s*;\s*[\w*-]+(?:\s*=\s*(?:"[^"]*"|[^\s",;]*))?)*)')  # RFC 8288, section 3
_REL = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]+))', re.IGNORECASE)
PUSH_RELATIONS = frozenset({"hub", "self"})
MAX_LINKS = 8  # more than any server names of these
_FIXDATE_BYTES = 29  # "Sun, 06 Nov 1994 08:49:37 GMT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Status and header fields of an answer; names lower case, values without the white space around them."""

    status: int
    fields: Mapping[bytes, bytes]


def read_head(lines: Sequence[bytes]) -> Head:
    """Read raw header lines; interim (1xx) answers before the last status line are passed over."""
    status = 0
    fields: dict[bytes, bytes] = {}
    for line in lines:
        name, colon, value = line.partition(b":")
        if colon and not line.startswith(b"HTTP/"):
            name = name.lower()
            if name not in fields:
                fields[name] = value.strip()
            elif name in _LIST_FIELDS:
                fields[name] += b", " + value.strip()
        elif line.startswith(b"HTTP/"):
            fields = {}
            code = line.split(None, 2)[1:2]
            status = int(code[0]) if code and code[0].isdigit() else 0
    return Head(status=status, fields=fields)


def validators_of(head: Head) -> Validators:
    """Return the validators of an answer, byte for byte."""
    return Validators(etag=head.fields.get(b"etag") or None, last_modified=head.fields.get(b"last-modified") or None)


def hints_of(head: Head, *, now: datetime) -> CacheHints:
    """Return how long the answer stays fresh and when the server wants to be asked again.

    `now` stands in where a date is relative and the server gives no Date of its own.
    """
    fields = head.fields
    max_age = _freshness(fields)
    retry = fields.get(b"retry-after")
    if max_age is None and retry is None:
        return _NO_HINTS
    return CacheHints(max_age=max_age, retry_after=_retry_after(retry, fields, now) if retry is not None else None)


_NO_HINTS = CacheHints()


def media_type_of(head: Head) -> str | None:
    """Return the media type, lower case, without parameters."""
    match = _MEDIA_TYPE.match(head.fields.get(b"content-type", b""))
    return match[1].decode("ascii").lower() if match else None


def charset_of(head: Head) -> str | None:
    """Return the charset parameter of the content type, as written."""
    match = _CHARSET.search(head.fields.get(b"content-type", b""))
    return match[1].decode("ascii") if match else None


def push_links_of(head: Head, *, url: str) -> tuple[Link, ...]:
    """Return the links to hubs and to the document's own address; `url` is where the answer came from."""
    value = head.fields.get(b"link")
    if value is None:
        return ()
    links: list[Link] = []
    for target, parameters in _LINK.findall(value.decode("latin-1")):
        match = _REL.search(parameters)
        relations = (match[1] or match[2]).lower().split() if match else []
        for rel in PUSH_RELATIONS.intersection(relations):
            with suppress(ValueError):
                links.append(Link(rel=rel, url=ada_url.join_url(url, target.strip())))
    return tuple(links[:MAX_LINKS])


def read_http_date(value: bytes | None) -> datetime | None:
    """Read a date in any form of RFC 9110, section 5.6.7, or any other that e-mail allows; None where it is none."""
    if not value:
        return None
    if len(value) == _FIXDATE_BYTES and value.endswith(b" GMT"):
        try:
            return datetime(
                int(value[12:16]),
                _MONTHS[value[8:11]],
                int(value[5:7]),
                int(value[17:19]),
                int(value[20:22]),
                min(int(value[23:25]), 59),  # a leap second
                tzinfo=UTC,
            )
        except (ValueError, KeyError):
            return None
    try:
        moment = parsedate_to_datetime(value.decode("latin-1"))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):  # IndexError: "0" and the like, in some Python versions
        return None


def _freshness(fields: Mapping[bytes, bytes]) -> timedelta | None:
    """Return what is left of the freshness lifetime: max-age less Age, else Expires less Date."""
    control = fields.get(b"cache-control", b"").lower()
    if control:
        if _REVALIDATE.search(control):
            return None
        match = _MAX_AGE.search(control)
        if match:
            age = fields.get(b"age", b"0")
            seconds = int(match[1]) - (int(age[:10]) if age.isdigit() else 0)
            return _clamp(seconds, LONGEST_FRESHNESS)
    if b"expires" in fields:
        expires, date = read_http_date(fields[b"expires"]), read_http_date(fields.get(b"date"))
        if expires and date:
            return _clamp((expires - date).total_seconds(), LONGEST_FRESHNESS)
    return None


def _retry_after(value: bytes, fields: Mapping[bytes, bytes], now: datetime) -> timedelta | None:
    if value.isdigit():
        return _clamp(int(value[:12]), LONGEST_RETRY_AFTER)
    moment = read_http_date(value)
    if moment is None:
        return None
    return _clamp((moment - (read_http_date(fields.get(b"date")) or now)).total_seconds(), LONGEST_RETRY_AFTER)


def _clamp(seconds: float, longest: timedelta) -> timedelta:
    return timedelta(seconds=min(max(seconds, 0.0), longest.total_seconds()))
