import pytest

from aggregator.group.dates import without_dates


@pytest.mark.parametrize(
    "date",
    [
        "6.6.2012",
        "06.06.12",
        "06.06.",
        "2012-06-06",
        "06/06/2012",
        "6. Juni 2012",
        "6 juin 2012",
        "June 6, 2012",
        "6 giugno 2012",
    ],
)
def test_a_day_named_by_number_goes(date: str) -> None:
    assert without_dates(f"Rundschau vom {date}, ganze Sendung").split() == ["Rundschau", "vom", ",", "ganze", "Sendung"]


@pytest.mark.parametrize(
    "title", ["Der 1. Mai in Bern", "Version 3.2.1 ist da", "SMI steigt um 1.25 Prozent", "Lieder von 2012"]
)
def test_what_is_no_day_stays(title: str) -> None:
    assert without_dates(title) == title
