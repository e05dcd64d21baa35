"""Wider knapsacks shrunk once to twenty qubits: our circuit beside uniform bits on the same few."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from backends.statevector import Statevector
from backends.workload import Samples, Sampling
from hybrid import Qaoa
from hybrid.graph_shrinking import Shrinking, shrink
from hybrid.graph_shrinking.correlations import SemidefiniteCorrelation
from problems.binary import MultidimensionalKnapsack
from problems.contract import Array
from tests.claims.cutting_slack.instances import knapsack, optimum
from tests.claims.table import Row

WIDTH, DRAWS, SHOTS = 20, 20, 1024
BARS = {"hp1": (20, 3.0), "pb1": (20, 3.0), "pb4": (20, 1.0), "pet5": (20, 1.5)}  # times uniform, gap in %


def rows(quick: bool) -> Iterator[Row]:
    """A row per instance; the quick form takes one."""
    for name in ("pet5",) if quick else BARS:
        yield shrunk_amplification(name)


def shrunk_amplification(name: str) -> Row:
    """Exact probability of the best point that is left, and the best of 1024 shots, by a ramp of eight."""
    problem, (times, percent) = knapsack(name), BARS[name]
    smaller = shrink(problem, Shrinking(WIDTH, SemidefiniteCorrelation()))
    solver = Qaoa(layers=8, optimizer=None, shots=1)
    angles = np.array(solver.solve(smaller.qubo, progress=False).history[-1]["parameters"])
    ansatz = solver.ansatz(smaller.qubo)
    values = feasible_values(problem, smaller.unfold(all_bits(smaller.qubits)))
    best = all_bits(smaller.qubits)[values == values.min()]
    probability = float(Statevector().probabilities(ansatz, angles, best).sum())
    factor = probability * 2.0**smaller.qubits / len(best)
    ours, uniform = [], []
    with Statevector() as backend:
        for seed in range(DRAWS):
            outcome = backend.submit(Sampling(ansatz, angles[None], SHOTS, seed)).result()
            assert isinstance(outcome, Samples)
            ours.append(feasible_values(problem, smaller.unfold(outcome.bits[0])).min())
            picked = np.random.default_rng(seed).integers(0, len(values), SHOTS)
            uniform.append(values[picked].min())
    gap, chance = (100 * (1 + float(np.mean(found)) / optimum(name)) for found in (ours, uniform))
    holds = bool(factor >= times and gap <= percent)
    return Row(
        f"{name} shrunk from {problem.n} to {smaller.qubits} qubits, p = 8: P(best left) >= {times} x uniform"
        f", raw gap <= {percent} %",
        "", f"uniform on the same qubits {chance:.2f} %; best left"
        f" {100 * (1 + values.min() / optimum(name)):.2f} %",
        f"x {factor:.0f}, {gap:.2f} % over {DRAWS} draws of {SHOTS}",
        holds,
        "" if holds else "the circuit concentrates less than the bar asks",
    )  # fmt: skip


def feasible_values(problem: MultidimensionalKnapsack, bits: Array) -> Array:
    """Return the minimised objective ``[N]``, 0 where a capacity is exceeded: the empty knapsack instead."""
    ranks = problem.ranks(bits)
    return np.where(ranks[:, 0] == 0, ranks[:, 1], 0.0)


def all_bits(width: int) -> Array:
    """Return all bits ``[2^width, width]``, the first one fastest."""
    return ((np.arange(2**width, dtype=np.int64)[:, None] >> np.arange(width)) & 1).astype(np.uint8)
