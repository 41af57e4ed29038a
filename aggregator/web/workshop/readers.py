"""Accounts in the workshop: who reads here, new accounts, new API passwords (shown once), and their end."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from aggregator.errors import AccessDenied, ReaderExists, TooManyAttempts
from aggregator.library.readers import add_reader, list_readers, remove_reader, renew_api_password, set_reader
from aggregator.library.sessions import LoggedIn
from aggregator.web.forms import Form
from aggregator.web.sessions import for_account, for_account_form, redirect
from aggregator.web.site import web_of
from aggregator.web.visitors import client_address
from aggregator.web.workshop.pages import Problem, show

PATH = "/workshop/readers"
UNPROCESSABLE, FORBIDDEN = 422, 403


def _show(request: Request, session: LoggedIn) -> Response:
    """Show the accounts, and the form that makes one."""
    return _list(request, session)


def _list(
    request: Request,
    session: LoggedIn,
    *,
    problem: Problem | None = None,
    status: int = 200,
    new: tuple[str, str] | None = None,
    typed: str = "",
) -> Response:
    """Return the page; `new` is a name and the API password that was made for it, shown this once."""
    web = web_of(request)
    return show(
        request,
        session,
        "workshop_readers.html",
        part="readers",
        readers=list_readers(web.storage),
        new=new,
        typed=typed,
        problem=problem,
        status=status,
    )


def _add(request: Request, session: LoggedIn, form: Form) -> Response:
    """Make an account."""
    web = web_of(request)
    name = form["name"].strip()
    if "operator" in form and (problem := _unconfirmed(request, session, form)):
        return _list(request, session, problem=problem, status=FORBIDDEN, typed=name)
    try:
        reader, api_password = add_reader(
            web.storage,
            name,
            password=form["new_password"],
            site=web.reader_site,
            now=web.clock.now(),
            counts_reads="dont_count" not in form,
            is_operator="operator" in form,
        )
    except ReaderExists:
        problem = Problem(key="ws_reader_exists", values={"name": name})
        return _list(request, session, problem=problem, status=UNPROCESSABLE, typed=name)
    except ValueError:
        problem = Problem(key="ws_reader_wrong", values={})
        return _list(request, session, problem=problem, status=UNPROCESSABLE, typed=name)
    return _list(request, session, new=(reader.name, api_password))


def _renew(request: Request, session: LoggedIn, form: Form) -> Response:
    """Make a new API password, and show it this once."""
    name = form["name"]
    return _list(request, session, new=(name, renew_api_password(web_of(request).storage, name)))


def _change_role(request: Request, session: LoggedIn, form: Form) -> Response:
    """Make somebody an operator, or no operator any more; nobody can lock themselves out."""
    web = web_of(request)
    name = form["name"]
    if problem := _unconfirmed(request, session, form):
        return _list(request, session, problem=problem, status=FORBIDDEN)
    if name.casefold() == session.reader.name.casefold():
        return _list(request, session, problem=Problem(key="ws_not_oneself", values={}), status=UNPROCESSABLE)
    set_reader(web.storage, name, site=web.reader_site, now=web.clock.now(), is_operator=form["role"] == "operator")
    return redirect(request, f"{PATH}?done=role")


def _remove(request: Request, session: LoggedIn, form: Form) -> Response:
    """Delete an account and everything kept under it."""
    name = form["name"]
    if problem := _unconfirmed(request, session, form):
        return _list(request, session, problem=problem, status=FORBIDDEN)
    if name.casefold() == session.reader.name.casefold():
        return _list(request, session, problem=Problem(key="ws_not_oneself", values={}), status=UNPROCESSABLE)
    remove_reader(web_of(request).storage, name)
    return redirect(request, f"{PATH}?done=reader_removed")


def _unconfirmed(request: Request, session: LoggedIn, form: Form) -> Problem | None:
    """Return why the operator's own password does not confirm what cannot be taken back; None if it does."""
    web = web_of(request)
    address = client_address(request, web.trusted_proxies)
    try:
        web.logins.confirm(session.reader, form["password"], address=address, now=web.clock.now())
    except TooManyAttempts:
        return Problem(key="login_too_often", values={})
    except AccessDenied:
        return Problem(key="password_wrong", values={})
    return None


show_readers = for_account(_show, operator=True)
add_account = for_account_form(_add, operator=True)
renew_password = for_account_form(_renew, operator=True)
change_role = for_account_form(_change_role, operator=True)
remove_account = for_account_form(_remove, operator=True)
