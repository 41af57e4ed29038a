"""Titles of one publisher that share no more than a frame."""

import pytest

from aggregator.group.rubrics import is_rubric


@pytest.mark.parametrize(
    ("title", "others"),
    [
        ("Zitat #17221", ["Zitat #17220"]),
        ("Leserbrief: Mehr Velowege", ["Leserbrief: Danke an das Spital", "Leserbrief: Zu wenig Schnee"]),
        ("Цитата #17221", ["Цитата #17220"]),
        ("Trump schlägt vor - Serie Wahl", ["Harris antwortet - Serie Wahl"]),
    ],
)
def test_a_frame_alone_is_a_rubric(title: str, others: list[str]) -> None:
    assert is_rubric(title, others)


@pytest.mark.parametrize(
    ("title", "others"),
    [
        ("Erdbeben in Glarus: Zahl der Verletzten steigt", ["Erdbeben in Glarus: Drei Verletzte im Spital"]),
        ("Starkes Erdbeben erschüttert Glarus", ["Glarus: Erdbeben der Stärke 5"]),
        ("Leserbrief: Mehr Velowege", ["Leserbrief: Danke", "Neue Velowege in Basel"]),
        ("Irgendetwas", []),
    ],
)
def test_what_shares_more_is_none(title: str, others: list[str]) -> None:
    assert not is_rubric(title, others)
