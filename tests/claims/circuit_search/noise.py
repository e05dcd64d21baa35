"""Circuits found under noise: accurate once trained without it, and made for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from hybrid.circuit_search import Crlqas, DoubleDqn, ExactDescent, NoisyDescent, QuantileThreshold
from problems.ground_state import NoiseModel
from tests.claims.circuit_search.molecules import ACCURATE, ending, exact, found, molecule, path_of
from tests.claims.table import Row, skipped

LEARNER = DoubleDqn(hidden=(64, 64), decay=2000)
CURRICULUM = QuantileThreshold(every=20, window=40)


def rows(quick: bool) -> Iterator[Row]:
    """All rows."""
    names = ("H2_2q_r0.7414",) if quick else ("H2_2q_r0.7414", "H2_3q_r0.7414")
    for name in names:
        if not path_of(name).exists():
            yield from skipped(f"{name} under noise", path_of(name))
            continue
        for level in ("max",) if quick else ("median", "max", "10max"):
            yield found_under(name, level, 60 if quick else 400)
        if not quick:
            yield made_for_it(name, 400)


def search(optimizer, episodes: int) -> Crlqas:
    """A short search."""
    return Crlqas(10, episodes, CURRICULUM, optimizer=optimizer, learner=LEARNER)


def found_under(name: str, level: str, episodes: int) -> Row:
    """The answer of a search under noise, judged without."""
    problem = replace(molecule(name), noise=NoiseModel.ibmq_mumbai(level))  # pyright: ignore[reportArgumentType]
    result = search(NoisyDescent(), episodes).solve(problem, seed=1, progress=False)
    shown = 1000 * (float(result.evaluation.metrics["noisy_energy"]) - exact(problem))
    holds = result.objective - exact(problem) <= ACCURATE
    claim = f"{name}, trained under mumbai {level}: <= 1.6 mHa without noise"
    return Row(claim, "chemical accuracy", "", f"{found(result)}; {shown:.0f} mHa under noise", holds)


def made_for_it(name: str, episodes: int) -> Row:
    """The circuits of the last episodes under noise, as they were built, and the pruned answers without."""
    problem = replace(molecule(name), noise=NoiseModel.ibmq_mumbai("10max"))
    seeds, shown, pairs = (1, 2, 3), [], []
    for seed in seeds:
        run = search(NoisyDescent(), episodes).solve(problem, seed=seed, progress=False)
        shown.append(ending(np.array([row["energy"] for row in run.history])).mean())
        pairs.append(ending(np.array([row["two_qubit_gates"] for row in run.history])).mean())
    plain = [search(ExactDescent(), episodes).solve(problem, seed=seed, progress=False) for seed in seeds]
    theirs = np.mean([float(run.evaluation.metrics["noisy_energy"]) for run in plain])
    their_pairs = np.mean([float(run.evaluation.metrics["two_qubit_gates"]) for run in plain])
    ours, our_pairs = np.mean(shown), np.mean(pairs)
    claim = f"{name}, mumbai 10max: built under noise, lower noisy energy and fewer CX, mean of 3 seeds"
    holds = bool(ours < theirs and our_pairs < their_pairs)
    return Row(
        claim, "", f"built without: {theirs:.4f} Ha, {their_pairs:.1f} CX",
        f"{ours:.4f} Ha, {our_pairs:.1f} CX", holds, "" if holds else "over the last fifth of the episodes",
    )  # fmt: skip
