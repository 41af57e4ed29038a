from __future__ import annotations

import re
from pathlib import Path

import pytest

from aggregator.googlereader.routes import make_routes as make_reader_routes
from aggregator.web.routes import make_routes

DOCUMENT = Path(__file__).parents[3] / "docs" / "http.md"
ROW = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)


def documented() -> list[str]:
    return ROW.findall(DOCUMENT.read_text(encoding="utf-8"))


def offered() -> list[str]:
    paths = list(dict.fromkeys(route.path for route in [*make_routes(), *make_reader_routes()]))
    return [re.sub(r"{(\w+)(:\w+)?}", r"<\1>", path) for path in paths]


def test_every_route_is_documented_and_every_documented_route_is_there() -> None:
    assert sorted(documented()) == sorted(offered())


@pytest.mark.parametrize(
    "route",
    [
        route
        for route in make_routes()
        if not route.path.startswith(("/api/", "/websub/", "/login", "/logout", "/account", "/workshop/"))
    ],
    ids=lambda route: route.path,
)
def test_every_route_but_those_that_take_reads_or_forms_can_be_read_only(route: object) -> None:
    assert getattr(route, "methods", None) == {"GET", "HEAD"}
