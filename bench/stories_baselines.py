"""What grouping is compared with: one similarity, one threshold, the nearest story of the last two days.

Every title is compared with every earlier one (statistics of the past only), so these are exact and need no index.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from aggregator.group.centring import Centring
from aggregator.group.words import fold, open_compound, stem, tokenise
from bench.stories_data import Titles

_WINDOW = 48.0  # hours
_COMMON = 400  # titles; features in more of them are multiplied as one dense matrix


def similarities_of_words(titles: Titles) -> np.ndarray:
    """TF-IDF of stems."""
    return _tf_idf(titles, lambda words, language: [stem(word, language) for word in words])


def similarities_of_characters(titles: Titles) -> np.ndarray:
    """TF-IDF of character 3-5-grams inside words."""
    return _tf_idf(
        titles,
        lambda words, _: [
            padded[at : at + size]
            for word in words
            for padded in (f" {word} ",)
            for size in (3, 4, 5)
            for at in range(len(padded) - size + 1)
        ],
    )


def overlaps_of_words(titles: Titles) -> np.ndarray:
    """Shared words over all words (Jaccard)."""
    bags = [set(_words(headline.title)) for headline in titles.headlines]
    shared = _products([dict.fromkeys(bag, 1.0) for bag in bags])
    sizes = np.array([len(bag) for bag in bags], np.float32)
    return np.asarray(shared / np.maximum(sizes[:, None] + sizes[None] - shared, 1))


def similarities_of_meaning(titles: Titles, meanings: Sequence[bytes], *, centred: bool) -> np.ndarray:
    """Cosines of sentence vectors, raw or less what the past had in common."""
    raw = np.stack([np.frombuffer(meaning, np.float16) for meaning in meanings]).astype(np.float32)
    if centred:
        centring = Centring(raw.shape[1])
        pairs = zip(titles.headlines, meanings, strict=True)
        raw = np.stack([centring.centre(meaning, headline.language) for headline, meaning in pairs])
    else:
        raw /= np.linalg.norm(raw, axis=1, keepdims=True)
    return np.asarray(raw @ raw.T)


def single_pass(similarities: np.ndarray, hours: np.ndarray, threshold: float) -> np.ndarray:
    """Return the story of each title: the nearest (cosine with the sum of its titles) that reaches the threshold."""
    count = len(hours)
    stories = np.zeros(count, np.int64)
    squares = np.zeros(count)
    last = np.full(count, -np.inf)
    known = 0
    for title in range(count):
        products = np.bincount(stories[:title], similarities[title, :title], minlength=known)[:known]
        scores = np.where(hours[title] - last[:known] <= _WINDOW, products / np.sqrt(squares[:known]), -1.0)
        best = int(scores.argmax()) if known else -1
        if best < 0 or scores[best] < threshold:
            best, known = known, known + 1
            products = np.append(products, 0.0)
        stories[title] = best
        squares[best] += similarities[title, title] + 2 * products[best] + 1e-9
        last[best] = hours[title]
    return stories


def _words(title: str) -> list[str]:
    return [fold(part) for token in tokenise(title) for part in open_compound(token)]


def _tf_idf(titles: Titles, features: Callable[[list[str], str], list[str]]) -> np.ndarray:
    frequencies: Counter[str] = Counter()
    vectors = []
    for number, headline in enumerate(titles.headlines):
        times = Counter(features(_words(headline.title), headline.language))
        weights = {
            feature: (1 + math.log(often)) * (math.log((number + 2) / (frequencies[feature] + 1)) + 0.3)
            for feature, often in times.items()
        }
        norm = math.hypot(*weights.values()) or 1.0
        vectors.append({feature: weight / norm for feature, weight in weights.items()})
        frequencies.update(times.keys())
    return _products(vectors)


def _products(vectors: Sequence[dict[str, float]]) -> np.ndarray:
    rows: dict[str, list[tuple[int, float]]] = {}
    for number, vector in enumerate(vectors):
        for feature, weight in vector.items():
            rows.setdefault(feature, []).append((number, weight))
    result = np.zeros((len(vectors), len(vectors)), np.float32)
    common = [postings for postings in rows.values() if len(postings) > _COMMON]
    dense = np.zeros((len(vectors), len(common)), np.float32)
    for column, postings in enumerate(common):
        dense[[number for number, _ in postings], column] = [weight for _, weight in postings]
    result += dense @ dense.T
    for postings in rows.values():
        if len(postings) <= _COMMON:
            numbers = np.array([number for number, _ in postings])
            weights = np.array([weight for _, weight in postings], np.float32)
            result[numbers[:, None], numbers[None]] += weights[:, None] * weights[None]
    return result
