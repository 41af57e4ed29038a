"""Tables, sizes and times as people and scripts see them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.cli.output import print_json, print_table, show_duration, show_size


def test_json_has_times_in_utc_and_letters_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"at": datetime(2026, 11, 24, 12, tzinfo=UTC), "for": timedelta(minutes=1), "title": "Zürich"})
    printed = capsys.readouterr().out
    assert json.loads(printed) == {"at": "2026-11-24T12:00:00Z", "for": 60.0, "title": "Zürich"}
    assert "Zürich" in printed


def test_into_a_pipe_a_table_is_lines_with_tabs(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("title", "count"), [("a\tb", 3), (None, 0)], empty="nothing")
    assert capsys.readouterr().out == "title\tcount\na b\t3\n\t0\n"


def test_an_empty_table_says_what_to_do_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("title",), [], empty="add one")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "add one\n")


@pytest.mark.parametrize(
    ("size_bytes", "shown"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (5 * 1024**2, "5.0 MiB"), (3 * 1024**3, "3.0 GiB")],
)
def test_sizes_are_shown_in_binary_units(size_bytes: int, shown: str) -> None:
    assert show_size(size_bytes) == shown


@pytest.mark.parametrize(
    ("minutes", "shown"), [(None, ""), (0.2, "0 min"), (12, "12 min"), (99, "99 min"), (150, "2.5 h"), (3000, "50.0 h")]
)
def test_durations_are_shown_in_minutes_or_hours(minutes: float | None, shown: str) -> None:
    assert show_duration(None if minutes is None else timedelta(minutes=minutes)) == shown
