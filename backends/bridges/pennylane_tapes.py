"""PennyLane's tapes as gate sequences: one structure for all tapes that differ in their numbers alone.

Wire k of n is qubit n − 1 − k, so that a basis index means the same to both.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pennylane as qml
from pennylane.operation import Operator
from pennylane.tape import QuantumScript
from pennylane.wires import Wires

from backends.bridges.pennylane_gates import is_known, recipe_of
from problems.contract import Array
from problems.errors import ProblemError
from problems.ground_state import Gate, GateSequence, PauliSum

NEGLIGIBLE = 1e-14  # imaginary part of a coefficient beside the largest one
DENSE_WIRES = 6  # up to here an observable known by its matrix is written in Pauli words


def is_gate(operation: Operator) -> bool:
    """Whether an operation is taken as it is, without being decomposed."""
    return is_known(operation.name)


def labels_of(tape: QuantumScript, device_wires: Wires | None) -> tuple[Hashable, ...]:
    """Return the wires that a tape touches, in the order of the device.

    A device without wires of its own takes 0 … n − 1 in order, and any others as they appear.
    """
    appearing: Any = list(tape.wires)
    used = set(appearing)
    if device_wires is not None:
        appearing = [label for label in device_wires if label in used]
    elif used == set(range(len(used))):
        appearing = range(len(used))
    return tuple(appearing)


def structure_key(tape: QuantumScript, labels: tuple[Hashable, ...]) -> Hashable:
    """Return what tapes of one structure share: names and wires of operations."""
    return labels, tuple((operation.name, operation.wires.labels) for operation in tape.operations)


@dataclass(frozen=True, eq=False)
class TapeStructure:
    """The operations of a tape without their numbers.

    Attributes:
        labels: The n wires; qubit n − 1 − k is the k-th.
        ansatz: The gates; its P parameters are numbers of the tape.
        columns: Which of the tape's numbers each parameter is, int64 ``[P]``.
        phases: The numbers in the global phase φ of e^(−iφ) with their factors.
        phase: The constant part of φ.
    """

    labels: tuple[Hashable, ...]
    ansatz: GateSequence
    columns: Array
    phases: tuple[tuple[int, float], ...]
    phase: float

    @classmethod
    def of(cls, tape: QuantumScript, labels: tuple[Hashable, ...]) -> TapeStructure:
        """Translate the operations of a tape, each one that has a recipe."""
        qubit = {label: len(labels) - 1 - k for k, label in enumerate(labels)}
        parameters: dict[int, int] = {}  # the tape's number to the ansatz's parameter
        gates: list[Gate] = []
        phases: list[tuple[int, float]] = []
        phase, number = 0.0, 0
        for operation in tape.operations:
            recipe = recipe_of(operation.name, len(operation.wires))
            assert recipe is not None  # the tape was decomposed to operations that have one
            for turn in recipe.turns:
                where = tuple(qubit[operation.wires[k]] for k in turn.wires)
                if turn.parameter is None:
                    gates.append(Gate(turn.kind, where, None, turn.angle))
                else:
                    column = parameters.setdefault(number + turn.parameter, len(parameters))
                    gates.append(Gate(turn.kind, where, column, turn.angle, turn.factor))
            phase += recipe.phase
            if recipe.phase_factor:
                phases.append((number, recipe.phase_factor))
            number += operation.num_params
        columns = np.array(list(parameters), dtype=np.int64)
        return cls(labels, GateSequence(len(labels), tuple(gates)), columns, tuple(phases), phase)

    def rows(self, tape: QuantumScript) -> tuple[Array, Array, bool]:
        """Return parameters ``[B, P]``, phases φ ``[B]`` and whether the tape broadcasts; if not, B is 1."""
        numbers = [
            np.asarray(number, dtype=float) for operation in tape.operations for number in operation.data
        ]
        broadcast = any(number.ndim for number in numbers)
        if broadcast:  # each number of a gate with a recipe is a scalar, but for that
            values = np.stack(np.broadcast_arrays(*numbers), axis=1)
        else:
            values = np.array(numbers, dtype=float)[None]
        total = np.full(len(values), self.phase)
        for number, factor in self.phases:
            total += factor * values[:, number]
        return values[:, self.columns], total, broadcast


def pauli_sum_of(observable: Operator, labels: tuple[Hashable, ...]) -> PauliSum | None:
    """Return an observable in Pauli words; None where it has none and is too wide to look for them.

    Raises:
        ProblemError: If it is not Hermitian.
    """
    sentence: Any = observable.pauli_rep
    if sentence is None:
        if len(observable.wires) > DENSE_WIRES or not observable.has_matrix:
            return None
        sentence = qml.pauli_decompose(
            np.asarray(observable.matrix()), wire_order=observable.wires, pauli=True, check_hermitian=False
        )
    weights = np.array([complex(weight) for weight in sentence.values()])
    if np.any(np.abs(np.imag(weights)) > NEGLIGIBLE * np.max(np.abs(weights), initial=0.0)):
        raise ProblemError("observable", str(observable), "a Hermitian one")
    place = {label: len(labels) - 1 - k for k, label in enumerate(labels)}
    strings = []
    for word in sentence:
        letters = ["I"] * len(labels)
        for wire, letter in word.items():
            letters[place[wire]] = letter
        strings.append("".join(letters))
    return PauliSum(len(labels), tuple(strings), np.real(weights))


def slopes_of_numbers(structure: TapeStructure, slopes: Array, trainable: Sequence[int]) -> Array:
    """Return derivatives ``[K, T]`` by the tape's trainable numbers from those by parameters ``[K, P]``."""
    place = {int(number): p for p, number in enumerate(structure.columns)}
    found = np.zeros((len(slopes), len(trainable)))
    for t, number in enumerate(trainable):
        if number in place:  # else it turns the global phase alone
            found[:, t] = slopes[:, place[number]]
    return found


def shaped(values: Sequence[Any], make: Callable[[Any], Any]) -> Any:
    """Return one result alone and several as a tuple, as PennyLane does."""
    made = tuple(make(value) for value in values)
    return made[0] if len(made) == 1 else made
