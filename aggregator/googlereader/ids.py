"""Ids as the Google Reader API writes them: of items, of streams, of places in a stream; and its times."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

from aggregator.library.syncing import Kind, StreamName

ITEM_PREFIX = "tag:google.com,2005:reader/item/"
STATE_PREFIX = "user/-/state/com.google/"
LABEL_PREFIX = "user/-/label/"
FEED_PREFIX = "feed/"
READ, STARRED, KEPT_UNREAD = "read", "starred", "kept-unread"
READING_LIST = STATE_PREFIX + "reading-list"

HEX_DIGITS = 16
_MOST_DIGITS = 20  # of a 64-bit number, with its sign
_HEX = re.compile(r"[0-9a-fA-F]{1,16}")
_DECIMAL = re.compile(r"-?[0-9]{1,19}")
_USER = re.compile(r"user/[^/]*/")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(9999, 12, 31, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
MICROSECOND_DIGITS = 16  # a time of so many digits is in microseconds,
MILLISECOND_DIGITS = 13  # of so many in milliseconds, of fewer in seconds (Miniflux' rule)

_STATES = {"reading-list": Kind.READING_LIST, READ: Kind.READ, STARRED: Kind.STARRED}


def long_id(item_id: int) -> str:
    """Return the long form: 16 hex digits behind the prefix."""
    return f"{ITEM_PREFIX}{item_id:016x}"


def parse_item_id(text: str) -> int | None:
    """Return the number of an id in any form clients send: long, padded or not; 16 bare hex digits; decimal.

    None for what is no id, and for numbers that none of ours can be.
    """
    text = text.strip()
    if "%" in text:
        text = unquote(text)
    if text.startswith(ITEM_PREFIX):
        text = text.removeprefix(ITEM_PREFIX)
        number = int(text, 16) if _HEX.fullmatch(text) else 0
    elif len(text) == HEX_DIGITS and _HEX.fullmatch(text):
        number = int(text, 16)
    else:
        number = int(text) if _DECIMAL.fullmatch(text) else 0
    return number if 0 < number < 1 << 63 else None


def parse_item_ids(texts: list[str]) -> list[int]:
    """Return the numbers of ids, each once; what is none is passed over."""
    numbers = (parse_item_id(text) for text in texts)
    return list(dict.fromkeys(number for number in numbers if number is not None))


def parse_stream(text: str) -> StreamName:
    """Return what a stream id names; `user/<anything>/` is the reader who asks. Nothing is the reading list."""
    if "%" in text and not text.startswith((FEED_PREFIX, "user/")):
        text = unquote(text)
    if not text:
        return StreamName(kind=Kind.READING_LIST)
    if text.startswith(FEED_PREFIX):
        return StreamName(kind=Kind.FEED, name=text.removeprefix(FEED_PREFIX))
    if (user := _USER.match(text)) is not None:
        kind, _, name = text[user.end() :].partition("/")
        if kind == "label" and name:
            return StreamName(kind=Kind.FOLDER, name=name)
        if kind == "state":
            return StreamName(kind=_STATES.get(name.removeprefix("com.google/"), Kind.UNKNOWN), name=name)
    return StreamName(kind=Kind.UNKNOWN, name=text)


def state_in(text: str) -> str:
    """Return the state a tag names (`read`, `starred`, …), empty if it is no state."""
    user = _USER.match(text)
    rest = text[user.end() :] if user else ""
    return rest.removeprefix("state/com.google/") if rest.startswith("state/com.google/") else ""


def label_in(text: str) -> str:
    """Return the folder a tag names, empty if it is none."""
    name = parse_stream(text)
    return name.name if name.kind is Kind.FOLDER else ""


def write_place(place: tuple[datetime, int]) -> str:
    """Return a place in a stream as clients give it back: opaque, and valid for ever."""
    at, item_id = place
    return base64.urlsafe_b64encode(f"{to_microseconds(at)}.{item_id}".encode()).decode().rstrip("=")


def parse_place(text: str) -> tuple[datetime, int] | None:
    """Return the place of `write_place`.

    Raises: ValueError for anything else; None for nothing.
    """
    if not text:
        return None
    try:
        decoded = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode("ascii")
        at, _, item_id = decoded.partition(".")
        return _from_microseconds(int(at)), _bounded(int(item_id))
    except (ValueError, OverflowError) as error:
        raise ValueError("the continuation is none of ours") from error


def parse_time(text: str) -> datetime | None:
    """Return a time in seconds, milliseconds or microseconds since 1970, told apart by its length; None for none."""
    text = text.strip()
    if not (text.isascii() and text.isdecimal()) or len(text) > _MOST_DIGITS:
        return None
    number = int(text)
    if len(text) < MILLISECOND_DIGITS:
        number *= 1_000_000
    elif len(text) < MICROSECOND_DIGITS:
        number *= 1_000
    return _from_microseconds(number)


def to_microseconds(at: datetime) -> int:
    """Return microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND


def to_seconds(at: datetime) -> int:
    """Return whole seconds since 1970, never negative, and within 32 bits as newsboat reads them."""
    return min(max(to_microseconds(at) // 1_000_000, 0), 2**31 - 1)


def _from_microseconds(number: int) -> datetime:
    return min(_EPOCH + timedelta(microseconds=number), _LAST) if number < to_microseconds(_LAST) else _LAST


def _bounded(number: int) -> int:
    if not 0 < number < 1 << 63:
        raise ValueError(number)
    return number
