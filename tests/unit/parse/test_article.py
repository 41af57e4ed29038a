"""The text and the lead image of an article's page."""

from __future__ import annotations

import builtins
from types import ModuleType
from typing import Any

import pytest

from aggregator.errors import ExtraMissing, NotAFeed, ParseError
from aggregator.model.fetching import Fetched
from aggregator.parse.article import MAX_PAGE_BYTES, extract_article, open_extractor

SENTENCE = "Der Bundesrat hat am Dienstag eine Vorlage verabschiedet, die viele betrifft. "
PAGE = f"""<!DOCTYPE html><html lang="de"><head><title>Die Vorlage</title>
<meta property="og:title" content="Die Vorlage"><meta property="og:image" content="/bilder/1.jpg"></head>
<body><nav><a href="/">Start</a> <a href="/sport">Sport</a></nav>
<article><h1>Die Vorlage</h1><p>{SENTENCE * 4}</p><p>{SENTENCE * 4} <a href="/hintergrund">Hintergrund</a></p></article>
<footer>Alle Rechte vorbehalten</footer></body></html>"""


def page(html: str, *, media_type: str | None = "text/html") -> Fetched:
    return Fetched(url="https://a.example/1", body=html.encode(), media_type=media_type)


def test_the_text_comes_without_the_frame_around_it() -> None:
    found = extract_article(page(PAGE))

    assert "Bundesrat" in found.html
    assert "Sport" not in found.html
    assert "Rechte" not in found.html
    assert found.title == "Die Vorlage"
    assert found.image_url == "https://a.example/bilder/1.jpg"


def test_a_page_without_an_article_is_an_error_in_words() -> None:
    with pytest.raises(ParseError, match="there is no article on the page"):
        extract_article(page("<html><body><p>Bitte akzeptieren Sie Cookies.</p></body></html>"))


@pytest.mark.parametrize("html", ["", "\x00\x01", "<"])
def test_what_is_no_page_is_an_error_in_words(html: str) -> None:
    with pytest.raises(ParseError):
        extract_article(page(html))


def test_a_picture_is_no_page_and_a_huge_page_is_not_looked_at() -> None:
    with pytest.raises(NotAFeed, match="image/png"):
        extract_article(page(PAGE, media_type="image/png"))
    with pytest.raises(ParseError, match="larger than 4 MiB"):
        extract_article(page(PAGE + " " * MAX_PAGE_BYTES))


def test_without_the_extra_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> ModuleType:
        if name == "trafilatura":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)

    with pytest.raises(ExtraMissing, match=r"aggregator\[full-text\]"):
        open_extractor()
