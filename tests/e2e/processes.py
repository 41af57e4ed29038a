"""The program under test as people start it: the command line and the daemon, in a folder of their own, every wait bounded."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, create_engine, text

COMMAND_SECONDS = 120
START_SECONDS = 30
STOP_SECONDS = 10  # what the daemon promises
LOOK_SECONDS = 0.05  # between two looks at something awaited


def wait_until(condition: Callable[[], object], what: str, *, seconds: float = START_SECONDS) -> None:
    """Look until the condition is true.

    Raises: AssertionError at the deadline.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(LOOK_SECONDS)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def get(url: str) -> tuple[int, bytes]:
    """Return status and body; status 0 where nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 -- tests make the URL
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except OSError:
        return 0, b""


class Home:
    """A folder with a configuration and a store, and the commands run on them."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.config = folder / "config.yaml"
        self.database_url = database_url
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("AGGREGATOR_")}
        self.environment["PYTHONPATH"] = str(Path(__file__).parents[2])  # this checkout, whatever is installed

    def configure(self, urls: Sequence[str] = (), *, topics: Sequence[str] = ("alles",)) -> None:
        """Write a configuration: every feed has the tag `alle`, every topic takes it; without feeds there are no topics."""
        lines = [
            f"site: {{title: Probe, base_url: {json.dumps(self.base_url)}}}",
            f"store: {{url: {json.dumps(self.database_url)}}}",
            f"server: {{port: {self.port}}}",
            "fetch: {per_host_gap: 0s, allow_private: [127.0.0.0/8]}",
            "publishing: {interval: 1s}",
            "feeds:" if urls else "feeds: []",
            *(f"- {{url: {json.dumps(url)}, tags: [alle]}}" for url in urls),
        ]
        if urls:
            lines += ["topics:", *(f"- {{slug: {slug}, title: Thema {slug}, tags: [alle]}}" for slug in topics)]
        self.config.write_text("\n".join(lines) + "\n")

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "aggregator", "--config", str(self.config), *arguments]

    def run(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run a command to its end and hold it to its exit code."""
        done = subprocess.run(
            self.command(*arguments),
            check=False,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            cwd=self.folder,
            env=self.environment,
        )
        assert done.returncode == code, f"{arguments}: exit {done.returncode}\n{done.stdout[-1000:]}\n{done.stderr[-3000:]}"
        return done

    def report(self, *arguments: str) -> dict[str, Any]:
        """Run a command with --json and return its object."""
        document: dict[str, Any] = json.loads(self.run(*arguments, "--json").stdout)
        return document

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command and leave it running; what it says goes to a file of the folder."""
        with (self.folder / f"{arguments[0]}.log").open("ab") as log:
            return subprocess.Popen(
                self.command(*arguments),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=self.environment,
            )

    def start_daemon(self) -> Daemon:
        """Start the daemon and wait until it is ready."""
        return Daemon(self)

    def select(self, query: str) -> list[Any]:
        """Return the first column of a query on the store, read past the program."""
        with self._connected() as store:
            return list(store.execute(text(query)).scalars())

    def change(self, statement: str) -> None:
        """Run a statement on the store, read past the program."""
        with self._connected() as store, store.begin():
            store.execute(text(statement))

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        engine = create_engine(self.database_url)
        try:
            with engine.connect() as connection:
                yield connection
        finally:
            engine.dispose()


class Daemon:
    """`aggregator run`, ended with the block."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.log = home.folder / "run.log"
        self.process = home.start("run")
        try:
            wait_until(lambda: self.is_ready() or self.process.poll() is not None, "ready")
            assert self.process.poll() is None, f"the daemon ended: {self.read_log()}"
        except BaseException:
            self.kill()
            raise

    def is_ready(self) -> bool:
        return get(f"{self.home.base_url}/readyz")[0] == 200

    def read_log(self) -> str:
        return self.log.read_text(errors="replace")

    def children(self) -> dict[str, int]:
        """Return the process ids of the children by role."""
        found = {}
        for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split():
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            found.update({role: int(pid) for role in ("poller", "web") if role.encode() in words})
        return found

    def stop(self, *, seconds: float = STOP_SECONDS) -> int:
        """Ask it to end and return its exit code.

        Raises: AssertionError if it takes longer than promised.
        """
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"SIGTERM did not end the daemon within {seconds:.0f} s: {self.read_log()[-2000:]}") from None

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.stop()
