"""What holds to rounding: one plain step, squared losses, and descent with full batches."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from classical.minimisation.composite_baselines import CompositeDescent
from classical.minimisation.target_surrogate import TargetSurrogate
from problems.minimisation.logistic_composite import LogisticComposite
from problems.minimisation.matrix_factorisation import MatrixFactorisation
from tests.claims.table import Row

EXACT = 1e-12


def rows(quick: bool) -> Iterator[Row]:
    """One row for each identity."""
    logistic = LogisticComposite.ill_conditioned()
    factors = MatrixFactorisation.random()
    yield _one_plain_step((logistic, factors))
    yield _squared(factors)
    yield _descent((logistic, factors), 20 if quick else 500, quick)


def _one_plain_step(problems: tuple[LogisticComposite | MatrixFactorisation, ...]) -> Row:
    apart = 0.0
    for problem in problems:
        for batch in (None, 25):
            ours = TargetSurrogate(100, 1, eta=0.3, inner_length=0.05, batch=batch)
            theirs = CompositeDescent(100, "sgd", 0.05, batch=batch)
            a, b = (solver.solve(problem, seed=1, progress=False).solution for solver in (ours, theirs))
            apart = max(apart, float(np.abs(a - b).max()))
    claim = "one plain inner step is (stochastic) gradient descent, to 1e-12 after 100 steps"
    return Row(claim, "equal", "SGD, GD", f"{apart:.1e} apart", apart <= EXACT)


def _squared(problem: MatrixFactorisation) -> Row:
    """With η = 1 and all inner steps taken, the first gradient already solves the problem."""
    rng, apart = np.random.default_rng(0), 0.0
    every = np.arange(problem.count)
    for _ in range(20):
        theta, moved = problem.start + rng.normal(scale=0.5, size=(2, problem.dimension))
        z, after = problem.targets(theta, every), problem.targets(moved, every)
        slopes = problem.target_gradient(z, every, 0)
        surrogate = float(np.mean(np.sum(slopes * (after - z) + 0.5 * (after - z) ** 2, axis=1)))
        apart = max(apart, abs(surrogate - (problem.exact(moved) - problem.exact(theta))))
    solver = TargetSurrogate(1, 5000, eta=1.0, inner="lbfgs")
    left = solver.solve(problem, progress=False).evaluation.metrics["suboptimality"]
    claim = "half squared error, η = 1: the surrogate is the loss difference, to 1e-12"
    ours = f"{apart:.1e} apart; {float(left):.1e} above the optimum after a single gradient"
    return Row(claim, "equal", "", ours, apart <= EXACT)


def _descent(problems: tuple[LogisticComposite | MatrixFactorisation, ...], steps: int, quick: bool) -> Row:
    risen, tried = -np.inf, 0
    for problem in problems:
        for inner in ("gd", "lbfgs", "exact") if problem.linear else ("gd", "lbfgs"):
            for m in (1, 5) if quick else (1, 5, 10, 20):
                if inner == "exact" and m > 1:
                    continue
                solver = TargetSurrogate(steps, m, inner=inner, judged_every=1)
                result = solver.solve(problem, progress=False)
                heights = [problem.exact(problem.start), *(row["objective"] for row in result.history)]
                risen, tried = max(risen, float(np.diff(heights).max())), tried + 1
    claim = f"full batch, η = 1/L: h never rises in {steps} steps, whatever the inner solver and m"
    return Row(claim, "proved", "", f"largest rise {risen:.1e} in {tried} runs", risen <= EXACT)
