"""Persons are found where a text names them in full, and nowhere else."""

from __future__ import annotations

import pytest

from aggregator.group.persons import persons


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Bundesrätin Karin Keller-Sutter tritt zurück", {"karin keller-sutter"}),
        ("Ursula von der Leyen trifft Emmanuel Macron in Paris", {"ursula leyen", "emmanuel macron"}),
        ("Trump's visit: Donald Trump's plane lands", {"donald trump"}),
        ("Ein Jahr Gefängnis für Jean-Luc Martin", {"jean-luc martin"}),
        ("Karl Theodor Guttenberg spricht", {"karl guttenberg", "theodor guttenberg"}),
        ("Der Bundesrat will die Prämien senken", set()),
        ("Neue Regierung in New York und Real Madrid siegt", set()),
        ("Peter, Klaus und Maria feiern", set()),
        ("PETER MAFFAY IN CONCERT", set()),
        ("Max. Temperatur 30 Grad", set()),
        ("", set()),
    ],
)
def test_full_names_are_found_and_nouns_are_not(text: str, found: set[str]) -> None:
    assert persons(text) == found


def test_the_same_person_is_found_in_another_language_and_spelling() -> None:
    assert persons("Zu Gast: Björn Höcker") & persons("Bjorn Hocker visits")
