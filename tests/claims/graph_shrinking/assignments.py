"""Quadratic assignment: where the veto shows, and the lifted relaxation without any polish."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from classical.binary import SimulatedAnnealing
from hybrid.graph_shrinking import GraphShrinking
from hybrid.graph_shrinking.correlations import RandomCorrelation, SemidefiniteCorrelation
from tests.claims.graph_shrinking.instances import (
    at_hand,
    gap,
    instance,
    null_raw_gap,
    optimum,
    path_of,
    raw_gap,
)
from tests.claims.table import Row, skipped

PENALISED = ("tai10a", "had12", "nug12")
LIFTED = {"tai10a": 0.0, "had12": 0.0, "chr12a": 0.0, "nug12": 2.0}
PUBLISHED = "none feasible on 100–144 qubits"


def rows(quick: bool) -> Iterator[Row]:
    """All rows."""
    names = at_hand("qap", PENALISED)
    if not names:
        yield from skipped("quadratic assignment", path_of("qap", "tai10a"))
        return
    for share, most, factor in ((0.5, 6, 0.6), (0.2, 4, 0.4))[: 1 if quick else 2]:
        yield veto_shows(names[:1] if quick else names, share, most, factor, (1,) if quick else (1, 2, 3))
    for name in at_hand("qap", ("tai10a",) if quick else tuple(LIFTED)):
        yield lifted(name)
    if not quick:
        yield fewer_exchanges(names)


def broken(name: str, share: float, source, veto: str, seed: int) -> float:
    """Return how many rows and columns the sample of least energy breaks."""
    problem = instance("qap", name)
    solver = GraphShrinking(
        target_qubits=int(share * problem.n), source=source, veto=veto, propagate=False,  # pyright: ignore
        inner=SimulatedAnnealing(16, 200), widest=10**6,
    )  # fmt: skip
    return solver.solve(problem, seed=seed, progress=False).resources["raw_violations"]


def veto_shows(names: list[str], share: float, most: int, factor: float, seeds: tuple[int, ...]) -> Row:
    """Broken rows and columns with the veto, without it, and after random merges."""
    cases = {
        "hard": (SemidefiniteCorrelation(), "hard"), "off": (SemidefiniteCorrelation(), "off"),
        "random": (RandomCorrelation(), "off"),
    }  # fmt: skip
    found = {
        label: [broken(name, share, source, veto, seed) for name in names for seed in seeds]
        for label, (source, veto) in cases.items()
    }
    hard, off = found["hard"], found["off"]
    return Row(
        f"QAP at {share:.0%}, penalty SDP with veto: <= {most} broken lines, mean <= {factor} of without",
        PUBLISHED,
        f"without veto {span(off)}, random merges {span(found['random'])}",
        f"{span(hard)}, mean {np.mean(hard):.1f} against {np.mean(off):.1f}",
        bool(max(hard) <= most and np.mean(hard) <= factor * np.mean(off)),
    )


def span(values: list[float]) -> str:
    """Return the least and the greatest."""
    return f"{min(values):g}…{max(values):g}"


def lifted(name: str) -> Row:
    """The default solver down to 16 qubits, sampled by QAOA."""
    best, start = optimum("qap", name), time.process_time()
    result = GraphShrinking(target_qubits=16).solve(instance("qap", name), seed=1, progress=False)
    seconds = time.process_time() - start
    raw = raw_gap(result, best)
    return Row(
        f"{name}: lifted to 16 qubits, no polish, raw gap <= {LIFTED[name]:g} %, 60 CPU s",
        PUBLISHED,
        f"uniform bits on the same 16 qubits: raw {null_raw_gap(result, best):.1f} %",
        f"{raw:.2f} % raw, {gap(result.objective, best):.2f} % repaired, {seconds:.0f} s",
        raw <= LIFTED[name] and seconds <= 60,
    )


def fewer_exchanges(names: list[str]) -> Row:
    """Exchanges that a descent makes from the shrunk answer, and from random permutations."""
    ours, random = [], []
    for name in names:
        problem = instance("qap", name)
        answer = GraphShrinking(target_qubits=16).solve(problem, seed=1, progress=False).solution
        rng = np.random.default_rng(1)
        ours.append(exchanges(problem, answer.reshape(problem.size, -1).argmax(axis=1)))
        random.append(np.mean([exchanges(problem, rng.permutation(problem.size)) for _ in range(20)]))
    return Row(
        "descents by exchanges are shorter from the shrunk answer than from random permutations",
        "",
        " ".join(f"{count:.1f}" for count in random),
        " ".join(f"{count:g}" for count in ours),
        all(a < b for a, b in zip(ours, random, strict=True)),
    )


def exchanges(problem, order: np.ndarray) -> int:
    """Return how many best exchanges a descent makes from a permutation."""
    order, made = np.array(order), 0
    first, second = np.triu_indices(len(order), 1)
    while True:
        others = np.tile(order, (len(first), 1))
        rows_ = np.arange(len(first))
        others[rows_, first], others[rows_, second] = order[second], order[first]
        costs = problem.cost(others)
        if costs.min() >= problem.cost(order):
            return made
        order, made = others[int(costs.argmin())], made + 1
