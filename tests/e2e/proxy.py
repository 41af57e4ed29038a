"""A proxy that stands between a real client and the daemon and writes down what passes."""

from __future__ import annotations

import http.client
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and the status of its answer; header names in small letters."""

    path: str
    headers: dict[str, str]
    status: int


class RecordingProxy:
    """Passes GET requests on to a port of this machine and remembers them."""

    def __init__(self, target_port: int) -> None:
        exchanges: list[Exchange] = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                connection = http.client.HTTPConnection("127.0.0.1", target_port, timeout=30)
                try:
                    passed_on = {name: value for name, value in headers.items() if name not in HOP_BY_HOP}
                    connection.request("GET", self.path, headers=passed_on)
                    answer = connection.getresponse()
                    body = answer.read()
                finally:
                    connection.close()
                exchanges.append(Exchange(path=self.path, headers=headers, status=answer.status))
                self.send_response_only(answer.status, answer.reason)
                for name, value in answer.getheaders():
                    if name.lower() not in HOP_BY_HOP:
                        self.send_header(name, value)
                if answer.status != http.client.NOT_MODIFIED:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the signature of http.server
                pass

        self.exchanges = exchanges
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
