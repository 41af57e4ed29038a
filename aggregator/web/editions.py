"""Pages of editions: the list of a kind, and one day or week."""

from __future__ import annotations

from datetime import UTC
from functools import partial

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from aggregator.emit.edition_words import edition_lead, edition_title, feed_title, story_reason
from aggregator.library.editions import EditionPage, EditionsPage, read_edition_page, read_editions_page
from aggregator.model.edition import EditionKind
from aggregator.web.rendering import announce, show_page
from aggregator.web.site import web_of

PERIOD_CHARS = 10
"""Longest name of a day or week; anything longer never reaches the database."""


def show_editions(request: Request) -> Response:
    """Show the editions of a kind, latest first."""
    web, kind = web_of(request), _kind(request)
    view = read_editions_page(web.storage, kind, zone=web.site.zone or UTC, now=web.clock.now())
    return _page(request, "editions.html", view, kind)


def show_edition(request: Request) -> Response:
    """Show an edition."""
    period = request.path_params["period"]
    if len(period) > PERIOD_CHARS:
        raise HTTPException(404)
    view = read_edition_page(web_of(request).storage, _kind(request), period)
    return _page(request, "edition.html", view, view.edition.kind)


def _kind(request: Request) -> EditionKind:
    return EditionKind(request.url.path.rpartition("/editions/")[2].partition("/")[0])


def _page(request: Request, template: str, view: EditionsPage | EditionPage, kind: EditionKind) -> Response:
    web = web_of(request)
    language = web.words_for(request).language
    own = (kind, *(other for other in EditionKind if other is not kind))
    return show_page(
        request,
        template,
        view=view,
        masthead=view.masthead,
        kind=kind,
        kinds={each.path: feed_title(language, each) for each in EditionKind},
        title_of=partial(edition_title, language),
        lead_of=partial(edition_lead, language),
        reason_of=partial(story_reason, language),
        alternates=announce(web, view.masthead, [(each.path, feed_title(web.site.language, each)) for each in own]),
        active="editions",
    )
