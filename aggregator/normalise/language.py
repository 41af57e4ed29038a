"""Language tags as feeds write them, in the form of BCP 47."""

from __future__ import annotations

import re
from functools import lru_cache

# RFC 5646, section 2.1, without extensions and private use: language, script, region, variants.
_TAG = re.compile(r"([a-z]{2,3})(?:-([a-z]{4}))?(?:-([a-z]{2}|[0-9]{3}))?((?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)")
_SAYS_NOTHING = frozenset({"und", "zxx", "mul", "mis"})  # ISO 639-2: undetermined, none, several, uncoded


@lru_cache(maxsize=256)  # a feed repeats its language in every entry
def language_tag(text: str | None) -> str | None:
    """Return the tag in its usual capitals (`de_CH` gives `de-CH`), None for what is no tag (`German`)."""
    match = _TAG.fullmatch((text or "").strip().replace("_", "-").lower())
    if match is None or match[1] in _SAYS_NOTHING:
        return None
    language, script, region, variants = match.groups()
    return language + (f"-{script.title()}" if script else "") + (f"-{region.upper()}" if region else "") + variants
