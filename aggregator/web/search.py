"""Search: a page with what was found, and the same as feeds. Both are made on request, so both are bounded (`Searches`)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from aggregator.library.search_facets import Facet
from aggregator.library.search_query import Operator
from aggregator.library.searching import SearchPage, Sorting, read_search_page
from aggregator.model.document import Format
from aggregator.model.entry import Entry
from aggregator.model.language import primary_language
from aggregator.web import excerpts
from aggregator.web.numbers import read_number
from aggregator.web.rendering import FORMAT_NAMES, FORMAT_TYPES, Alternate, show_page
from aggregator.web.respond import as_rendered, respond
from aggregator.web.site import Web, web_of
from aggregator.web.visitors import client_address
from aggregator.web.words import Words

FEED_CACHE_CONTROL = "public, max-age=900"  # as all feeds
NOT_FOR_ENGINES = {"x-robots-tag": "noindex"}


def show_search(request: Request) -> Response:
    """Show what a query finds."""
    web = web_of(request)
    text = _text_of(request)
    sorting = Sorting(sort) if (sort := request.query_params.get("sort", Sorting.BEST)) in set(Sorting) else Sorting.BEST
    now = web.clock.now()
    if text:
        with web.searches.turn(client_address(request, web.trusted_proxies), now=now):
            view = _read(request, text, sorting)
    else:
        view = _read(request, text, sorting)
    words = web.words_for(request)
    query = urlencode({"q": view.text})
    title = words.say("search_for", query=view.text) if text else words.say("search_title")
    has_feed = not view.is_empty and web.searches.render is not None

    def language_of(entry: Entry) -> str:
        return primary_language(entry.data.language or entry.origins[0].language or web.site.language)

    return show_page(
        request,
        "search.html",
        headers=NOT_FOR_ENGINES,
        masthead=view.masthead,
        view=view,
        title=title,
        sorting=sorting,
        sortings={str(each): each for each in Sorting},
        alternates=_alternates(web, query, title) if has_feed else (),
        has_feed=has_feed,
        feed_query=query,
        url_of=_url,
        name_of=partial(_facet_name, words),
        title_of=lambda entry: excerpts.marked_title(entry, view.query, language=language_of(entry)),
        excerpt_of=lambda entry: excerpts.marked_excerpt(entry, view.query, language=language_of(entry)),
        active="search",
    )


def serve_search_feed(request: Request) -> Response:
    """Serve what a query finds as a feed, newest first."""
    web = web_of(request)
    text, now = _text_of(request), web.clock.now()
    suffix = request.path_params["format"]
    if web.searches.render is None or suffix not in set(Format) or not text:
        raise HTTPException(404)
    form = Format(suffix)
    with web.storage.read() as tx:
        revision = tx.search.revision()
    made = web.searches.kept(text, form, revision=revision, now=now)
    if made is None:
        with web.searches.turn(client_address(request, web.trusted_proxies), now=now):
            made = as_rendered(web.searches.render(text, form))
        web.searches.keep(text, form, made, revision=revision, now=now)
    link = f'<{web.site.base_url}/search.{form}?{urlencode({"q": text})}>; rel="self"'
    return respond(request, made, cache_control=FEED_CACHE_CONTROL, headers={"link": link, **NOT_FOR_ENGINES})


def _facet_name(words: Words, facet: Facet) -> str:
    if facet.operator is Operator.LANGUAGE:
        return words.language_name(facet.value)
    if facet.operator is Operator.DATE:
        return words.say(f"facet_{facet.value}") if words.has(f"facet_{facet.value}") else words.month(facet.value)
    return facet.label


def _alternates(web: Web, query: str, title: str) -> Iterator[Alternate]:
    for form in Format:
        name = web.words.say("as_format", title=f"{web.site.title}: {title}", format=FORMAT_NAMES[form])
        yield Alternate(media_type=FORMAT_TYPES[form], title=name, path=f"/search.{form}?{query}")


def _read(request: Request, text: str, sorting: Sorting) -> SearchPage:
    web = web_of(request)
    return read_search_page(
        web.storage,
        text,
        now=web.clock.now(),
        language=web.site.language,
        zone=web.site.zone,
        sorting=sorting,
        page=read_number(request.query_params.get("page", "1")) or 1,
    )


def _text_of(request: Request) -> str:
    return " ".join(request.query_params.get("q", "").split())


def _url(query: str, *, sorting: Sorting = Sorting.BEST, page: int = 1) -> str:
    parameters = {"q": query}
    if sorting is not Sorting.BEST:
        parameters["sort"] = sorting
    if page > 1:
        parameters["page"] = str(page)
    return f"/search?{urlencode(parameters)}"
