"""Exact levels of one electron: the point nucleus of uranium and the parabola."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from classical.chemistry import (
    ExponentialMesh,
    FiniteDifferences,
    PlainDiracElements,
    RadialFiniteElements,
    RadialShooting,
)
from problems.chemistry import RadialEigenproblem
from tests.claims.table import Row

KAPPAS = (-6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5)
PAIRS = tuple((n, kappa) for kappa in KAPPAS for n in range(kappa + 1 if kappa > 0 else -kappa, 8))
DIRAC_ELEMENTS = RadialFiniteElements(23, ExponentialMesh(7, 100.0), 53)
OSCILLATOR = {
    (1, -1): 1.4999950078, (2, 1): 2.4999351051, (3, -1): 5.4997154776, (3, 2): 3.4998752033,
    (4, -4): 4.4998951661, (7, -1): 13.4981983940,
}  # fmt: skip
BAR = 5e-9


def rows(quick: bool) -> Iterator[Row]:
    """All rows."""
    problem = RadialEigenproblem("coulomb", 92, n_max=7)
    yield schroedinger(
        problem, RadialFiniteElements(31, ExponentialMesh(7, 100.0), 63), "N = 7, a = 100, p = 31"
    )
    yield schroedinger(
        problem, RadialFiniteElements(26, ExponentialMesh(4, 200.0), 53), "N = 4, a = 200, p = 26"
    )
    yield dirac()
    yield from without_exponent()
    yield from oscillator(quick)


def figures(result) -> str:
    """The error, the worst overlap, and node counts of a result."""
    metrics = result.evaluation.metrics
    return (
        f"{result.objective:.1e}, overlaps {metrics['orthonormality']:.0e}, "
        f"{metrics['wrong_nodes']:.0f} wrong node counts"
    )


def schroedinger(problem: RadialEigenproblem, solver: RadialFiniteElements, setting: str) -> Row:
    """All 28 states of uranium's nucleus, with differences and shooting of about as many unknowns beside."""
    ours = solver.solve(problem, progress=False)
    size = -(-(solver.degree * solver.mesh.elements) // 6) * 6
    differences = FiniteDifferences(size).solve(problem, progress=False)
    shooting = RadialShooting(points=1800).solve(problem, progress=False)
    return Row(
        f"Coulomb, Z = 92, Schrödinger, 28 states, {setting}: every |ΔE| <= {BAR:g}, overlaps <= 1e-9",
        "1e-8",
        f"differences, {size} points {differences.objective:.1e}; shooting, 1800 {shooting.objective:.1e}",
        figures(ours),
        bool(ours.objective <= BAR and ours.evaluation.metrics["orthonormality"] <= 1e-9 and ours.feasible),
    )


def dirac() -> Row:
    """The 47 states up to n = 7."""
    problem = RadialEigenproblem("coulomb", 92, "dirac", wanted=PAIRS)
    ours = DIRAC_ELEMENTS.solve(problem, progress=False)
    shooting = RadialShooting(points=1800).solve(problem, progress=False)
    return Row(
        f"Coulomb, Z = 92, Dirac, 47 states, N = 7, a = 100, p = 23: every |ΔE| <= {BAR:g}, overlaps <= 1e-9",
        "1e-8",
        f"shooting, 1800 points {shooting.objective:.1e}",
        figures(ours),
        bool(ours.objective <= BAR and ours.evaluation.metrics["orthonormality"] <= 1e-9 and ours.feasible),
    )


def without_exponent() -> Iterator[Row]:
    """What r in place of r^β costs at the same size."""
    for kappa, least in ((-1, 100.0), (1, 1.0)):
        pairs = tuple(pair for pair in PAIRS if pair[1] == kappa)
        problem = RadialEigenproblem("coulomb", 92, "dirac", wanted=pairs)
        ours = DIRAC_ELEMENTS.solve(problem, progress=False)
        linear = PlainDiracElements(form="squared_linear").solve(problem, progress=False)
        yield Row(
            f"κ = {kappa}: P, Q ∝ r at the nucleus instead of r^β, same size, costs > {least:g} Hartree",
            "",
            f"r: {linear.objective:.3g}",
            f"r^β: {ours.objective:.1e}",
            bool(linear.objective > least and ours.objective <= BAR),
        )


def oscillator(quick: bool) -> Iterator[Row]:
    """V = r²/2 in both equations."""
    problem = RadialEigenproblem.harmonic(n_max=4 if quick else 7)
    ours = RadialFiniteElements().solve(problem, progress=False)
    shooting = RadialShooting().solve(problem, progress=False)
    yield Row(
        f"oscillator, Schrödinger, {len(problem.pairs)} states: every |ΔE| <= {BAR:g}",
        "",
        f"shooting {shooting.objective:.1e}",
        figures(ours),
        bool(ours.objective <= BAR and ours.feasible),
    )
    problem = RadialEigenproblem("harmonic", 0.0, "dirac", wanted=tuple(OSCILLATOR), r_max=10.0)
    expected = np.array([OSCILLATOR[pair] for pair in problem.pairs])
    errors = [
        np.max(np.abs(solver.solve(problem, progress=False).solution.energies - expected))
        for solver in (RadialShooting(), DIRAC_ELEMENTS)
    ]
    yield Row(
        f"oscillator, Dirac: the six published levels within {BAR:g}",
        "1e-10 digits",
        f"shooting {errors[0]:.1e}",
        f"{errors[1]:.1e}",
        bool(errors[1] <= BAR),
    )
