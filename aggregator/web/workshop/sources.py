"""Sources in the workshop: add by the address of a site or a feed, ask again, take out, see what the last poll did."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from aggregator.emit.feed_events import describe_event
from aggregator.errors import ConfigError, FeedError, FeedExists, FeedNotFound, FetchError
from aggregator.library.sessions import LoggedIn
from aggregator.library.subscriptions import FoundFeed
from aggregator.library.workshop import find_source, read_source, read_sources, retry_source
from aggregator.model.feed import FeedSettings
from aggregator.web.forms import Form
from aggregator.web.presentation import error_words
from aggregator.web.sessions import for_account, for_account_form, redirect
from aggregator.web.site import web_of
from aggregator.web.words import Words
from aggregator.web.workshop.pages import Problem, number_of, show, tools_of
from aggregator.web.workshop.tools import WorkshopTools

PATH = "/workshop/sources"
MAX_ADDRESS = 2048  # characters, as everywhere for addresses (security: longer ones are attacks or slips)
MAX_TAGS = 20
UNPROCESSABLE = 422


def _show(request: Request, session: LoggedIn) -> Response:
    """Show the sources, and the form that adds one."""
    return _list(request, session)


def _list(
    request: Request, session: LoggedIn, *, problem: Problem | None = None, typed: dict[str, str] | None = None
) -> Response:
    return show(
        request,
        session,
        "workshop_sources.html",
        part="sources",
        feeds=read_sources(web_of(request).storage),
        can_change=tools_of(request).add_feed is not None,
        typed=typed or {"address": request.query_params.get("address", ""), "title": "", "tags": ""},
        problem=problem,
        status=UNPROCESSABLE if problem else 200,
    )


def _show_one(request: Request, session: LoggedIn) -> Response:
    """Show one source."""
    return _one(request, session, number_of(request.path_params["feed_id"]))


def _one(request: Request, session: LoggedIn, feed_id: int, *, problem: Problem | None = None) -> Response:
    web = web_of(request)
    language = web.words_for(request).language
    return show(
        request,
        session,
        "workshop_source.html",
        part="sources",
        view=read_source(web.storage, feed_id, now=web.clock.now()),
        can_change=tools_of(request).remove_feed is not None,
        describe=lambda event: describe_event(event, language=language),
        problem=problem,
        status=UNPROCESSABLE if problem else 200,
    )


def _add(request: Request, session: LoggedIn, form: Form) -> Response:
    """Find the feed behind an address, write it to config.yaml, and show it."""
    web, tools = web_of(request), tools_of(request)
    typed = {name: form[name].strip() for name in ("address", "title", "tags")}
    try:
        found = _found_and_added(tools, typed)
    except FeedExists as error:
        known = find_source(web.storage, error.feed_url)
        if known is not None:
            return redirect(request, f"{PATH}/{known.id}?done=known")
        return _list(request, session, problem=Problem(key="ws_feed_exists", values={}), typed=typed)
    except (FeedError, ConfigError, ValueError) as error:
        return _list(request, session, problem=_problem_of(error, typed["address"], web.words_for(request)), typed=typed)
    added = find_source(web.storage, found.url)
    return redirect(request, f"{PATH}/{added.id}?done=added" if added else f"{PATH}?done=added")


def _found_and_added(tools: WorkshopTools, typed: Mapping[str, str]) -> FoundFeed:
    """Find the feed and write it to the configuration.

    Raises: ValueError, with the key of a text, for what is no address; FeedError, ConfigError.
    """
    address = typed["address"]
    if not address or len(address) > MAX_ADDRESS or any(char.isspace() for char in address):
        raise ValueError("ws_no_address")
    if tools.add_feed is None:
        raise ValueError("ws_no_config")
    tags = tuple(dict.fromkeys(tag.strip() for tag in typed["tags"].split(",") if tag.strip()))[:MAX_TAGS]
    with tools.changing:
        found = tools.find_feed(address)
        tools.add_feed(FeedSettings(url=found.url, title=typed["title"] or None, tags=tags))
    return found


def _problem_of(error: FeedError | ConfigError | ValueError, address: str, words: Words) -> Problem:
    """Return in words why a source could not be added."""
    if isinstance(error, FeedNotFound):
        return Problem(key="ws_no_feed", values={"address": address}, details=error.tried)
    if isinstance(error, FeedError):
        why = error_words(type(error).__name__, error.status if isinstance(error, FetchError) else None, words)
        return Problem(key="ws_not_fetched", values={"address": address, "why": why}, details=(error.reason,))
    if isinstance(error, ConfigError):
        return Problem(key="ws_not_written", values={}, details=(str(error),))
    return Problem(key=str(error), values={})


def _remove(request: Request, session: LoggedIn, form: Form) -> Response:
    """Take a source out of config.yaml; its entries stay until retention takes them."""
    web, tools = web_of(request), tools_of(request)
    feed_id = number_of(form["feed"])
    feed = read_source(web.storage, feed_id, now=web.clock.now()).feed
    if tools.remove_feed is None:
        return _one(request, session, feed_id, problem=Problem(key="ws_no_config", values={}))
    try:
        with tools.changing:
            tools.remove_feed(feed.settings.url)
    except (ConfigError, FeedNotFound) as error:
        return _one(request, session, feed_id, problem=Problem(key="ws_not_written", values={}, details=(str(error),)))
    return redirect(request, f"{PATH}?done=removed")


def _retry(request: Request, _session: LoggedIn, form: Form) -> Response:
    """Let a source be asked again at once."""
    web = web_of(request)
    feed = retry_source(web.storage, number_of(form["feed"]), now=web.clock.now())
    return redirect(request, f"{PATH}/{feed.id}?done=retry")


show_sources = for_account(_show, operator=True)
show_source = for_account(_show_one, operator=True)
add_source = for_account_form(_add, operator=True)
remove_source = for_account_form(_remove, operator=True)
retry_source_now = for_account_form(_retry, operator=True)
