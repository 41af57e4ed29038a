"""Topics in the workshop: a rule tried live on the newest entries, with what matches, what nearly does, and why."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response

from aggregator.library.sessions import LoggedIn
from aggregator.library.topics import Preview, preview_topic
from aggregator.library.workshop import read_topics
from aggregator.model.topic import Topic
from aggregator.web.sessions import for_account
from aggregator.web.site import web_of
from aggregator.web.workshop.pages import show, tools_of

TRIED_ENTRIES = 1_000  # the newest that a rule is tried on: some days of a hundred feeds, and half a second
SHOWN = 40  # matches and near misses on the page; the counts are of all
MAX_WORDS = 200
MAX_WORD = 200  # characters
FIELDS = ("any", "all", "none", "tags", "languages", "categories")
_SLUG = "versuch"  # of a rule that is tried and never stored
_APART = re.compile(r"[\n,;]+")


def _show(request: Request, session: LoggedIn) -> Response:
    """Show the topics and the form, and what the rule in the address matches."""
    web, tools = web_of(request), tools_of(request)
    typed = _typed(request, tools.topics)
    topic = _topic_of(typed)
    has_rule = any(typed[name] for name in FIELDS)
    preview = _preview(request, topic) if has_rule else None
    return show(
        request,
        session,
        "workshop_topics.html",
        part="topics",
        topics=read_topics(web.storage),
        typed={name: ", ".join(words) for name, words in typed.items()},
        slug=request.query_params.get("slug", ""),
        preview=preview,
        shown=SHOWN,
        yaml=_yaml(typed) if preview is not None else "",
    )


def _preview(request: Request, topic: Topic) -> Preview:
    tools = tools_of(request)
    return preview_topic(
        web_of(request).storage, [topic], topic.slug, limit=TRIED_ENTRIES, default_language=tools.default_language
    )


def _typed(request: Request, topics: Sequence[Topic]) -> dict[str, tuple[str, ...]]:
    """Return the rule in the address; that of a topic of the configuration where only its slug stands there."""
    query = request.query_params
    typed = {name: _words(query.get(name, "")) for name in FIELDS}
    if not any(name in query for name in FIELDS):
        for topic in topics:
            if topic.slug == query.get("slug"):
                return _rule_of(topic)
    return typed


def _rule_of(topic: Topic) -> dict[str, tuple[str, ...]]:
    return {
        "any": topic.any_of,
        "all": topic.all_of,
        "none": topic.none_of,
        "tags": topic.tags,
        "languages": topic.languages,
        "categories": topic.categories,
    }


def _words(text: str) -> tuple[str, ...]:
    words = (" ".join(word.split())[:MAX_WORD] for word in _APART.split(text))
    return tuple(dict.fromkeys(word for word in words if word.strip("*")))[:MAX_WORDS]


def _topic_of(typed: Mapping[str, tuple[str, ...]]) -> Topic:
    return Topic(
        slug=_SLUG,
        title="",
        any_of=typed["any"],
        all_of=typed["all"],
        none_of=typed["none"],
        tags=typed["tags"],
        languages=tuple(language.lower() for language in typed["languages"]),
        categories=typed["categories"],
    )


def _yaml(typed: Mapping[str, tuple[str, ...]]) -> str:
    """Return the rule as it stands in config.yaml."""
    lines = ["  - slug: …", "    title: …"]
    lines += [f"    {name}: [{', '.join(map(_quoted, words))}]" for name, words in typed.items() if words]
    return "\n".join(lines)


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"


show_topics = for_account(_show, operator=True)
