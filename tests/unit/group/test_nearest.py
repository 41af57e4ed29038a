import pytest

np = pytest.importorskip("numpy", reason="a sentence model needs numpy")

from aggregator.group.centring import Vector  # noqa: E402 - needs numpy
from aggregator.group.nearest import Meanings  # noqa: E402

DIMENSIONS = 256
ROWS = 4_000
FOUND = 12


def like_titles(count: int) -> list[bytes]:
    """Vectors that differ along a few directions much and along the others little, as those of titles do."""
    drawn = np.random.default_rng(3).standard_normal((count, DIMENSIONS))
    return [row.astype(np.float16).tobytes() for row in drawn / np.arange(1, DIMENSIONS + 1)]


def filled(vectors: list[bytes]) -> tuple[Meanings, list[Vector]]:
    meanings = Meanings(DIMENSIONS)
    centred = []
    for number, vector in enumerate(vectors):
        centred.append(meanings.centre(vector, "de"))
        meanings.add(meanings.open_row(number), centred[-1])
    return meanings, centred


def test_nearly_all_that_is_nearest_is_found() -> None:
    meanings, centred = filled(like_titles(ROWS))
    asked = range(ROWS // 4, ROWS, 15)  # the first ones were centred by little knowledge
    products = np.stack([centred[at] for at in asked]) @ np.stack(centred).T
    exact = [set(row[:FOUND]) for row in np.argsort(-products, axis=1).tolist()]
    found = [set(meanings.find(centred[at], limit=FOUND)) for at in asked]
    assert sum(len(one & other) for one, other in zip(exact, found, strict=True)) >= 0.98 * FOUND * len(exact)


def test_the_nearest_come_first() -> None:
    meanings, centred = filled(like_titles(500))
    assert meanings.find(centred[477], limit=3)[0] == 477


def test_a_story_that_is_forgotten_is_not_found() -> None:
    meanings, centred = filled(like_titles(500))
    meanings.close_row(477)
    assert 477 not in meanings.find(centred[477], limit=FOUND)


def test_a_row_that_another_story_absorbed_is_found_as_that() -> None:
    meanings, centred = filled(like_titles(500))
    meanings.absorb(5, 477)
    found = meanings.find(centred[477], limit=100)
    assert (5 in found, 477 in found) == (True, False)


def test_rows_are_given_again_when_they_are_free() -> None:
    meanings, centred = filled(like_titles(500))
    for row in range(500):
        meanings.close_row(row)
    for number in range(500):
        meanings.add(meanings.open_row(1_000 + number), centred[number])
    assert meanings.find(centred[3], limit=1) == [1_003]


def test_nothing_is_found_where_nothing_is() -> None:
    meanings = Meanings(DIMENSIONS)
    assert meanings.find(meanings.centre(like_titles(1)[0], "de"), limit=FOUND) == []


def test_what_got_no_title_for_long_gives_way_until_it_gets_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aggregator.group.nearest._SEARCHED", 100)
    meanings, centred = filled(like_titles(600))
    assert meanings.find(centred[499], limit=FOUND)[0] != 499
    meanings.add(499, centred[499])
    assert meanings.find(centred[499], limit=FOUND)[0] == 499
