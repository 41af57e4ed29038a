"""The configuration: frozen settings read from config.yaml and the environment, and edits of that file (floor 1).

Only the app and the doors import it; stages and flows are given values.
"""

from __future__ import annotations

from aggregator.config.describing import SettingRow, describe_settings
from aggregator.config.editing import add_examples, add_feed, add_feeds, remove_feed, save_topic
from aggregator.config.loading import list_warnings, load_settings
from aggregator.config.settings import Settings

__all__ = [
    "SettingRow",
    "Settings",
    "add_examples",
    "add_feed",
    "add_feeds",
    "describe_settings",
    "list_warnings",
    "load_settings",
    "remove_feed",
    "save_topic",
]
