"""How like are two articles? SemEval-2022 task 8, training pairs, by words out of addresses: Pearson with the labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from aggregator.group.assign import rules_for
from aggregator.group.centring import Centring
from aggregator.group.embed import open_embedder
from aggregator.group.vectors import Frequencies
from aggregator.group.words import tokenise
from bench.stories_data import Pair, embed, read_pairs

_KINDS = {"all": None, "de-de": ("de", "de"), "de-en": ("de", "en")}


def pair_figures(models: Sequence[str]) -> dict[str, str]:
    """Return Pearson of word overlap, of each model alone, and of what grouping makes of both."""
    pairs = read_pairs()
    if not pairs:
        return {"SemEval pairs": "the shared data are not beside the checkout"}
    labels = -np.array([pair.overall for pair in pairs])
    lexical = _lexical(pairs)
    figures = {"word overlap": np.array([_overlap(pair) for pair in pairs]), "words as in grouping": lexical}
    for model in models:
        raw, centred = _meanings(pairs, model)
        figures[f"{model} alone, raw"] = raw
        figures[f"{model} alone, centred"] = centred
        figures[f"words and {model} as in grouping"] = _as_in_grouping(pairs, model, lexical, centred)
    return {
        f"SemEval pairs, Pearson: {name}": ", ".join(
            f"{kind} {np.corrcoef(values[chosen], labels[chosen])[0, 1]:.3f} ({int(chosen.sum())})"
            for kind, languages in _KINDS.items()
            for chosen in (_chosen(pairs, languages),)
        )
        for name, values in figures.items()
    }


def _chosen(pairs: Sequence[Pair], languages: tuple[str, str] | None) -> np.ndarray:
    return np.array([languages is None or tuple(sorted(pair.languages)) == languages for pair in pairs])


def _overlap(pair: Pair) -> float:
    one, other = (set(tokenise(text)) for text in pair.texts)
    return len(one & other) / max(len(one | other), 1)


def _lexical(pairs: Sequence[Pair]) -> np.ndarray:
    frequencies = Frequencies()  # of all pairs: they have no order
    for pair in pairs:
        for text, language in zip(pair.texts, pair.languages, strict=True):
            frequencies.add(frequencies.vector(text, language))
    scores = []
    for pair in pairs:
        one, other = (frequencies.vector(text, language) for text, language in zip(pair.texts, pair.languages, strict=True))
        scores.append(sum(weight * other.get(feature, 0.0) for feature, weight in one.items()))
    return np.array(scores)


def _meanings(pairs: Sequence[Pair], model: str) -> tuple[np.ndarray, np.ndarray]:
    embedder = open_embedder(model)
    if embedder is None:
        raise RuntimeError(f"{model} was there a moment ago")
    vectors = embed(embedder, [text for pair in pairs for text in pair.texts])
    languages = [language for pair in pairs for language in pair.languages]
    centring = Centring(embedder.dimensions)
    for vector, language in zip(vectors, languages, strict=True):
        centring.centre(vector, language)
    centred = np.stack([centring.centre(vector, language) for vector, language in zip(vectors, languages, strict=True)])
    raw = np.stack([np.frombuffer(vector, np.float16) for vector in vectors]).astype(np.float32)
    raw /= np.linalg.norm(raw, axis=1, keepdims=True)
    return (raw[::2] * raw[1::2]).sum(axis=1), (centred[::2] * centred[1::2]).sum(axis=1)


def _as_in_grouping(pairs: Sequence[Pair], model: str, lexical: np.ndarray, sense: np.ndarray) -> np.ndarray:
    rules = rules_for(model)
    same = np.array([pair.languages[0] == pair.languages[1] for pair in pairs])
    across = rules.across_words * lexical + rules.across_meaning * sense
    return np.asarray(np.where(same, rules.words * lexical + (1 - rules.words) * sense, across))
