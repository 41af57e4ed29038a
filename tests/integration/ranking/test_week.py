"""A week of ranked feeds, fetched every hour: no reader sees an entry twice, or one marked anew."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import timedelta

import feedparser
import pytest

from aggregator.model.story import Ranking
from aggregator.pipeline.ranking import RankingRules
from aggregator.storage import Storage
from tests.fakes.changes import NOON
from tests.fakes.press import HOUR, RANKED_PATHS, Press

WEEK_HOURS = 7 * 24


@pytest.mark.parametrize("quantum", [timedelta(minutes=15), timedelta(hours=6)])
def test_over_a_week_no_entry_comes_twice_or_changes_its_dates(storage: Storage, quantum: timedelta) -> None:
    press = Press(storage, rules=RankingRules(quantum=quantum))
    chance = random.Random(20261124)
    known: defaultdict[str, dict[str, tuple[str, str, str]]] = defaultdict(dict)
    etags: dict[str, str] = {}
    not_modified = changed_within_quantum = 0
    for hour in range(WEEK_HOURS):
        at = NOON + hour * HOUR
        press.live_an_hour(hour, chance)
        ranked = press.rank(at + HOUR, at_once=hour == 0 or (at + HOUR - NOON) % quantum < HOUR).lists > 0
        documents = press.emit(now=at + HOUR)
        for path in RANKED_PATHS:
            document = documents[path]
            if etags.get(path) == document.etag:
                not_modified += 1
                continue
            changed_within_quantum += not ranked
            etags[path] = document.etag
            parsed = feedparser.parse(document.body)
            assert not parsed.bozo
            ids = [entry.id for entry in parsed.entries]
            assert len(ids) == len(set(ids)), "an entry twice in one document"
            for entry in parsed.entries:
                seen = (entry.published, entry.updated, entry.summary if "summary" in entry else "")
                assert known[path].setdefault(entry.id, seen) == seen, "an entry that a reader would mark unread again"
    assert changed_within_quantum == 0, "between quanta every request is answered 304"
    assert not_modified >= len(RANKED_PATHS) * (WEEK_HOURS - WEEK_HOURS * HOUR / quantum)
    assert all(len(known[path]) > 10 for path in RANKED_PATHS)
    for ranking in Ranking:
        entered = [each.entry_id for each in press.entered(ranking)]
        assert len(entered) == len(set(entered))
