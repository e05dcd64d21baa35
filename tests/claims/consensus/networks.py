"""A small network trained by values alone, beside methods with the same number of values or fewer.

The swarm's setting was found on another split than those judged here.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

import numpy as np

from classical.minimisation import Adam, Spsa
from classical.minimisation.consensus_based import ConsensusBasedOptimization
from classical.minimisation.scatter import Scatter
from problems.minimisation import NetworkLoss
from tests.claims.table import Row

SWARM = ConsensusBasedOptimization(
    evaluations=40_000, particles=100, steps=390, time_step=0.1, noise_strength=1.3, noise="anisotropic",
    alpha=1000.0, noise_cap=None, start=Scatter(width=0.3),
)  # fmt: skip


def rows(quick: bool) -> Iterator[Row]:
    """The row, in the full form alone."""
    claim = "digits, 64-10: held-out accuracy of a swarm that sees mini-batch losses alone, >= 70 %"
    if find_spec("sklearn") is None:
        yield Row(claim, "", "", "", None, "scikit-learn, which has the images, is not installed")
        return
    if not quick:
        yield training(claim, 2)


def training(claim: str, seeds: int) -> Row:
    """Accuracies on rows that training does not see."""
    seen: dict[str, list[float]] = {"swarm": [], "SPSA": [], "Adam": []}
    for seed in range(seeds):
        problem = NetworkLoss.digits(seed=seed)
        solvers = (SWARM, Spsa(evaluations=SWARM.evaluations), Adam(evaluations=2000, rate=0.02))
        for name, solver in zip(seen, solvers, strict=True):
            result = solver.solve(problem, seed=seed, progress=False)
            seen[name].append(problem.accuracy(result.solution))
    text = {name: f"{np.mean(values):.1%}" for name, values in seen.items()}
    return Row(
        claim,
        "a zero-order method that generalises",
        f"SPSA with as many values {text['SPSA']}, Adam with 1800 gradients {text['Adam']}",
        f"{text['swarm']} over {seeds} seeds, {SWARM.evaluations} values of 128 rows",
        bool(np.mean(seen["swarm"]) >= 0.7),
    )
