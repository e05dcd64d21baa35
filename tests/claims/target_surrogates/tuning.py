"""Choices made on development seeds that no row is judged by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from problems.contract import Problem, Result, Solver
from problems.errors import NothingFound

LOST = 1e9  # counts for a run that ended without a finite figure


def figure_of(solver: Solver, problem: Problem, seed: int, measure: Callable[[Result], float]) -> float:
    """Return a figure of a run, a large one where it diverged."""
    try:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            value = float(measure(solver.solve(problem, seed=seed, progress=False)))
    except NothingFound:
        return LOST
    return min(value, LOST) if np.isfinite(value) else LOST


def tuned(choices: Sequence[Any], figure: Callable[[Any, int], float], seeds: Iterable[int]) -> Any:
    """Return the choice with the least geometric mean of a figure over development seeds."""
    seeds = tuple(seeds)
    worth = [geometric_mean([figure(choice, seed) for seed in seeds]) for choice in choices]
    return choices[int(np.argmin(worth))]


def geometric_mean(figures: Sequence[float]) -> float:
    """Return the geometric mean."""
    return float(np.exp(np.mean(np.log(np.maximum(figures, 1e-300)))))


def suboptimality(result: Result) -> float:
    """Return how far the answer is above the optimum."""
    return float(result.evaluation.metrics["suboptimality"])
