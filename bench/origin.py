"""A loopback origin in a process of its own, so that serving is not charged to whoever is measured."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from xml.sax.saxutils import quoteattr

from bench.origin_faults import Fault

ANSWER_SECONDS = 60


class Origin:
    """The running origin: a context manager that knows the URLs it serves and what was asked of it."""

    def __init__(
        self, *, feeds: int = 0, tiny: int = 0, directory: Path | None = None, hosts: int = 64, faults: bool = False
    ) -> None:
        arguments = [sys.executable, "-m", "bench.origin_server", "--feeds", str(feeds), "--hosts", str(hosts)]
        if directory is not None:
            arguments += ["--directory", str(directory)]
        if tiny:
            arguments += ["--tiny", str(tiny)]
        if faults:
            arguments.append("--faults")
        self._process = subprocess.Popen(
            arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self.stop()
            raise RuntimeError("the origin ended before it was ready")
        ready = json.loads(line)
        self.port: int = ready["port"]
        self.urls = [f"http://{host}:{self.port}{path}" for host, path in ready["places"]]
        by_path = {url[url.index("/", len("http://")) :]: url for url in self.urls}
        self.faults = {by_path[path]: Fault(fault) for path, fault in ready["faults"].items()}

    def counters(self) -> dict[str, int]:
        """Return counts since the last reset: requests, ok, not_modified, unconditional, not_found, connections."""
        counts = self._control("counters")
        return {name: counts.get(name, 0) for name in ("requests", "ok", "not_modified", "unconditional", "not_found")}

    def reset(self) -> None:
        self._control("reset")

    def change(self, share: float) -> int:
        """Give a share of the feeds one new entry each and return how many feeds."""
        return int(self._control(f"change?share={share}")["changed"])

    def set_latency(self, seconds: float) -> None:
        self._control(f"latency?seconds={seconds}")

    def opml(self, *, folder: str) -> str:
        """Return the URLs as a subscription list, in one folder."""
        outlines = "".join(f'<outline type="rss" text={quoteattr(url)} xmlUrl={quoteattr(url)}/>\n' for url in self.urls)
        body = f"<outline text={quoteattr(folder)}>\n{outlines}</outline>"
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0"><head/><body>{body}</body></opml>\n'

    def stop(self) -> None:
        """End the process; it ends by itself too when this one does."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self._process.wait(timeout=ANSWER_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _control(self, what: str) -> dict[str, Any]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/control/{what}", timeout=ANSWER_SECONDS) as answer:
            document: dict[str, Any] = json.load(answer)
            return document
