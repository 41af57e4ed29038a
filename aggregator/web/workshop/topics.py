"""Topics in the workshop: a rule tried live on the newest entries, with what matches, what nearly does, and why; then kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from aggregator.errors import ConfigError
from aggregator.library.sessions import LoggedIn
from aggregator.library.topics import Preview, preview_topic
from aggregator.library.workshop import read_topics
from aggregator.model.topic import Topic
from aggregator.web.forms import Form
from aggregator.web.grounds import say_grounds
from aggregator.web.sessions import for_account, for_account_form, redirect
from aggregator.web.site import web_of
from aggregator.web.workshop.pages import Problem, show, tools_of

TRIED_ENTRIES = 1_000  # the newest that a rule is tried on: some days of a hundred feeds, and half a second
SHOWN = 40  # matches and near misses on the page; the counts are of all
MAX_WORDS = 200
MAX_WORD = 200  # characters
FIELDS = ("any", "all", "none", "tags", "languages", "categories")
_SLUG = "versuch"  # of a rule that is tried
LINES = ("examples",)  # fields of which each line is one
MAX_ABOUT = 2_000  # characters
PATH = "/workshop/topics"
UNPROCESSABLE = 422
_APART = re.compile(r"[\n,;]+")
_LINE = re.compile(r"\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Typed:
    """The rule in the fields of the form. `known` is the topic of the configuration with that slug."""

    slug: str
    title: str
    words: Mapping[str, tuple[str, ...]]
    about: str
    known: Topic | None

    @property
    def has_rule(self) -> bool:
        return bool(self.about) or any(self.words.values())

    def topic(self, slug: str) -> Topic:
        """Return the rule as a topic; what the form does not show is as in the configuration."""
        return replace(
            self.known or Topic(slug=slug, title=""),
            slug=slug,
            title=self.title,
            any_of=self.words["any"],
            all_of=self.words["all"],
            none_of=self.words["none"],
            tags=self.words["tags"],
            languages=tuple(language.lower() for language in self.words["languages"]),
            categories=self.words["categories"],
            about=self.about,
            examples=self.words["examples"],
        )


def _show(request: Request, session: LoggedIn) -> Response:
    """Show the topics and the form, and what the rule in the address matches."""
    query = request.query_params
    typed = _read(request, lambda name: query.get(name, ""))
    if not typed.has_rule and typed.known is not None:
        typed = _as_configured(typed.known)
    return _page(request, session, typed)


def _page(request: Request, session: LoggedIn, typed: _Typed, *, problem: Problem | None = None) -> Response:
    tools = tools_of(request)
    fields = {name: ("\n" if name in LINES else ", ").join(words) for name, words in typed.words.items()}
    return show(
        request,
        session,
        "workshop_topics.html",
        part="topics",
        topics=read_topics(web_of(request).storage),
        typed={**fields, "about": typed.about, "title": typed.title},
        slug=typed.slug,
        known=typed.known,
        preview=_preview(request, typed) if typed.has_rule else None,
        shown=SHOWN,
        is_by_words=tools.compares_meaning and bool(typed.about or typed.words["examples"]),
        say_grounds=say_grounds,
        yaml=_yaml(typed.words) if typed.has_rule else "",
        can_change=tools.save_topic is not None,
        problem=problem,
        status=UNPROCESSABLE if problem else 200,
    )


def _preview(request: Request, typed: _Typed) -> Preview:
    """Try the rule beside the other topics, with which it shares what is near to several.

    By words alone: in this process a sentence model would take 110 MB, and the texts that nobody has read yet up to a minute.
    """
    tools = tools_of(request)
    topic = typed.topic(_SLUG)
    others = [other for other in tools.topics() if other != typed.known]
    return preview_topic(
        web_of(request).storage, [*others, topic], topic.slug, limit=TRIED_ENTRIES, default_language=tools.default_language
    )


def _save(request: Request, session: LoggedIn, form: Form) -> Response:
    """Write the rule that was tried to config.yaml, as a new topic or in the place of the one it was taken from."""
    tools = tools_of(request)
    typed = _read(request, lambda name: form[name])
    if tools.save_topic is None:
        return _page(request, session, typed, problem=Problem(key="ws_no_config", values={}))
    if "new" in form and typed.known is not None:
        return _page(
            request,
            session,
            replace(typed, known=None),
            problem=Problem(key="ws_topic_exists", values={"slug": typed.slug}),
        )
    for field, is_wrong in (("slug", not typed.slug), ("title", not typed.title), ("rule", not typed.has_rule)):
        if is_wrong:
            return _page(request, session, typed, problem=Problem(key=f"ws_no_{field}", values={}))
    try:
        with tools.changing:
            tools.save_topic(typed.topic(typed.slug))
    except ConfigError as error:
        return _page(request, session, typed, problem=Problem(key="ws_not_written", values={}, details=(str(error),)))
    return redirect(request, f"{PATH}?slug={typed.slug}&done=topic")


def _read(request: Request, field: Callable[[str], str]) -> _Typed:
    slug = field("slug").strip()[:MAX_WORD]
    known = next((topic for topic in tools_of(request).topics() if topic.slug == slug), None)
    return _Typed(
        slug=slug,
        title=" ".join(field("title").split())[:MAX_WORD] or (known.title if known else ""),
        words={name: _words(field(name), _LINE if name in LINES else _APART) for name in (*FIELDS, *LINES)},
        about="\n".join(line for line in map(str.strip, field("about")[:MAX_ABOUT].splitlines()) if line),
        known=known,
    )


def _as_configured(topic: Topic) -> _Typed:
    return _Typed(slug=topic.slug, title=topic.title, words=topic.lists, about=topic.about.strip(), known=topic)


def _words(text: str, apart: re.Pattern[str]) -> tuple[str, ...]:
    words = (" ".join(word.split())[:MAX_WORD] for word in apart.split(text))
    return tuple(dict.fromkeys(word for word in words if word.strip("*")))[:MAX_WORDS]


def _yaml(typed: Mapping[str, tuple[str, ...]]) -> str:
    """Return the rule as it stands in config.yaml."""
    lines = ["  - slug: …", "    title: …"]
    lines += [f"    {name}: [{', '.join(map(_quoted, words))}]" for name, words in typed.items() if words]
    return "\n".join(lines)


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"


show_topics = for_account(_show, operator=True)
save_topic = for_account_form(_save, operator=True)
