"""Ground-state problems as JSON: Pauli strings with their coefficients, by name and in plain numbers."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from problems.checking import check_integer, check_number
from problems.errors import ProblemError
from problems.formats.documents import as_object, parse
from problems.formats.numbers import check_index, naming, read_text, write_text
from problems.ground_state.noise import GateNoise, NoiseModel
from problems.ground_state.pauli_sum import PauliSum

if TYPE_CHECKING:
    from problems.ground_state.problem import GroundState

STATED = 1e-6  # how far an energy that a file states may be from the one of its own terms
NOISE_KEYS = tuple(NoiseModel.__dataclass_fields__)
GATE_KEYS = tuple(GateNoise.__dataclass_fields__)


def read_ground_state(path: str | os.PathLike[str], index: int | None = None) -> GroundState:
    """Read an object with ``qubits`` and ``terms``, and maybe more of a problem's fields.

    ``terms`` maps strings to coefficients; letter q acts on qubit q. Further keys: ``energy_shift``,
    ``name``, ``couplings``, ``gate_set``, ``noise``, and ``reference``, a number or an object with ``E0``.
    What that object states of basis states (``zero_state_energy``; ``best_basis_state`` with
    ``best_basis_energy``) and as ``lower_bound`` must follow from the terms. Other keys describe.

    Raises:
        ProblemError: Naming the file, the key and what was expected.
    """
    check_index(path, index, 1)
    text = read_text(path)
    with naming(path):
        return _problem(as_object("the content", parse(text)), Path(path).stem)


def write_ground_state(problem: GroundState, path: str | os.PathLike[str]) -> Path:
    """Write a problem by name; numbers read back as the same floats."""
    paulis = problem.hamiltonian
    document: dict[str, Any] = {
        "name": problem.name,
        "qubits": problem.n,
        "energy_shift": problem.energy_shift,
        "terms": dict(zip(paulis.strings, paulis.coefficients.tolist(), strict=True)),
        "reference": None if problem.reference is None else {"E0": problem.reference},
        "couplings": problem.couplings,
        "gate_set": problem.gate_set,
        "noise": None if problem.noise is None else asdict(problem.noise),
    }
    kept = {key: value for key, value in document.items() if value is not None}
    return write_text(path, json.dumps(kept, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def _problem(document: dict[str, Any], stem: str) -> GroundState:
    from problems.ground_state.problem import GroundState

    check_integer("qubits", document.get("qubits"), 1)
    terms = as_object("terms", document.get("terms"))
    if not terms:
        raise ProblemError("terms", "empty", "a Pauli string and its coefficient, or more of them")
    for string, value in terms.items():
        check_number(f"terms, {string}", value)
    known = document.get("reference")
    noise = document.get("noise")
    name = document.get("name", stem)
    if not isinstance(name, str):
        raise ProblemError("name", name, "a text")
    problem = GroundState(
        PauliSum(document["qubits"], tuple(terms), np.array(list(terms.values()), dtype=float)),
        document.get("energy_shift", 0.0),
        name,
        known.get("E0") if isinstance(known, dict) else known,
        None if noise is None else _noise(noise),
        document.get("couplings"),
        document.get("gate_set"),
    )
    if isinstance(known, dict):
        _check_stated(problem, known)
    return problem


def _noise(given: Any) -> NoiseModel:
    fields = _known("noise", given, NOISE_KEYS)
    for key in ("single", "pair"):
        if key in fields:
            fields[key] = GateNoise(**_known(f"noise, {key}", fields[key], GATE_KEYS))
    return NoiseModel(**fields)


def _check_stated(problem: GroundState, stated: Mapping[str, Any]) -> None:
    """Refuse a file whose energies are not those of its terms: damaged, or with qubits in another order."""
    expected = {"zero_state_energy": lambda: _basis_energy(problem, "0" * problem.n)}
    best = stated.get("best_basis_state")
    if best is not None:
        if not isinstance(best, str) or len(best) != problem.n or set(best) - {"0", "1"}:
            raise ProblemError("reference, best_basis_state", best, f"{problem.n} zeros and ones")
        expected["best_basis_energy"] = lambda: _basis_energy(problem, best)
    expected["lower_bound"] = lambda: problem.lower_bound
    for key, energy in expected.items():
        if key in stated:
            check_number(f"reference, {key}", stated[key])
            if abs(energy() - stated[key]) > max(STATED, 1e-9 * abs(energy())):
                ours = f"{energy():.9g}, which the terms give"
                raise ProblemError(f"reference, {key}", stated[key], ours, "letter q acts on qubit q")


def _known(where: str, value: Any, keys: tuple[str, ...]) -> dict[str, Any]:
    fields = dict(as_object(where, value))
    for key in fields:
        if key not in keys:
            raise ProblemError(f"{where}, {key}", "no key of it", "one of " + ", ".join(keys))
    return fields


def _basis_energy(problem: GroundState, bits: str) -> float:
    """The energy of one basis state of any width, by its letters."""
    total = problem.energy_shift
    for string, value in zip(problem.hamiltonian.strings, problem.hamiltonian.coefficients, strict=True):
        if not set(string) & set("XY"):
            ones = sum(letter == "Z" and bit == "1" for letter, bit in zip(string, bits, strict=True))
            total += float(value) * (-1) ** ones
    return total
