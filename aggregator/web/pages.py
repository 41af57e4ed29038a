"""Pages for people. Handlers are plain functions: Starlette runs them in threads, so a slow query delays no feed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from aggregator.emit.edition_words import feed_title
from aggregator.emit.feed_events import HEALTH_PATH, describe_event
from aggregator.library import streams
from aggregator.library.feed_health import read_feed_health
from aggregator.library.masthead import Masthead, write_emitted_opml
from aggregator.library.rankings import list_name
from aggregator.library.streams import CursorAt, RankingPage
from aggregator.model.edition import EditionKind
from aggregator.model.entry import Entry
from aggregator.model.reading import Via
from aggregator.model.story import Ranking, Window, shown_readers
from aggregator.storage import TopicRow
from aggregator.web import presentation
from aggregator.web.clicks import entry_id_of
from aggregator.web.numbers import read_number
from aggregator.web.recent_pages import ReadyPage
from aggregator.web.related import wants_every_language
from aggregator.web.rendering import (
    CACHE_CONTROL,
    RANKING_WORDS,
    announce,
    announce_feed,
    gzip_accepted,
    make_page,
    render,
    send_page,
    show_page,
    show_recent_page,
)
from aggregator.web.respond import Representation, represent, respond
from aggregator.web.site import Web, web_of
from aggregator.web.structured import item_list, news_article
from aggregator.web.visitors import client_address, read_facts, record_views
from aggregator.web.words import Words

ENTRY_CACHE_CONTROL = "private, max-age=60"  # a shared cache would keep reads from us
PAGE_FEEDS = 100  # sources on a page: about 90 KB of HTML
MAX_FILTER = 100  # characters
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def show_front(request: Request) -> Response:
    """Show the index: what is new, by topic; what is read; what can be subscribed to."""
    window = _window(request)

    def make() -> ReadyPage:
        web = web_of(request)
        view = streams.read_front_page(web.storage, window=window)
        feeds = [(f"/topics/{topic.slug}", topic.title) for topic in view.masthead.topics]
        feeds += [ranking_of(web.words, ranking) for ranking in Ranking]
        feeds += [(kind.path, feed_title(web.site.language, kind)) for kind in EditionKind]
        made = make_page(
            request,
            "front.html",
            masthead=view.masthead,
            view=view,
            alternates=announce(web, view.masthead, feeds),
            description=web.words_for(request).say("site_description"),
            json_ld=_entry_list(web, view.leads, name=web.site.title),
        )
        seen = {f"topics/{block.topic.slug}": streams.FRONT_TOPIC_ENTRIES for block in view.blocks}
        seen |= {list_name(Ranking.TRENDING): streams.FRONT_LEADS, list_name(Ranking.MOST_READ): streams.BOX_ENTRIES}
        return ReadyPage(made=made, seen=seen)

    return show_recent_page(request, make)


def show_topic(request: Request) -> Response:
    """Show a topic, newest first, paged."""
    slug = request.path_params["slug"]
    before = _cursor(request.query_params.get("before"))
    window = _window(request)

    def make() -> ReadyPage:
        web = web_of(request)
        view = streams.read_topic_page(web.storage, slug, before=before, window=window)
        rankings = [ranking_of(web.words, ranking, view.topic) for ranking in Ranking]
        told = web.site.descriptions.get(slug)
        made = make_page(
            request,
            "topic.html",
            masthead=view.masthead,
            view=view,
            older=f"/topics/{slug}?before={_cursor_text(view.next_before)}" if view.next_before else None,
            first_page=before is None,
            alternates=list(announce(web, view.masthead, [(f"/topics/{slug}", view.topic.title), *rankings])),
            active=slug,
            description=told or web.words_for(request).say("topic_description", topic=view.topic.title),
            told=told,
            json_ld=_entry_list(web, view.entries, name=view.topic.title),
        )
        box = {list_name(Ranking.MOST_READ, slug): streams.BOX_ENTRIES}
        return ReadyPage(made=made, seen=box if before else {f"topics/{slug}": streams.TOPIC_ENTRIES, **box})

    return show_recent_page(request, make)


def show_most_read(request: Request) -> Response:
    """Show the most-read entries of a topic or of all, in a window of time."""
    web = web_of(request)
    slug = request.path_params.get("slug")
    window = _window(request)
    view = streams.read_most_read_page(web.storage, slug, window=window)
    return _ranking_page(request, view, Ranking.MOST_READ, window=window)


def show_trending(request: Request) -> Response:
    """Show what interests readers now, of a topic or of all."""
    view = streams.read_trending_page(web_of(request).storage, request.path_params.get("slug"))
    return _ranking_page(request, view, Ranking.TRENDING, window=Window.DAY)


def _ranking_page(request: Request, view: RankingPage, ranking: Ranking, *, window: str) -> Response:
    web = web_of(request)
    path, title = ranking_of(web.words_for(request), ranking, view.topic)
    if window == Window.DAY:  # the longer windows are lists of their own, which nothing is ranked by
        record_views(request, {path.removeprefix("/"): streams.RANKING_PLACES})
    return show_page(
        request,
        "ranking.html",
        masthead=view.masthead,
        view=view,
        ranking=ranking,
        window=window,
        path=path,
        title=title,
        description=f"{title}, {web.site.title}",
        json_ld=_entry_list(web, [story.entry for story in view.stories], name=title),
        alternates=announce(web, view.masthead, [ranking_of(web.words, ranking, view.topic)]),
        active=ranking if view.topic is None else view.topic.slug,
    )


def ranking_of(words: Words, ranking: Ranking, topic: TopicRow | None = None) -> tuple[str, str]:
    """Return the path of a ranking, without suffix, and its name."""
    key = RANKING_WORDS[ranking]
    if topic is None:
        return f"/{ranking}", words.say(key)
    return f"/topics/{topic.slug}/{ranking}", words.say(f"{key}_in", topic=topic.title)


def show_entry(request: Request) -> Response:
    """Show an entry, and count that it was read."""
    web = web_of(request)
    view = streams.read_entry_page(
        web.storage,
        entry_id_of(request),
        window=_window(request),
        reading=web.words_for(request).primary,
        every_language=wants_every_language(request),
    )
    web.recorder.count_read(
        read_facts(request),
        entry_id=view.entry.id,
        at=web.clock.now(),
        via=Via.PAGE,
        address=client_address(request, web.trusted_proxies),
    )
    record_views(request, {list_name(Ranking.MOST_READ): streams.BOX_ENTRIES})
    alternates = list(announce(web, view.masthead, [(f"/topics/{topic.slug}", topic.title) for topic in view.topics]))
    if view.entry.publishers > 1:  # where others report, too, the story can be followed
        alternates += announce_feed(web, f"/stories/{view.entry.story_id}", presentation.headline(view.entry))
    return show_page(
        request,
        "entry.html",
        masthead=view.masthead,
        view=view,
        entry=view.entry,
        readers=shown_readers(view.entry.reads),
        alternates=alternates,
        active=view.topics[0].slug if view.topics else None,
        og_type="article",
        description=presentation.teaser(view.entry),
        image_url=presentation.picture(view.entry, secure=web.secure),
        json_ld=news_article(view.entry, page_url=_entry_url(web, view.entry)),
        cache_control=ENTRY_CACHE_CONTROL,
    )


def show_feed_health(request: Request) -> Response:
    """Show the sources and how they do; unfiltered pages are kept for some seconds, and a static export has all on one."""
    if request.query_params.keys() & {"q", "trouble"}:
        return send_page(request, _feed_health(request, gzipped=gzip_accepted(request)))
    return show_recent_page(request, lambda: ReadyPage(made=_feed_health(request), seen={}))


def _feed_health(request: Request, *, gzipped: bool = True) -> Representation:
    web, query = web_of(request), request.query_params
    text, only_troubled = " ".join(query.get("q", "").split())[:MAX_FILTER], "trouble" in query
    now = web.clock.now()
    view = read_feed_health(web.storage, web.daily_counts, now=now, text=text, only_troubled=only_troubled)
    size = PAGE_FEEDS if web.site.counted else max(len(view.feeds), 1)
    pages = max(-(-len(view.feeds) // size), 1)
    page = read_number(query.get("page", "1"))
    if page is None or not 1 <= page <= pages:
        raise HTTPException(404)

    def url_of(number: int) -> str:
        parameters = {"q": text, "trouble": "1" if only_troubled else "", "page": str(number) if number > 1 else ""}
        asked = urlencode({name: value for name, value in parameters.items() if value})
        return f"/feeds?{asked}" if asked else "/feeds"

    return make_page(
        request,
        "feeds.html",
        gzipped=gzipped,
        masthead=view.masthead,
        view=view,
        shown=view.feeds[(page - 1) * size : page * size],
        page=page,
        pages=pages,
        text=text,
        only_troubled=only_troubled,
        url_of=url_of,
        describe=partial(describe_event, language=web.words_for(request).language),
        alternates=announce(web, view.masthead, [(HEALTH_PATH, web.words.say("health_title"))]),
        active="feeds",
    )


def serve_opml(request: Request) -> Response:
    """Serve every feed we emit as one OPML document."""
    web = web_of(request)
    body = write_emitted_opml(web.storage, title=web.site.title, base_url=web.site.base_url)
    made = represent(body.decode(), media_type="text/x-opml; charset=utf-8", gzipped=gzip_accepted(request))
    return respond(request, made, cache_control=CACHE_CONTROL)


def render_problem(web: Web, status: int, *, words: Words) -> str:
    """Return the page that tells a person what went wrong; it needs no store."""
    key = f"problem_{status}" if words.has(f"problem_{status}") else "problem_500" if status >= 500 else "problem_400"  # noqa: PLR2004 - HTTP's server errors
    nothing = Masthead(topics=(), emitted=frozenset())
    help_text = words.say(f"{key}_help") if words.has(f"{key}_help") else ""
    return render(
        web, "problem.html", words=words, masthead=nothing, heading=words.say(key), help_text=help_text, status=status
    )


def _entry_url(web: Web, entry: Entry) -> str:
    return f"{web.site.base_url}/entries/{entry.id}"


def _entry_list(web: Web, entries: Sequence[Entry], *, name: str) -> dict[str, object] | None:
    items = ((web.site.base_url + presentation.page_path(entry), presentation.headline(entry)) for entry in entries)
    return item_list(items, name=name)


def _window(request: Request) -> Window:
    """Return the window of the most-read list on the page."""
    try:
        return Window(request.query_params.get("window", Window.DAY))
    except ValueError:
        raise HTTPException(404) from None


def _cursor(text: str | None) -> CursorAt | None:
    """Read a place in a list: microseconds since 1970, a dash, the id."""
    if text is None:
        return None
    microseconds, _, entry_id = text.partition("-")
    if not (text.isascii() and microseconds.isdigit() and entry_id.isdigit() and len(text) <= 40):  # noqa: PLR2004 - both numbers at their longest
        raise HTTPException(404)
    try:
        return _EPOCH + int(microseconds) * _MICROSECOND, min(int(entry_id), streams.ENTRY_ID_LIMIT)
    except OverflowError:
        raise HTTPException(404) from None


def _cursor_text(cursor: CursorAt) -> str:
    dated_at, entry_id = cursor
    return f"{(dated_at - _EPOCH) // _MICROSECOND}-{entry_id}"
