"""What the workshop works with besides the store: the feed finder, and config.yaml."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from aggregator.library.subscriptions import FoundFeed
from aggregator.model.feed import FeedSettings
from aggregator.model.topic import Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkshopTools:
    """Functions of the open aggregator.

    `find_feed` asks other servers. `compares_meaning` says that a sentence model will judge topics once they are saved.
    `add_feed` and `remove_feed` write config.yaml, comments kept, and bring the store to it; `save_topic` writes it, and the
    daemon, which notices, does the rest. The three are None where the process does not know the file. One change at a time:
    `changing` is held meanwhile.
    """

    find_feed: Callable[[str], FoundFeed]
    topics: Callable[[], Sequence[Topic]]
    default_language: str
    compares_meaning: bool = False
    add_feed: Callable[[FeedSettings], None] | None = None
    remove_feed: Callable[[str], None] | None = None
    save_topic: Callable[[Topic], None] | None = None
    changing: threading.Lock = field(default_factory=threading.Lock)
