"""Key points ("Das Wichtigste in Kürze"): sentences out of the coverage of a story, as their publishers wrote them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPoint:
    """One sentence, unchanged, with the entry it stands in and the publisher's name and page to credit."""

    text: str
    entry_id: int
    publisher: str
    url: str | None
    language: str
