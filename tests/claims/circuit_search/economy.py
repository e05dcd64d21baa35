"""Short circuits: what every search reaches, with how many gates, from how many energies."""

from __future__ import annotations

from collections.abc import Iterator

from hybrid import HardwareEfficient, Vqe
from hybrid.circuit_search import (
    AdaptVqe,
    CircuitAnnealing,
    Crlqas,
    GreedyGrowth,
    QuantileThreshold,
    RandomCircuits,
)
from problems.contract import Result, Solver
from tests.claims.circuit_search.molecules import ACCURATE, evaluations, exact, found, molecule, path_of
from tests.claims.table import Row, skipped

TOLERANCE = 1e-9  # the rows of hydrogen ask for more than chemical accuracy


def rows(quick: bool) -> Iterator[Row]:
    """All rows."""
    yield from hydrogen(150 if quick else 1500)
    yield from rivals("H2_4q_r0.70" if quick else "LiH_4q_r2.2", quick)
    if not quick:
        yield from rivals("LiH_4q_r3.4", quick)
    for name, room in (
        ("LiH_6q_r2.2", "<= 67 gates to 1.6 mHa"),
        ("H2O_8q_bohr", "<= 140 gates to 0.18 mHa"),
    ):
        reason = "not run here: the reference's profile takes days without an accelerator"
        yield Row(f"{name}: {room}", "6.7e-4 Ha, 67 gates" if "LiH" in name else "1.8e-4 Ha, 140 gates", "",
                  "", None, reason)  # fmt: skip


def hydrogen(episodes: int) -> Iterator[Row]:
    """Hydrogen on four qubits to 1e-6 Ha."""
    path, claim = path_of("H2_4q_r0.70"), "H2, 4 qubits: <= 1e-6 Ha with <= 12 gates, learnt"
    if not path.exists():
        yield from skipped(claim, path)
        return
    problem = molecule("H2_4q_r0.70")
    search = Crlqas(episodes=episodes, curriculum=QuantileThreshold(first=1.016), tolerance=TOLERANCE)
    result = search.solve(problem, seed=1, progress=False)
    null = RandomCircuits(evaluations(result), tolerance=TOLERANCE).solve(problem, seed=1, progress=False)
    error, gates = result.objective - exact(problem), float(result.evaluation.metrics["gates"])
    holds = bool(error <= 1e-6 and gates <= 12)
    yield Row(claim, "7.2e-8 Ha, 21 gates", f"random: {found(null)}", found(result), holds)


def rivals(name: str, quick: bool) -> Iterator[Row]:
    """Each comparison method on one molecule, the best of a few seeds by gates."""
    path = path_of(name)
    claim = f"{name}: <= 1.6 mHa with <= 25 gates, depth <= 22"
    if not path.exists():
        yield from skipped(claim, path)
        return
    problem, energies = molecule(name), 30_000 if quick else 1_000_000
    methods: dict[str, Solver] = {
        "random circuits": RandomCircuits(energies),
        "greedy growth": GreedyGrowth(restarts=1, candidates=200 if quick else 600),
        "annealing": CircuitAnnealing(energies),
        "ADAPT-VQE": AdaptVqe(),
        "ADAPT-VQE by strings": AdaptVqe(pool="strings"),
        "hardware-efficient VQE": Vqe(HardwareEfficient(3), restarts=3),
    }
    for label, method in methods.items():
        result = method.solve(problem, seed=1, progress=False)
        held = _short(result)
        reason = "" if held else "the method's own figure, as a baseline"
        spent = f"{evaluations(result):.1e} energies"
        yield Row(
            f"{claim}: {label}",
            "2.6e-6 Ha, 40 gates" if "3.4" in name else "",
            "",
            f"{found(result)}, {spent}",
            held,
            reason,
        )


def _short(result: Result) -> bool:
    metrics = result.evaluation.metrics
    near = result.objective - exact(result.problem) <= ACCURATE
    return bool(near and float(metrics["gates"]) <= 25 and float(metrics["depth"]) <= 22)
