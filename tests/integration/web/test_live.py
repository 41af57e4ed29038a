from __future__ import annotations

import asyncio
import json

import pytest

from aggregator.web import listeners
from aggregator.web.listeners import LISTENERS_EACH, Listeners
from aggregator.web.static_files import static_files
from tests.fakes.website import Newsroom


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listeners, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(listeners, "STEP_SECONDS", 0.0)


async def hear(source: Listeners, number: int) -> list[str]:
    stream = source.listen("203.0.113.7")
    heard = [await anext(stream) for _ in range(number)]
    await stream.aclose()  # type: ignore[attr-defined]  # it is a generator
    return heard


@pytest.mark.usefixtures("impatient")
def test_a_page_is_told_what_is_newest_and_again_when_that_changes() -> None:
    answers = iter([[3, 2], [3, 2], [4, 3, 2]])
    heard = asyncio.run(hear(Listeners(lambda: next(answers)), 4))
    assert heard[0].startswith("retry: ")
    assert heard[1:] == ["event: newest\ndata: [3, 2]\n\n", ":\n\n", "event: newest\ndata: [4, 3, 2]\n\n"]


def test_many_who_listen_cost_one_look() -> None:
    looks: list[int] = []

    def look() -> list[int]:
        looks.append(1)
        return [1]

    source = Listeners(look)

    async def many() -> None:
        await asyncio.gather(*(hear(source, 2) for _ in range(5)))

    asyncio.run(many())
    assert len(looks) == 1


def test_an_address_has_room_for_a_few_and_leaves_it_behind() -> None:
    source = Listeners(list)

    async def fill() -> tuple[bool, bool, bool]:
        streams = [source.listen("203.0.113.7") for _ in range(LISTENERS_EACH)]
        for stream in streams:
            await anext(stream)
        full = source.admit("203.0.113.7"), source.admit("203.0.113.8")
        for stream in streams:
            await stream.aclose()  # type: ignore[attr-defined]  # it is a generator
        return *full, source.admit("203.0.113.7")

    assert asyncio.run(fill()) == (False, True, True)


def test_a_server_that_stops_ends_what_is_listened_to() -> None:
    async def listen() -> list[str]:
        return [event async for event in Listeners(lambda: [7], stopping=lambda: True).listen("203.0.113.7")]

    assert len(asyncio.run(listen())) == 2


def test_who_finds_no_room_is_told_so(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listeners, "LISTENERS", 0)
    response = newsroom.client.get("/events")
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0


def test_a_page_and_its_events_speak_of_the_same_stories(newsroom: Newsroom) -> None:
    assert newsroom.client.head("/events").headers["content-type"].startswith("text/event-stream")
    assert 'data-newest="12"' in newsroom.client.get("/").text


def test_the_manifest_makes_the_site_an_application(newsroom: Newsroom) -> None:
    response = newsroom.client.get("/manifest.webmanifest", headers={"accept-language": "it"})
    assert response.headers["content-type"] == "application/manifest+json; charset=utf-8"
    manifest = json.loads(response.text)
    assert (manifest["name"], manifest["lang"], manifest["start_url"]) == ("Mehr zum Tag", "it", "/")
    for icon in manifest["icons"]:
        picture = newsroom.client.get(icon["src"])
        assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
        assert picture.headers["cache-control"].endswith("immutable")


@pytest.mark.parametrize("path", static_files())
def test_files_of_ours_are_served_and_kept(newsroom: Newsroom, path: str) -> None:
    file = static_files()[path]
    assert newsroom.client.get(file.url).content == file.body
    assert newsroom.client.get(path).headers["cache-control"] == "public, max-age=3600"
    assert newsroom.client.get(path, headers={"accept-encoding": "gzip"}).content == file.body


def test_files_that_are_not_ours_are_not_served(newsroom: Newsroom) -> None:
    for path in ("/static/x.css", "/static/..%2fpages.py", "/static/"):
        assert newsroom.client.get(path).status_code == 404
