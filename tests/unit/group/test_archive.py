"""Texts read together with their neighbours."""

from __future__ import annotations

import pytest

np = pytest.importorskip("numpy", reason="comes with the extra `meaning`")
from aggregator.group.archive import ARCHIVE_PASSAGES, Archive  # noqa: E402 - after the skip

EAST, NORTH, WEST = (np.array(vector, np.float32) for vector in ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)))
NORTH_EAST = (EAST + NORTH) / np.sqrt(np.float32(2))


def test_a_text_is_moved_towards_what_is_near_it_and_not_away_from_what_is_far() -> None:
    archive = Archive(2)
    archive.add(b"near", NORTH_EAST)
    archive.add(b"far", WEST)
    assert archive.enrich(b"text", EAST) == pytest.approx(EAST + NORTH_EAST)


def test_the_nearer_of_two_neighbours_counts_more() -> None:
    archive = Archive(2)
    archive.add(b"nearer", EAST)
    archive.add(b"near", NORTH_EAST)
    east, north = archive.enrich(b"text", EAST) - EAST
    assert east > 3 * north > 0  # the fourth power: 1 to 1/4, and only half of that is north


def test_a_passage_is_no_neighbour_of_its_own() -> None:
    archive = Archive(2)
    archive.add(b"own", EAST)
    assert archive.enrich(b"own", EAST) == pytest.approx(EAST)
    assert archive.enrich(b"other", EAST) == pytest.approx(2 * EAST)


def test_without_neighbours_a_text_stays_as_it_is() -> None:
    assert Archive(2).enrich(b"text", EAST) == pytest.approx(EAST)


def test_what_is_known_is_kept_once_and_the_oldest_gives_way() -> None:
    archive = Archive(2)
    for number in range(ARCHIVE_PASSAGES):
        archive.add(str(number).encode(), NORTH if number else EAST)
        archive.add(str(number).encode(), WEST)
    assert archive.added == ARCHIVE_PASSAGES
    assert archive.enrich(b"text", EAST) == pytest.approx(2 * EAST)
    archive.add(b"new", NORTH)
    assert archive.enrich(b"text", EAST) == pytest.approx(EAST)
    archive.add(b"0", EAST)
    assert archive.enrich(b"text", EAST) == pytest.approx(2 * EAST)
