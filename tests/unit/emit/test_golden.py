"""The bytes we emit, held by files; `python -m tests.data.golden.regenerate` writes them anew."""

from __future__ import annotations

import pytest

from tests.data.golden.regenerate import FOLDER, golden_bodies

NAMES = sorted(golden_bodies())


@pytest.mark.parametrize("name", NAMES)
def test_the_bytes_are_those_of_the_golden_file(name: str) -> None:
    path = FOLDER / name
    assert path.is_file(), f"{path.name} is missing: run python -m tests.data.golden.regenerate and read what it wrote"
    assert golden_bodies()[name].decode() == path.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    assert sorted(path.name for path in FOLDER.iterdir() if path.suffix not in {".py", ""}) == NAMES
