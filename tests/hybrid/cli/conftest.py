"""The command in this process, and small files for it to read."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hybrid.cli import main
from problems.binary.knapsack import MultidimensionalKnapsack


@dataclass(frozen=True)
class Ended:
    """How a command ended and what it said."""

    status: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """The one line of an error."""
        assert self.err.startswith("hybrid: ")
        assert self.err.count("\n") == 1
        return self.err.strip()

    @property
    def json(self) -> dict[str, Any]:
        """What ``--json -`` wrote, read strictly."""
        return strict_json(self.out)


Command = Callable[..., Ended]


def strict_json(text: str) -> Any:
    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.fixture
def hybrid(capsys) -> Command:
    def run(*words: object) -> Ended:
        capsys.readouterr()
        status = main([str(word) for word in words])
        said = capsys.readouterr()
        return Ended(int(status), said.out, said.err)

    return run


@pytest.fixture
def knapsack() -> MultidimensionalKnapsack:
    """Item 2 with 4 is the best of eleven feasible packings; item 3 does not go with 4."""
    return MultidimensionalKnapsack([5, 7, 4, 8], [[2, 3, 1, 3], [1, 2, 3, 2]], [6, 4], reference=15.0)


@pytest.fixture
def knapsack_file(knapsack, tmp_path) -> Path:
    return knapsack.write(tmp_path / "four items.dat")
