"""Many independent searches, two at a time."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

from hybrid.circuit_search import Crlqas, RandomCircuits
from problems.contract import Result
from tests.claims.circuit_search.molecules import molecule

PROCESSES = 2


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
    with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        return list(pool.map(_run, searches))


def _run(search: Search) -> Result:
    return search.solver.solve(molecule(search.molecule), seed=search.seed, progress=False)
