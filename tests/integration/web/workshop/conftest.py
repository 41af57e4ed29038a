from __future__ import annotations

from collections.abc import Iterator

import pytest

from aggregator.storage import Storage
from aggregator.web.workshop.tools import WorkshopTools
from tests.fakes.website import Newsroom, open_site
from tests.fakes.workshop import FakeConfig
from tests.integration.web.test_accounts import Browser, add_anna


@pytest.fixture
def config(storage: Storage) -> FakeConfig:
    return FakeConfig(storage=storage)


@pytest.fixture
def site(storage: Storage, config: FakeConfig) -> Iterator[Newsroom]:
    tools = WorkshopTools(
        find_feed=config.find,
        topics=lambda: config.topics,
        default_language="de",
        add_feed=config.add,
        remove_feed=config.remove,
        save_topic=config.save_topic,
    )
    opened = open_site(storage, workshop=tools)
    yield opened
    opened.recorder.close()


@pytest.fixture
def operator(site: Newsroom) -> Browser:
    """A browser in which an operator is logged in."""
    add_anna(site, is_operator=True)
    browser = Browser(site)
    assert browser.log_in().status_code == 303
    return browser
