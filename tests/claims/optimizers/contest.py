"""Who gets how far with equally many circuits: medians over seeds, settings picked on another instance."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from classical.distributed import OneByteSpsa
from classical.minimisation import (
    Adam,
    AdamSpsa,
    AnnealedLangevin,
    BayesianOptimization,
    Cobyla,
    ConsensusBasedOptimization,
    ConsensusHopping,
    GradientDescent,
    Lbfgs,
    NelderMead,
    QuadraticModel,
    Rotosolve,
    Spsa,
)
from problems.contract import Solver, UnsuitableProblem
from tests.claims.optimizers.loops import QAOA, SHOTS, VQE, Loop, Trainer, qaoa_loops, tuning_loops, vqe_loops
from tests.claims.table import Row

CIRCUITS = {QAOA: 400, VQE: 2000}  # values that an optimizer may ask for
SEEDS = (1, 2, 3, 4, 5)
TUNING_SEEDS = (101, 102, 103)
COSTLY = {"Bayesian": 60}  # a process of more points costs more than the circuits it saves


@dataclass
class Score:
    """What an optimizer reached on one loop.

    Attributes:
        error: Median share of the way from the floor to random that is left.
        seconds: Median CPU seconds, simulation included.
        circuits: Most values that it asked for, a gradient counted as the 2P shifted circuits that a device
            would run for it.
    """

    error: float
    seconds: float
    circuits: float


def contestants(budget: int, loop: Loop) -> dict[str, list[Solver[Any, Any]]]:
    """Return every optimizer with the settings to pick from; each may spend the budget of this loop.

    Those that ask for gradients get so many that 2P + 1 circuits for each come to the same.
    """
    width = loop.ansatz.num_parameters
    slopes = max(4, budget // (2 * width + 1)) if loop.shots is None else budget
    swarm = max(8, budget // 40)
    return {
        "Adam": [Adam(evaluations=slopes, rate=rate) for rate in (0.03, 0.1, 0.3)],
        "Adam-SPSA": [AdamSpsa(evaluations=budget, rate=rate) for rate in (0.1, 0.3, 0.56)],
        "Bayesian": [BayesianOptimization(evaluations=min(budget, COSTLY["Bayesian"]))],
        "COBYLA": [Cobyla(evaluations=budget, initial_step=step) for step in (0.1, 0.3, 1.0)],
        "consensus-based": [
            ConsensusBasedOptimization(
                evaluations=budget, particles=swarm, steps=budget, time_step=0.1, noise_strength=sigma,
                noise="anisotropic", alpha=alpha,
            )
            for sigma in (0.3, 1.0) for alpha in (50.0, 500.0)
        ],
        "consensus hopping": [
            ConsensusHopping(evaluations=budget, particles=swarm, steps=budget, width=width_, alpha=500.0)
            for width_ in (0.05, 0.15, 0.4)
        ],
        "gradient descent": [GradientDescent(evaluations=slopes, rate=rate) for rate in (0.02, 0.1, 0.4)],
        "Langevin": [
            AnnealedLangevin(evaluations=slopes, rate=rate, time_step=0.1, noise_strength=0.1)
            for rate in (0.2, 1.0, 4.0)
        ],
        "L-BFGS": [Lbfgs(evaluations=slopes)],
        "Nelder-Mead": [NelderMead(evaluations=budget, initial_step=step) for step in (0.1, 0.3, 1.0)],
        "one-byte SPSA": [
            OneByteSpsa(evaluations=budget, learning_rate=rate, epsilon=epsilon)
            for rate in (0.02, 0.1) for epsilon in (0.1, 0.3)
        ],
        "quadratic model": [QuadraticModel(evaluations=budget, radius=radius) for radius in (0.3, 1.0)],
        "Rotosolve": [Rotosolve(evaluations=budget)],
        "SPSA": [Spsa(evaluations=budget, first_step=step) for step in (0.03, 0.1, 0.3)],
    }  # fmt: skip


def rows(quick: bool) -> Iterator[Row]:
    """The table of each kind of loop, then who wins where."""
    kinds = {QAOA: qaoa_loops(quick), VQE: vqe_loops(quick)}
    for kind, loops in kinds.items():
        for shots in (None, SHOTS):
            yield from _table(kind, [replace(loop, shots=shots) for loop in loops], quick)


def _table(kind: str, loops: list[Loop], quick: bool) -> Iterator[Row]:
    budget = 30 if quick else CIRCUITS[kind]
    practice = replace(tuning_loops()[kind], shots=loops[0].shots)
    noise = "exact" if loops[0].shots is None else f"{SHOTS} shots"
    names = list(contestants(budget, practice))
    picked = {name: 0 if quick else _picked(name, budget, practice) for name in names}
    scores: dict[str, dict[str, Score]] = {}
    for name in names:
        found = {}
        for loop in loops:
            solver = contestants(budget, loop)[name][picked[name]]
            score = _score(solver, loop, SEEDS[:1] if quick else SEEDS)
            if score is not None:
                found[loop.name] = score
        scores[name] = found
    start = {loop.name: _start_error(loop) for loop in loops}
    for name, found in sorted(scores.items(), key=lambda item: _mean_error(item[1])):
        yield Row(
            f"{kind}, {noise}: {name}, error left of 1 at random",
            "",
            "start " + ", ".join(f"{value:.3f}" for value in start.values()),
            _shown(found) if found else "",
            None,
            "figures alone" if found else "it does not take these loops",
        )
    winners = {loop.name: min(scores, key=lambda name: _error(scores[name], loop.name)) for loop in loops}
    best = [_error(scores[winner], name) for name, winner in winners.items()]
    yield Row(
        f"{kind}, {noise}: the best optimizer of each instance gets below its start",
        "",
        f"{budget} circuits, settings picked on {practice.name}",
        ", ".join(f"{name}: {winner}" for name, winner in winners.items()),
        all(error < start[name] for error, name in zip(best, winners, strict=True)),
    )


def _picked(name: str, budget: int, practice: Loop) -> int:
    """Return the setting of least median error on the instance of practice."""
    solvers = contestants(budget, practice)[name]
    found = [_score(solver, practice, TUNING_SEEDS) for solver in solvers] if len(solvers) > 1 else [None]
    return int(np.argmin([np.inf if score is None else score.error for score in found]))


def _score(solver: Solver[Any, Any], loop: Loop, seeds: tuple[int, ...]) -> Score | None:
    errors, seconds, circuits = [], [], []
    for seed in seeds:
        start = time.process_time()
        try:
            result = Trainer(solver, start_seed=seed).solve(loop, seed=seed, progress=False)
        except UnsuitableProblem:
            return None
        seconds.append(time.process_time() - start)
        errors.append(result.objective)
        circuits.append(result.resources["evaluations"])
    return Score(float(np.median(errors)), float(np.median(seconds)), float(max(circuits)))


def _start_error(loop: Loop) -> float:
    from problems.run import Run

    nobody: Run = None  # pyright: ignore[reportAssignmentType] - nothing is evaluated
    return float(np.median([loop.judge(loop.energy(nobody, seed).start).objective for seed in SEEDS]))


def _error(found: dict[str, Score], name: str) -> float:
    return found[name].error if name in found else np.inf


def _mean_error(found: dict[str, Score]) -> float:
    return float(np.mean([score.error for score in found.values()])) if found else np.inf


def _shown(found: dict[str, Score]) -> str:
    parts = [f"{name} {score.error:.3f}" for name, score in found.items()]
    most, mean = max(score.circuits for score in found.values()), np.mean([s.seconds for s in found.values()])
    return f"{', '.join(parts)}; {most:g} evaluations, {mean:.2f} s"
