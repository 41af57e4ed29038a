"""Topics by meaning: an entry is near a topic where it is near the sentence or the examples that describe it.

Nearness is by words (stems, weighted by how rare they are) and, with a sentence model, by meaning. A topic's threshold is made
from its own examples, each against the others, and from what belongs elsewhere, so that nobody has to choose a number. With a
model, every text is read together with its neighbours in the archive (`archive.py`), and topics with several examples are told
apart by a regression over all of them (`ridge.py`); others go by the nearest ones.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from aggregator.group.background import HEADLINES
from aggregator.group.sentence_words import is_small_word
from aggregator.group.words import open_compound, stem, tokenise
from aggregator.protocols import Embedder

if TYPE_CHECKING:  # numpy comes with the sentence model only
    from aggregator.group.passages import Passage, PassageReader
    from aggregator.group.ridge import Ridge

_READ_WORDS_CHARS = 20_000  # characters of a whole article whose words are compared

# Source of these numbers: 10kGNAD, up to 20 examples a topic, five draws (`bench/quality_topics.py`).
_NEAREST = 3  # examples: a topic has sides, and a text is near one of them
_BY_NEAREST = 0.7  # share of the nearest examples in the score; the rest is by the middle of all
_OWN_SHARE = 0.25  # of its own examples may lie below a topic's threshold
_FOREIGN_SHARE = 0.97  # of what belongs elsewhere must lie below it
_FOREIGN_REGRESSED = 0.95  # the same for topics that are told apart by regression; draws 100 to 104
_FEWEST_LEFT = 4  # examples; of fewer, none is left out to see how near the others are, and no regression is made
_LEAST_THRESHOLD = 0.05  # of cosine: what shares next to nothing is never near
_RIVAL = 0.9  # of the nearest topic's score: a text belongs to no topic that is much farther
_BORDERLINE = 0.8  # of the threshold: nearly
_TOLD_WORDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearness:
    """How near a text is to a topic, and the words they share, the most telling first.

    `likeness` is a mean of cosines; `score` is the same with the topic's threshold as 1.
    """

    likeness: float
    score: float
    words: tuple[str, ...]
    is_near: bool

    @property
    def is_borderline(self) -> bool:
        """It nearly belongs to it."""
        return not self.is_near and self.score >= _BORDERLINE


@dataclass(slots=True)
class _Sample:
    """A text: known stems with weights, the words they stand for, what it means, and the length of both together."""

    bag: dict[str, float]
    words: dict[str, str]
    passage: Passage | None
    length: float


class TopicPrototypes:
    """Knows what describes each topic (`described`: sentences or headlines by slug); one thread at a time.

    `recalled` are vectors of passages that the embedder made earlier, by key, the oldest first.
    """

    def __init__(
        self,
        described: Mapping[str, Sequence[str]],
        *,
        language: str,
        embedder: Embedder | None = None,
        recalled: Mapping[bytes, bytes] = MappingProxyType({}),
    ) -> None:
        owners = [slug for slug, texts in described.items() for _ in texts]
        texts = [text for texts in described.values() for text in texts]
        self._places = {slug: [at for at, owner in enumerate(owners) if owner == slug] for slug in described}
        stems = [_stems(text, language) for text in (*texts, *HEADLINES)]
        self._documents = len(stems)
        self._frequencies = Counter(word for counts, _ in stems for word in counts)
        self._reader = None if embedder is None else _open_reader(embedder, texts, recalled)
        learned = [None] * len(stems) if self._reader is None else self._reader.learned
        samples = [self._sample(one, passage) for one, passage in zip(stems, learned, strict=True)]
        self._samples = samples
        self._postings: dict[str, list[tuple[int, float]]] = {}
        for at, sample in enumerate(samples):
            for word, weight in sample.bag.items():
                self._postings.setdefault(word, []).append((at, weight))
        parts = [self._compare(sample) for sample in samples]
        rows = [self._likenesses(sample, *part) for sample, part in zip(samples, parts, strict=True)]
        self._spread = {
            slug: math.sqrt(max(sum(rows[one][other] for one in places for other in places), 0.0)) / max(len(places), 1)
            for slug, places in self._places.items()
        }
        self._regressed = [slug for slug, places in self._places.items() if len(places) >= _FEWEST_LEFT]
        self._ridge = self._regress(parts, owners)
        self._thresholds = {slug: self._threshold(slug, rows, owners) for slug, texts in described.items() if texts}

    def near(self, texts: Sequence[tuple[str, str]]) -> list[dict[str, Nearness]]:
        """Return how near each text (and its language) is to each topic; a model is asked once for all of them."""
        passages = [None] * len(texts) if self._reader is None else self._reader.read([text for text, _ in texts])
        return [
            self._judge(self._sample(_stems(text[:_READ_WORDS_CHARS], language), passage))
            for (text, language), passage in zip(texts, passages, strict=True)
        ]

    @property
    def has_outgrown(self) -> bool:
        """Much more was read since than was known when the topics were learned: learning them again does them good."""
        return self._reader is not None and self._reader.has_outgrown

    def take_new(self) -> dict[bytes, bytes]:
        """Return the vectors of passages that were made since the last call, by key: what to recall another time."""
        return {} if self._reader is None else self._reader.take_new()

    def _judge(self, sample: _Sample) -> dict[str, Nearness]:
        by_words, by_meaning = self._compare(sample)
        row = self._likenesses(sample, by_words, by_meaning)
        likeness = {slug: self._score(row, slug) for slug in self._thresholds}
        if self._reader is not None and self._ridge is not None and by_meaning is not None:
            regressed = self._ridge.score(self._reader.weigh(by_words, by_meaning.enriched))
            likeness |= {slug: max(float(score), 0.0) for slug, score in zip(self._regressed, regressed, strict=True)}
        scores = {slug: likeness[slug] / threshold for slug, threshold in self._thresholds.items()}
        best = max(scores.values(), default=0.0)
        return {
            slug: Nearness(
                likeness=likeness[slug],
                score=score,
                words=self._shared_words(sample, slug),
                is_near=score >= 1.0 and score >= _RIVAL * best,
            )
            for slug, score in scores.items()
        }

    def _score(self, row: Sequence[float], slug: str, *, without: int | None = None) -> float:
        places = [at for at in self._places[slug] if at != without]
        nearest = sorted((row[at] for at in places), reverse=True)[:_NEAREST]
        middle = sum(row[at] for at in places) / len(places) / (self._spread[slug] or 1.0)
        return _BY_NEAREST * sum(nearest) / len(nearest) + (1 - _BY_NEAREST) * middle

    def _threshold(self, slug: str, rows: Sequence[Sequence[float]], owners: Sequence[str]) -> float:
        if self._ridge is not None and slug in self._regressed:
            scores = [float(score) for score in self._ridge.left_out[:, self._regressed.index(slug)]]
            own = [scores[at] for at in self._places[slug]]
            foreign = [score for at, score in enumerate(scores) if at >= len(owners) or owners[at] != slug]
            low, high = _quantile(foreign, _FOREIGN_REGRESSED), _quantile(own, _OWN_SHARE)
            return max(low, (low + high) / 2, _LEAST_THRESHOLD)  # halfway, where there is a gap
        foreign = [self._score(row, slug) for at, row in enumerate(rows) if at >= len(owners) or owners[at] != slug]
        threshold = _quantile(foreign, _FOREIGN_SHARE)
        if len(self._places[slug]) >= _FEWEST_LEFT:
            own = [self._score(rows[at], slug, without=at) for at in self._places[slug]]
            threshold = max(threshold, _quantile(own, _OWN_SHARE))
        return max(threshold, _LEAST_THRESHOLD)

    def _compare(self, sample: _Sample) -> tuple[list[float], Passage | None]:
        """Return what a sample and each of those learned have in common, by words and by meaning."""
        by_words = [0.0] * len(self._samples)
        for word, weight in sample.bag.items():
            for at, other in self._postings.get(word, ()):
                by_words[at] += weight * other
        return by_words, None if sample.passage is None or self._reader is None else self._reader.compare(sample.passage)

    def _likenesses(self, sample: _Sample, by_words: list[float], by_meaning: Passage | None) -> list[float]:
        """Return the cosines by words and meaning together."""
        both = by_words if by_meaning is None else [a + float(b) for a, b in zip(by_words, by_meaning.alone, strict=True)]
        return [
            likeness / (sample.length * other.length) if likeness else 0.0
            for likeness, other in zip(both, self._samples, strict=True)
        ]

    def _regress(self, parts: Sequence[tuple[list[float], Passage | None]], owners: Sequence[str]) -> Ridge | None:
        if self._reader is None or not self._regressed:
            return None
        from aggregator.group.ridge import fit_ridge  # noqa: PLC0415 - needs numpy, which comes with a model

        rows = [self._reader.weigh(by_words, by_meaning.enriched) for by_words, by_meaning in parts if by_meaning is not None]
        numbers = {slug: at for at, slug in enumerate(self._regressed)}
        background = [None] * (len(self._samples) - len(owners))
        return fit_ridge(rows, [*(numbers.get(owner) for owner in owners), *background], len(numbers))

    def _sample(self, text: tuple[Counter[str], dict[str, str]], passage: Passage | None) -> _Sample:
        counts, words = text
        weights = {word: (1 + math.log(count)) * self._rarity(word) for word, count in counts.items()}
        norm = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        # Words that no example has say that a text is about something else: they count in its length.
        bag = {word: weight / norm for word, weight in weights.items() if word in self._frequencies}
        by_words = sum(weight * weight for weight in bag.values())
        return _Sample(bag, words, passage, math.sqrt(by_words + (passage is not None)) or 1.0)

    def _rarity(self, word: str) -> float:
        return math.log((self._documents + 1) / (self._frequencies.get(word, 0) + 0.5))

    def _shared_words(self, sample: _Sample, slug: str) -> tuple[str, ...]:
        places = set(self._places[slug])
        shared: dict[str, float] = {}
        for word, weight in sample.bag.items():
            others = [other for at, other in self._postings.get(word, ()) if at in places]
            if others:
                shared[word] = weight * sum(others)
        telling = sorted(shared, key=shared.__getitem__, reverse=True)
        return tuple(sample.words[word] for word in telling[:_TOLD_WORDS])


def _open_reader(embedder: Embedder, learned: Sequence[str], recalled: Mapping[bytes, bytes]) -> PassageReader:
    from aggregator.group.passages import PassageReader  # noqa: PLC0415 - needs numpy, which comes with a model

    return PassageReader(embedder, learned, HEADLINES, recalled)


def suggest_words(texts: Iterable[str], others: Iterable[str], language: str, *, most: int) -> list[str]:
    """Return words that stand in many of `texts` and in few of `others`, as they are written there."""
    inside, outside = list(texts), list(others)
    written: dict[str, Counter[str]] = {}
    within: Counter[str] = Counter()
    for text in inside:
        counts, words = _stems(text, language)
        for word in counts:
            within[word] += 1
            written.setdefault(word, Counter())[words[word]] += 1
    without = Counter(word for text in outside for word in _stems(text, language)[0])
    telling = {
        word: count * math.log((len(outside) + 1) / (without[word] + 0.5)) for word, count in within.items() if count > 1
    }
    ranked = sorted((word for word in telling if telling[word] > 0), key=lambda word: (-telling[word], word))
    return [written[word].most_common(1)[0][0] for word in ranked[:most]]


def _stems(text: str, language: str) -> tuple[Counter[str], dict[str, str]]:
    """Return the stems of a text with their numbers, and the first word that each stands for."""
    counts: Counter[str] = Counter()
    words: dict[str, str] = {}
    for token in tokenise(text):
        for part in open_compound(token):
            if len(part) > 1 and not is_small_word(part.lower(), language):
                stemmed = stem(part, language)
                counts[stemmed] += 1
                words.setdefault(stemmed, part)
    return counts, words


def _quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    if not ordered:
        return 0.0
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])
