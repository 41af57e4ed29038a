"""What all pages of the workshop share: their frame, and what they say was done."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from aggregator.library.masthead import Masthead
from aggregator.library.sessions import LoggedIn
from aggregator.web.numbers import read_number
from aggregator.web.rendering import render
from aggregator.web.site import web_of
from aggregator.web.workshop.tools import WorkshopTools

PARTS = ("overview", "sources", "topics", "stories", "readers", "reading")
NO_MASTHEAD = Masthead(topics=(), emitted=frozenset())
"""The pages of the workshop lead to its parts, not to topics."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why something was not done: the key of a text, what to fill in, and what a machine said about it."""

    key: str
    values: dict[str, object]
    details: tuple[str, ...] = ()


def show(
    request: Request,
    session: LoggedIn,
    template: str,
    *,
    part: str,
    problem: Problem | None = None,
    status: int = 200,
    **values: object,
) -> Response:
    """Return a page of the workshop."""
    web = web_of(request)
    words = web.words_for(request)
    done = request.query_params.get("done", "")
    html = render(
        web,
        template,
        words=words,
        masthead=NO_MASTHEAD,
        parts_of_workshop=PARTS,
        part=part,
        operator=session.reader,
        form_token=session.form_token,
        problem=problem,
        done=done if words.has(f"ws_done_{done}") else "",
        **values,
    )
    return HTMLResponse(html, status_code=status, headers={"content-language": words.language})


def tools_of(request: Request) -> WorkshopTools:
    """Return the tools of the workshop.

    Raises: HTTPException, 404 where the site is served without one.
    """
    tools = web_of(request).workshop
    if tools is None:
        raise HTTPException(404)
    return tools


def number_of(text: str) -> int:
    """Return an id from an address or a form.

    Raises: HTTPException, 404 for anything that cannot be one.
    """
    number = read_number(text)
    if number is None:
        raise HTTPException(404)
    return number
