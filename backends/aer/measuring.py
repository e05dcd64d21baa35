"""What a circuit saves so that Aer returns expectation values, and how results are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from qiskit import QuantumCircuit

from backends.circuits import operator_of
from backends.statevector.kernels import energies_of
from backends.statevector.simulation import diagonal_of
from backends.workload import Observable
from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Ising
from problems.contract import Array
from problems.ground_state import PauliSum

Reader = Callable[[Mapping[str, Any]], tuple[float, float]]
PROBABILITIES = "probabilities"


def save_observables(
    circuit: QuantumCircuit, observables: Sequence[Observable], n: int, dense: bool, each_shot: bool
) -> list[Reader]:
    """Append to a circuit what measures observables on its first n qubits; return how to read each of them.

    A reader takes the data of one circuit and returns the mean and its standard error. Of a dense state one
    vector of probabilities serves all diagonal observables, at less than the price of a single Pauli term.

    Args:
        circuit: Changed in place.
        observables: On n qubits.
        n: The qubits of the ansatz.
        dense: Whether the method holds all amplitudes or probabilities.
        each_shot: Whether shots are trajectories, each with a value of its own.
    """
    readers = []
    for k, observable in enumerate(observables):
        if dense and not each_shot and is_diagonal(observable):
            readers.append(_from_probabilities(_diagonal(observable)))
            continue
        label, (bare, offset) = f"o{k}", _without_offset(observable)
        saver: Any = circuit.save_expectation_value  # pyright: ignore[reportAttributeAccessIssue]
        saver(operator_of(bare), range(n), label=label, pershot=each_shot)
        readers.append(_from_values(label, offset))
    if dense and not each_shot and any(is_diagonal(observable) for observable in observables):
        circuit.save_probabilities(range(n), label=PROBABILITIES)  # pyright: ignore[reportAttributeAccessIssue]
    return readers


def is_diagonal(observable: Observable) -> bool:
    """Whether basis states are its eigenstates."""
    return isinstance(observable, Ising) or observable.is_diagonal


def _diagonal(observable: Observable) -> Array:
    if isinstance(observable, PauliSum):
        return np.ascontiguousarray(np.real(diagonal_of(observable)))
    return energies_of(observable.form)


def _from_probabilities(energies: Array) -> Reader:
    return lambda data: (float(np.asarray(data[PROBABILITIES]) @ energies), 0.0)


def _from_values(label: str, offset: float) -> Reader:
    def read(data: Mapping[str, Any]) -> tuple[float, float]:
        values = np.atleast_1d(np.asarray(data[label], dtype=float))
        error = values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else 0.0
        return offset + float(values.mean()), float(error)

    return read


def _without_offset(observable: Observable) -> tuple[Observable, float]:
    """An Ising model without its constant, which is added exactly afterwards; and the constant."""
    if isinstance(observable, PauliSum):
        return observable, 0.0
    form = observable.form
    return Ising(QuadraticForm(form.linear, form.first, form.second, form.coupling)), float(form.offset)
