"""OG2021 titles in order of time, pairs of SemEval-2022 task 8, and sentence vectors of texts, kept between runs."""

from __future__ import annotations

import csv
import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from aggregator.group.assign import Headline
from aggregator.protocols import Embedder

STORIES = Path(__file__).resolve().parents[2] / "shared" / "data" / "stories"
TITLES = STORIES / "og2021_titles.shared.tsv"
PAIRS = STORIES / "semeval2022-t8-pairs-de.tsv"
MISSING = "the shared data are not beside the checkout"
_BATCH = 64  # texts
_LANGUAGES = {
    "ara": "ar", "deu": "de", "eng": "en", "fra": "fr", "por": "pt", "rus": "ru", "slv": "sl", "spa": "es", "zho": "zh",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Titles:
    """Headlines in order of time; `gold` numbers the story of each, `languages` are two letters."""

    headlines: tuple[Headline, ...]
    gold: np.ndarray
    languages: np.ndarray
    hours: np.ndarray

    def mask(self, *languages: str) -> np.ndarray:
        """Return which titles are in these languages; of none, all."""
        return np.isin(self.languages, languages) if languages else np.ones(len(self.languages), bool)


def read_titles() -> Titles | None:
    """Return the titles, or None where the shared data are absent."""
    if not TITLES.exists():
        return None
    with TITLES.open(encoding="utf-8", newline="") as lines:
        rows = sorted(csv.DictReader(lines, delimiter="\t"), key=lambda row: (row["published_at"], row["uri"]))
    times = [datetime.fromisoformat(row["published_at"]).replace(tzinfo=UTC) for row in rows]
    languages = [_LANGUAGES[row["lang"]] for row in rows]
    return Titles(
        headlines=tuple(
            Headline(entry_id=number, title=row["title"], language=language, publisher="", at=at)
            for number, (row, language, at) in enumerate(zip(rows, languages, times, strict=True), 1)
        ),
        gold=np.unique([row["cluster_id"] for row in rows], return_inverse=True)[1],
        languages=np.array(languages),
        hours=np.array([at.timestamp() / 3600 for at in times]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two headlines and how like their articles are: 1 the same story, 4 unrelated."""

    texts: tuple[str, str]
    languages: tuple[str, str]
    overall: float


def read_pairs() -> list[Pair]:
    """Return the training pairs; headlines are words of addresses."""
    if not PAIRS.exists():
        return []
    with PAIRS.open(encoding="utf-8", newline="") as lines:
        return [
            Pair(texts=(row["slug1"], row["slug2"]), languages=(row["lang1"], row["lang2"]), overall=float(row["overall"]))
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
            if row["split"] == "train"
        ]


def embed(embedder: Embedder, texts: Sequence[str]) -> list[bytes]:
    """Return a vector for each text; those made before are read from the folder for temporary files."""
    path = Path(tempfile.gettempdir()) / f"aggregator-bench-{embedder.name}.npz"
    known: dict[str, np.ndarray] = {}
    if path.exists():
        with np.load(path) as kept:
            known = dict(zip(kept["keys"].tolist(), kept["vectors"], strict=True))
    keys = [hashlib.blake2b(text.encode(), digest_size=16).hexdigest() for text in texts]
    lacking = sorted({key: text for key, text in zip(keys, texts, strict=True) if key not in known}.items(), key=_length)
    for start in range(0, len(lacking), _BATCH):
        batch = lacking[start : start + _BATCH]
        for (key, _), vector in zip(batch, embedder.embed([text for _, text in batch]), strict=True):
            known[key] = np.frombuffer(vector, np.float16)
    if lacking:
        np.savez(path, keys=np.array(list(known)), vectors=np.stack(list(known.values())))
    return [known[key].tobytes() for key in keys]


def _length(item: tuple[str, str]) -> int:
    return len(item[1])
