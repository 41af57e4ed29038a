"""Every route of the readers' APIs, in one place; tests hold `docs/http.md` and `docs/openapi.yaml` to them."""

from __future__ import annotations

from starlette.routing import Route

from aggregator.googlereader import auth, edits, fever, items, miniflux, streams, subscriptions
from aggregator.googlereader.calls import Handler, endpoint

API = "/reader/api/0"
ALIAS = "/api/greader.php"
"""Where FreshRSS has the same API: clients with a preset for it append this to the address they are given."""

ROOTS = ("/accounts/ClientLogin/", "/reader/", f"{ALIAS}/", "/fever/", "/v1/")

GET, POST, PUT = ("GET",), ("POST",), ("PUT",)
EITHER = ("GET", "POST")  # reads only; changes are POST or PUT alone

_TABLE: tuple[tuple[str, Handler, tuple[str, ...]], ...] = (
    ("/accounts/ClientLogin", auth.client_login, POST),
    (f"{API}/token", auth.write_token, EITHER),
    (f"{API}/user-info", auth.user_info, GET),
    (f"{API}/preference/list", auth.preferences, GET),
    (f"{API}/preference/stream/list", auth.stream_preferences, GET),
    (f"{API}/subscription/list", subscriptions.subscription_list, GET),
    (f"{API}/subscription/edit", subscriptions.subscription_edit, POST),
    (f"{API}/subscription/quickadd", subscriptions.quickadd, POST),
    (f"{API}/subscription/export", subscriptions.subscription_export, GET),
    (f"{API}/subscription/import", subscriptions.subscription_import, POST),
    (f"{API}/tag/list", subscriptions.tag_list, GET),
    (f"{API}/unread-count", streams.unread_count, GET),
    (f"{API}/stream/items/ids", streams.item_ids, EITHER),
    (f"{API}/stream/items/contents", items.item_contents, EITHER),
    (f"{API}/stream/contents", streams.stream_contents, EITHER),
    (f"{API}/stream/contents/{{rest:path}}", streams.stream_contents, EITHER),
    (f"{API}/edit-tag", edits.edit_tag, POST),
    (f"{API}/mark-all-as-read", edits.mark_all_as_read, POST),
    (f"{API}/rename-tag", edits.rename_tag, POST),
    (f"{API}/disable-tag", edits.disable_tag, POST),
    ("/reader/atom/{rest:path}", streams.atom_stream, GET),
    ("/fever", fever.fever, EITHER),
    ("/v1/me", miniflux.me, GET),
    ("/v1/categories", miniflux.categories, GET),
    ("/v1/categories/{number:int}/mark-all-as-read", miniflux.mark_category_read, PUT),
    ("/v1/feeds", miniflux.feeds, GET),
    ("/v1/feeds/{number:int}/entries", miniflux.feed_entries, GET),
    ("/v1/feeds/{number:int}/mark-all-as-read", miniflux.mark_feed_read, PUT),
    ("/v1/entries", miniflux.entries, GET),
    ("/v1/entries", miniflux.update_entries, PUT),
    ("/v1/entries/{number:int}", miniflux.entry, GET),
    ("/v1/entries/{number:int}/bookmark", miniflux.toggle_bookmark, PUT),
)


def make_routes() -> list[Route]:
    """Return the routes."""
    return [Route(path, endpoint(handler), methods=list(methods)) for path, handler, methods in _TABLE]


def takes(path: str) -> bool:
    """Return whether a path is one of the readers' APIs'; doubled slashes count once, as people type them."""
    return f"/{path.lstrip('/')}/".startswith(ROOTS)
