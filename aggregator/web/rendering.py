"""From a view to a response: templates filled in for the site, in the language of the person who asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from aggregator.emit.edition_words import feed_title
from aggregator.emit.words import words_of
from aggregator.library.masthead import Masthead
from aggregator.model.document import Format
from aggregator.model.edition import EditionKind
from aggregator.model.language import primary_language
from aggregator.model.story import Ranking, Window
from aggregator.web import presentation, structured
from aggregator.web.recent_pages import ReadyPage
from aggregator.web.respond import Representation, accepts_gzip, represent_page, respond
from aggregator.web.site import Web, web_of
from aggregator.web.static_files import static_files
from aggregator.web.visitors import record_views
from aggregator.web.words import Words

CACHE_CONTROL = "public, max-age=60"  # seconds; times are told in minutes
VARY_BY_LANGUAGE = "accept-encoding, accept-language"
FORMAT_NAMES: Final = {Format.RSS: "RSS", Format.ATOM: "Atom", Format.JSON: "JSON Feed"}
FORMAT_TYPES: Final = {
    Format.RSS: "application/rss+xml",
    Format.ATOM: "application/atom+xml",
    Format.JSON: "application/feed+json",
}
KEYED_BY = frozenset({"window", "before", "page"})  # parameters that a page depends on
RANKING_WORDS: Final = {Ranking.MOST_READ: "most_read", Ranking.TRENDING: "trend"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternate:
    """A feed that a page announces in its head, so that readers find it by the page's address."""

    media_type: str
    title: str
    path: str


def show_page(
    request: Request,
    template: str,
    *,
    cache_control: str = CACHE_CONTROL,
    headers: Mapping[str, str] | None = None,
    **values: object,
) -> Response:
    """Return the page, or 304 where the client has it."""
    made = make_page(request, template, gzipped=gzip_accepted(request), **values)
    return send_page(request, made, cache_control=cache_control, headers=headers)


def show_recent_page(request: Request, make: Callable[[], ReadyPage]) -> Response:
    """Return the page as somebody got it within the last seconds, made now if nobody did; what is seen counts for each."""
    web = web_of(request)
    parameters = tuple(sorted((name, value) for name, value in request.query_params.items() if name in KEYED_BY))
    key = (request.scope["path"], parameters, web.words_for(request).language)
    page = web.recent_pages.get(key, make, now=web.clock.now())
    record_views(request, page.seen)
    return send_page(request, page.made)


def make_page(request: Request, template: str, *, gzipped: bool = True, **values: object) -> Representation:
    """Return a template filled in, in the language that the person reads."""
    web = web_of(request)
    page_url = web.site.base_url + request.scope["path"]
    html = render(web, template, words=web.words_for(request), page_url=page_url, **values)
    return represent_page(html, gzipped=gzipped)


def send_page(
    request: Request,
    made: Representation,
    *,
    cache_control: str = CACHE_CONTROL,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return what was made, or 304 where the client has it."""
    language = web_of(request).words_for(request).language
    fields = {"content-language": language, "vary": VARY_BY_LANGUAGE, **(headers or {})}
    return respond(request, made, cache_control=cache_control, headers=fields)


def render(web: Web, template: str, *, words: Words, **values: object) -> str:
    """Return a template filled in for the site."""
    context: dict[str, object] = {
        "alternates": (),
        "active": None,
        "w": words,
        "site_lang": _lang_attribute(web, words),
        "site": web.site,
        "root": web.root,
        "secure": web.secure,
        "now": web.clock.now(),
        "page_url": None,
        "description": "",
        "image_url": None,
        "og_type": "website",
        "json_ld": None,
    }
    return _environment().get_template(template).render({**context, **values})


def announce(web: Web, masthead: Masthead, feeds: Iterable[tuple[str, str]]) -> Iterator[Alternate]:
    """Return what a page announces: each of the feeds (path and title) that is emitted, in each format."""
    for path, title in feeds:
        if path in masthead.emitted:
            yield from announce_feed(web, path, title)


def announce_feed(web: Web, path: str, title: str) -> Iterator[Alternate]:
    """Return what a page announces of one feed, in each format."""
    for form in Format:
        name = web.words.say("as_format", title=f"{web.site.title}: {title}", format=FORMAT_NAMES[form])
        yield Alternate(media_type=FORMAT_TYPES[form], title=name, path=f"{path}.{form}")


def gzip_accepted(request: Request) -> bool:
    """Return whether the answer may be compressed."""
    return accepts_gzip(request.headers.get("accept-encoding", ""))


def _lang_attribute(web: Web, words: Words) -> Markup:
    """Return the attribute of what the site calls itself and its topics, where the page is in another language."""
    if primary_language(web.site.language) == words.primary:
        return Markup()
    return Markup(' lang="{}"').format(web.site.language)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("aggregator.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.update(
        p=presentation,
        feed_words=words_of,
        json_script=structured.json_script,
        ranking_words=RANKING_WORDS,
        windows=[str(window) for window in Window],
        formats=FORMAT_NAMES,
        format_types=FORMAT_TYPES,
        static=static_files(),
        edition_kinds=list(EditionKind),
        edition_name=feed_title,
    )
    return environment
