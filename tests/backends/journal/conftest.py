"""Workloads, a remote in a folder, and journals on one file."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backends.journal.journal import Journal
from backends.qaoa_ansatz import QaoaAnsatz
from backends.workload import Expectation, Sampling
from problems.binary.qubo import Ising
from tests.backends.journal.scripted import ScriptedRemote

COST = Ising.random(n=3, seed=0)


@pytest.fixture
def sampling() -> Callable[..., Sampling]:
    """Make a sampling of one row."""

    def make(beta: float = 0.3, seed: int = 0, shots: int = 16) -> Sampling:
        return Sampling(QaoaAnsatz(COST, 1), np.array([[beta, 0.2]]), shots, seed)

    return make


@pytest.fixture
def expectation() -> Expectation:
    return Expectation(QaoaAnsatz(COST, 1), (COST,), np.array([[0.3, 0.2], [0.1, -0.4]]), seed=3)


@pytest.fixture
def remote(tmp_path: Path) -> ScriptedRemote:
    return ScriptedRemote(tmp_path)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Callable[..., Journal]]:
    """Open the one journal anew on a backend; what was open before is closed, as if its process had ended."""
    opened: list[Journal] = []

    def open_again(inner: Any, **fields: Any) -> Journal:
        for old in opened:
            old.close()
        opened.append(Journal(inner, tmp_path / "journal.sqlite", **{"grace": 0.1, **fields}))
        return opened[-1]

    yield open_again
    for old in opened:
        old.close()
