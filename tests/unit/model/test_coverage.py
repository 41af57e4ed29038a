from __future__ import annotations

from datetime import timedelta

from aggregator.model.coverage import REPEAT_SPAN, CoverageEntry, Report, face_of, fold_copies
from aggregator.model.entry import EntryData
from tests.fakes.newsroom import NOON
from tests.fakes.stored import make_entry

ENTRY = make_entry(2, EntryData(title="x"))


def report(
    entry_id: int,
    publisher: str,
    *,
    image: str | None = None,
    copy_of: int | None = None,
    title: str = "",
    after: timedelta = timedelta(),
) -> CoverageEntry:
    return CoverageEntry(
        entry_id=entry_id,
        title=title or f"Title {entry_id}",
        url=None,
        publisher=publisher,
        site=f"{publisher}.example",
        language=None,
        dated_at=NOON + timedelta(minutes=entry_id) + after,
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


def folded(reports: list[Report]) -> dict[int, list[int]]:
    return {one.entry.entry_id: [copy.entry_id for copy in one.copies] for one in reports}


def test_what_a_publisher_brings_again_under_one_title_is_one_report() -> None:
    reports = fold_copies(
        [
            report(1, "a", title="Lucky  Man"),
            report(2, "a", title="Lucky man"),
            report(3, "b", title="Lucky Man"),
            report(4, "a", title="Another"),
            report(5, "a", title="Lucky Man"),
        ]
    )
    assert folded(reports) == {4: [], 3: [], 1: [2, 5]}
    assert [(one.repeats, one.copying_sites) for one in reports] == [(0, 0), (0, 0), (2, 0)]


def test_copies_of_a_repeat_go_with_what_it_repeats() -> None:
    reports = fold_copies(
        [report(1, "a", title="x"), report(2, "a", title="x"), report(3, "b", copy_of=2), report(4, "b", copy_of=1)]
    )
    assert folded(reports) == {1: [2, 3, 4]}
    assert (reports[0].repeats, reports[0].copying_sites) == (1, 1)


def test_the_next_issue_under_a_title_and_entries_without_one_are_no_repeats() -> None:
    issues = [
        report(1, "a", title="x"),
        report(2, "a", title="x", after=REPEAT_SPAN),
        report(3, "a", title="x", after=REPEAT_SPAN),
    ]
    assert folded(fold_copies(issues)) == {2: [3], 1: []}
    assert folded(fold_copies([report(1, "a", title=" "), report(2, "a", title=" ")])) == {2: [], 1: []}


def test_whatever_is_folded_each_entry_is_there_once() -> None:
    coverage = [report(n, "ab"[n % 2], title="xyz"[n % 3], copy_of=n - 3 if n % 4 == 0 else None) for n in range(1, 30)]
    found = [entry for first, copies in folded(fold_copies(coverage)).items() for entry in (first, *copies)]
    assert sorted(found) == list(range(1, 30))
