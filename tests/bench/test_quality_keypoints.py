"""The measures of key points measure what they say."""

from __future__ import annotations

from bench.quality_keypoints import ends_of, interval, longest_common, rouge


def test_rouge_is_whole_for_the_same_words_and_nothing_for_others() -> None:
    assert rouge("Die Häuser brennen.", "die Häuser brennen") == (1.0, 1.0, 1.0)
    assert rouge("Häuser brennen", "Regen fällt") == (0.0, 0.0, 0.0)


def test_rouge_counts_words_pairs_and_order() -> None:
    first, second, longest = rouge("a b c d", "a c b d")
    assert (first, second) == (1.0, 0.0)
    assert longest == 0.75
    assert longest_common("abcbdab", "bdcaba") == 4


def test_ends_are_found_whatever_a_splitter_does_to_white_space() -> None:
    assert ends_of("Ja.  Nein.\nDoch.", ["Ja. ", "Nein.", "Doch."]) == {3, 10, 16}


def test_an_interval_holds_its_mean() -> None:
    assert interval([0.1] * 9) == "+0.100 [+0.100, +0.100]"
