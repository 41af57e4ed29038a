"""Dates in titles say when something was sent, not what happened: two issues of one day are not one story."""

from __future__ import annotations

import re

_MONTH = (
    r"(?:jan(?:uar|uary|vier)?|gennaio|feb(?:ruar|ruary)?|f[ée]vrier|febbraio|m[äa]rz|march|mars|marzo|apr(?:il)?|avril|aprile"
    r"|mai|may|maggio|jun[ie]?|juin|giugno|jul[iy]?|juillet|luglio|aug(?:ust)?|ao[ûu]t|agosto|sept?(?:ember|embre)?|settembre"
    r"|o[kc]t(?:ober|obre)?|ottobre|nov(?:ember|embre)?|de[zc](?:ember)?|d[ée]cembre|dicembre)"
)
_DATE = re.compile(
    r"(?<![\d.])(?:"
    r"\d{1,2}\.\s?\d{1,2}\.(?:\s?(?:\d{4}|\d{2}))?"  # 6.6.2012, 06.06.
    r"|\d{1,2}[-/]\d{1,2}[-/](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2}"
    rf"|\d{{1,2}}\.?\s+{_MONTH}\.?,?\s+\d{{4}}|{_MONTH}\.?\s+\d{{1,2}},?\s+\d{{4}}"
    r")(?!\d)",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")


def without_dates(title: str) -> str:
    """Return a title without the days it names by number (`6.6.2012`, `2012-06-06`, `6. Juni 2012`); `1. Mai` stays."""
    return _DATE.sub(" ", title) if _DIGIT.search(title) else title
