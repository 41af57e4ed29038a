"""The first page of the workshop: how the system does."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from aggregator import __version__
from aggregator.emit.feed_events import describe_event
from aggregator.library.sessions import LoggedIn
from aggregator.library.workshop import read_overview
from aggregator.web.sessions import for_account
from aggregator.web.site import web_of
from aggregator.web.workshop.pages import show

KIBIBYTE = 1024


def _show(request: Request, session: LoggedIn) -> Response:
    """Show the system at a glance."""
    web = web_of(request)
    language = web.words_for(request).language
    return show(
        request,
        session,
        "workshop_overview.html",
        part="overview",
        view=read_overview(web.storage),
        version=__version__,
        size_of=size_text,
        describe=lambda event: describe_event(event, language=language),
    )


def size_text(size_bytes: int) -> str:
    """Return a size for people, in binary units."""
    size = float(size_bytes)
    for unit in ("B", "KiB", "MiB"):
        if size < KIBIBYTE:
            return f"{size:.0f} {unit}"
        size /= KIBIBYTE
    return f"{size:.1f} GiB"


show_overview = for_account(_show, operator=True)
