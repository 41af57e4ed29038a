"""Stories in the workshop: which entries belong together and why; merge, part, and block an entry."""

from __future__ import annotations

import re

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from aggregator.errors import StoryNotFound, WrongStories
from aggregator.library.searching import read_search_page
from aggregator.library.sessions import LoggedIn
from aggregator.library.stories import block_entry, find_story, merge_by_hand, show_story, split_by_hand
from aggregator.library.workshop import read_leading_entries
from aggregator.web.forms import Form
from aggregator.web.grounds import say_evidence
from aggregator.web.sessions import for_account, for_account_form, redirect
from aggregator.web.site import web_of
from aggregator.web.workshop.pages import Problem, number_of, show, tools_of

PATH = "/workshop/stories"
UNPROCESSABLE = 422
_STORY = re.compile(r"(?:.*/stories/)?(\d{1,15})(?:\.\w+)?/?")
"""The number of a story, or the address of its page or feed."""


def _show(request: Request, session: LoggedIn) -> Response:
    """Show stories: those that were looked for, else those in front."""
    web = web_of(request)
    text = " ".join(request.query_params.get("q", "").split())
    if text:
        page = read_search_page(web.storage, text, now=web.clock.now(), language=web.site.language, zone=web.site.zone)
        entries = [story.entry for story in page.stories]
    else:
        entries = read_leading_entries(web.storage)
    return show(request, session, "workshop_stories.html", part="stories", text=text, entries=entries)


def _show_one(request: Request, session: LoggedIn) -> Response:
    """Show the entries of a story, and why each is in it."""
    return _one(request, session, number_of(request.path_params["story_id"]))


def _one(request: Request, session: LoggedIn, story_id: int, *, problem: Problem | None = None, other: str = "") -> Response:
    current, lead, placed = show_story(web_of(request).storage, story_id)
    if current != story_id:
        return redirect(request, f"{PATH}/{current}")
    return show(
        request,
        session,
        "workshop_story.html",
        part="stories",
        story_id=current,
        lead=lead,
        placed=placed,
        title=next(one.entry for one in placed if one.entry.id == lead),
        other=other,
        say_evidence=say_evidence,
        problem=problem,
        status=UNPROCESSABLE if problem else 200,
    )


def _merge(request: Request, session: LoggedIn, form: Form) -> Response:
    """Make two stories one."""
    story_id, other = number_of(form["story"]), form["other"].strip()
    matched = _STORY.fullmatch(other)
    if matched is None:
        return _one(request, session, story_id, problem=Problem(key="ws_no_story", values={"text": other}), other=other)
    try:
        into = merge_by_hand(web_of(request).storage, story_id, int(matched[1]), language=tools_of(request).default_language)
    except StoryNotFound:
        return _one(request, session, story_id, problem=Problem(key="ws_no_story", values={"text": other}), other=other)
    except WrongStories:
        return _one(request, session, story_id, problem=Problem(key="ws_same_story", values={}), other=other)
    return redirect(request, f"{PATH}/{into}?done=merged")


def _split(request: Request, session: LoggedIn, form: Form) -> Response:
    """Part entries from their story."""
    story_id = number_of(form["story"])
    entries = [number_of(entry) for entry in form.all("entry")]
    if not entries:
        return _one(request, session, story_id, problem=Problem(key="ws_none_chosen", values={}))
    try:
        _, new = split_by_hand(web_of(request).storage, entries, language=tools_of(request).default_language)
    except WrongStories:
        return _one(request, session, story_id, problem=Problem(key="ws_all_chosen", values={}))
    return redirect(request, f"{PATH}/{new}?done=split")


def _block(request: Request, _session: LoggedIn, form: Form) -> Response:
    """Take an entry out of everything, for good."""
    web = web_of(request)
    if "sure" not in form:
        raise HTTPException(400)
    story_id = block_entry(web.storage, number_of(form["entry"]), language=tools_of(request).default_language)
    try:
        left = find_story(web.storage, story_id)
    except StoryNotFound:
        left = None
    return redirect(request, f"{PATH}/{left}?done=blocked" if left is not None else f"{PATH}?done=blocked")


show_stories = for_account(_show, operator=True)
show_one_story = for_account(_show_one, operator=True)
merge_stories = for_account_form(_merge, operator=True)
split_story = for_account_form(_split, operator=True)
block = for_account_form(_block, operator=True)
