"""Instances on disk, and the command in this process."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from hybrid.cli import main
from problems.binary import BinaryProgram, MaxCut, MultidimensionalKnapsack, Qubo
from problems.formats.program_json import write_json


class Said(NamedTuple):
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The object on standard output, read strictly."""

        def refuse(word: str) -> None:
            raise AssertionError(f"{word} is no JSON")

        return json.loads(self.out, parse_constant=refuse)


Command = Callable[..., Said]


@pytest.fixture
def hybrid(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run the command; paths and numbers may stand among its words."""

    def command(*words: Any) -> Said:
        status = main([str(word) for word in words])
        said = capsys.readouterr()
        return Said(int(status), said.out, said.err)

    return command


@pytest.fixture
def knapsack() -> MultidimensionalKnapsack:
    """Eight items, two rows."""
    return MultidimensionalKnapsack.random(n=8, m=2, seed=3)


@pytest.fixture
def knapsack_file(knapsack: MultidimensionalKnapsack, tmp_path: Path) -> Path:
    return knapsack.write(tmp_path / "sack.dat")


@pytest.fixture
def cut_file(tmp_path: Path) -> Path:
    return MaxCut.random(n=8, seed=1).write(tmp_path / "graph.txt")


@pytest.fixture
def qubo_file(tmp_path: Path) -> Path:
    qubo = Qubo.from_dict({("a", "a"): -3.0, ("a", "b"): 2.0, ("b", "b"): -1.5, ("c", "c"): 4.0})
    return write_json(qubo, tmp_path / "qubo.json")


@pytest.fixture
def impossible_file(tmp_path: Path) -> Path:
    """x0 + x1 >= 3."""
    program = BinaryProgram.from_arrays([1, 1], [[1, 1]], [3], ">=")
    return write_json(program, tmp_path / "impossible.json")
