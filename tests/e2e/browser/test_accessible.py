"""Every page holds for people who do not see it, and for validators."""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.browser.conftest import Visits
from tests.fakes.browsing import DESKTOP, PHONE, ServedNewsroom, node_package

pytestmark = pytest.mark.e2e
PAGES = (
    "/",
    "/?window=30d",
    "/topics/schweiz",
    "/topics/wissen/most-read",
    "/most-read",
    "/trending",
    "/entries/1",
    "/entries/4",
    "/editions/daily",
    "/subscribe",
    "/subscribe?feed=/topics/schweiz",
    "/topics/schweiz.atom",
    "/search",
    "/search?q=Regeln",
    "/feeds",
    "/feeds?trouble=1&q=blatt",
    "/search",
    "/search?q=muster",
    "/search?q=nichts+date:morgens",
    "/login",
    "/nirgends",
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
VNU_SECONDS = 120
APP_SCHEME = "“feed:http"  # applications for feeds take it, the validator wants slashes after a scheme it does not know


def violations(page: Page) -> list[str]:
    """What axe-core finds, with the element."""
    source = (node_package("axe-core") / "axe.min.js").read_text(encoding="utf-8")
    page.evaluate(source)
    found: Any = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}}).then(result => result.violations)", RULES
    )
    return [f"{each['id']}: {node['html']} {node['failureSummary']}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(visitor: Visits, path: str, theme: str) -> None:
    anna = visitor(theme=theme)
    page = anna.open(path)
    assert ("Diese Seite gibt es nicht" in page.title()) is (path == "/nirgends"), page.title()
    assert "schiefgegangen" not in page.title()
    found = violations(page)
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert found + violations(page) == []
    if path == "/nirgends":
        anna.complaints.clear()  # that there is no such page


def test_axe_would_find_something(visitor: Visits) -> None:
    page = visitor().open("/")
    page.evaluate("document.querySelector('nav a').innerHTML = '<img src=\"/favicon.svg\">'")
    assert [found.partition(":")[0] for found in violations(page)] == ["image-alt", "link-name"]


@pytest.mark.parametrize("language", ["en", "fr", "it"])
def test_axe_finds_nothing_in_other_languages(visitor: Visits, language: str) -> None:
    node_package("axe-core")
    assert violations(visitor(language=language, size=DESKTOP).open("/")) == []


def validator_messages(folder: Path, style: str) -> list[str]:
    """What the validator of HTML finds in the pages of a folder and in a stylesheet of ours."""
    jar = node_package("vnu-jar") / "build" / "dist" / "vnu.jar"
    if shutil.which("java") is None:
        pytest.skip("Java is not installed, which the validator needs")
    files = [*sorted(str(file) for file in folder.glob("*.html")), str(Path(f"aggregator/web/static/{style}").resolve())]
    command = ["java", "-Xmx512m", "-jar", str(jar), "--format", "json", "--also-check-css", *files]
    done = subprocess.run(command, capture_output=True, text=True, timeout=VNU_SECONDS, check=False)
    return [
        f"{each['url'].rpartition('/')[2]}:{each.get('lastLine')} {each['message']} {each.get('extract')}"
        for each in json.loads(done.stderr)["messages"]
        if (each["type"] != "info" or each.get("subType") == "warning") and APP_SCHEME not in each["message"]
    ]


def test_the_validator_of_html_finds_nothing(site: ServedNewsroom, tmp_path: Path) -> None:
    for number, path in enumerate(PAGES):
        headers = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document", "accept": "text/html", "user-agent": "x"}
        request = urllib.request.Request(site.base_url + path, headers=headers)  # noqa: S310 - loopback
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - loopback
                body = answer.read()
        except urllib.error.HTTPError as error:
            with error:
                body = error.read()
        (tmp_path / f"{number}.html").write_bytes(body)
    assert validator_messages(tmp_path, "style.css") == []
