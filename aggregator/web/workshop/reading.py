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
MARKS = 8  # times under the plot at most


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
    count = len(figures.hours)
    every = max(1, count // MARKS)
    marks = [
        (place, words.date(at) if every >= 24 else words.time(at))  # noqa: PLR2004 - hours of a day
        for place in range(0, count, every)
        for at in [figures.since + place * HOUR]
    ]
    return bars_over_time(
        figures.hours,
        marks,
        label=words.say("ws_hours_label", n=words.number(figures.total)),
        highest_text=words.count("ws_n_reads", max(*figures.hours, 0)),
    )


show_reading = for_account(_show, operator=True)
