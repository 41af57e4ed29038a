"""What is read, as plots: reads an hour, by topic, by source."""

from __future__ import annotations

from datetime import timedelta

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from aggregator.library.reading_figures import ReadingFigures, read_figures
from aggregator.library.sessions import LoggedIn
from aggregator.model.story import Window
from aggregator.web.sessions import for_account
from aggregator.web.site import web_of
from aggregator.web.words import Words
from aggregator.web.workshop.pages import show
from aggregator.web.workshop.plots import bar, bars_over_time

HOUR = timedelta(hours=1)
DAY_HOURS = 24
MOST_MARKS = 8  # times or days under the plot; more would touch each other


def _show(request: Request, session: LoggedIn) -> Response:
    """Show what is read in a window of time."""
    web = web_of(request)
    asked = request.query_params.get("window", Window.WEEK)
    window = Window(asked) if asked in set(Window) else Window.WEEK
    figures = read_figures(web.storage, window, now=web.clock.now())
    return show(
        request,
        session,
        "workshop_reading.html",
        part="reading",
        window=str(window),
        figures=figures,
        plot=_plot(figures, web.words_for(request)),
        bar=bar,
    )


def _plot(figures: ReadingFigures, words: Words) -> Markup:
    marks = _day_marks(figures, words) if len(figures.hours) > DAY_HOURS else _hour_marks(figures, words)
    every = -(-len(marks) // MOST_MARKS)
    return bars_over_time(
        figures.hours,
        marks[::every],
        label=words.say("ws_hours_label", n=words.number(figures.total)),
        highest_text=words.count("ws_n_reads", max(*figures.hours, 0)),
    )


def _hour_marks(figures: ReadingFigures, words: Words) -> list[tuple[int, str]]:
    """Return where hours are named."""
    return [(place, words.time(figures.since + place * HOUR)) for place in range(len(figures.hours))]


def _day_marks(figures: ReadingFigures, words: Words) -> list[tuple[int, str]]:
    """Return where days begin."""
    times = [words.local(figures.since + place * HOUR) for place in range(len(figures.hours))]
    return [(place, f"{at.day}.{at.month}.") for place, at in enumerate(times) if at.hour == 0]


show_reading = for_account(_show, operator=True)
