"""Authors as feeds write them: names, addresses, or both in one string."""

from __future__ import annotations

import re
from functools import lru_cache

from aggregator.model.feed import Person
from aggregator.normalise.html import plain_text
from aggregator.normalise.urls import absolute_url

MAX_PEOPLE = 50  # a consortium's paper names hundreds; nobody reads on after fifty

_EMAIL = r"[^\s<>()\[\]@,;:]+@[^\s<>()\[\]@,;:]+"
# "mail@example.org (Name)" is the form of RSS 2.0, "Name <mail@example.org>" that of RFC 5322; [] and () are seen around
# either. At most one group of each pair of alternatives is set.
_EMAIL_FIRST = re.compile(rf"(?:mailto:)?({_EMAIL})\s*(?:[(\[](.*)[)\]])?")
_NAME_FIRST = re.compile(rf"(.*?)\s*[(<\[](?:mailto:)?({_EMAIL})[)>\]]")
_BARE_EMAIL = re.compile(_EMAIL)
_KEPT_CHARS = 300  # of names and addresses; those of hostile feeds have as many as a document


def clean_people(people: tuple[Person, ...], *, base: str) -> tuple[Person, ...]:
    """Return people with plain names, e-mail addresses apart, each name once, in order; who has no name is left out.

    A newsroom's authors come again and again, in each document and at each poll; what is long is not kept.
    """
    length = sum([len(one.name) + len(one.email or "") + len(one.url or "") for one in people])
    return _short_people(people, base) if length <= _KEPT_CHARS else _people(people, base)


@lru_cache(maxsize=4096)
def _short_people(people: tuple[Person, ...], base: str) -> tuple[Person, ...]:
    return _people(people, base)


def _people(people: tuple[Person, ...], base: str) -> tuple[Person, ...]:
    found: dict[str, Person] = {}
    for person in people:
        cleaned = _clean(person, base=base)
        if cleaned is not None:
            found.setdefault(cleaned.name.casefold(), cleaned)
    return tuple(found.values())[:MAX_PEOPLE]


def _clean(person: Person, *, base: str) -> Person | None:
    name, email = person.name, person.email
    if "@" in name:
        name, inside = _split(name)
        email = email or inside
    name = plain_text(name, html=True)
    if not name:
        return None
    email = (email or "").strip().removeprefix("mailto:")
    return Person(
        name=name,
        email=email if _BARE_EMAIL.fullmatch(email) else None,
        url=absolute_url(person.url, base=base),
    )


def _split(text: str) -> tuple[str, str | None]:
    """Return (name, e-mail address or None)."""
    text = text.strip()
    if match := _EMAIL_FIRST.fullmatch(text):
        return (match[2] or "").strip(), match[1]
    if match := _NAME_FIRST.fullmatch(text):
        return match[1].strip(' "'), match[2]
    return text, None
