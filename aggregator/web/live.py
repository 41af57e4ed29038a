"""News as they come, to open pages (server-sent events), and what makes the site an application on a phone."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from aggregator.web.rendering import VARY_BY_LANGUAGE, gzip_accepted
from aggregator.web.respond import represent, respond
from aggregator.web.site import web_of
from aggregator.web.static_files import static_files
from aggregator.web.visitors import client_address

TRY_AGAIN_SECONDS = 600
MANIFEST_CACHE_CONTROL = "public, max-age=3600"
PAPER = "#fbfaf7"  # as in style.css
_ICONS = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-maskable-512.png", "512x512", "maskable"),
)


async def stream_events(request: Request) -> Response:
    """Tell an open page what is new, for as long as there is room."""
    web = web_of(request)
    address = client_address(request, web.trusted_proxies)
    if not web.listeners.admit(address):
        return PlainTextResponse("enough are listening\n", 503, headers={"retry-after": str(TRY_AGAIN_SECONDS)})
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}  # the second: nginx passes events on at once
    body = () if request.method == "HEAD" else web.listeners.listen(address)
    return StreamingResponse(body, media_type="text/event-stream", headers=headers)


async def serve_manifest(request: Request) -> Response:
    """Serve what a phone asks before it puts the site among its applications."""
    web = web_of(request)
    words = web.words_for(request)
    root = web.root
    manifest = {
        "name": web.site.title,
        "short_name": web.site.title,
        "lang": words.language,
        "start_url": f"{root}/",
        "scope": f"{root}/",
        "display": "minimal-ui",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [
            {"src": root + static_files()[f"/static/{name}"].url, "sizes": sizes, "type": "image/png", "purpose": purpose}
            for name, sizes, purpose in _ICONS
        ],
        "shortcuts": [
            {"name": words.say("most_read_short"), "url": f"{root}/most-read"},
            {"name": words.say("subscribe"), "url": f"{root}/subscribe"},
        ],
    }
    body = json.dumps(manifest, ensure_ascii=False)
    made = represent(body, media_type="application/manifest+json; charset=utf-8", gzipped=gzip_accepted(request))
    return respond(request, made, cache_control=MANIFEST_CACHE_CONTROL, headers={"vary": VARY_BY_LANGUAGE})
