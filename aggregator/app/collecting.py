"""What the garbage collector is told in a process that polls: values without cycles, by the ten thousand."""

from __future__ import annotations

import gc

YOUNG_OBJECTS = 50_000
"""Objects made and still alive at which the collector looks through the young ones.

A batch of fifty feeds makes some 20,000 that live until it is stored and form no cycles. At Python's 700 the collector looked
through each of them up to three times, for 7 % of a pass.
"""


def collect_rarely() -> None:
    """Leave what is loaded by now alone, and look through what is made from now on only when there is much of it."""
    gc.freeze()  # looking through it again costs a pass up to a quarter of its time
    _, *older = gc.get_threshold()
    gc.set_threshold(YOUNG_OBJECTS, *older)
