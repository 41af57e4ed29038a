"""How long from a publication to our emitted feed, where a hub tells us (WebSub), and without a poll?

The daemon as people run it, a feed that names a hub, and a hub that delivers what is published, signed. Each time one new
entry is delivered, and our feed is asked over HTTP until it stands there. The feed itself must not be asked meanwhile.
"""

from __future__ import annotations

import random
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from bench.record import Options, Report, Row, Sample
from tests.e2e.processes import Home
from tests.fakes.feeds import item, rss
from tests.fakes.hub import Hub
from tests.fakes.origin import Answer, Origin

DELIVERIES = 20
LOOK_SECONDS = 0.01
DEADLINE_SECONDS = 90  # hubs are looked for once a minute


def bench(options: Options) -> Iterable[Report]:
    samples: list[Sample] = []
    draw = random.Random(1)
    with tempfile.TemporaryDirectory() as name, Hub() as hub, Origin() as origin:
        home = Home(Path(name), f"sqlite:///{name}/aggregator.db")
        topic = origin.url("/feed")
        items = [_item(0)]
        link = f'<{hub.url}>; rel="hub", <{topic}>; rel="self"'
        origin.answer("/feed", Answer(body=rss(*items), headers={"Content-Type": "application/rss+xml", "Link": link}))
        home.configure([topic])
        home.config.write_text(home.config.read_text().replace("publishing: {interval: 1s}\n", "") + "push: {enabled: true}\n")
        home.run("poll")  # so that the hub is known when the daemon starts
        with home.start_daemon():
            _wait(lambda: bool(hub.subscribers), "subscribed")
            asked = len(origin.requests)
            for number in range(1, options.feeds or DELIVERIES + 1):
                time.sleep(draw.random())  # at no fixed time after what the daemon did last
                items.insert(0, _item(number))
                started = time.perf_counter()
                hub.deliver(topic, rss(*items))
                _wait(lambda: f">Beitrag {number}<" in _read(f"{home.base_url}/topics/alles.rss"), "emitted")  # noqa: B023 - called here only
                samples.append(Sample(wall_seconds=time.perf_counter() - started))
            if len(origin.requests) != asked:
                raise RuntimeError("the feed was polled meanwhile")
            if set(hub.answers) != {202}:
                raise RuntimeError(f"a delivery was not taken: {hub.answers}")
    seconds = sorted(sample.wall_seconds for sample in samples)
    report = Report(
        name="push",
        question="How long from a publication to our emitted feed, without a poll?",
        corpus="one feed with a hub, one topic, the daemon with its defaults; one delivery after the other",
        baseline="aggregator",
    )
    report.facts |= {
        "median in seconds": round(seconds[len(seconds) // 2], 2),
        "longest in seconds": round(seconds[-1], 2),
        "CPU": "not measured: it is the daemon's",
    }
    report.add(Row(name="aggregator", work="delivery to emitted feed", count=1, unit="delivery", samples=tuple(samples)))
    yield report


def _item(number: int) -> str:
    return item(f"Beitrag {number}", f"https://a.example/{number}", at=datetime.now(UTC))


def _read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        text: str = answer.read().decode()
        return text


def _wait(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"not {what} within {DEADLINE_SECONDS} s")
        time.sleep(LOOK_SECONDS)
