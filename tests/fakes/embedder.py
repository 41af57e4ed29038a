"""A sentence model that knows a few subjects: texts on one subject mean the same, in whatever words."""

from __future__ import annotations

import hashlib
import random
import struct
from collections.abc import Sequence


class FakeEmbedder:
    """Gives each subject (words of which one is in the text) a direction, and every other text its own."""

    def __init__(self, *subjects: tuple[str, ...], dimensions: int = 128) -> None:
        self.name = "fake-1"
        self.dimensions = dimensions
        self.asked: list[str] = []
        self._subjects = subjects

    def embed(self, texts: Sequence[str]) -> list[bytes]:
        """Return a vector for each text."""
        self.asked += texts
        return [self._vector(text) for text in texts]

    def _vector(self, text: str) -> bytes:
        subject = next((words[0] for words in self._subjects if any(word in text for word in words)), text)
        chosen = random.Random(hashlib.sha256(subject.encode()).digest())
        return struct.pack(f"<{self.dimensions}e", *(chosen.choice((-1.0, 1.0)) for _ in range(self.dimensions)))
