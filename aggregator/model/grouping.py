"""Entries as grouping sees them: what arrives, what a story holds, and what is decided of both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An entry that is new or changed, or one that stands in a story already.

    `summary_html` is the beginning of it where there is no title, else empty. `language` is the entry's, else its feed's.
    `is_undated` says that nobody knows when, as of an `Entry`.
    `by_operator` says that a person decided where it stands, `has_others` that others joined the story it founded.
    """

    entry_id: int
    story_id: int
    revision: int
    title: str
    summary_html: str
    language: str | None
    site: str
    dated_at: datetime
    is_undated: bool = False
    by_operator: bool = False
    has_others: bool = False

    @property
    def is_placed(self) -> bool:
        """Return whether it has company: it was placed before, and its story would fall apart if it were placed anew."""
        return self.story_id != self.entry_id or self.has_others


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """An entry belongs to a story, by which evidence."""

    entry_id: int
    story_id: int
    score: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryMember:
    """An entry of a story, with the beginnings of its texts; `copy_of` is the entry whose text it repeats, as known so far."""

    entry_id: int
    title: str
    summary_html: str
    content_html: str
    language: str | None
    site: str
    dated_at: datetime
    copy_of: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StorySettlement:
    """Which entry stands for a story, and which of its entries repeat the text of another (by the id of the earliest)."""

    story_id: int
    entry_id: int
    copies: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Why an entry stands in its story: the score and the reason of the decision."""

    entry_id: int
    score: float
    reason: str
    by_operator: bool
    copy_of: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Who speaks in a story: a site with words of its own, or (`site` None) a text that several only repeat."""

    site: str | None
    entries: tuple[int, ...]


def voices(sites: Mapping[int, Iterable[str]], copies: Mapping[int, int]) -> list[Voice]:
    """Return the voices of a story.

    `sites` are those that carry each entry; `copies` names for entries that repeat a text the earliest that has it. A text
    printed by twelve is one voice, and none if each of them also says something else.
    """
    texts: dict[int, list[int]] = {}
    for entry_id in sorted(sites):
        texts.setdefault(copies.get(entry_id, entry_id), []).append(entry_id)
    own: dict[str, list[int]] = {}
    shared: list[list[int]] = []
    for members in texts.values():
        if len(members) > 1 and len({site for member in members for site in sites[member]}) > 1:
            shared.append(members)
            continue
        for member in members:
            for site in sites[member]:
                own.setdefault(site, []).append(member)
    repeated = [members for members in shared if not all(site in own for member in members for site in sites[member])]
    return [
        *(Voice(site=site, entries=tuple(members)) for site, members in own.items()),
        *(Voice(site=None, entries=tuple(members)) for members in repeated),
    ]
