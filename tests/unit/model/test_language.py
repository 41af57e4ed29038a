from __future__ import annotations

from aggregator.model.language import primary_language


def test_the_primary_language_is_the_first_subtag() -> None:
    assert [primary_language(tag) for tag in ("de-CH", "EN_us", "fr", "", None)] == ["de", "en", "fr", "", ""]
