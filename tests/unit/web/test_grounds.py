"""Grounds of topics and stories are told in the language of the page."""

from __future__ import annotations

import re

import pytest

from aggregator.model.ground import Ground, GroundKind, Place
from aggregator.web.grounds import say_evidence, say_grounds
from aggregator.web.words import LANGUAGES, Words

BY_WORD = Ground(kind=GroundKind.ANY, word="Bundesrat*", found="Bundesratswahl", place=Place.TITLE)
NO_WORD = Ground(kind=GroundKind.NO_WORD, words=("Bern", "Basel"), has_more=True)


def test_rules_are_told_in_each_language() -> None:
    grounds = ((BY_WORD,), (Ground(kind=GroundKind.LANGUAGE, found="fr"),))
    assert say_grounds(grounds, Words("de")) == "„Bundesrat*“ steht im Titel: „Bundesratswahl“; Sprache: Französisch"
    assert say_grounds(grounds, Words("de-CH")).startswith("«Bundesrat*» steht im Titel")
    assert say_grounds(grounds, Words("en")) == "“Bundesrat*” in the title: “Bundesratswahl”; language: French"
    assert "dans le titre" in say_grounds(grounds, Words("fr"))
    assert "nel titolo" in say_grounds(grounds, Words("it"))


def test_alternatives_of_a_rule_stand_together_and_say_how_near() -> None:
    far = Ground(kind=GroundKind.FAR, words=("Käse",), share=0.874)
    assert say_grounds(((NO_WORD, far),), Words("de")) == (
        "keines der Wörter „Bern“, „Basel“, …, 87\u00a0% der nötigen Nähe (Käse)"
    )
    assert say_grounds(((Ground(kind=GroundKind.NEAR),),), Words("en")) == "near what is described"


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_ground_has_words_in_every_language(language: str) -> None:
    words = Words(language)
    for kind in GroundKind:
        for more in ((), ("w1", "w2")):
            said = say_grounds(((Ground(kind=kind, word="w0", found="f0", place=Place.TEASER, words=more, share=0.5),),), words)
            assert said, kind
            assert not re.search(r"[{}]|ws_|lacking", said)
    for reason in ("series", "known", "same title", "similar", "new", "new title", "merged", "split"):
        assert say_evidence(reason, words)
        assert words.has(f"ws_because_{reason.replace(' ', '_')}")
    assert say_evidence("something else", words) == "something else"
