from __future__ import annotations

from datetime import timedelta

from aggregator.model.coverage import CoverageEntry, face_of
from aggregator.model.entry import EntryData
from tests.fakes.newsroom import NOON
from tests.fakes.stored import make_entry

ENTRY = make_entry(2, EntryData(title="x"))


def report(entry_id: int, publisher: str, *, image: str | None = None, copy_of: int | None = None) -> CoverageEntry:
    return CoverageEntry(
        entry_id=entry_id,
        title="x",
        url=None,
        publisher=publisher,
        site=f"{publisher}.example",
        language=None,
        dated_at=NOON + timedelta(minutes=entry_id),
        copy_of=copy_of,
        image_url=image,
    )


def test_a_story_names_its_voices_latest_first_and_no_copies() -> None:
    coverage = [report(1, "a"), report(2, "b"), report(3, "c", copy_of=1), report(4, "a")]
    assert face_of(coverage, ENTRY).publishers == ("a", "b")


def test_a_story_shows_the_picture_of_its_own_entry_before_that_of_a_later_one() -> None:
    coverage = [report(1, "a", image="1.jpg"), report(2, "b", image="2.jpg"), report(3, "c", image="3.jpg")]
    assert (face_of(coverage, ENTRY).image_url, face_of(coverage, ENTRY).image_publisher) == ("2.jpg", "b")
    assert face_of(coverage[:1], ENTRY).image_publisher == "a"


def test_a_story_without_pictures_has_none() -> None:
    assert face_of([report(1, "a")], ENTRY).image_url is None
    assert face_of([], ENTRY).publishers == ()
