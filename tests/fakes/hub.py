"""A WebSub hub on loopback: verifies subscribers, fetches what publishers ping, and delivers it signed.

    with Hub() as hub:
        ... subscribe at hub.url, publish by POST of hub.mode=publish ...
        hub.deliver(topic, body)

Requests of ours to it are in `asked`; what subscribers answered to deliveries in `answers`. `refuse` makes it answer 500.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlencode

TIMEOUT_SECONDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """Whom the hub delivers to."""

    topic: str
    callback: str
    secret: str
    lease_seconds: int


class Hub:
    """The hub; use it in a `with` block."""

    def __init__(self, *, lease_seconds: int | None = None) -> None:
        self.lease_seconds = lease_seconds
        self.asked: list[dict[str, str]] = []
        self.answers: list[int] = []
        self.subscribers: dict[str, Subscriber] = {}
        self.refuse = False
        self._tasks: list[threading.Thread] = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("content-length", "0"))
                fields = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
                hub.asked.append(fields)
                if not hub.refuse:
                    hub._start(fields)
                self.send_response(500 if hub.refuse else 202)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name of the base class
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(TIMEOUT_SECONDS)
        self.settle()

    def settle(self) -> None:
        """Wait until everything the hub has begun is done."""
        for task in list(self._tasks):
            task.join(TIMEOUT_SECONDS)

    def deliver(self, topic: str, body: bytes, *, media_type: str = "application/rss+xml") -> None:
        """Deliver a document to who subscribed to the topic."""
        for subscriber in [one for one in self.subscribers.values() if one.topic == topic]:
            signature = "sha256=" + hmac.new(subscriber.secret.encode(), body, hashlib.sha256).hexdigest()
            self.post(subscriber.callback, body, {"Content-Type": media_type, "X-Hub-Signature": signature})

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        """Send a body as it is, and return the status of the answer."""
        try:
            with urllib.request.urlopen(  # noqa: S310 -- loopback
                urllib.request.Request(url, data=body, headers=headers),  # noqa: S310 -- as above
                timeout=TIMEOUT_SECONDS,
            ) as answer:
                status = int(answer.status)
        except urllib.error.HTTPError as error:
            status = error.code
            error.close()
        self.answers.append(status)
        return status

    def _start(self, fields: dict[str, str]) -> None:
        work = {"subscribe": self._verify, "publish": self._distribute}[fields["hub.mode"]]
        task = threading.Thread(target=work, args=(fields,), daemon=True)
        self._tasks.append(task)
        task.start()

    def _verify(self, fields: dict[str, str]) -> None:
        lease = self.lease_seconds or int(fields["hub.lease_seconds"])
        challenge = f"challenge-{len(self.asked)}"
        query = {
            "hub.mode": "subscribe",
            "hub.topic": fields["hub.topic"],
            "hub.challenge": challenge,
            "hub.lease_seconds": str(lease),
        }
        try:
            url = f"{fields['hub.callback']}?{urlencode(query)}"
            with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 -- loopback
                if answer.read().decode() != challenge:
                    return
        except urllib.error.HTTPError as error:
            error.close()
            return
        self.subscribers[fields["hub.callback"]] = Subscriber(
            topic=fields["hub.topic"],
            callback=fields["hub.callback"],
            secret=fields.get("hub.secret", ""),
            lease_seconds=lease,
        )

    def _distribute(self, fields: dict[str, str]) -> None:
        topic = fields["hub.url"]
        with urllib.request.urlopen(topic, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 -- loopback
            body, media_type = answer.read(), answer.headers.get("content-type", "")
        self.deliver(topic, body, media_type=media_type)
