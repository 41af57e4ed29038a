from __future__ import annotations

import pytest

from aggregator.model.entry import EntryData
from aggregator.web import presentation
from aggregator.web.pictures import without_image
from tests.fakes.stored import make_entry

URL = "https://bilder.example/1.jpg?a=1&b=2"
IMAGE = '<img alt="Kurs > 3 %" src="https://bilder.example/1.jpg?a=1&amp;b=2" loading="lazy">'


@pytest.mark.parametrize(
    ("html", "left"),
    [
        (f"<p>Text {IMAGE} Text</p>", "<p>Text  Text</p>"),
        (f"<p>{IMAGE}</p><p>Text</p>", "<p>Text</p>"),
        (f'<p><a href="https://x.example/" rel="nofollow">{IMAGE}</a></p> <p>Text</p>', " <p>Text</p>"),
        (f"<figure> {IMAGE} <figcaption>Wer</figcaption></figure>", "<figure>  <figcaption>Wer</figcaption></figure>"),
        (f"{IMAGE}<p>Text</p>{IMAGE}", f"<p>Text</p>{IMAGE}"),
        ('<p><img src="https://bilder.example/2.jpg"></p>', '<p><img src="https://bilder.example/2.jpg"></p>'),
        ('<p>&lt;img src="x"&gt;</p>', '<p>&lt;img src="x"&gt;</p>'),
        (f"<p>{IMAGE}", "<p>"),
        ("<div>" * 6 + IMAGE + "</div>" * 6, "<div><div></div></div>"),
        ("", ""),
    ],
)
def test_the_image_shown_above_is_left_out_with_what_held_nothing_else(html: str, left: str) -> None:
    assert without_image(html, URL) == left


def test_where_no_picture_is_shown_the_text_keeps_its_own() -> None:
    assert without_image(IMAGE, None) == IMAGE


def test_the_page_of_an_entry_shows_its_picture_once() -> None:
    entry = make_entry(1, EntryData(title="Titel", image_url=URL, content_html=f"<p>{IMAGE}</p><p>Kurz.</p>"))
    assert presentation.body(entry, shown=presentation.picture(entry, secure=True)) == "<p>Kurz.</p>"
    assert presentation.body(entry).count("<img") == 1
