"""Plots as SVG inside the page: no script, no style, and the figures beside them in words."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

WIDTH, HEIGHT = 960, 180  # units of the picture
BASE = HEIGHT - 22  # where the bars stand; below are the days
TOP = 14  # above the bars is the highest figure


def bars_over_time(values: Sequence[int], marks: Sequence[tuple[int, str]], *, label: str, highest_text: str) -> Markup:
    """Return a bar for every value; `marks` are (place, text) under the line, `highest_text` tells what the top line means."""
    highest = max(*values, 1)
    step = WIDTH / max(len(values), 1)
    parts = [
        Markup('<svg class="plot" role="img" aria-label="{}" viewBox="0 0 {} {}">').format(label, WIDTH, HEIGHT),
        Markup('<line x1="0" y1="{}" x2="{}" y2="{}"/>').format(TOP, WIDTH, TOP),
        Markup('<text x="0" y="{}">{}</text>').format(TOP - 3, highest_text),
    ]
    for place, value in enumerate(values):
        if value:
            height = max(1.0, value / highest * (BASE - TOP))
            parts.append(
                Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
                    place * step, BASE - height, max(step - 1, 0.5), height
                )
            )
    parts.append(Markup('<line x1="0" y1="{}" x2="{}" y2="{}"/>').format(BASE, WIDTH, BASE))
    parts += [Markup('<text x="{:.0f}" y="{}">{}</text>').format(place * step, HEIGHT - 6, text) for place, text in marks]
    return Markup().join([*parts, Markup("</svg>")])


def bar(value: int, highest: int) -> Markup:
    """Return one bar of a list, as long as its share of the highest; the figure stands beside it as text."""
    share = round(value / max(highest, 1) * 100)
    return Markup(
        '<svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect width="{}" height="4"/></svg>'
    ).format(max(share, 1))
