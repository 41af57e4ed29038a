"""Languages by the first part of their tags (BCP 47)."""

from __future__ import annotations

import re


def primary_language(tag: str | None) -> str:
    """Return the primary subtag of a language tag (`de-CH`, `de_CH` and `DE` are `de`); empty where there is no tag."""
    return re.split(r"[-_]", tag, maxsplit=1)[0].lower() if tag else ""
