"""What tests with a browser start from. Playwright occupies the event loop of the thread, so it is opened a file at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Protocol

import pytest

pytest.importorskip("playwright", reason="playwright is not installed (it comes with the extra dev)")

from playwright.sync_api import Browser

from tests.fakes.browsing import DESKTOP, ServedNewsroom, Visitor, open_chromium, serve_newsroom, visit


class Visits(Protocol):
    """Opens browsers of people."""

    def __call__(
        self,
        *,
        size: tuple[int, int] = DESKTOP,
        theme: str = "light",
        language: str = "de-CH",
        scripts: bool = True,
        base_url: str | None = None,
    ) -> Visitor: ...


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with open_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    with serve_newsroom(tmp_path_factory.mktemp("newsroom")) as served:
        yield served


@pytest.fixture
def visitor(chromium: Browser, site: ServedNewsroom) -> Iterator[Visits]:
    """Open browsers of people; at the end none of them has complained of anything."""
    visitors: list[Visitor] = []
    with ExitStack() as stack:

        def open_one(
            *,
            size: tuple[int, int] = DESKTOP,
            theme: str = "light",
            language: str = "de-CH",
            scripts: bool = True,
            base_url: str | None = None,
        ) -> Visitor:
            opened = visit(chromium, base_url or site.base_url, size=size, theme=theme, language=language, scripts=scripts)
            visitors.append(stack.enter_context(opened))
            return visitors[-1]

        yield open_one
        assert [complaint for each in visitors for complaint in each.complaints] == []
