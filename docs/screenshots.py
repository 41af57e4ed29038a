"""Takes the pictures of the documentation: an invented newsroom in Chromium, at noon, in both themes, on a desk and a phone."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.fakes.browsing import DESKTOP, PHONE, open_chromium, visit
from tests.fakes.paper import run_paper
from tests.fakes.running_site import RunningSite

FOLDER = Path(__file__).parent
SHOTS = (  # name, path, size of the window, theme, language, whether the whole page
    ("front", "/", (1240, 1080), "light", "de-CH", False),
    ("front-dark", "/", (1240, 1080), "dark", "de-CH", False),
    ("front-phone", "/", PHONE, "light", "de-CH", False),
    ("story", "/stories/{story}", (1240, 1080), "dark", "de-CH", False),
    ("topic", "/topics/wissen", DESKTOP, "light", "it-CH", False),
    ("subscribe", "/subscribe", DESKTOP, "light", "en-GB", False),
    ("feed", "/topics/schweiz.rss", DESKTOP, "dark", "de-CH", False),
    ("sources", "/feeds", DESKTOP, "light", "fr-CH", False),
)


def find_story(site: RunningSite) -> int:
    """Return the story that most publishers report."""
    with site.aggregator.storage.read() as tx:
        return max(tx.entries.newest(limit=50), key=lambda entry: entry.publishers).story_id


def main() -> None:
    """Take every picture."""
    with tempfile.TemporaryDirectory() as folder, run_paper(Path(folder)) as site, open_chromium() as browser:
        story = find_story(site)
        for name, path, size, theme, language, whole in SHOTS:
            with visit(browser, site.base_url, size=size, theme=theme, language=language) as visitor:
                page = visitor.open(path.format(story=story))
                page.wait_for_load_state("networkidle")
                page.screenshot(path=FOLDER / f"{name}.png", full_page=whole)


if __name__ == "__main__":
    main()
