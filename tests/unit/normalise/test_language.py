from __future__ import annotations

import pytest

from aggregator.normalise.language import language_tag


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("de", "de"),
        ("DE", "de"),
        ("de-ch", "de-CH"),
        ("de_CH", "de-CH"),
        (" en-us\n", "en-US"),
        ("zh-hans-cn", "zh-Hans-CN"),
        ("es-419", "es-419"),
        ("gsw", "gsw"),
        ("de-ch-1996", "de-CH-1996"),
    ],
)
def test_a_tag_gets_its_usual_capitals(text: str, tag: str) -> None:
    assert language_tag(text) == tag


@pytest.mark.parametrize("text", [None, "", "German", "deutsch", "und", "x-default", "de-", "de ch", "de,en", "0", "<b>"])
def test_what_is_no_tag_says_nothing(text: str | None) -> None:
    assert language_tag(text) is None
