"""QAOA on the surrogate's own bits: amplification over uniform bits, and slack beside slack-free circuits."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from backends.statevector import Statevector
from backends.workload import Samples, Sampling
from classical.binary import Exhaustive
from hybrid import Qaoa
from hybrid.lagrangian import SlackFree
from problems.binary import MultidimensionalKnapsack, Qubo, SlackEncoding
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
LARGE, SMALL = ("1", "sum + 1"), ("1/160", "1/80", "1/40", "1/20", "1/10")


def rows(quick: bool) -> Iterator[Row]:
    """All rows; the quick form takes the two narrow instances and three random ones."""
    for name in ("pet2", "pet3") if quick else BARS:
        yield amplification(name)
    yield from equal_circuits(3 if quick else 10)


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


def equal_circuits(count: int) -> Iterator[Row]:
    """Eight items, two capacities: P(feasible and within 1 %), with slack by penalty and without."""
    without, deeper, chance, with_slack = [], [], [], {label: [] for label in (*SMALL, *LARGE)}
    for seed in range(count):
        problem = small_knapsack(seed)
        chance.append(len(good_bits(problem, problem.n)) / 2.0**problem.n)
        without.append(success(problem, SlackFree().qubo(problem), 4))
        deeper.append(success(problem, SlackFree().qubo(problem), 15))
        mean, total = float(problem.profits.mean()), float(problem.profits.sum())
        for label, found in with_slack.items():
            penalty = total + 1 if label == "sum + 1" else mean * _fraction(label)
            qubo = SlackEncoding(penalty=penalty).encode(problem.program).problem
            assert isinstance(qubo, Qubo)
            found.append(success(problem, qubo, 4))
    ours = float(np.mean(without))
    curve = ", ".join(f"{label} {np.mean(found):.4f}" for label, found in with_slack.items())
    large = np.array([with_slack[label] for label in LARGE]).max(axis=0)
    least = float(np.min(without / large))
    holds = bool(ours >= 8 * large.mean() and least >= 4)
    yield Row(
        f"{count} small knapsacks, p = 4: >= 8 x the slack circuit of large penalties, >= 4 x on each",
        "",
        f"uniform {np.mean(chance):.4f}; by penalty over the mean profit: {curve}",
        f"{ours:.4f}, x {ours / large.mean():.1f} on average, least x {least:.1f}",
        holds,
        "" if holds else "the factor on these drawn instances is smaller",
    )
    one = max(float(np.mean(with_slack[label])) for label in SMALL)
    tuned = float(np.max([with_slack[label] for label in (*SMALL, *LARGE)], axis=0).mean())
    yield Row(
        "about parity with a tuned penalty (>= 1 x the best single one)",
        "", f"one for all {one:.4f}, picked per instance on the outcome {tuned:.4f}", f"{ours:.4f}",
        ours >= one,
        "" if ours >= one else "a penalty picked on the outcome does as well or better",
    )  # fmt: skip
    deep = float(np.mean(deeper))
    yield Row("at equal two-qubit gates (p = 15 on half the qubits): >= 3 x the tuned slack circuit", "",
              f"{tuned:.4f}", f"{deep:.4f}", deep >= 3 * tuned)  # fmt: skip


def small_knapsack(seed: int) -> MultidimensionalKnapsack:
    """Draw eight items and two capacities of 8 to 15, so that both slacks take four bits."""
    rng = np.random.default_rng(seed)
    weights = rng.integers(1, 8, (2, 8))
    capacities = np.clip(weights.sum(axis=1) // 2, 8, 15)
    profits = np.round(10 * weights.mean(axis=0) + 20 * rng.random(8))
    return MultidimensionalKnapsack(profits, weights, capacities)


def success(problem: MultidimensionalKnapsack, qubo: Qubo, layers: int) -> float:
    """Exact probability of a feasible point within 1 % of the optimum."""
    solver = Qaoa(layers=layers, optimizer=None, shots=1)
    good = good_bits(problem, qubo.n)
    angles = trained(solver, qubo)
    return float(Statevector().probabilities(solver.ansatz(qubo), angles, good).sum())


def good_bits(problem: MultidimensionalKnapsack, width: int) -> Array:
    """Return all bits ``[K, width]`` whose first ones are feasible and within 1 % of the optimum."""
    bits = ((np.arange(2**width)[:, None] >> np.arange(width)) & 1).astype(np.uint8)
    ranks = problem.ranks(bits[:, : problem.n])
    best = ranks[ranks[:, 0] == 0, 1].min()
    return bits[(ranks[:, 0] == 0) & (ranks[:, 1] <= 0.99 * best)]


def _fraction(label: str) -> float:
    above, _, below = label.partition("/")
    return float(above) / float(below or 1)
