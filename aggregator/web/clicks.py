"""The counted redirect to the publisher."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from aggregator.errors import EntryNotFound
from aggregator.library.streams import read_entry_url
from aggregator.model.reading import Via
from aggregator.web.numbers import read_number
from aggregator.web.site import web_of
from aggregator.web.visitors import client_address, read_facts


async def follow_entry(request: Request) -> Response:
    """Redirect to the publisher. The target is the stored one, never taken from the request: no open redirect."""
    web = web_of(request)
    entry_id = entry_id_of(request)
    url = read_entry_url(web.storage, entry_id)
    if not is_web_url(url):
        raise EntryNotFound(entry_id)
    web.recorder.count_read(
        read_facts(request),
        entry_id=entry_id,
        at=web.clock.now(),
        via=Via.CLICK,
        address=client_address(request, web.trusted_proxies),
    )
    headers = {
        "location": location_of(url),
        "cache-control": "no-store",
        "x-robots-tag": "noindex",
        "referrer-policy": "no-referrer",
    }
    return Response(status_code=302, headers=headers)


def entry_id_of(request: Request) -> int:
    """Return the id in the path.

    Raises: EntryNotFound for anything that cannot be one.
    """
    entry_id = read_number(request.path_params["entry_id"])
    if entry_id is None:
        raise EntryNotFound(0)
    return entry_id


def is_web_url(url: str) -> bool:
    """Return whether a browser may be sent there."""
    return url.startswith(("https://", "http://"))


def location_of(url: str) -> str:
    """Return the URL fit for a header: ASCII without blanks and controls, all else as it is."""
    return "".join(char if "!" <= char <= "~" else "".join(f"%{byte:02X}" for byte in char.encode()) for char in url)
