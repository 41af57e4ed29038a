"""Take what a publisher puts on every title (` - WELT`, ` | MOPO`) off it: it says who speaks, not what happened."""

from __future__ import annotations

import re
from collections import OrderedDict

from aggregator.group.counters import read_counter

_TAIL = re.compile(r"^(?P<rest>.{12,}?)\s+[-\u2013\u2014|\u00b7]\s+(?P<tail>[^|]{2,40})$")
_LONGEST_TAIL = 5  # words; a longer one is half a sentence
_RECURRING = 3  # titles: what came so often before is a name, not news
_REMEMBERED = 20_000  # tails, of all publishers


class SuffixStripper:
    """Learns the tails of titles from those that went before; memory is bounded."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, str], int] = OrderedDict()

    def strip(self, title: str, publisher: str = "") -> str:
        """Return the title without a tail that is the publisher's name or came at least three times before.

        What counts parts (`Part 2 of 4`) stays, however often it comes: it tells titles apart.
        """
        found = _TAIL.match(title)
        if found is None or len(found["tail"].split()) > _LONGEST_TAIL:
            return title
        tail = found["tail"].strip().casefold()
        key = (publisher, tail)
        count = self._seen.pop(key, 0) + 1
        self._seen[key] = count
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        is_name = bool(publisher) and _letters(tail) in _letters(publisher.casefold())
        is_worn = count > _RECURRING and read_counter(tail) is None
        return found["rest"] if is_worn or is_name else title


def _letters(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum()) or "\0"
