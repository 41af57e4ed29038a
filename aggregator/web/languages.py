"""Which of the languages of the pages a person gets, by what the browser asks for (RFC 9110, 12.5.4)."""

from __future__ import annotations

import re
from collections.abc import Mapping

_RANGE = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]{0,40})?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?")
MAX_HEADER = 1000  # characters looked at; browsers send less than a hundred


def choose_language(header: str, *, site: str, offered: Mapping[str, object]) -> str:
    """Return the tag of the language that suits Accept-Language best, that of the site where none does.

    The region is the site's in any case: who publishes decides how numbers and words are spelled.
    """
    site_primary, _, region = site.partition("-")
    best, best_quality = site_primary.lower(), 0.0
    for part in header[:MAX_HEADER].split(","):
        matched = _RANGE.fullmatch(part)
        if matched is None:
            continue
        primary, quality = matched[1].lower(), float(matched[2] or 1)
        if primary in offered and quality > best_quality:
            best, best_quality = primary, quality
    if best == site_primary.lower():
        return site
    return f"{best}-{region}" if region else best
