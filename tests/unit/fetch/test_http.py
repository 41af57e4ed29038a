from __future__ import annotations

import pytest

from aggregator.fetch.http import user_agent


def test_we_introduce_ourselves_with_version_and_contact() -> None:
    assert user_agent("1.2", "https://example.org/bot") == "aggregator/1.2 (+https://example.org/bot)"
    assert user_agent("1.2") == "aggregator/1.2"


@pytest.mark.parametrize("contact", ["https://müller.example", "a\r\nX-Evil: 1", "\0"])
def test_a_contact_that_no_header_can_carry_is_named(contact: str) -> None:
    with pytest.raises(ValueError, match="contact"):
        user_agent("1", contact)
