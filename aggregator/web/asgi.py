"""The ASGI application."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from starlette.applications import Starlette
from starlette.middleware import Middleware

from aggregator.library.callbacks import CallbackRules
from aggregator.library.reads import ReadRecorder
from aggregator.protocols import Clock
from aggregator.storage import Storage
from aggregator.web.headers import SecurityHeaders, security_headers
from aggregator.web.problems import HANDLERS
from aggregator.web.routes import make_routes
from aggregator.web.searches import RenderSearch, Searches
from aggregator.web.site import OwnSite, RenderRelated, Web, WebSite
from aggregator.web.story_feeds import RenderStory, StoryFeeds
from aggregator.web.workshop.tools import WorkshopTools


def create_app(
    *,
    storage: Storage,
    site: WebSite,
    recorder: ReadRecorder,
    clock: Clock,
    trusted_proxies: Sequence[str] = (),
    own_site: OwnSite | None = None,
    metrics_from: Sequence[str] = (),
    callbacks: CallbackRules | None = None,
    stopping: Callable[[], bool] = lambda: False,
    render_story: RenderStory | None = None,
    render_search: RenderSearch | None = None,
    render_related: RenderRelated | None = None,
    workshop: WorkshopTools | None = None,
) -> Starlette:
    """Return the application over an open store. The caller closes recorder and store after the server has stopped.

    `trusted_proxies`: addresses and networks whose X-Forwarded-For is believed; the server must not rewrite the peer itself
    (uvicorn: `proxy_headers=False`). `own_site`: who may tell of reads elsewhere; `metrics_from`: peers that may read /metrics;
    `callbacks`: what hubs may deliver; `stopping`: whether the server wants to end, so that nobody goes on listening;
    `render_story`, `render_search` and `render_related` make such a feed when somebody asks for it;
    `workshop` is what operators change the site with.
    """
    headers = security_headers(site.base_url)
    app = Starlette(
        routes=make_routes(), exception_handlers=HANDLERS, middleware=[Middleware(SecurityHeaders, headers=headers)]
    )
    app.router.redirect_slashes = False  # it would build an absolute URL from the Host header
    app.state.web = Web(
        storage=storage,
        site=site,
        recorder=recorder,
        clock=clock,
        trusted_proxies=trusted_proxies,
        own_site=own_site or OwnSite(),
        metrics_from=metrics_from,
        callbacks=callbacks or CallbackRules(),
        stopping=stopping,
        story_feeds=StoryFeeds(storage, render_story) if render_story is not None else None,
        searches=Searches(render_search),
        render_related=render_related,
        workshop=workshop,
    )
    return app
