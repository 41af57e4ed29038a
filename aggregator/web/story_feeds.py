"""Feeds of stories, rendered when asked for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta

from aggregator.library.stories import read_story_version
from aggregator.model.document import Format, Rendered
from aggregator.storage import Storage
from aggregator.web.respond import Representation, as_rendered

HELD_FEEDS = 500
"""Feeds of stories kept rendered, of those asked for last: about 20 MB."""

RECHECKED = timedelta(seconds=1)  # for which the store is not asked again, as of every feed (`web.recent`)

RenderStory = Callable[[int, Format], Rendered]


class StoryFeeds:
    """Feeds of stories, rendered when asked for and kept until the story changes.

    Rendering them with the others would cost every pass thousands that nobody follows (ADR 6).
    """

    def __init__(self, storage: Storage, render: RenderStory) -> None:
        self._storage = storage
        self._render = render
        self._held: OrderedDict[tuple[int, Format], tuple[datetime, str, Representation]] = OrderedDict()

    def get(self, story_id: int, form: Format, *, now: datetime) -> Representation | None:
        """Return the feed of a story; None if the story is not stored."""
        key = story_id, form
        held = self._held.get(key)
        if held is not None and timedelta(0) <= now - held[0] < RECHECKED:
            return held[2]
        version = read_story_version(self._storage, story_id)
        if version is None:
            self._held.pop(key, None)
            return None
        made = held[2] if held is not None and held[1] == version else self._rendered(story_id, form)
        self._held[key] = now, version, made
        self._held.move_to_end(key)
        while len(self._held) > HELD_FEEDS:
            self._held.popitem(last=False)
        return made

    def _rendered(self, story_id: int, form: Format) -> Representation:
        return as_rendered(self._render(story_id, form))
