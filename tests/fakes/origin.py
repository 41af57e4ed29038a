"""A scriptable HTTP/1.1 origin on loopback: answers what it is told, byte for byte, and records every request.

    with Origin() as origin:
        origin.answer("/feed", Answer(body=b"<rss/>", headers={"ETag": '"1"'}), Answer(status=304))
        ... fetch origin.url("/feed") twice ...
        assert origin.requests_for("/feed")[1].field("if-none-match") == b'"1"'

The last answer of a path goes on being given; a path without one answers 404. `a.localhost`, `b.localhost` … are further
hosts of the same origin for clients that resolve them as RFC 6761 says (libcurl does).
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Self

_REQUEST_TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A request as it came; `at` is in seconds on the monotonic clock, `connection` counts accepted connections from 1."""

    method: str
    path: str
    fields: tuple[tuple[str, bytes], ...]
    at: float
    connection: int

    def field(self, name: str) -> bytes | None:
        """The value of a header field (name lower case), without the white space around it."""
        return next((value for known, value in self.fields if known == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What to answer. `raw` replaces everything; `pause` waits before each of the `pieces` the bytes are cut into.

    Content-Length is added unless a header of that name or Transfer-Encoding is given. `hang` says nothing at all.
    """

    status: int = 200
    headers: Mapping[str, str | bytes] | tuple[tuple[str, str | bytes], ...] = ()
    body: bytes = b""
    raw: bytes | None = None
    delay: float = 0.0
    pieces: int = 1
    pause: float = 0.0
    close: bool = False
    hang: bool = False

    def encoded(self) -> bytes:
        """The bytes on the wire."""
        if self.raw is not None:
            return self.raw
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = "Unknown"
        pairs = tuple(self.headers.items()) if isinstance(self.headers, Mapping) else self.headers
        lines = [f"HTTP/1.1 {self.status} {phrase}".encode()]
        lines += [name.encode() + b": " + (value if isinstance(value, bytes) else value.encode()) for name, value in pairs]
        names = {name.lower() for name, _ in pairs}
        has_body = self.status not in {204, 304}
        if has_body and not names & {"content-length", "transfer-encoding"}:
            lines.append(b"Content-Length: %d" % len(self.body))
        return b"\r\n".join(lines) + b"\r\n\r\n" + (self.body if has_body else b"")


Script = Answer | Callable[[Seen], Answer]


def document(
    body: bytes,
    *,
    etag: str | None = None,
    last_modified: str | None = None,
    media_type: str = "application/rss+xml; charset=utf-8",
    headers: Mapping[str, str] | None = None,
) -> Callable[[Seen], Answer]:
    """A script that answers as a good origin does: 304 where the request's validators match (RFC 9110, section 13.2.2)."""
    validators = {name: value for name, value in (("ETag", etag), ("Last-Modified", last_modified)) if value is not None}

    def answer(seen: Seen) -> Answer:
        none_match, since = seen.field("if-none-match"), seen.field("if-modified-since")
        if none_match is not None:
            fresh = etag is not None and none_match == etag.encode()
        else:
            fresh = since is not None and last_modified is not None and since == last_modified.encode()
        if fresh:
            return Answer(status=304, headers={**validators, **(headers or {})})
        return Answer(body=body, headers={"Content-Type": media_type, **validators, **(headers or {})})

    return answer


@dataclass(slots=True)
class _Path:
    scripts: deque[Script] = field(default_factory=deque)


class Origin:
    """The server; use it in a `with` block. Every connection has a thread, and all end with the block."""

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self._paths: dict[str, _Path] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._connections: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._accepted = 0
        self.requests: list[Seen] = []
        self.in_flight = 0
        self.most_in_flight = 0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listener.getsockname()[1]

    @property
    def address(self) -> str:
        """`127.0.0.1:PORT`, as `fetch.allow_private` takes it."""
        return f"127.0.0.1:{self.port}"

    def url(self, path: str, *, host: str = "127.0.0.1") -> str:
        """The absolute URL of a path."""
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    def answer(self, path: str, *scripts: Script) -> str:
        """Give the path these answers, one a request; return its URL."""
        with self._lock:
            self._paths[path] = _Path(deque(scripts))
        return self.url(path)

    def requests_for(self, path: str) -> list[Seen]:
        """The requests for a path, in the order they came."""
        with self._lock:
            return [seen for seen in self.requests if seen.path == path]

    def __enter__(self) -> Self:
        thread = threading.Thread(target=self._accept, name="origin", daemon=True)
        thread.start()
        self._threads.append(thread)
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self._stopping.set()
        with self._lock:
            for connection in self._connections:
                _shut(connection)
        _shut(self._listener)
        self._listener.close()
        for thread in self._threads:
            thread.join(timeout=5)

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.settimeout(_REQUEST_TIMEOUT_SECONDS)
            with self._lock:
                self._accepted += 1
                number = self._accepted
                self._connections.add(connection)
            thread = threading.Thread(target=self._serve, args=(connection, number), name=f"origin-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        try:
            stream = self._tls.wrap_socket(connection, server_side=True) if self._tls else connection
            with stream, stream.makefile("rb") as reader:
                while not self._stopping.is_set():
                    request_line = reader.readline(65_536)
                    if not request_line:
                        return
                    fields = []
                    while (line := reader.readline(65_536)) not in {b"\r\n", b"\n", b""}:
                        name, _, value = line.partition(b":")
                        fields.append((name.decode("latin-1").lower(), value.strip()))
                    method, path, *_ = request_line.decode("latin-1").split(" ")
                    seen = Seen(method=method, path=path, fields=tuple(fields), at=time.monotonic(), connection=number)
                    if not self._reply(stream, seen):
                        return
        except OSError:  # the client went away, or the block ended
            return
        finally:
            with self._lock:
                self._connections.discard(connection)
            connection.close()

    def _reply(self, stream: socket.socket, seen: Seen) -> bool:
        """Answer one request; return whether the connection stays open."""
        with self._lock:
            self.requests.append(seen)
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
            path = self._paths.get(seen.path)
            script: Script = Answer(status=404)
            if path and path.scripts:
                script = path.scripts.popleft() if len(path.scripts) > 1 else path.scripts[0]
        try:
            answer = script if isinstance(script, Answer) else script(seen)
            if answer.hang:
                self._stopping.wait(_REQUEST_TIMEOUT_SECONDS)
                return False
            self._stopping.wait(answer.delay)
            encoded = answer.encoded()
            step = max(-(-len(encoded) // answer.pieces), 1)
            for start in range(0, len(encoded), step):
                if answer.pause and self._stopping.wait(answer.pause):
                    return False
                with self._lock:
                    if start + step >= len(encoded):
                        self.in_flight -= 1
                stream.sendall(encoded[start : start + step])
        except OSError:
            return False
        return not answer.close


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):  # it was gone already
        connection.shutdown(socket.SHUT_RDWR)
