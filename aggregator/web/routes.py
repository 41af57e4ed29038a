"""Every route, in one place. `docs/http.md` tells what each does, and a test holds the two together."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from aggregator.web import (
    accounts,
    boxes,
    clicks,
    editions,
    feeds,
    health,
    live,
    metrics,
    own_site,
    pages,
    related,
    search,
    stories,
    subscribe,
    websub,
)
from aggregator.web.respond import Representation, respond
from aggregator.web.static_files import static_files
from aggregator.web.workshop import overview, readers, reading, sources, topics
from aggregator.web.workshop import stories as operators_stories

FOR_EVER = "public, max-age=31536000, immutable"  # a year, the longest that caches honour; the URL changes with the content
SHORTLY = "public, max-age=3600"  # for an address without version


async def serve_static(request: Request) -> Response:
    """Serve a file of ours."""
    file = static_files().get(request.scope["path"])
    if file is None:
        raise HTTPException(404)
    made = Representation(media_type=file.media_type, body=file.body, body_gzip=file.body_gzip, etag=f'"{file.version}"')
    current = request.query_params.get("v") == file.version
    return respond(request, made, cache_control=FOR_EVER if current else SHORTLY)


def make_routes() -> list[Route]:
    """Return the routes, feeds before pages: a page's path would take a feed's as well."""
    return [
        Route("/r/{entry_id}", clicks.follow_entry),  # first: routes are tried in turn, and clicks come in bursts
        Route("/topics/{slug}/most-read.{format}", feeds.serve_feed),
        Route("/topics/{slug}/trending.{format}", feeds.serve_feed),
        Route("/topics/{slug}.{format}", feeds.serve_feed),
        Route("/most-read.json", boxes.serve_most_read),
        Route("/most-read.{format}", feeds.serve_feed),
        Route("/trending.{format}", feeds.serve_feed),
        Route("/editions/daily.{format}", feeds.serve_feed),
        Route("/editions/weekly.{format}", feeds.serve_feed),
        Route("/stories/{story_id}.{format}", stories.serve_story_feed),
        Route("/stories/{story_id}", stories.show_story),
        Route("/related.{format}", related.serve_related),
        Route("/search.{format}", search.serve_search_feed),
        Route("/", pages.show_front),
        Route("/topics/{slug}", pages.show_topic),
        Route("/topics/{slug}/most-read", pages.show_most_read),
        Route("/most-read", pages.show_most_read),
        Route("/topics/{slug}/trending", pages.show_trending),
        Route("/trending", pages.show_trending),
        Route("/editions/daily", editions.show_editions),
        Route("/editions/weekly", editions.show_editions),
        Route("/editions/daily/{period}", editions.show_edition),
        Route("/editions/weekly/{period}", editions.show_edition),
        Route("/entries/{entry_id}", pages.show_entry),
        Route("/search", search.show_search),
        Route("/feeds.{format}", feeds.serve_feed),
        Route("/boxes/related", related.show_related),
        Route("/boxes/most-read", boxes.show_most_read),
        Route("/feeds", pages.show_feed_health),
        Route("/subscribe", subscribe.show_subscribe),
        Route("/opml", pages.serve_opml),
        Route("/api/reads", own_site.receive_reads, methods=["POST"]),
        Route("/api/read", own_site.receive_beacon, methods=["POST", "OPTIONS"]),
        Route("/login", accounts.show_login),
        Route("/login", accounts.log_in, methods=["POST"]),
        Route("/logout", accounts.end_session, methods=["POST"]),
        Route("/account", accounts.show_account),
        Route("/account/settings", accounts.change_settings, methods=["POST"]),
        Route("/account/api-password", accounts.change_api_password, methods=["POST"]),
        Route("/account/password", accounts.change_password, methods=["POST"]),
        Route("/account/export", accounts.export_account),
        Route("/account/delete", accounts.delete_account, methods=["POST"]),
        Route("/workshop", overview.show_overview),
        Route("/workshop/sources", sources.show_sources),
        Route("/workshop/sources/add", sources.add_source, methods=["POST"]),
        Route("/workshop/sources/remove", sources.remove_source, methods=["POST"]),
        Route("/workshop/sources/retry", sources.retry_source_now, methods=["POST"]),
        Route("/workshop/sources/{feed_id}", sources.show_source),
        Route("/workshop/topics", topics.show_topics),
        Route("/workshop/topics/save", topics.save_topic, methods=["POST"]),
        Route("/workshop/stories", operators_stories.show_stories),
        Route("/workshop/stories/merge", operators_stories.merge_stories, methods=["POST"]),
        Route("/workshop/stories/split", operators_stories.split_story, methods=["POST"]),
        Route("/workshop/stories/block", operators_stories.block, methods=["POST"]),
        Route("/workshop/stories/{story_id}", operators_stories.show_one_story),
        Route("/workshop/reading", reading.show_reading),
        Route("/workshop/readers", readers.show_readers),
        Route("/workshop/readers/add", readers.add_account, methods=["POST"]),
        Route("/workshop/readers/renew", readers.renew_password, methods=["POST"]),
        Route("/workshop/readers/role", readers.change_role, methods=["POST"]),
        Route("/workshop/readers/remove", readers.remove_account, methods=["POST"]),
        Route("/websub/{token}", websub.answer_callback, methods=["GET", "POST"]),
        Route("/healthz", health.healthz),
        Route("/readyz", health.readyz),
        Route("/metrics", metrics.serve_metrics),
        Route("/robots.txt", health.robots),
        Route("/events", live.stream_events),
        Route("/manifest.webmanifest", live.serve_manifest),
        Route("/favicon.svg", serve_static),
        Route("/sw.js", serve_static),
        Route("/static/{name}", serve_static),
    ]
