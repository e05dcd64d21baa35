"""Observables of other libraries as Pauli sums: Qiskit's, whose labels run backwards, and PennyLane's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from problems.errors import ProblemError
from problems.ground_state.pauli_sum import PauliSum

IMAGINARY = 1e-12  # of the largest coefficient: what a product of operators leaves by rounding


def pauli_sum_of_qiskit(operator: Any) -> PauliSum:
    """Return a ``SparsePauliOp`` as a sum in which letter q acts on its qubit q.

    Raises:
        ProblemError: If it is no ``SparsePauliOp``, or naming a term whose coefficient is no finite real
            number.
    """
    from qiskit.quantum_info import SparsePauliOp

    if not isinstance(operator, SparsePauliOp):
        raise ProblemError("operator", type(operator).__name__, "a SparsePauliOp")
    paulis: Any = operator.paulis
    labels = [label[::-1] for label in paulis.to_labels()]  # Qiskit prints qubit 0 last
    return _real_sum(int(paulis.num_qubits), labels, np.asarray(operator.coeffs).tolist())


def pauli_sum_of_pennylane(operator: Any, wires: Sequence[Any] | None = None) -> PauliSum:
    """Return a PennyLane observable as a sum; its k-th wire is qubit k.

    Args:
        operator: A ``Hamiltonian``, any operator that is a combination of Pauli words, or a ``Molecule`` of
            ``qml.qchem``, whose Hamiltonian PennyLane then makes by its own Hartree-Fock.
        wires: All wires in the order of the qubits; by default those of the operator, sorted where they can
            be.

    Raises:
        ProblemError: If it has no form in Pauli words, a coefficient is no finite real number, or ``wires``
            lacks one of its wires.
    """
    import pennylane as qml

    if isinstance(operator, qml.qchem.Molecule):
        operator = qml.qchem.molecular_hamiltonian(operator, method="dhf")[0]
    if not isinstance(operator, qml.operation.Operator):
        expected = "a PennyLane operator or a qchem.Molecule"
        raise ProblemError("operator", type(operator).__name__, expected)
    sentence = operator.pauli_rep
    if sentence is None:
        raise ProblemError("operator", type(operator).__name__, "a combination of Pauli words")
    order = _in_order(operator.wires.tolist() if wires is None else list(wires), wires is None)
    missing = [wire for wire in operator.wires.tolist() if wire not in order]
    if missing or len(set(order)) < len(order):
        raise ProblemError("wires", order, f"each wire of the operator once: {operator.wires.tolist()}")
    words = ["".join(word.get(wire, "I") for wire in order) for word in sentence]
    return _real_sum(len(order), words, [complex(value) for value in sentence.values()])


def _in_order(wires: list[Any], sort: bool) -> list[Any]:
    try:
        return sorted(wires) if sort else wires
    except TypeError:  # labels of different types have no order but their own
        return wires


def _real_sum(n: int, strings: list[str], values: list[Any]) -> PauliSum:
    """Return the sum, or name the term whose coefficient is not real."""
    numbers = np.array([_number(value) for value in values], dtype=complex)
    most = float(np.abs(numbers[np.isfinite(numbers)]).max(initial=0.0))
    wrong = ~np.isfinite(numbers) | (np.abs(np.imag(numbers)) > IMAGINARY * most)
    if wrong.any():
        k = int(np.argmax(wrong))
        field = f"the coefficient of {strings[k]}"
        raise ProblemError(field, str(values[k]), "a finite real number", "only such sums are Hermitian")
    return PauliSum(n, tuple(strings), np.real(numbers))


def _number(value: Any) -> complex:
    try:
        return complex(value)
    except TypeError:  # an expression of parameters that are still free
        return complex(np.nan)
