"""Who is logged in: the cookie, and what guards the pages of an account or of an operator.

Only who logs in gets a cookie. It holds a random token, nothing else, and no page for everybody looks at it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregator.errors import AccessDenied
from aggregator.library.sessions import LoggedIn, find_session
from aggregator.web.forms import FORM_HEADERS, Endpoint, Form, takes_form
from aggregator.web.site import Web, web_of

LOGIN_PATH = "/login"
FIRST_PAGE = "/account"
TOKEN_CHARACTERS = 100  # more than any token of ours
_OWN_PATH = re.compile(r"/[a-z0-9][a-z0-9-]*(/[a-z0-9-]+)*")
"""Where one may be led after logging in: a path of ours; no second slash, no backslash, no host."""

PageHandler = Callable[[Request, LoggedIn], Response]
AccountFormHandler = Callable[[Request, LoggedIn, Form], Response]


def session_of(request: Request) -> LoggedIn | None:
    """Return who is logged in, None if nobody is."""
    web = web_of(request)
    token = request.cookies.get(cookie_name(web), "")
    return find_session(web.storage, token, now=web.clock.now()) if len(token) <= TOKEN_CHARACTERS else None


def for_account(handler: PageHandler, *, operator: bool = False) -> Callable[[Request], Response]:
    """Return the handler of a page that only who is logged in may see (`operator`: and runs the site); others log in first.

    Raises: AccessDenied for a reader where an operator is wanted.
    """

    @wraps(handler)
    def serve(request: Request) -> Response:
        session = session_of(request)
        if session is None:
            return redirect(request, f"{LOGIN_PATH}?next={quote(request.url.path)}")
        _require_role(session, operator=operator)
        return private(handler(request, session))

    return serve


def for_account_form(handler: AccountFormHandler, *, operator: bool = False) -> Endpoint:
    """Return the handler of a form that only who is logged in may send; it must hold the session's `form_token`.

    Raises: AccessDenied for a form that another page made, or a reader where an operator is wanted.
    """

    @wraps(handler)
    def serve(request: Request, form: Form) -> Response:
        session = session_of(request)
        if session is None:
            return redirect(request, LOGIN_PATH)
        if not session.is_form_token(form["form_token"]):
            raise AccessDenied("the form was not made for this session")
        _require_role(session, operator=operator)
        return private(handler(request, session, form))

    return takes_form(serve)


def keep_session(request: Request, response: Response, session: LoggedIn) -> Response:
    """Give the browser its token. Lax: a link from elsewhere finds one logged in, a form from elsewhere does not."""
    web = web_of(request)
    response.set_cookie(
        cookie_name(web),
        session.token,
        max_age=int((session.session.expires_at - web.clock.now()).total_seconds()),
        secure=is_secure(web),
        httponly=True,
        samesite="lax",
    )
    return response


def drop_stale(request: Request, response: Response) -> Response:
    """Take a token away that is good for nothing any more; who has none gets no cookie, not even an empty one."""
    return drop_session(request, response) if cookie_name(web_of(request)) in request.cookies else response


def drop_session(request: Request, response: Response) -> Response:
    """Take the token from the browser."""
    web = web_of(request)
    response.delete_cookie(cookie_name(web), secure=is_secure(web), httponly=True, samesite="lax")
    return response


def cookie_name(web: Web) -> str:
    """Return the name of the cookie; under https one that browsers give to this host alone (RFC 6265bis, section 4.1.3.2)."""
    return "__Host-session" if is_secure(web) else "session"


def is_secure(web: Web) -> bool:
    """Return whether the site is served by https."""
    return urlsplit(web.site.base_url).scheme == "https"


def own_path(text: str) -> str:
    """Return where to go after logging in: the path asked for if it is one of ours, else the account."""
    return text if _OWN_PATH.fullmatch(text) and text != LOGIN_PATH else FIRST_PAGE


def redirect(request: Request, path: str) -> Response:
    """Lead to a page of ours, by GET."""
    root = urlsplit(web_of(request).site.base_url).path.rstrip("/")
    return RedirectResponse(root + path, status_code=303, headers=FORM_HEADERS)


def private(response: Response) -> Response:
    """Return the response as one that nobody else may see or keep."""
    response.headers.update(FORM_HEADERS)
    return response


def _require_role(session: LoggedIn, *, operator: bool) -> None:
    if operator and not session.reader.is_operator:
        raise AccessDenied("only for operators")
