"""Maximum cuts: recursion on rings, the relaxation on 800 nodes, shrinking beside hyperplanes."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from backends.closed_form import best_angles, expectation
from classical.binary import Exhaustive, GoemansWilliamson
from hybrid.graph_shrinking import Recalculation, Shrinking, shrink
from hybrid.graph_shrinking.correlations import SemidefiniteCorrelation, SingleLayerCorrelation
from hybrid.graph_shrinking.shrinking import Alone
from hybrid.graph_shrinking.spin_graph import SpinGraph
from problems.binary import MaxCut, Qubo
from tests.claims.graph_shrinking.instances import energies_agree, instance, path_of
from tests.claims.table import Row, skipped

RELAXED = {"G11": 629.16, "G14": 3191.57}
LEAST_SHARE = {"G11": 0.92, "G14": 0.96}
BEST_KNOWN = {"G11": 564, "G14": 3064}
RECURSIVE = Shrinking(
    6, SingleLayerCorrelation(), recalculation=Recalculation(every=1), ties_per_step=1, propagate=False
)


def rows(quick: bool) -> Iterator[Row]:
    """All rows."""
    yield rings(range(6, 31, 12) if quick else range(6, 31, 2))
    for name in ("G11",) if quick else ("G11", "G14"):
        yield from relaxation(name, quick)
    if not quick:
        yield from wide_shrinking(20)
    yield regular_graphs(2 if quick else 5)


def cut_after(problem: MaxCut, settings: Shrinking, seed: int = 0) -> tuple[float, bool]:
    """Return the cut where what is left is solved by enumeration, and whether energies agree."""
    shrunk = shrink(problem, settings, seed=seed)
    best = Exhaustive().solve(shrunk.qubo, progress=False).solution
    value = problem.judge(shrunk.unfold(best)).objective
    return value, energies_agree(shrunk, problem.program.minimised)


def rings(sizes: range) -> Row:
    """The recursive algorithm cuts all edges of even rings, where one layer expects three quarters."""
    ratios, cuts = [], []
    for n in sizes:
        problem = MaxCut(n, np.array([(k, (k + 1) % n) for k in range(n)]))
        ising = Qubo(problem.program.minimised).ising
        beta, gamma = best_angles(ising)
        ratios.append(-float(expectation(ising, np.array([beta]), np.array([gamma]))[0]) / n)
        value, agree = cut_after(problem, RECURSIVE)
        cuts.append(value == n and agree)
    worst = max(abs(ratio - 0.75) for ratio in ratios)
    return Row(
        f"even rings {sizes[0]}…{sizes[-1]}: one layer 3/4 to 1e-6, recursion cuts all",
        "cut n",
        f"one layer {min(ratios):.6f}…{max(ratios):.6f}",
        f"{sum(cuts)} of {len(cuts)} cut fully",
        worst < 1e-6 and all(cuts),
    )


def relaxation(name: str, quick: bool) -> Iterator[Row]:
    """The relaxation of 800 nodes by the mixing method, and hyperplanes through it."""
    claim = f"{name}: relaxation within 1e-3 of {RELAXED[name]}, below 10 s"
    if not path_of("maxcut", name).exists():
        yield from skipped(claim, path_of("maxcut", name))
        return
    problem = instance("maxcut", name)
    graph = SpinGraph.from_form(problem.program.minimised)
    matrix, start = graph.couplings(), time.monotonic()
    vectors = SemidefiniteCorrelation().vectors(matrix, Alone(0))
    seconds = time.monotonic() - start
    value = -(float(np.sum(matrix * (vectors @ vectors.T))) / 2 + graph.constant)
    yield Row(
        claim, str(RELAXED[name]), "", f"{value:.2f} in {seconds:.1f} s",
        abs(value / RELAXED[name] - 1) < 1e-3 and seconds < 10,
    )  # fmt: skip
    if quick:
        return
    rounded = GoemansWilliamson(improve=False).solve(problem, seed=1, progress=False).objective
    share = rounded / BEST_KNOWN[name]
    yield Row(
        f"{name}: best of 200 hyperplanes >= {LEAST_SHARE[name]} of the best known", "", "",
        f"{rounded:g}, {share:.3f} of {BEST_KNOWN[name]}", share >= LEAST_SHARE[name],
    )  # fmt: skip


def wide_shrinking(target: int) -> Iterator[Row]:
    """800 nodes down to what a device holds, with its cost per step."""
    claim = f"G11: 800 -> {target} in less than 5 min, every energy exact"
    if not path_of("maxcut", "G11").exists():
        yield from skipped(claim, path_of("maxcut", "G11"))
        return
    problem = instance("maxcut", "G11")
    shrunk = shrink(problem, Shrinking(target, SemidefiniteCorrelation()))
    trace = shrunk.trace
    per_tie = 1000 * trace.seconds / max(1, trace.width - shrunk.qubits)
    agree = energies_agree(shrunk, problem.program.minimised)
    yield Row(
        claim, "", "",
        f"{shrunk.qubits} left after {trace.seconds:.0f} s, {trace.calculations} relaxations "
        f"({trace.correlation_seconds:.0f} s), {per_tie:.0f} ms per tie; {trace.count('merge')} merged, "
        f"{trace.count('fix')} fixed, {trace.count('implied') + trace.count('free')} implied, "
        f"{trace.count('undone')} undone; stopped: {trace.stopped}",
        trace.seconds < 300 and shrunk.qubits <= target and agree,
    )  # fmt: skip


def regular_graphs(count: int) -> Row:
    """Shrinking beside hyperplanes of the same relaxation on 3-regular graphs of 100 nodes."""
    ours, theirs = [], []
    for seed in range(count):
        problem = MaxCut.regular(3, 100, seed=seed)
        ours.append(cut_after(problem, Shrinking(16, SemidefiniteCorrelation()), seed)[0])
        planes = GoemansWilliamson(improve=False).solve(problem, seed=seed, progress=False)
        theirs.append(planes.objective)
    margin = np.array(ours) - np.array(theirs)
    return Row(
        "3-regular, n = 100: never more than one edge below 200 hyperplanes, no worse on most",
        "shrinking beats rounding (arXiv 2404.17242)",
        " ".join(f"{v:g}" for v in theirs),
        " ".join(f"{v:g}" for v in ours),
        bool(np.all(margin >= -1) and np.sum(margin >= 0) >= 0.6 * count),
    )
