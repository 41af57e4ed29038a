"""When a feed asks not to be polled: `skipHours` and `skipDays` of RSS, which neither parser keeps.

Source: RSS 2.0, https://www.rssboard.org/rss-specification (hours and days are GMT; RSS 0.91 counts hours from 1 to 24).
"""

from __future__ import annotations

import re
from dataclasses import replace

from aggregator.model.parsed import ParsedFeed

_BEGINS = b"<skip"
_LIST = re.compile(rb"<skip(Hours|Days)\s*>([^&]{0,2000}?)</skip\1\s*>")
_HOUR = re.compile(rb"<hour\s*>\s*(\d{1,2})\s*</hour\s*>")
_DAY = re.compile(rb"<day\s*>\s*([A-Za-z]+)\s*</day\s*>")
_DAYS = (b"monday", b"tuesday", b"wednesday", b"thursday", b"friday", b"saturday", b"sunday")
_HOURS_OF_DAY = 24


def with_skipped(parsed: ParsedFeed, body: bytes) -> ParsedFeed:
    """Return the feed with the hours (of UTC) and weekdays (Monday 0) that its document, as UTF-8, wants skipped."""
    if _BEGINS not in body:
        return parsed
    hours: set[int] = set()
    days: set[int] = set()
    for kind, items in _LIST.findall(body):
        if kind == b"Hours":
            hours |= {hour % _HOURS_OF_DAY for hour in map(int, _HOUR.findall(items)) if hour <= _HOURS_OF_DAY}
        else:
            days |= {_DAYS.index(day) for day in map(bytes.lower, _DAY.findall(items)) if day in _DAYS}
    return replace(parsed, data=replace(parsed.data, skip_hours=tuple(sorted(hours)), skip_days=tuple(sorted(days))))
