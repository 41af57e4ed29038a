"""From a view to a response: templates filled in for the site, in the language of the person who asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from aggregator.emit.edition_words import feed_title
from aggregator.library.streams import Masthead
from aggregator.model.document import Format
from aggregator.model.edition import EditionKind
from aggregator.model.story import Ranking, Window
from aggregator.web import presentation, structured
from aggregator.web.respond import accepts_gzip, represent_page, respond
from aggregator.web.site import Web, web_of
from aggregator.web.static_files import static_files
from aggregator.web.words import Words

CACHE_CONTROL = "public, max-age=60"  # seconds; times are told in minutes
VARY_BY_LANGUAGE = "accept-encoding, accept-language"
FORMAT_NAMES: Final = {Format.RSS: "RSS", Format.ATOM: "Atom", Format.JSON: "JSON Feed"}
FORMAT_TYPES: Final = {
    Format.RSS: "application/rss+xml",
    Format.ATOM: "application/atom+xml",
    Format.JSON: "application/feed+json",
}
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
    web = web_of(request)
    words = web.words_for(request)
    page_url = web.site.base_url + request.scope["path"]
    made = represent_page(render(web, template, words=words, page_url=page_url, **values), gzipped=gzip_accepted(request))
    fields = {"content-language": words.language, "vary": VARY_BY_LANGUAGE, **(headers or {})}
    return respond(request, made, cache_control=cache_control, headers=fields)


def render(web: Web, template: str, *, words: Words, **values: object) -> str:
    """Return a template filled in for the site."""
    base = urlsplit(web.site.base_url)
    context: dict[str, object] = {
        "alternates": (),
        "active": None,
        "w": words,
        "site_lang": _lang_attribute(web, words),
        "site": web.site,
        "root": base.path.rstrip("/"),
        "secure": base.scheme == "https",
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
    if web.site.language.partition("-")[0].lower() == words.primary:
        return Markup()
    return Markup(' lang="{}"').format(web.site.language)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("aggregator.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.update(
        p=presentation,
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
