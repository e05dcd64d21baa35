"""Many independent searches, two at a time."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

from hybrid.circuit_search import Crlqas, RandomCircuits
from problems.contract import Result
from tests.claims.circuit_search.molecules import molecule

PROCESSES = 2
# each process keeps to one core: networks and matrices this small gain nothing from threads
ALONE = {
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
}  # fmt: skip


class Search(NamedTuple):
    """A solver on a molecule.

    Attributes:
        solver: What searches.
        molecule: The name of the file.
        seed: Of the run.
    """

    solver: Crlqas | RandomCircuits
    molecule: str
    seed: int


def carried_out(searches: Sequence[Search]) -> list[Result]:
    """Run all, each in a process of its own kind of start, and return the results in order."""
    if len(searches) == 1:
        return [_run(searches[0])]
    context = multiprocessing.get_context("spawn")  # JAX has threads, which a fork would lose
    before = {name: os.environ.get(name) for name in ALONE}
    os.environ.update(ALONE)
    try:
        with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
            return list(pool.map(_run, searches))
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _run(search: Search) -> Result:
    return search.solver.solve(molecule(search.molecule), seed=search.seed, progress=False)
