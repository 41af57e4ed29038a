"""Mehr zum Thema: other stories that readers of a story would want next, each with its reason."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from aggregator.model.entry import Entry


class Reason(enum.StrEnum):
    """Why a story is named beside another; the value is stored and published."""

    FOLLOWS = "follows"  # it came later and is about nearly the same
    PEOPLE = "people"  # both name the same person
    BACKGROUND = "background"  # it is about the same and some days older
    SUBJECT = "subject"  # it is about the same
    READ = "read"  # it is read most of the topics that the story is in


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """A story named beside another; `score` falls from the nearest on."""

    story_id: int
    reason: Reason
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedEntry:
    """A related story as it is shown: the entry that stands for it, and why it is there."""

    entry: Entry
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRelated:
    """What a page names beside a story; `every_language` says that languages were not to matter.

    `of_languages` says that some are in a language that is not the reader's, so that there is a choice.
    """

    stories: tuple[RelatedEntry, ...]
    of_languages: bool
    every_language: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedLink:
    """A related story as a link in the text of an entry: by the entry that stands for it, and why it is there."""

    entry_id: int
    url: str | None
    title: str
    language: str | None
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryText:
    """What a story says, by the entry that stands for it, and its figures; `summary_html` is the beginning of the teaser.

    `dated_at` is the date of its first entry.
    """

    story_id: int
    title: str
    summary_html: str
    language: str | None
    site: str
    dated_at: datetime
    publishers: int
    readers: int
