"""Observables as PennyLane measures them: sums where a device is quick with them, else word by word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pennylane as qml
from pennylane.operation import Operator

from backends.workload import Observable
from problems.binary.qubo import Ising
from problems.contract import Array
from problems.ground_state import PauliSum


@dataclass(frozen=True, eq=False)
class MeasuredObservables:
    """What is measured; the K observables follow as means ``[T]`` @ weights ``[T, K]`` + constants ``[K]``.

    Attributes:
        operators: T of them.
        weights: ``[T, K]``.
        constants: What the identity contributes.
    """

    operators: tuple[Operator, ...]
    weights: Array
    constants: Array


def by_sums(observables: Sequence[Observable]) -> MeasuredObservables:
    """Measure each observable as one sum."""
    pairs = [pennylane_observable(paulis_of(observable)) for observable in observables]
    measured = [k for k, (operator, _) in enumerate(pairs) if operator is not None]
    operators = tuple(operator for operator, _ in pairs if operator is not None)
    constants = np.array([constant for _, constant in pairs], dtype=float)
    return MeasuredObservables(operators, np.eye(len(pairs))[measured], constants)


def by_words(observables: Sequence[Observable]) -> MeasuredObservables:
    """Measure each Pauli word that occurs, once for all observables."""
    sums = [paulis_of(observable) for observable in observables]
    strings = (string for paulis in sums for string in paulis.strings)
    words = dict.fromkeys(string for string in strings if set(string) != {"I"})
    places = {word: t for t, word in enumerate(words)}
    weights, constants = np.zeros((len(places), len(sums))), np.zeros(len(sums))
    for k, paulis in enumerate(sums):
        for string, value in zip(paulis.strings, paulis.coefficients.tolist(), strict=True):
            if string in places:
                weights[places[string], k] = value
            else:
                constants[k] = value
    return MeasuredObservables(tuple(_word(word) for word in words), weights, constants)


def pennylane_observable(paulis: PauliSum) -> tuple[Operator | None, float]:
    """Return an observable without its identity (None if nothing is left), and the identity's weight."""
    constant, coefficients, products = 0.0, [], []
    for string, value in zip(paulis.strings, paulis.coefficients.tolist(), strict=True):
        if set(string) == {"I"}:
            constant += value
        else:
            products.append(_word(string))
            coefficients.append(value)
    return (qml.Hamiltonian(coefficients, products) if products else None), constant


def paulis_of(observable: Observable) -> PauliSum:
    """Return any observable as a Pauli sum."""
    return PauliSum.from_ising(observable) if isinstance(observable, Ising) else observable


def number_of_words(observables: Sequence[Observable]) -> int:
    """Return how many different Pauli words occur, the identity not counted."""
    found = {string for observable in observables for string in paulis_of(observable).strings}
    return sum(set(string) != {"I"} for string in found)


def _word(string: str) -> Any:
    factors = [getattr(qml, f"Pauli{letter}")(wire) for wire, letter in enumerate(string) if letter != "I"]
    return factors[0] if len(factors) == 1 else qml.prod(*factors)
