"""Operators try the rule of a topic live and save it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from aggregator.model.topic import Topic
from aggregator.storage import Storage
from aggregator.web.workshop.tools import WorkshopTools
from tests.fakes.newsroom import SOURCES
from tests.fakes.outline import HOSTILE
from tests.fakes.website import open_site
from tests.fakes.workshop import FakeConfig
from tests.integration.web.test_accounts import Browser, add_anna


def test_a_topic_shows_what_its_rule_matches_and_why(operator: Browser) -> None:
    html = operator.get("/workshop/topics?slug=schweiz").text
    assert "2 der 12 neuesten Artikel passen" in html
    assert "Ständerat stimmt dem Kompromiss zu" in html
    assert "„Ständerat“ steht im Titel" in html
    assert ">Ständerat, Krankenkassenprämien</textarea>" in html


def test_a_rule_is_tried_live_and_stays_in_the_form(operator: Browser) -> None:
    html = operator.newsroom.client.get(
        "/workshop/topics", params={"any": "Tunnel*, *tunnel", "none": "Zug, it's"}, headers=operator._headers()
    ).text
    assert "Gotthard-Basistunnel wieder offen" in html
    assert ">Tunnel*, *tunnel</textarea>" in html
    assert 'name="none" value="Zug, it&#39;s"' in html


@pytest.mark.parametrize("rule", [{"any": HOSTILE}, {"any": "*"}, {"any": ",,,"}, {"languages": "zz"}, {"any": "x" * 8000}])
def test_no_rule_is_an_error(operator: Browser, rule: dict[str, str]) -> None:
    answer = operator.newsroom.client.get("/workshop/topics", params=rule, headers=operator._headers())
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


RULE = {
    "any": "Tunnel*, *tunnel",
    "none": "Zug",
    "languages": "DE",
    "about": "Was rollt.\nUnd fährt.",
    "examples": "Eins, zwei\nDrei",
}


def test_a_rule_that_was_tried_is_saved_as_a_topic(operator: Browser, config: FakeConfig) -> None:
    tried = operator.newsroom.client.get("/workshop/topics", params=RULE, headers=operator._headers()).text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', tried))
    assert {name: hidden[name] for name in ("none", "about", "examples")} == {
        name: RULE[name] for name in ("none", "about", "examples")
    }
    answer = operator.submit("/workshop/topics/save", **{**RULE, "slug": "verkehr", "title": " Ver  kehr", "new": "1"})
    assert answer.headers["location"] == "/workshop/topics?slug=verkehr&done=topic"
    assert config.topics[-1] == Topic(
        slug="verkehr",
        title="Ver kehr",
        any_of=("Tunnel*", "*tunnel"),
        none_of=("Zug",),
        languages=("de",),
        about="Was rollt.\nUnd fährt.",
        examples=("Eins, zwei", "Drei"),
    )
    saved = operator.get("/workshop/topics?slug=verkehr&done=topic").text
    assert "Gespeichert" in saved
    assert "Thema ändern" in saved


def test_a_topic_is_changed_and_keeps_what_the_form_does_not_show(operator: Browser, config: FakeConfig) -> None:
    config.topics[0] = replace(config.topics[0], limit=7, feeds=(SOURCES[0][0],))
    answer = operator.submit("/workshop/topics/save", slug="schweiz", title="Schweiz", any="Bern")
    assert answer.status_code == 303
    assert config.topics == [Topic(slug="schweiz", title="Schweiz", any_of=("Bern",), limit=7, feeds=(SOURCES[0][0],))]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"slug": "schweiz", "title": "X", "any": "a", "new": "1"}, "gibt es schon"),
        ({"slug": "", "title": "X", "any": "a", "new": "1"}, "Es fehlt ein Kürzel"),
        ({"slug": "x", "title": "", "any": "a", "new": "1"}, "Es fehlt ein Titel"),
        ({"slug": "x", "title": "X", "any": "*, ,", "new": "1"}, "Es fehlt eine Regel"),
        ({"slug": "unwritable", "title": "X", "any": "a", "new": "1"}, "Read-only file system"),
        ({"slug": HOSTILE, "title": "", "any": HOSTILE, "new": "1"}, "Es fehlt ein Titel"),
    ],
)
def test_why_a_topic_is_not_saved_is_said_and_what_was_typed_stays(
    operator: Browser, config: FakeConfig, fields: dict[str, str], words: str
) -> None:
    answer = operator.submit("/workshop/topics/save", **fields)
    assert (answer.status_code, words in answer.text) == (422, True)
    assert "<script>alert" not in answer.text
    assert [topic.slug for topic in config.topics] == ["schweiz"]


def test_without_the_configuration_file_a_rule_is_shown_to_be_copied(storage: Storage, config: FakeConfig) -> None:
    site = open_site(storage, workshop=WorkshopTools(find_feed=config.find, topics=tuple, default_language="de"))
    add_anna(site, is_operator=True)
    browser = Browser(site)
    browser.log_in()
    html = browser.newsroom.client.get("/workshop/topics", params={"any": "Tunnel*, it's"}, headers=browser._headers()).text
    assert "any: [&#39;Tunnel*&#39;, &#39;it&#39;&#39;s&#39;]" in html
    assert browser.submit("/workshop/topics/save", slug="x", title="X", any="a", new="1").status_code == 422
    site.recorder.close()


@pytest.mark.parametrize(
    ("rule", "compares_meaning", "is_told"),
    [
        ({"about": "Was rollt"}, True, True),
        ({"any": "x", "examples": "Eins"}, True, True),
        ({"any": "Tunnel"}, True, False),
        ({"about": "Was rollt"}, False, False),
    ],
)
def test_where_meaning_will_count_the_page_says_that_it_compares_words(
    storage: Storage, config: FakeConfig, rule: dict[str, str], *, compares_meaning: bool, is_told: bool
) -> None:
    tools = WorkshopTools(find_feed=config.find, topics=tuple, default_language="de", compares_meaning=compares_meaning)
    site = open_site(storage, workshop=tools)
    add_anna(site, is_operator=True)
    browser = Browser(site)
    browser.log_in()
    html = site.client.get("/workshop/topics", params=rule, headers=browser._headers()).text
    assert ("hier nur nach den Wörtern verglichen" in html) is is_told
    site.recorder.close()


def test_a_rule_is_tried_beside_the_other_topics(operator: Browser, config: FakeConfig) -> None:
    examples = ("Gotthard wieder offen", "Bahn fährt wieder", "Basistunnel offen", "Tunnel der Bahn")
    rule = {"examples": "\n".join(examples)}

    def tried() -> str:
        return operator.newsroom.client.get("/workshop/topics", params=rule, headers=operator._headers()).text

    config.topics[:] = []
    assert "einem anderen Thema näher" not in tried()
    config.topics[:] = [Topic(slug="other", title="Other", examples=("Gotthard-Basistunnel wieder offen", *examples[::-1]))]
    assert "einem anderen Thema näher" in tried()
