"""The pages of an account: logging in and out, settings, the API password, one's own data."""

from __future__ import annotations

import json
from datetime import datetime

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from aggregator.errors import AccessDenied, TooManyAttempts
from aggregator.library.accounts import read_account
from aggregator.library.masthead import Masthead
from aggregator.library.readers import export_reader, remove_reader, renew_api_password, set_password, set_reader
from aggregator.library.sessions import LoggedIn, log_out
from aggregator.web.forms import FORM_HEADERS, Form, takes_form
from aggregator.web.rendering import render
from aggregator.web.sessions import (
    FIRST_PAGE,
    LOGIN_PATH,
    drop_session,
    drop_stale,
    for_account,
    for_account_form,
    keep_session,
    own_path,
    redirect,
    session_of,
)
from aggregator.web.site import web_of
from aggregator.web.visitors import client_address

DONE = ("settings", "password", "revoked")
"""What a page may be told to have done, in `?done=`."""


def show_login(request: Request) -> Response:
    """Show the form to log in with."""
    following = own_path(request.query_params.get("next", ""))
    if session_of(request) is not None:
        return redirect(request, following)
    return drop_stale(request, _login_page(request, following=following))


@takes_form
def log_in(request: Request, form: Form) -> Response:
    """Log in."""
    web = web_of(request)
    following = own_path(form["next"])
    try:
        session = web.logins.log_in(form["name"].strip(), form["password"], address=_address(request), now=web.clock.now())
    except TooManyAttempts:
        return _login_page(request, following=following, name=form["name"], problem="login_too_often", status=429)
    except AccessDenied:
        return _login_page(request, following=following, name=form["name"], problem="login_wrong", status=403)
    return keep_session(request, redirect(request, following), session)


def _log_out(request: Request, session: LoggedIn, _form: Form) -> Response:
    """Log this browser out."""
    log_out(web_of(request).storage, session)
    return drop_session(request, redirect(request, "/"))


def _show_account(request: Request, session: LoggedIn) -> Response:
    """Show the settings."""
    done = request.query_params.get("done", "")
    return _account_page(request, session, done=done if done in DONE else "")


def _change_settings(request: Request, session: LoggedIn, form: Form) -> Response:
    """Choose the topics, and whether reads count."""
    web = web_of(request)
    known = {topic.slug for topic in read_account(web.storage, session.reader).topics}
    set_reader(
        web.storage,
        session.reader.name,
        site=web.reader_site,
        now=web.clock.now(),
        counts_reads="dont_count" not in form,
        topics=[slug for slug in form.all("topic") if slug in known],
    )
    return redirect(request, f"{FIRST_PAGE}?done=settings")


def _change_api_password(request: Request, session: LoggedIn, form: Form) -> Response:
    """Make an API password and show it this once, or take the one there is away."""
    api_password = renew_api_password(web_of(request).storage, session.reader.name)
    if form["action"] != "new":
        return redirect(request, f"{FIRST_PAGE}?done=revoked")
    return _account_page(request, session, api_password=api_password)


def _change_password(request: Request, session: LoggedIn, form: Form) -> Response:
    """Change the web password; other browsers are logged out."""
    web = web_of(request)
    problem = _unconfirmed(request, session, form)
    if problem:
        return _account_page(request, session, change_problem=problem, status=403)
    try:
        set_password(web.storage, session.reader.name, password=form["new_password"], stays=session.token)
    except ValueError:
        return _account_page(request, session, change_problem="password_length", status=422)
    return redirect(request, f"{FIRST_PAGE}?done=password")


def _export(request: Request, session: LoggedIn) -> Response:
    """Give everything kept about the reader, as a file."""
    web = web_of(request)
    kept = export_reader(web.storage, session.reader.name, site=web.reader_site)
    body = json.dumps(kept, ensure_ascii=False, indent=2, default=_moment).encode()
    fields = {"content-type": "application/json", "content-disposition": 'attachment; filename="account.json"'}
    return Response(body, headers=fields)


def _delete(request: Request, session: LoggedIn, form: Form) -> Response:
    """Delete the account."""
    problem = _unconfirmed(request, session, form)
    if problem:
        return _account_page(request, session, delete_problem=problem, status=403)
    remove_reader(web_of(request).storage, session.reader.name)
    return drop_session(request, redirect(request, f"{LOGIN_PATH}?done=deleted"))


end_session = for_account_form(_log_out)
show_account = for_account(_show_account)
change_settings = for_account_form(_change_settings)
change_api_password = for_account_form(_change_api_password)
change_password = for_account_form(_change_password)
export_account = for_account(_export)
delete_account = for_account_form(_delete)


def _unconfirmed(request: Request, session: LoggedIn, form: Form) -> str:
    """Return the words for why the reader's password does not confirm an action; empty if it does."""
    web = web_of(request)
    try:
        web.logins.confirm(session.reader, form["password"], address=_address(request), now=web.clock.now())
    except TooManyAttempts:
        return "login_too_often"
    except AccessDenied:
        return "password_wrong"
    return ""


def _login_page(request: Request, *, following: str, name: str = "", problem: str = "", status: int = 200) -> Response:
    words = web_of(request).words_for(request)
    html = render(
        web_of(request),
        "login.html",
        words=words,
        masthead=Masthead(topics=(), emitted=frozenset()),
        following=following,
        name=name,
        problem=problem,
        deleted=request.query_params.get("done") == "deleted",
    )
    return HTMLResponse(html, status_code=status, headers={**FORM_HEADERS, "content-language": words.language})


def _account_page(
    request: Request,
    session: LoggedIn,
    *,
    done: str = "",
    api_password: str = "",
    change_problem: str = "",
    delete_problem: str = "",
    status: int = 200,
) -> Response:
    web = web_of(request)
    words = web.words_for(request)
    account = read_account(web.storage, session.reader)
    html = render(
        web,
        "account.html",
        words=words,
        masthead=account.masthead,
        account=account,
        form_token=session.form_token,
        done=done,
        api_password=api_password,
        change_problem=change_problem,
        delete_problem=delete_problem,
    )
    return HTMLResponse(html, status_code=status, headers={"content-language": words.language})


def _address(request: Request) -> str:
    return client_address(request, web_of(request).trusted_proxies)


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds").replace("+00:00", "Z")
    raise TypeError(f"{type(value).__name__} has no JSON form")
