"""QAOA on the surrogate's own bits: amplification over uniform bits, and the best of 1024 shots."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from backends.statevector import Statevector
from backends.workload import Samples, Sampling
from classical.binary import Exhaustive
from hybrid import Qaoa
from hybrid.lagrangian import SlackFree
from problems.binary import Qubo, SlackEncoding
from problems.contract import Array
from tests.claims.cutting_slack.instances import knapsack, optimum
from tests.claims.table import Row

BARS = {
    "pet2": (10, 0.5),
    "pet3": (40, 0.5),
    "pet4": (150, 1.0),
    "pb5": (15, 5.0),
}  # times uniform, mean gap in %
DRAWS = 20


def rows(quick: bool) -> Iterator[Row]:
    """All rows; the quick form takes the two narrow instances alone."""
    for name in ("pet2", "pet3") if quick else BARS:
        yield amplification(name)


def amplification(name: str) -> Row:
    """Exact probability of the optimum by a linear ramp of eight layers, and the best of 1024 shots."""
    problem, (times, percent) = knapsack(name), BARS[name]
    best = Exhaustive().solve(problem, progress=False).solution
    qubo = SlackFree().qubo(problem)
    solver = Qaoa(layers=8, optimizer=None)
    ansatz, angles = solver.ansatz(qubo), trained(solver, qubo)
    probability = float(Statevector().probabilities(ansatz, angles, best)[0]) * 2.0**problem.n
    gaps = []
    with Statevector() as backend:
        for seed in range(DRAWS):
            outcome = backend.submit(Sampling(ansatz, angles[None], 1024, seed)).result()
            assert isinstance(outcome, Samples)
            ranks = problem.ranks(outcome.bits[0])
            gaps.append(1 + ranks[ranks[:, 0] == 0, 1].min(initial=0.0) / optimum(name))
    mean = 100 * float(np.mean(gaps))
    return Row(
        f"{name}, {problem.n} qubits, p = 8: P(optimum) >= {times} x uniform, raw gap <= {percent} %",
        "", f"{SlackEncoding().qubits(problem.program)} qubits with slack",
        f"x {probability:.0f}, {mean:.2f} % over {DRAWS} draws of 1024",
        probability >= times and mean <= percent,
    )  # fmt: skip


def trained(solver: Qaoa, qubo: Qubo) -> Array:
    """Return the angles that a solver ends with."""
    return np.array(solver.solve(qubo, progress=False).history[-1]["parameters"])
