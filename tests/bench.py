"""What the frame itself costs: ``python -m tests.bench`` prints it. Timings are printed, never asserted."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from problems.binary.qubo import Qubo
from problems.contract import Array, Solver
from problems.run import Run

CHILDREN = 20_000


@dataclass(frozen=True)
class Zeros(Solver[Qubo, Array]):
    """Answers at once."""

    def _solve(self, problem: Qubo, run: Run) -> Array:
        return np.zeros(problem.n, np.uint8)


@dataclass(frozen=True)
class Parent(Solver[Qubo, Array]):
    """Solves the same problem many times by its inner solver."""

    inner: Solver[Qubo, Array] = field(default_factory=Zeros)

    def _solve(self, problem: Qubo, run: Run) -> Array:
        start = time.perf_counter()
        for _ in range(CHILDREN):
            result = run.solve(self.inner, problem)
        run.spent(overhead=(time.perf_counter() - start) / CHILDREN)
        return result.solution


def main() -> None:
    """Print the figures."""
    qubo = Qubo.random(10)
    overhead = min(Parent().solve(qubo).resources["overhead"] for _ in range(5))
    print(f"a child solve: {1e6 * overhead:.1f} µs beyond its own work (best of 5 × {CHILDREN})")
    start = time.perf_counter()
    for _ in range(1000):
        Zeros().solve(qubo)
    print(f"a root solve: {1e3 * (time.perf_counter() - start):.1f} µs, judged")


if __name__ == "__main__":
    main()
