from __future__ import annotations

import pytest

from aggregator.web.languages import choose_language
from aggregator.web.words import LANGUAGES


@pytest.mark.parametrize(
    ("header", "site", "chosen"),
    [
        ("", "de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de-CH", "de-CH"),
        ("en-GB", "de", "en"),
        ("en;q=0.3, fr;q=0.7, it;q=0.5", "de", "fr"),
        ("fr;q=0", "de", "de"),
        ("*", "it", "it"),
        ("es, rm;q=0.9", "fr-CH", "fr-CH"),
        ("FR-ch", "de-CH", "fr-CH"),
        ("fr;q=2,en;q=x,,;;,it;q=0.1", "de", "it"),
        ("en" * 5000 + ",fr", "de", "de"),
        ("fr", "es", "fr"),
        ("es", "es", "es"),
    ],
)
def test_the_best_of_our_languages_is_chosen_with_the_region_of_the_site(header: str, site: str, chosen: str) -> None:
    assert choose_language(header, site=site, offered=LANGUAGES) == chosen
