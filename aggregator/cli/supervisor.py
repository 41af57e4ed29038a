"""The daemon: one process that keeps a poller and a web server alive, reloads the configuration, and ends both cleanly."""

from __future__ import annotations

import http.client
import logging
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from aggregator.cli.listening import listen
from aggregator.cli.systemd import Notifier
from aggregator.config import Settings, list_warnings, load_settings
from aggregator.errors import AggregatorError, ConfigError
from aggregator.store.daemon_lock import hold_store
from aggregator.store.upgrade import upgrade

log = logging.getLogger(__name__)

TICK_SECONDS = 0.5
"""How often children and the configuration file are looked at."""

STOP_SECONDS = 9.0
"""How long children may take to end after SIGTERM before they are killed; the whole is promised within 10 s."""

MAX_RESTART_SECONDS = 30.0
"""The longest pause before a child that keeps dying is started again; the first is 1 s, doubling."""

HEALTHY_SECONDS = 60.0
"""A child that ran this long before it died starts again at the shortest pause."""


def supervise(config: Path, settings: Settings) -> int:
    """Run the daemon until SIGTERM or SIGINT; return its exit code.

    Raises: StoreInUse if another daemon holds the store, SchemaOutdated, StorageError, ConfigError if the port is taken.
    """
    with hold_store(settings.store.url):
        report = upgrade(settings.store.url)
        if report.backup:
            log.info("database upgraded from=%s to=%s backup=%s", report.from_revision, report.to_revision, report.backup)
        return _Supervisor(config, settings).run()


@dataclass(slots=True)
class _Child:
    """A process that is kept alive. `restart_at` is set while it is down, on the monotonic clock."""

    role: str
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 1.0
    restart_at: float = 0.0


@dataclass(slots=True)
class _Supervisor:
    config: Path
    settings: Settings
    stopping: bool = False
    reload_wanted: bool = False
    wake: threading.Event = field(default_factory=threading.Event)
    notifier: Notifier = field(default_factory=lambda: Notifier(os.environ))

    def run(self) -> int:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_stop)
        signal.signal(signal.SIGHUP, self._on_hangup)
        listener = listen(self.settings)
        children = [_Child(role="poller"), _Child(role="web")]
        seen = settled = _stamp(self.config)
        ready = False
        watched = 0.0
        log.info("starting url=%s", self.settings.site.base_url)
        while not self.stopping:
            for child in children:
                self._keep_alive(child, listener)
            if not ready and _answers(listener):
                ready = True
                host, port = listener.getsockname()[:2]
                log.info("ready: http://%s:%s/", host, port)
                self.notifier.send("READY=1", f"STATUS=serving on {host}:{port}")
            every = self.notifier.watchdog_interval
            if every and time.monotonic() - watched >= every.total_seconds() and _answers(listener):
                self.notifier.send("WATCHDOG=1")
                watched = time.monotonic()
            self.wake.wait(TICK_SECONDS)
            self.wake.clear()
            # An editor may write in steps: a changed file is read once it has been the same for a tick.
            stamp = _stamp(self.config)
            changed = stamp != settled and stamp == seen
            seen = stamp
            if changed or self.reload_wanted:
                settled = stamp
                self.reload_wanted = False
                listener = self._reload(children, listener)
        self.notifier.send("STOPPING=1")
        log.info("stopping")
        _end(children)
        listener.close()
        log.info("stopped")
        return 0

    def _on_stop(self, _number: int, _frame: object) -> None:
        self.stopping = True
        self.wake.set()

    def _on_hangup(self, _number: int, _frame: object) -> None:
        self.reload_wanted = True
        self.wake.set()

    def _keep_alive(self, child: _Child, listener: socket.socket) -> None:
        now = time.monotonic()
        if child.process is not None:
            code = child.process.poll()
            if code is None:
                return
            child.pause = 1.0 if now - child.started >= HEALTHY_SECONDS else child.pause
            child.restart_at = now + child.pause
            log.error("%s ended with code %s, starting it again in %.0f s", child.role, code, child.pause)
            child.pause = min(child.pause * 2, MAX_RESTART_SECONDS)
            child.process = None
        if now >= child.restart_at:
            child.process = _start(child.role, self.settings, listener, self.config)
            child.started = now

    def _reload(self, children: list[_Child], listener: socket.socket) -> socket.socket:
        """Take the new configuration if it is sound, else say what is wrong and go on with the old one."""
        try:
            settings = load_settings(self.config, environ=os.environ)
            warnings = list_warnings(settings, path=self.config)  # of the file once more, which somebody may be writing to
            if settings.store.url != self.settings.store.url:
                raise ConfigError("the store cannot change while the daemon runs; restart it", key="store.url")
            if (settings.server.host, settings.server.port) != (self.settings.server.host, self.settings.server.port):
                old, listener = listener, listen(settings)
                old.close()
        except AggregatorError as error:
            log.error("configuration not reloaded, the old one stays: %s", error)  # noqa: TRY400 - a sentence, no trace
            return listener
        for warning in warnings:
            log.warning("%s", warning)
        if settings == self.settings:
            log.info("configuration read again, nothing changed")
            return listener
        self.notifier.send("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")
        self.settings = settings
        # The listening socket stays open, so connections wait for the new server instead of being refused.
        _end(children)
        for child in children:
            child.process, child.restart_at = None, 0.0
            self._keep_alive(child, listener)
        log.info("configuration reloaded: %s feeds, %s topics", len(settings.feeds), len(settings.topics))
        self.notifier.send("READY=1")
        return listener


def _start(role: str, settings: Settings, listener: socket.socket, config: Path) -> subprocess.Popen[bytes]:
    level = logging.getLogger().getEffectiveLevel()
    process = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "aggregator.cli.workers", role, str(listener.fileno()), str(level), str(config)],
        stdin=subprocess.PIPE,
        pass_fds=[listener.fileno()],
    )
    assert process.stdin is not None  # noqa: S101 - PIPE was asked for
    try:
        pickle.dump(settings, process.stdin)
        process.stdin.flush()  # and the pipe stays open: its end tells the child that we are gone
    except BrokenPipeError:
        log.warning("%s ended while starting", role)
    return process


def _end(children: list[_Child]) -> None:
    """Ask every child to end, wait, and kill what does not."""
    running = [child.process for child in children if child.process is not None and child.process.poll() is None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in running:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("process %s did not end in %.0f s and is killed; its leases are given back", process.pid, STOP_SECONDS)
            process.kill()
            process.wait()
        if process.stdin is not None:
            process.stdin.close()


def _stamp(path: Path) -> tuple[int, int, int]:
    """Return what changes when a file does; zeros while there is none (an editor may be replacing it)."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def _answers(listener: socket.socket) -> bool:
    """Return whether the web server says it is ready."""
    host, port = listener.getsockname()[:2]
    loopback = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    connection = http.client.HTTPConnection(loopback, port, timeout=TICK_SECONDS)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
