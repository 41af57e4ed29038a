"""A sentence model in a process of its own, here one that is made up: a vector is the number of letters."""

from __future__ import annotations

import gc
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from aggregator.errors import ModelFailed
from aggregator.group.model_process import ModelProcess

WORKER = """
import os, sys
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from aggregator.group.model_worker import serve

class Letters:
    name, dimensions = "letters-1", 2
    def embed(self, texts):
        if "die" in texts:
            os._exit(3)
        return [len(text).to_bytes(4, "little") for text in texts]

with Path(sys.argv[1]).open("a") as starts:
    starts.write(f"{os.getpid()}\\n")
serve(Connection(0), Letters(), idle=timedelta(seconds=float(sys.argv[2])))
"""
LONG = 60.0  # seconds: no test waits for it


class Starts:
    """The processes that were started, as they wrote down themselves."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def model(self, *, idle: float = LONG) -> ModelProcess:
        return ModelProcess(name="letters-1", dimensions=2, command=[sys.executable, "-c", WORKER, str(self.file), str(idle)])

    @property
    def pids(self) -> list[int]:
        return [int(line) for line in self.file.read_text().split()] if self.file.exists() else []


@pytest.fixture
def starts(tmp_path: Path) -> Starts:
    return Starts(tmp_path / "starts")


def numbers(vectors: list[bytes]) -> list[int]:
    return [int.from_bytes(vector, "little") for vector in vectors]


def is_running(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_texts_become_vectors_in_their_order_in_one_process(starts: Starts) -> None:
    model = starts.model()
    assert starts.pids == []  # nothing was asked yet
    assert numbers(model.embed(["a", "abc", "ab"])) == [1, 3, 2]
    assert numbers(model.embed(["abcd"])) == [4]
    assert model.embed([]) == []
    assert len(starts.pids) == 1


def test_a_process_that_ended_idle_starts_again_when_asked(starts: Starts) -> None:
    model = starts.model(idle=0.0)
    model.embed(["a"])
    assert numbers(model.embed(["ab"])) == [2]
    assert len(starts.pids) == 2


def test_a_process_that_ends_over_its_texts_is_an_error_and_does_not_go_on_for_ever(starts: Starts) -> None:
    model = starts.model()
    with pytest.raises(ModelFailed, match="letters-1 ended with code 3") as raised:
        model.embed(["die"])
    assert (raised.value.model, raised.value.code, len(starts.pids)) == ("letters-1", 3, 2)
    assert numbers(model.embed(["ab"])) == [2]


def test_a_program_that_cannot_start_its_work_is_an_error(starts: Starts) -> None:
    broken = ModelProcess(name="none-1", dimensions=2, command=[sys.executable, "-c", "raise SystemExit(7)"])
    with pytest.raises(ModelFailed, match="with code 7"):
        broken.embed(["a"])


def test_threads_take_turns(starts: Starts) -> None:
    model = starts.model()
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda size: numbers(model.embed(["x" * size, "y"])), range(40)))
    assert answers == [[size, 1] for size in range(40)]
    assert len(starts.pids) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="looks processes up in /proc")
def test_the_process_ends_with_what_asked_it(starts: Starts) -> None:
    model = starts.model()
    model.embed(["a"])
    (pid,) = starts.pids
    assert is_running(pid)
    del model
    gc.collect()
    assert not is_running(pid)
