"""Labels of texts that stay where they are: a hash and a place each, no word of them."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """A mark in a text (by its hash), where it and what closes after it ends, and whether a sentence ends there."""

    text: str
    end: int
    ends: bool


def key_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def read_boundaries(path: Path = HERE / "labels" / "sentences.tsv") -> list[Boundary]:
    with path.open(encoding="ascii") as lines:
        return [
            Boundary(text=row["text"], end=int(row["end"]), ends=row["ends"] == "1")
            for row in csv.DictReader(lines, delimiter="\t")
        ]


def read_kickers(path: Path = HERE / "labels" / "kickers.tsv") -> dict[str, bool]:
    """Return by the hash of a title whether what stands before its colon is a kicker."""
    with path.open(encoding="ascii") as lines:
        return {row["title"]: row["is_kicker"] == "1" for row in csv.DictReader(lines, delimiter="\t")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What one reader said of key points: of a real story (the half that rules were found on, or not) or of one article.

    `key` is the hash of the titles, sorted, a line each; `before` is the verdict under the rules before (`RULES` 1).
    """

    kind: str
    half: str
    key: str
    before: str
    verdict: str
    faults: str


def read_judgements(path: Path = HERE / "labels" / "keypoints.tsv") -> list[Judgement]:
    with path.open(encoding="ascii") as lines:
        return [Judgement(**row) for row in csv.DictReader(lines, delimiter="\t")]
