"""The two ways to read the file must agree wherever the quick one dares to answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.config.reading import parse_yaml, plain, read_quickly
from aggregator.errors import ConfigError

PATH = Path("config.yaml")
SCALARS = [
    *("yes", "no", "on", "off", "true", "True", "FALSE", "~", "null", "Null", "''", '""', "a b", "'a: b'", '"a\\tb"'),
    *("0", "012", "0o17", "0x1F", "0b11", "1_000", "1:30", "-5", "+5", "1e3", ".5", "5.", ".inf", "-.INF", ".nan", "1.2.3"),
    *("2026-01-01", "2026-13-45", "2026-01-01T10:00:00Z", "1h30m", "15m", "10%", "https://a.example/?a=1&b=2#c", "Zürich"),
    *("!!str 5", "!own 5", "&a x", "*a", "[1, two, '3']", "{a: 1, b: }", "|\n  eins\n  zwei", ">-\n  eins\n  zwei", "a # b"),
    *("a\tb", "@a", "%a", "- a", "=", "<<", "!!set {a, b}", "!!omap [a: 1]", "!!binary aGFsbG8="),
]  # fmt: skip


def slowly(text: str) -> object:
    try:
        return plain(PATH, parse_yaml(PATH, text))
    except ConfigError:
        return None


@pytest.mark.parametrize("scalar", SCALARS)
def test_a_value_is_the_same_both_ways(scalar: str) -> None:
    for text in (f"key: {scalar}\n", f"feeds:\n- url: {scalar}\n  title: x\n", f"base: &a {{x: 1}}\nkey: {scalar}\n"):
        quick = read_quickly(text)
        if quick is not None:
            assert repr(quick) == repr(slowly(text))


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\na: 2\n",
        "feeds:\n\t- url: x\n",
        "a: 1\n---\nb: 2\n",
        "a: [1\n",
        "- a\n- b\n",
        "",
        "a: &x [*x]\n",
        "a: b: c\n",
        "nur ein Satz\n",
    ],
)
def test_what_is_odd_is_left_to_the_reader_that_can_say_why(text: str) -> None:
    assert read_quickly(text) is None


@given(st.text(alphabet=st.sampled_from("ab1:-#'\"{}[],&*!|>%@~? \n"), max_size=40))
def test_any_text_is_the_same_both_ways(text: str) -> None:
    quick = read_quickly(text)
    if quick is not None:
        assert repr(quick) == repr(slowly(text))
