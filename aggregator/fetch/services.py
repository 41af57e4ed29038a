"""Addresses of well-known services, turned into the addresses of their feeds. Pure; the rules are those the services document.

YouTube channels and playlists, GitHub repositories, Reddit, Mastodon and what speaks like it, Medium and Bluesky. Pages that
name their feed themselves (YouTube handles, Substack) need no rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

_YOUTUBE_FEED = "https://www.youtube.com/feeds/videos.xml"
_NAME = r"[A-Za-z0-9_.-]+"
_CHANNEL = re.compile(rf"/channel/({_NAME})(?:/.*)?")
_YOUTUBE_USER = re.compile(rf"/user/({_NAME})(?:/.*)?")
_GITHUB = re.compile(rf"/({_NAME})/({_NAME})(?:/(releases|tags|commits|tree)(?:/(.+))?)?/?")
_GITHUB_NOT_OWNERS = frozenset({"orgs", "topics", "features", "marketplace", "sponsors", "settings", "about", "collections"})
_REDDIT = re.compile(rf"/(r|user|u)/({_NAME})(/(?:new|top|hot))?/?")
_ACCOUNT = re.compile(rf"/(?:@({_NAME})|users/({_NAME}))(?<!\.rss)(?<!\.atom)(?<!\.json)/?")
_MEDIUM = re.compile(rf"/@({_NAME})/?")
_BLUESKY = re.compile(rf"/profile/({_NAME})/?")
# Accounts begin with @ there as well, but their feeds are elsewhere, or there are none.
_NOT_FEDIVERSE = frozenset({"youtube.com", "m.youtube.com", "tiktok.com", "threads.net", "threads.com", "x.com", "twitter.com"})


def feed_address_of(url: str) -> str | None:
    """Return where the feed of an account, channel or repository is, None where no rule says so.

    For `/@name` on a host that no rule knows this is a guess: it is right for Mastodon and its like, and to be tried.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    host = parts.hostname.removeprefix("www.")
    rule = _RULES.get(host)
    if rule is not None:
        return rule(parts.path, parts.query)
    if host.endswith(".medium.com"):
        return f"https://{host}/feed"
    account = _ACCOUNT.fullmatch(parts.path) if host not in _NOT_FEDIVERSE else None
    return f"https://{parts.netloc}/@{account[1] or account[2]}.rss" if account else None


def _youtube(path: str, query: str) -> str | None:
    playlist = parse_qs(query).get("list")
    if path in {"/playlist", "/watch"} and playlist:
        return f"{_YOUTUBE_FEED}?{urlencode({'playlist_id': playlist[0]})}"
    if channel := _CHANNEL.fullmatch(path):
        return f"{_YOUTUBE_FEED}?{urlencode({'channel_id': channel[1]})}"
    if user := _YOUTUBE_USER.fullmatch(path):
        return f"{_YOUTUBE_FEED}?{urlencode({'user': user[1]})}"
    return None  # /@handle: its page names the feed


def _github(path: str, _query: str) -> str | None:
    found = _GITHUB.fullmatch(path)
    if found is None or found[1] in _GITHUB_NOT_OWNERS:
        return None
    owner, name, kind, rest = found[1], found[2].removesuffix(".git"), found[3], found[4]
    if name.endswith(".atom"):
        return None
    if kind in {"commits", "tree"}:
        branch = f"/{rest.rstrip('/')}" if rest else ""
        return f"https://github.com/{owner}/{name}/commits{branch}.atom"
    if rest:  # one release: not what is subscribed to
        return None
    return f"https://github.com/{owner}/{name}/{kind or 'releases'}.atom"


def _reddit(path: str, _query: str) -> str | None:
    found = _REDDIT.fullmatch(path)
    if found is None:
        return None
    kind = "user" if found[1] == "u" else found[1]
    return f"https://www.reddit.com/{kind}/{found[2]}{found[3] or ''}/.rss"


def _medium(path: str, _query: str) -> str | None:
    found = _MEDIUM.fullmatch(path)
    return f"https://medium.com/feed/@{found[1]}" if found else None


def _bluesky(path: str, _query: str) -> str | None:
    found = _BLUESKY.fullmatch(path)
    return f"https://bsky.app/profile/{found[1]}/rss" if found else None


_RULES: dict[str, Callable[[str, str], str | None]] = {
    "youtube.com": _youtube,
    "m.youtube.com": _youtube,
    "github.com": _github,
    "reddit.com": _reddit,
    "old.reddit.com": _reddit,
    "medium.com": _medium,
    "bsky.app": _bluesky,
}
