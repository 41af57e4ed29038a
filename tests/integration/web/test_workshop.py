"""Operators see and change the site in the workshop; nobody else does, and what cannot be done is said in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import pytest

from aggregator.errors import AddressRefused, ConfigError, FeedExists, FeedNotFound
from aggregator.library.subscriptions import FoundFeed
from aggregator.model.change import EntryUpdate, FeedUpdate
from aggregator.model.feed import FeedData, FeedSettings
from aggregator.model.topic import Topic
from aggregator.normalise.decide import FeedToDecide, decide
from aggregator.normalise.identity import url_key
from aggregator.storage import Storage
from aggregator.web.routes import make_routes
from aggregator.web.workshop.tools import WorkshopTools
from tests.fakes.newsroom import NOON, SOURCES
from tests.fakes.outline import HOSTILE, Outline
from tests.fakes.website import Newsroom, open_site
from tests.integration.web.test_accounts import BASE, PASSWORD, Browser, add_anna

PAGES = (
    "/workshop",
    "/workshop/sources",
    "/workshop/sources/1",
    "/workshop/topics",
    "/workshop/topics?slug=schweiz",
    "/workshop/stories",
    "/workshop/stories?q=tunnel",
    "/workshop/stories/3",
    "/workshop/reading",
    "/workshop/readers",
)
ACTIONS = [route.path for route in make_routes() if route.path.startswith("/workshop") and "POST" in (route.methods or ())]
NEW = "https://neu.example/feed.xml"


@dataclass(slots=True)
class FakeConfig:
    """A configuration in memory, and a web with one feed in it."""

    storage: Storage
    urls: list[str] = field(default_factory=lambda: [url for url, _ in SOURCES])
    trouble: Exception | None = None
    added: list[FeedSettings] = field(default_factory=list)
    topics: list[Topic] = field(
        default_factory=lambda: [Topic(slug="schweiz", title="Schweiz", any_of=("Ständerat", "Krankenkassenprämien"))]
    )

    def find(self, address: str) -> FoundFeed:
        if self.trouble is not None:
            raise self.trouble
        url = address if "://" in address else NEW
        return FoundFeed(url=url, title="Neue Zeitung", language="de", entries=12)

    def add(self, feed: FeedSettings) -> None:
        if feed.url in self.urls:
            raise FeedExists("is in the configuration already", feed_url=feed.url)
        self.added.append(feed)
        self.urls.append(feed.url)
        self._configure()

    def remove(self, url: str) -> None:
        self.urls.remove(url)
        self._configure()

    def save_topic(self, topic: Topic) -> None:
        if "unwritable" in topic.slug:
            raise ConfigError("cannot be written: Read-only file system", file=Path("config.yaml"))
        self.topics = [*(known for known in self.topics if known.slug != topic.slug), topic]

    def _configure(self) -> None:
        with self.storage.write() as tx:
            tx.feeds.configure([FeedSettings(url=url) for url in self.urls], now=NOON)


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


@pytest.mark.parametrize("path", PAGES)
def test_nobody_sees_the_workshop_but_operators(site: Newsroom, path: str) -> None:
    stranger = Browser(site)
    answer = stranger.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/login?next={path.partition('?')[0]}")
    add_anna(site)
    assert stranger.log_in().status_code == 303
    assert stranger.get(path).status_code == 403
    assert "/workshop" not in stranger.get("/account").text


@pytest.mark.parametrize("path", ACTIONS)
def test_nothing_is_changed_without_the_token_of_an_operators_session(operator: Browser, config: FakeConfig, path: str) -> None:
    fields = {
        "address": NEW,
        "feed": "1",
        "story": "1",
        "other": "2",
        "entry": "3",
        "sure": "1",
        "name": "anna",
        "new_password": "x" * 9,
        "password": PASSWORD,
        "role": "reader",
    }
    assert operator.send(path, fields).status_code == 403
    assert operator.send(path, {**fields, "form_token": "0" * 64}).status_code == 403
    elsewhere = {"content-type": "application/x-www-form-urlencoded", "origin": "https://evil.example"}
    assert operator.send(path, fields, headers=elsewhere).status_code == 403
    assert operator.get(path).status_code in {404, 405}
    assert config.urls == [url for url, _ in SOURCES]


@pytest.mark.parametrize("path", ACTIONS)
def test_a_reader_changes_nothing_with_their_own_token(site: Newsroom, path: str) -> None:
    add_anna(site)
    reader = Browser(site)
    reader.log_in()
    assert reader.submit(path, feed="1", name="anna").status_code == 403


@pytest.mark.parametrize("language", ["de", "en", "fr", "it"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_can_be_walked_without_seeing_it_in_every_language(operator: Browser, path: str, language: str) -> None:
    answer = operator.newsroom.client.get(path, headers={**operator._headers(), "accept-language": language})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    page = Outline(answer.text)
    tags = [tag for tag, _ in page.tags]
    assert tags.count("h1") == 1
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    labels = {each.get("for") for each in page.all("label")}
    for field_ in (*page.all("input"), *page.all("textarea")):
        if field_.get("type") not in {"hidden", "checkbox"}:
            assert field_.get("id") in labels, field_
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert all("action" in form for form in page.all("form"))


def test_the_account_of_an_operator_leads_to_the_workshop(operator: Browser) -> None:
    assert 'href="/workshop"' in operator.get("/account").text
    assert operator.log_in(next="/workshop/sources").headers["location"] == "/workshop/sources"


def test_the_state_of_the_system_is_shown(operator: Browser, storage: Storage) -> None:
    html = operator.get("/workshop").text
    assert "Der Talbote" in html
    assert "KiB" in html or "MiB" in html
    assert storage.url.split(":")[0] in html


def test_a_source_is_added_by_the_address_of_its_site_and_polled_at_once(operator: Browser, config: FakeConfig) -> None:
    answer = operator.submit("/workshop/sources/add", address=" neu.example ", title="Neu", tags="a, b,,a")
    assert config.added == [FeedSettings(url=NEW, title="Neu", tags=("a", "b"))]
    page = operator.get(answer.headers["location"])
    assert "Hinzugefügt" in page.text
    with operator.newsroom.storage.read() as tx:
        feed = tx.feeds.find(NEW)
    assert feed is not None
    assert feed.poll.next_poll_at == NOON


def test_a_source_that_is_there_already_is_shown(operator: Browser) -> None:
    answer = operator.submit("/workshop/sources/add", address=SOURCES[0][0])
    assert answer.headers["location"] == "/workshop/sources/1?done=known"


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (
            FeedNotFound("no feed found", feed_url=NEW, tried=("https://neu.example/", f"https://neu.example/{HOSTILE}")),
            "Versucht wurde",
        ),
        (AddressRefused("10.0.0.1 is private", feed_url=NEW, temporary=False), "Adresse nicht erlaubt"),
        (ConfigError("cannot be written: Read-only file system"), "Read-only file system"),
    ],
)
def test_what_keeps_a_source_from_being_added_is_said_and_what_was_typed_stays(
    operator: Browser, config: FakeConfig, trouble: Exception, words: str
) -> None:
    config.trouble = trouble
    answer = operator.submit("/workshop/sources/add", address="neu.example", title=HOSTILE, tags="x")
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="neu.example"' in answer.text
    assert "<script>alert" not in answer.text
    assert config.added == []


@pytest.mark.parametrize("address", ["", "zwei wörter", "x" * 3000])
def test_what_is_no_address_is_said(operator: Browser, address: str) -> None:
    answer = operator.submit("/workshop/sources/add", address=address)
    assert (answer.status_code, "keine Adresse" in answer.text) == (422, True)


def test_a_source_is_asked_again_at_once(operator: Browser) -> None:
    answer = operator.submit("/workshop/sources/retry", feed="2")
    assert answer.headers["location"] == "/workshop/sources/2?done=retry"
    with operator.newsroom.storage.read() as tx:
        assert tx.feeds.get_many([2])[2].poll.next_poll_at == NOON


def test_a_source_is_taken_out(operator: Browser, config: FakeConfig) -> None:
    answer = operator.submit("/workshop/sources/remove", feed="1")
    assert answer.headers["location"] == "/workshop/sources?done=removed"
    assert SOURCES[0][0] not in config.urls
    assert operator.get("/workshop/sources/1").status_code == 404


@pytest.mark.parametrize("feed", ["", "x", "999", "1" * 30, "-1"])
def test_sources_that_are_not_there_are_not_found(operator: Browser, feed: str) -> None:
    for path in ("/workshop/sources/retry", "/workshop/sources/remove"):
        assert operator.submit(path, feed=feed).status_code == 404


def test_the_last_poll_of_a_source_is_told_in_words_and_in_detail(operator: Browser) -> None:
    with operator.newsroom.storage.read() as tx:
        talbote = next(feed for feed in tx.feeds.all() if feed.title == "Der Talbote")
    html = operator.get(f"/workshop/sources/{talbote.id}").text
    assert "Antwort mit Status 503" in html
    assert "connection refused at 10.0.0.7" in html  # for operators alone; the public page says it in words
    assert "Gotthard-Basistunnel wieder offen" in html


def test_without_the_configuration_file_sources_can_be_looked_at_only(storage: Storage, config: FakeConfig) -> None:
    site = open_site(storage, workshop=WorkshopTools(find_feed=config.find, topics=tuple, default_language="de"))
    add_anna(site, is_operator=True)
    browser = Browser(site)
    browser.log_in()
    assert "nur ansehen" in browser.get("/workshop/sources").text
    assert browser.submit("/workshop/sources/add", address="neu.example").status_code == 422
    assert browser.submit("/workshop/sources/remove", feed="1").status_code == 422
    site.recorder.close()


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


def test_an_account_is_made_and_its_api_password_shown_once(operator: Browser) -> None:
    answer = operator.submit("/workshop/readers/add", name="bruno", new_password="long enough", dont_count="1")
    assert answer.status_code == 200
    assert "Zugang für bruno" in answer.text
    assert re.search(r"<dt>API-Passwort</dt>\s*<dd><code>\S{16,}</code>", answer.text)
    listed = operator.get("/workshop/readers").text
    assert "Zugang für" not in listed
    assert "bruno" in listed
    assert "zählt in keiner Rangliste" in listed


def test_what_is_wrong_with_an_account_is_said(operator: Browser) -> None:
    again = operator.submit("/workshop/readers/add", name="Anna", new_password="long enough")
    assert (again.status_code, "gibt es schon" in again.text) == (422, True)
    for name, password in (("bruno", "short"), ("a:b", "long enough"), ("", "long enough")):
        assert operator.submit("/workshop/readers/add", name=name, new_password=password).status_code == 422


def test_operators_are_made_and_accounts_deleted_only_with_ones_own_password(operator: Browser) -> None:
    refused = operator.submit("/workshop/readers/add", name="bruno", new_password="long enough", operator="1", password="wrong")
    assert refused.status_code == 403
    operator.submit("/workshop/readers/add", name="bruno", new_password="long enough")
    for path, fields in (("role", {"role": "operator"}), ("remove", {})):
        refused = operator.submit(f"/workshop/readers/{path}", name="bruno", password="wrong", **fields)
        assert refused.status_code == 403
    done = operator.submit("/workshop/readers/role", name="bruno", role="operator", password=PASSWORD)
    assert done.headers["location"] == "/workshop/readers?done=role"
    assert "betreibt diese Website" in operator.get("/workshop/readers").text
    done = operator.submit("/workshop/readers/remove", name="bruno", password=PASSWORD)
    assert done.headers["location"] == "/workshop/readers?done=reader_removed"
    assert "bruno" not in operator.get("/workshop/readers").text


def test_nobody_locks_themselves_out(operator: Browser) -> None:
    for path in ("role", "remove"):
        answer = operator.submit(f"/workshop/readers/{path}", name="ANNA", role="reader", password=PASSWORD)
        assert (answer.status_code, "aussperrt" in answer.text) == (422, True)
    assert operator.get("/workshop").status_code == 200


def test_a_new_api_password_is_shown_once(operator: Browser) -> None:
    answer = operator.submit("/workshop/readers/renew", name="anna")
    assert "Zugang für anna" in answer.text
    assert operator.submit("/workshop/readers/renew", name="nobody").status_code == 404


def test_hostile_names_of_sources_are_shown_as_text(operator: Browser, storage: Storage) -> None:
    with storage.write() as tx:
        tx.feeds.configure([FeedSettings(url=SOURCES[0][0], title=HOSTILE)], now=NOON)
    for path in ("/workshop", "/workshop/sources", "/workshop/sources/1"):
        assert "<script>alert" not in operator.get(path).text
    assert operator.newsroom.client.get("/workshop", headers={"host": BASE}).status_code == 303


def test_two_stories_are_merged_by_number_or_address_and_parted_again(operator: Browser) -> None:
    merged = operator.submit("/workshop/stories/merge", story="5", other="https://news.example/stories/1.atom")
    assert merged.headers["location"] == "/workshop/stories/1?done=merged"
    assert operator.get("/workshop/stories/5").headers["location"] == "/workshop/stories/1"
    html = operator.get("/workshop/stories/1").text
    assert "Ständerat stimmt dem Kompromiss zu" in html
    assert "von Hand" in html
    parted = operator.submit("/workshop/stories/split", story="1", entry="5")
    assert parted.headers["location"] == "/workshop/stories/5?done=split"
    assert "Ständerat" not in operator.get("/workshop/stories/1").text.partition('<section aria-labelledby="entries">')[2]


@pytest.mark.parametrize(
    ("path", "fields", "words"),
    [
        ("merge", {"story": "1", "other": "999"}, "gibt es nicht"),
        ("merge", {"story": "1", "other": HOSTILE}, "gibt es nicht"),
        ("merge", {"story": "1", "other": "1"}, "schon dieselbe"),
        ("split", {"story": "1"}, "kein Artikel ausgewählt"),
        ("split", {"story": "1", "entry": "1"}, "Mindestens ein Artikel"),
    ],
)
def test_what_cannot_be_merged_or_parted_is_said(operator: Browser, path: str, fields: dict[str, str], words: str) -> None:
    answer = operator.submit(f"/workshop/stories/{path}", **fields)
    assert (answer.status_code, words in answer.text, "<script>alert" in answer.text) == (422, True, False)


def test_a_blocked_entry_is_gone_from_everything_and_does_not_come_back(operator: Browser) -> None:
    site, client = operator.newsroom, operator.newsroom.client
    with site.storage.read() as tx:
        entry = tx.entries.get(3)
    assert entry is not None
    assert operator.submit("/workshop/stories/block", entry="3").status_code == 400  # not confirmed
    assert client.get("/entries/3").status_code == 200
    done = operator.submit("/workshop/stories/block", entry="3", sure="1")
    assert done.headers["location"] == "/workshop/stories?done=blocked"
    assert client.get("/entries/3").status_code == 410
    assert client.get("/stories/3").status_code == 410
    for path in ("/", "/topics/schweiz", "/most-read", "/search?q=gotthard"):
        assert "Gotthard-Basistunnel" not in client.get(path).text
    key = url_key(entry.data.url or "")
    again = EntryUpdate(data=entry.data, guid_key=key, url_key=key, content_hash=key)
    listed = FeedUpdate(data=FeedData(title="Der Talbote"), entries=(again,))
    ids = (entry.origins[0].feed_id, 1)
    feeds = [FeedToDecide(feed_id=feed_id, update=listed, first_poll=False) for feed_id in ids]
    with site.storage.write() as tx:  # listed again, by its own feed and by another
        known = tx.entries.known([(feed.feed_id, feed.update.entries) for feed in feeds])
        assert [changes.new for changes in decide(feeds, known, now=NOON)] == [(), ()]


def test_a_story_that_loses_an_entry_goes_on_with_the_others(operator: Browser) -> None:
    operator.submit("/workshop/stories/merge", story="1", other="5")
    done = operator.submit("/workshop/stories/block", entry="1", sure="1")
    assert done.headers["location"] == "/workshop/stories/1?done=blocked"
    html = operator.get("/workshop/stories/1").text
    assert "Ständerat stimmt dem Kompromiss zu" in html
    assert "Krankenkassenprämien" not in html


def test_what_is_read_is_drawn_and_tells_of_nobody(operator: Browser) -> None:
    html = operator.get("/workshop/reading?window=24h").text
    assert '<svg class="plot" role="img" aria-label="Balken je Stunde, zusammen 31 Lektüren"' in html
    assert re.search(r"Schweiz</span>.*?<span class=\"n\">16</span>", html, re.DOTALL)
    assert re.search(r"La Tribune du Lac</span><span class=\"meta\">weniger als drei Personen", html)
    assert operator.get("/workshop/reading?window=9").status_code == 200


def test_where_nothing_was_read_that_is_said(empty: Newsroom) -> None:
    tools = WorkshopTools(find_feed=FakeConfig(storage=empty.storage).find, topics=tuple, default_language="de")
    site = open_site(empty.storage, workshop=tools)
    add_anna(site, is_operator=True)
    browser = Browser(site)
    browser.log_in()
    assert "noch nichts gelesen" in browser.get("/workshop/reading").text
    assert "Keine Geschichten" in browser.get("/workshop/stories").text
    assert "Noch keine Quellen" in browser.get("/workshop").text
    site.recorder.close()
