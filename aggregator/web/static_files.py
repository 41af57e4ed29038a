"""Files of ours, read once: their addresses change with their content, so they may be cached for ever."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

# By the path they are served at. The worker stands at the top, because it looks after the paths below its own.
_MEDIA_TYPES: Final = {
    "/static/style.css": "text/css; charset=utf-8",
    "/static/workshop.css": "text/css; charset=utf-8",
    "/static/app.js": "text/javascript; charset=utf-8",
    "/sw.js": "text/javascript; charset=utf-8",
    "/favicon.svg": "image/svg+xml; charset=utf-8",
    "/static/icon-180.png": "image/png",
    "/static/icon-192.png": "image/png",
    "/static/icon-512.png": "image/png",
    "/static/icon-maskable-512.png": "image/png",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticFile:
    """A file of ours; `url` changes with its content."""

    path: str
    media_type: str
    body: bytes
    body_gzip: bytes  # empty where compressing saves nothing
    version: str

    @property
    def url(self) -> str:
        """The address to write into pages."""
        return f"{self.path}?v={self.version}"


@cache
def static_files() -> Mapping[str, StaticFile]:
    """Return every file by the path it is served at."""
    return MappingProxyType({path: _read(path, media_type) for path, media_type in _MEDIA_TYPES.items()})


def _read(path: str, media_type: str) -> StaticFile:
    body = (files("aggregator.web") / "static" / path.rpartition("/")[2]).read_bytes()
    squeezed = b"" if media_type == "image/png" else gzip.compress(body, mtime=0)
    version = hashlib.sha256(body).hexdigest()[:12]
    return StaticFile(path=path, media_type=media_type, body=body, body_gzip=squeezed, version=version)
