"""Why an entry belongs to a topic, or does not, as data: what a rule found or lacked. Words for people are made at the edge."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class GroundKind(enum.StrEnum):
    """What was found or lacking; the value is how the configuration names the rule."""

    ANY = "any"
    ALL = "all"
    NONE = "none"
    CATEGORY = "category"
    TAG = "tag"
    FEED = "feed"
    LANGUAGE = "language"
    NEAR = "about"
    NO_WORD = "any lacking"
    MISSING = "all lacking"
    NO_CATEGORY = "category lacking"
    NO_TAG = "tag lacking"
    NO_FEED = "feed lacking"
    NO_LANGUAGE = "language lacking"
    TOO_OLD = "about too old"
    FAR = "about far"
    NEARER_ELSEWHERE = "about nearer elsewhere"
    NO_RULE = "no rule"


class Place(enum.StrEnum):
    """Where in an entry a word was found."""

    TITLE = "title"
    TEASER = "teaser"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One ground. `word` is the rule's word, `found` what met it (in `place`), `words` are what a rule has or two texts share.

    `has_more` words are not listed. `share` is how near an entry is, of what is near enough.
    """

    kind: GroundKind
    word: str = ""
    found: str = ""
    place: Place | None = None
    words: tuple[str, ...] = ()
    has_more: bool = False
    share: float = 0.0

    def __str__(self) -> str:
        """Return the ground in the notation of logs and stored rows, not in the words of a page."""
        said = [self.word and f'"{self.word}"', self.place and f"in {self.place}", self.found and f"({self.found})"]
        said += [", ".join(self.words) + (", …" if self.has_more else ""), f"{self.share:.0%}" if self.share else ""]
        return f"{self.kind}: {' '.join(part for part in said if part)}".removesuffix(": ")


Grounds = tuple[tuple[Ground, ...], ...]
"""A tuple a rule: rules are met or failed together, the grounds of one rule are its alternatives."""


def notation(grounds: Grounds) -> str:
    """Return grounds as logs and stored rows have them."""
    return "; ".join(", ".join(map(str, rule)) for rule in grounds)
