"""Spins as observables: chains of Heisenberg's, and the energies of Ising models and QUBOs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Ising, Qubo
from problems.checking import check_integer, check_number
from problems.errors import ProblemError
from problems.ground_state.pauli_sum import PauliSum


def heisenberg_sum(n: int, coupling: float, anisotropy: float, field: float, periodic: bool) -> PauliSum:
    """Return J Σ (XX + YY + Δ ZZ) + h Σ Z over neighbours of a chain, or of a ring.

    Raises:
        ProblemError: Below two qubits, three for a ring, or where a figure is not finite.
    """
    check_integer("n", n, 3 if periodic else 2)
    for name, value in (("coupling", coupling), ("anisotropy", anisotropy), ("field", field)):
        check_number(name, value)
    terms: dict[str, float] = {}
    for k in range(n if periodic else n - 1):
        for letter, factor in (("X", 1.0), ("Y", 1.0), ("Z", anisotropy)):
            terms[_string(n, {k: letter, (k + 1) % n: letter})] = coupling * factor
    if field:
        terms |= {_string(n, {k: "Z"}): field for k in range(n)}
    return PauliSum(n, tuple(terms), np.array(list(terms.values()), dtype=float))


def spin_energy(problem: Any) -> tuple[float, PauliSum]:
    """Return the constant of an Ising model or a QUBO and the rest as a sum of Z strings.

    The constant stands apart because it would loosen every bound by Σ|c|.

    Raises:
        ProblemError: If it is neither.
    """
    if not isinstance(problem, Ising | Qubo):
        remedy = "penalties or multipliers move rows into the objective"
        raise ProblemError("problem", type(problem).__name__, "an Ising model or a Qubo", remedy)
    form = (problem.ising if isinstance(problem, Qubo) else problem).form
    bare = Ising(QuadraticForm(form.linear, form.first, form.second, form.coupling, 0.0))
    return float(form.offset), PauliSum.from_ising(bare)


def _string(n: int, letters: Mapping[int, str]) -> str:
    return "".join(letters.get(q, "I") for q in range(n))
