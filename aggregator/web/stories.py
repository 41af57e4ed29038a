"""Stories: the page of each, its feed, and where it went if it turned out to be another."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregator.errors import StoryNotFound
from aggregator.library.rankings import list_name
from aggregator.library.stories import find_story, read_story_page
from aggregator.library.streams import BOX_ENTRIES
from aggregator.model.document import Format
from aggregator.model.reading import Via
from aggregator.model.story import Ranking
from aggregator.web import presentation
from aggregator.web.feeds import CACHE_CONTROL, is_opened_by_a_person
from aggregator.web.numbers import read_number
from aggregator.web.pages import ENTRY_CACHE_CONTROL
from aggregator.web.related import wants_every_language
from aggregator.web.rendering import announce, announce_feed, show_page
from aggregator.web.respond import respond
from aggregator.web.site import web_of
from aggregator.web.visitors import client_address, read_facts, record_views


def serve_story_feed(request: Request) -> Response:
    """Serve the feed of a story; one that turned out to be another redirects there for ever.

    A person who opens it in a browser gets to the story, where it says how to follow it.
    """
    web = web_of(request)
    form = request.path_params["format"]
    if form not in set(Format) or web.story_feeds is None:
        raise HTTPException(404)
    story_id = story_id_of(request)
    if is_opened_by_a_person(request):
        return RedirectResponse(
            f"{web.site.base_url}/stories/{story_id}#follow", status_code=302, headers={"cache-control": "no-store"}
        )
    now = web.clock.now()
    made = web.story_feeds.get(story_id, Format(form), now=now)
    if made is None:
        return _moved(request, story_id, f".{form}")
    web.recorder.note_fetch(
        at=now, address=client_address(request, web.trusted_proxies), user_agent=request.headers.get("user-agent", "")
    )
    link = f'<{web.site.base_url}/stories/{story_id}.{form}>; rel="self"'
    return respond(request, made, cache_control=CACHE_CONTROL, headers={"link": link})


def show_story(request: Request) -> Response:
    """Show a story, and count that it was read."""
    web = web_of(request)
    story_id = story_id_of(request)
    try:
        view = read_story_page(
            web.storage,
            story_id,
            reading=web.words_for(request).primary,
            every_language=wants_every_language(request),
        )
    except StoryNotFound:
        return _moved(request, story_id, "")
    web.recorder.count_read(
        read_facts(request),
        entry_id=view.entry.id,
        at=web.clock.now(),
        via=Via.PAGE,
        address=client_address(request, web.trusted_proxies),
    )
    record_views(request, {list_name(Ranking.MOST_READ): BOX_ENTRIES})
    title = presentation.headline(view.entry)
    path = f"/stories/{story_id}"
    topics = [(f"/topics/{topic.slug}", topic.title) for topic in view.topics]
    return show_page(
        request,
        "story.html",
        masthead=view.masthead,
        view=view,
        entry=view.entry,
        path=path,
        alternates=[*announce_feed(web, path, title), *announce(web, view.masthead, topics)],
        og_type="article",
        description=presentation.teaser(view.entry),
        image_url=presentation.picture(view.entry, secure=web.secure),
        active=view.topics[0].slug if view.topics else None,
        cache_control=ENTRY_CACHE_CONTROL,
    )


def _moved(request: Request, story_id: int, suffix: str) -> Response:
    web = web_of(request)
    current = find_story(web.storage, story_id)
    if current is None:
        raise HTTPException(410)
    if current == story_id:  # it came back between two questions
        raise HTTPException(404)
    target = f"{web.site.base_url}/stories/{current}{suffix}"
    return RedirectResponse(target, status_code=301, headers={"cache-control": CACHE_CONTROL})


def story_id_of(request: Request) -> int:
    """Return the id in the path.

    Raises: StoryNotFound for anything that cannot be one.
    """
    story_id = read_number(request.path_params["story_id"])
    if story_id is None:
        raise StoryNotFound(0)
    return story_id
