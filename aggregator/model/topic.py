"""A topic: a subject with rules, and the entries assigned to it."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Order(enum.StrEnum):
    """The order of an emitted list."""

    NEWEST = "newest"
    MOST_READ = "most_read"
    TRENDING = "trending"


class Per(enum.StrEnum):
    """What a topic's feed and page list once."""

    STORY = "story"
    ENTRY = "entry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A subject with its rules, from the configuration.

    `any_of`, `all_of`, `none_of`: words and phrases; `Bundesrat*` matches what begins so, `*minister` what ends so.
    `tags` and `feeds` (URLs) together name the feeds it takes from, `languages` are primary subtags (`de`).
    `categories` (publishers' own) are as good as a word of `any_of`.
    `about` (a sentence, or several in lines) and `examples` (headlines, beginnings of texts) describe what belongs to it; what
    is near them is as good as a word of `any_of`, too.
    A topic with no words and no description takes every entry of its tags, feeds and categories.
    """

    slug: str
    title: str
    description: str = ""
    any_of: tuple[str, ...] = ()
    all_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    about: str = ""
    examples: tuple[str, ...] = ()
    order: Order = Order.NEWEST
    limit: int = 50
    per: Per = Per.STORY

    @property
    def lists(self) -> dict[str, tuple[str, ...]]:
        """What it takes by, list by list, as the configuration names them; `feeds` are not among them."""
        return {
            "any": self.any_of,
            "all": self.all_of,
            "none": self.none_of,
            "tags": self.tags,
            "languages": self.languages,
            "categories": self.categories,
            "examples": self.examples,
        }

    @property
    def described_by(self) -> tuple[str, ...]:
        """The sentences and headlines that describe it."""
        return (*(line for line in map(str.strip, self.about.splitlines()) if line), *self.examples)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """An entry belongs to a topic, because of `reason` (the rule and the words that met it)."""

    slug: str
    entry_id: int
    reason: str
