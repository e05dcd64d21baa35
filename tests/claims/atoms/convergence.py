"""How errors fall: exponentially with the degree, with power 2p with the number of elements."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from classical.chemistry import AtomFiniteElements, ExponentialMesh, FiniteDifferences, RadialFiniteElements
from problems.chemistry import Atom, RadialEigenproblem
from problems.contract import Array
from tests.claims.table import Row

FLOOR = 3e-9  # below it round-off speaks


def rows(quick: bool) -> Iterator[Row]:
    """All rows."""
    yield degrees("schroedinger", range(10, 31, 2))
    if not quick:
        yield degrees("dirac", range(9, 26, 2))
    for degree in (2, 3, 4):
        yield elements(degree)
    yield grading()
    if not quick:
        yield boxes()


def fitted(x: Array, errors: Array) -> tuple[float, float]:
    """Return the slope of log10 of the errors, and the squared correlation."""
    logs = np.log10(errors)
    return float(np.polyfit(x, logs, 1)[0]), float(np.corrcoef(x, logs)[0, 1] ** 2)


def degrees(equation: str, sweep: range) -> Row:
    """Coulomb levels of uranium against p."""
    problem = RadialEigenproblem("coulomb", 92, equation, n_max=7)  # pyright: ignore[reportArgumentType]
    mesh = ExponentialMesh(4, 200.0) if equation == "schroedinger" else ExponentialMesh(7, 100.0)
    errors = np.array(
        [RadialFiniteElements(p, mesh, 2 * p + 1).solve(problem, progress=False).objective for p in sweep]
    )
    above = errors > FLOOR
    slope, correlation = fitted(np.array(sweep)[above], errors[above])
    return Row(
        f"Coulomb, Z = 92, {equation}: log error straight in p (R² >= 0.97), down to {FLOOR:g}",
        "exponential",
        f"p = {sweep[0]}: {errors[0]:.1e}",
        f"p = {sweep[-1]}: {errors.min():.1e}; a factor {10**-slope:.1f} a degree, R² = {correlation:.3f}",
        bool(correlation >= 0.97 and errors.min() <= FLOOR),
    )


def elements(degree: int) -> Row:
    """Hydrogen against the number of equal elements, with finite differences beside."""
    problem = RadialEigenproblem("coulomb", 1, n_max=2, r_max=40.0)
    counts = {2: (96, 192, 384), 3: (48, 96, 192), 4: (32, 64, 128)}[degree]
    errors = [
        RadialFiniteElements(degree, ExponentialMesh(n, 1.0), 2 * degree + 1)
        .solve(problem, progress=False)
        .objective
        for n in counts
    ]
    rival = [
        FiniteDifferences(n * degree // 6 * 6, 1.0).solve(problem, progress=False).objective for n in counts
    ]
    logs = np.log10(np.array(counts))
    slope, null = -fitted(logs, np.array(errors))[0], -fitted(logs, np.array(rival))[0]
    return Row(
        f"hydrogen, p = {degree}, N equal elements: error ∝ N^−{2 * degree} (slope within 10 %)",
        f"{2 * degree}",
        f"differences: {null:.2f}, {rival[-1]:.1e}",
        f"{slope:.2f}, {errors[-1]:.1e}",
        bool(abs(slope - 2 * degree) <= 0.2 * degree),
    )


def grading() -> Row:
    """Uranium's nucleus against the grading of the mesh at one size below round-off's."""
    problem = RadialEigenproblem("coulomb", 92, n_max=7)
    sweep = (1.0, 5.0, 20.0, 60.0, 200.0, 600.0, 2000.0, 20000.0)
    errors = [
        RadialFiniteElements(22, ExponentialMesh(4, a), 45).solve(problem, progress=False).objective
        for a in sweep
    ]
    best = sweep[int(np.argmin(errors))]
    return Row(
        "Coulomb, Z = 92, N = 4, p = 22: the best grading lies in 60 … 600",
        "60 … 600",
        f"equal elements {errors[0]:.1e}, a = 20000 {errors[-1]:.1e}",
        f"a = {best:g}: {min(errors):.1e}",
        60 <= best <= 600,
    )


def boxes() -> Row:
    """Uranium's total energy against where the atom is cut off."""
    atom = Atom(92)
    assert atom.reference is not None
    sweep = (10.0, 15.0, 20.0, 30.0, 50.0)
    errors = []
    for r_max in sweep:
        mesh = ExponentialMesh(5, 200.0 * r_max / 50.0)
        result = AtomFiniteElements(mesh=mesh, r_max=r_max).solve(atom, progress=False)
        errors.append(abs(result.solution.total_energy - atom.reference))
    return Row(
        "U, Schrödinger: the box's error falls with r_max until 30 Bohr is enough for 3e-8",
        "30 for 1e-6, 50 for 1e-8",
        f"10 Bohr: {errors[0]:.1e}, 15: {errors[1]:.1e}, 20: {errors[2]:.1e}",
        f"30: {errors[3]:.1e}, 50: {errors[4]:.1e}",
        bool(errors[0] > errors[1] > errors[2] and max(errors[3:]) <= 3e-8),
    )
