"""Total and orbital energies of self-consistent atoms, and the theorems that they keep."""

from __future__ import annotations

import time
from collections.abc import Iterator

from classical.chemistry import AtomFiniteElements, AtomShooting
from problems.chemistry import Atom
from problems.chemistry.reference_energies import reference_decimals
from problems.contract import Result
from tests.claims.table import Row

CHARGES = (1, 2, 6, 10, 18, 26, 36, 54, 79, 92)
SYMBOLS: dict[int, str] = dict(
    zip(CHARGES, ("H", "He", "C", "Ne", "Ar", "Fe", "Kr", "Xe", "Au", "U"), strict=True)
)
URANIUM = {
    (1, 0): -3689.3551398369, (2, 0): -639.7787280866, (2, 1): -619.1085501807, (3, 0): -161.1180732100,
    (3, 1): -150.9789801633, (3, 2): -131.9773582831, (4, 0): -40.5280842452, (4, 1): -35.8533208325,
    (4, 2): -27.1232122996, (4, 3): -15.0274600691, (5, 0): -8.8240894015, (5, 1): -7.0180922045,
    (5, 2): -3.8661751349, (5, 3): -0.3665433531, (6, 0): -1.3259763180, (6, 1): -0.8225379709,
    (6, 2): -0.1431901813, (7, 0): -0.1309478622,
}  # fmt: skip
NEON = {(1, 0): -30.3058546888, (2, 0): -1.3228085658, (2, 1): -0.4980341289}
BARS = {"virial": 1e-6, "charge_error": 1e-10, "orthonormality": 1e-9, "wrong_nodes": 0.0}
RELATIVISTIC_URANIUM = {(1, -1): (-4223.4190205, 1e-6), (7, -1): (-0.1609472826, 1e-7)}


def rows(quick: bool) -> Iterator[Row]:
    """Totals first; the quick form keeps to light atoms and nonrelativistic uranium."""
    results = {}
    for relativity in ("none", "dirac"):
        light = (2, 10) if relativity == "dirac" else (2, 10, 92)
        for charge in light if quick else CHARGES:
            started = time.process_time()
            result = AtomFiniteElements().solve(Atom(charge, relativity), progress=False)
            results[charge, relativity] = result
            yield total(result, bar(charge, relativity), time.process_time() - started)
    yield identities(list(results.values()))
    yield orbitals("Ne, Schrödinger: three orbital energies", results[10, "none"], NEON, 1e-8)
    yield orbitals("U, Schrödinger: 18 orbital energies", results[92, "none"], URANIUM, 1e-8)
    if not quick:
        yield relativistic_orbitals(results[92, "dirac"])


def bar(charge: int, relativity: str) -> float:
    """How far a total may be off."""
    if relativity == "none":
        return {26: 1e-8, 54: 1e-6, 79: 1e-6, 92: 3e-8}.get(charge, 1e-8)
    return 1e-8 if charge <= 18 else 1e-7


def total(result: Result, most: float, seconds: float) -> Row:
    """One atom's total energy, with shooting's beside."""
    atom = result.problem
    assert isinstance(atom, Atom)
    assert atom.reference is not None
    decimals = reference_decimals(atom.charge, atom.relativistic)
    assert decimals is not None
    metrics = result.evaluation.metrics
    error = max(abs(metrics["energy_error"]), abs(result.solution.total_energy - atom.reference))
    shot = AtomShooting().solve(atom, progress=False)
    rounding = 0.5 * 10.0**-decimals
    equation = "Dirac" if atom.relativistic else "Schrödinger"
    return Row(
        f"{SYMBOLS[atom.charge]}, {equation}: total energy within {most:g}, and rounding, of the published",
        f"{atom.reference:.{decimals}f}",
        f"shooting {shot.objective:.10f}",
        f"{result.solution.total_energy:.10f}, off by {error:.1e}; {result.solution.iterations} iterations, "
        f"{seconds:.1f} s",
        bool(error <= most + rounding and result.feasible and result.status == "converged"),
    )


def identities(results: list[Result]) -> Row:
    """What holds for every self-consistent atom."""
    worst = {name: max(float(abs(result.evaluation.metrics[name])) for result in results) for name in BARS}
    return Row(
        f"{len(results)} atoms: virial <= 1e-6 Hartree, charge <= 1e-10, overlaps <= 1e-9, n − l − 1 nodes",
        "",
        "",
        f"{worst['virial']:.1e}, {worst['charge_error']:.1e}, {worst['orthonormality']:.1e}, "
        f"{worst['wrong_nodes']:.0f} wrong",
        all(worst[name] <= most for name, most in BARS.items()),
    )


def orbitals(claim: str, result: Result, published: dict, most: float) -> Row:
    """Orbital energies, whose errors are of first order in the density's."""
    states = result.solution.states
    worst = max(abs(states.energy(*pair) - energy) for pair, energy in published.items())
    shot = AtomShooting().solve(result.problem, progress=False).solution.states
    other = max(abs(shot.energy(*pair) - energy) for pair, energy in published.items())
    return Row(
        f"{claim} within {most:g}", "", f"shooting {other:.1e}", f"{worst:.1e}", bool(worst <= most)
    )  # fmt: skip


def relativistic_orbitals(result: Result) -> Row:
    """Uranium's deepest and highest."""
    states = result.solution.states
    errors = {pair: abs(states.energy(*pair) - energy) for pair, (energy, _) in RELATIVISTIC_URANIUM.items()}
    return Row(
        "U, Dirac: 1s within 1e-6, 7s within 1e-7",
        "-4223.4190205, -0.1609472826",
        "",
        ", ".join(f"{error:.1e}" for error in errors.values()),
        all(error <= RELATIVISTIC_URANIUM[pair][1] for pair, error in errors.items()),
    )
