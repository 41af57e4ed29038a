"""What readers of an article would want next, for the pages of its publisher: feeds, and a piece of HTML."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from aggregator.emit.related import EVERY_LANGUAGE
from aggregator.emit.words import words_of
from aggregator.library.related import BOX_STORIES, read_related_box
from aggregator.model.document import Format
from aggregator.model.entry import Entry
from aggregator.web import presentation
from aggregator.web.boxes import CACHE_CONTROL, DEFAULT_LIMIT, FOR_ALL
from aggregator.web.rendering import render
from aggregator.web.respond import Representation, accepts_gzip, as_rendered, represent, respond
from aggregator.web.site import Web, web_of

NOT_YET = "public, max-age=60"  # seconds; an article that is not known may have come out a minute ago
HTTP_NOT_FOUND = 404
MOST_URL_CHARS = 2048


def serve_related(request: Request) -> Response:
    """Serve the feed; of an address that is not known it is empty, and a 404."""
    web = web_of(request)
    suffix = request.path_params["format"]
    if suffix not in set(Format) or web.render_related is None:
        raise HTTPException(404)
    url, every_language = _asked(request)
    rendered, is_known = web.render_related(url, Format(suffix), every_language=every_language)
    made = as_rendered(rendered)
    query = urlencode({"url": url, **({"languages": EVERY_LANGUAGE} if every_language else {})})
    link = f'<{web.site.base_url}/related.{suffix}?{query}>; rel="self"'
    return _answer(request, made, is_known=is_known, link=link)


def show_related(request: Request) -> Response:
    """Serve the box as a piece of HTML; of an address that is not known it says so, and is a 404."""
    web = web_of(request)
    url, every_language = _asked(request)
    limit = request.query_params.get("limit", str(DEFAULT_LIMIT))
    if not (limit.isascii() and limit.isdecimal() and 1 <= int(limit[:4]) <= BOX_STORIES):
        raise HTTPException(404)
    box = read_related_box(web.storage, url, limit=int(limit), every_language=every_language)
    html = render(
        web,
        "related.html",
        words=web.words,
        box=box,
        reasons=words_of(web.site.language).reasons,
        url_of=lambda entry: _url(web, entry),
    )
    gzipped = accepts_gzip(request.headers.get("accept-encoding", ""))
    made = represent(html, media_type="text/html; charset=utf-8", gzipped=gzipped)
    return _answer(request, made, is_known=box.entry is not None)


def _answer(request: Request, made: Representation, *, is_known: bool, link: str | None = None) -> Response:
    headers = FOR_ALL | ({"link": link} if link else {})
    if is_known:
        return respond(request, made, cache_control=CACHE_CONTROL, headers=headers)
    return Response(
        b"" if request.method == "HEAD" else made.body,
        status_code=HTTP_NOT_FOUND,
        headers={
            **headers,
            "content-type": made.media_type,
            "content-length": str(len(made.body)),
            "cache-control": NOT_YET,
        },
    )


def _asked(request: Request) -> tuple[str, bool]:
    """Return the address of the article, and whether stories in every language are wanted."""
    url = request.query_params.get("url", "")
    if presentation.web_url(url) is None or len(url) > MOST_URL_CHARS:
        raise HTTPException(404)
    return url, wants_every_language(request)


def wants_every_language(request: Request) -> bool:
    """Return whether related stories are asked for in any language, and not first in those of the reader."""
    languages = request.query_params.get("languages")
    if languages not in {None, EVERY_LANGUAGE}:
        raise HTTPException(404)
    return languages is not None


def _url(web: Web, entry: Entry) -> str:
    return presentation.web_url(entry.data.url) or f"{web.site.base_url}/entries/{entry.id}"
