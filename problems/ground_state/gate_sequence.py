"""Circuits as lists of gates from |0…0⟩, with a slow exact reference. Qubit q is bit q of a basis index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from problems.checking import check_integer, check_number, frozen_array
from problems.errors import ProblemError
from problems.ground_state.dense import PAULI, refuse_wide
from problems.storage import digest

Array = np.ndarray
GateKind = Literal["h", "rx", "ry", "rz", "cx", "cz"]
ROTATIONS = ("rx", "ry", "rz")
WIDTHS = {"h": 1, "rx": 1, "ry": 1, "rz": 1, "cx": 2, "cz": 2}


@dataclass(frozen=True)
class Gate:
    """One gate; a rotation turns by ``angle`` plus ``factor`` times the parameter it names.

    Attributes:
        kind: "h", "rx", "ry", "rz" on one qubit; "cx" (control, target) or "cz" on two.
        qubits: Where it acts.
        parameter: Index of its free parameter, or None.
        angle: In radians; 0 for gates that do not rotate.
        factor: What the parameter is multiplied by.
    """

    kind: GateKind
    qubits: tuple[int, ...]
    parameter: int | None = None
    angle: float = 0.0
    factor: float = 1.0

    def __post_init__(self):
        if self.kind not in WIDTHS:
            raise ProblemError("kind", self.kind, "one of " + ", ".join(WIDTHS))
        object.__setattr__(self, "qubits", tuple(self.qubits))
        for k, qubit in enumerate(self.qubits):
            check_integer(f"qubits[{k}]", qubit, 0)
        if self.parameter is not None:
            check_integer("parameter", self.parameter, 0)
        if len(self.qubits) != WIDTHS[self.kind] or len(set(self.qubits)) != len(self.qubits):
            raise ProblemError(
                f"the qubits of {self.kind}", self.qubits, f"{WIDTHS[self.kind]} different qubits"
            )
        check_number("angle", self.angle)
        check_number("factor", self.factor)
        if self.factor != 1 and self.parameter is None:
            raise ProblemError("factor", self.factor, "1 where there is no parameter")
        if self.kind not in ROTATIONS and (self.parameter is not None or self.angle != 0):
            raise ProblemError(
                f"the angle of {self.kind}", self.parameter or self.angle, "none: it does not rotate"
            )


@dataclass(frozen=True)
class GateSequence:
    """A circuit as a list of gates from |0…0⟩; several gates may share a parameter.

    Attributes:
        num_qubits: Width.
        gates: In order of time.
    """

    num_qubits: int
    gates: tuple[Gate, ...] = ()

    def __post_init__(self):
        check_integer("num_qubits", self.num_qubits, 1)
        object.__setattr__(self, "gates", tuple(self.gates))
        for k, gate in enumerate(self.gates):
            for qubit in gate.qubits:
                if not 0 <= qubit < self.num_qubits:
                    raise ProblemError(f"gates[{k}]", qubit, f"a qubit in [0, {self.num_qubits - 1}]")
        used = {gate.parameter for gate in self.gates if gate.parameter is not None}
        if used != set(range(len(used))):
            raise ProblemError("the parameters of gates", sorted(used), f"0 … {len(used) - 1} without a hole")

    @property
    def num_parameters(self) -> int:
        """P."""
        return len({gate.parameter for gate in self.gates if gate.parameter is not None})

    @property
    def num_entangling(self) -> int:
        """Gates on two qubits."""
        return sum(len(gate.qubits) == 2 for gate in self.gates)

    @property
    def depth(self) -> int:
        """Number of moments, each gate as early as its qubits are free."""
        free = [0] * self.num_qubits
        for gate in self.gates:
            moment = max(free[q] for q in gate.qubits) + 1
            for q in gate.qubits:
                free[q] = moment
        return max(free)

    @property
    def structure(self) -> str:
        """Kinds and qubits in order; angles do not count."""
        return digest(("gates", self.num_qubits, tuple((gate.kind, gate.qubits) for gate in self.gates)))

    @cached_property
    def rotations(self) -> tuple[int, ...]:
        """The positions of the rotating gates, in order."""
        return tuple(k for k, gate in enumerate(self.gates) if gate.kind in ROTATIONS)

    @cached_property
    def sources(self) -> Array:
        """The parameter index ``[C]`` of each rotation, −1 where its angle is fixed."""
        parameters = [self.gates[k].parameter for k in self.rotations]
        return np.array([-1 if p is None else p for p in parameters], dtype=np.int64)

    @cached_property
    def factors(self) -> Array:
        """What multiplies the parameter of each rotation, ``[C]``."""
        return np.array([self.gates[k].factor for k in self.rotations], dtype=float)

    def angles(self, parameters: Array) -> Array:
        """Return the angle of every rotation, ``[B, C]``."""
        fixed = np.array([self.gates[k].angle for k in self.rotations])
        padded = np.concatenate([parameters, np.zeros((len(parameters), 1))], axis=1)
        return padded[:, self.sources] * self.factors + fixed

    def bind(self, parameters: Sequence[float] | Array) -> GateSequence:
        """Return the circuit with its parameters ``[P]`` put in; nothing is free any more."""
        values = frozen_array("parameters", parameters, shape=(self.num_parameters,))
        angles = iter(self.angles(values[None])[0].tolist())
        bound = [Gate(g.kind, g.qubits, None, next(angles)) if g.kind in ROTATIONS else g for g in self.gates]
        return GateSequence(self.num_qubits, tuple(bound))

    def state(self, parameters: Sequence[float] | Array = ()) -> Array:
        """Return the final state ``[2^n]`` by dense matrices; the slow exact reference.

        Raises:
            ProblemError: Above 12 qubits or at a wrong number of parameters.
        """
        refuse_wide(self.num_qubits)
        return reference_state(self, parameters)


def of_one_width(circuits: Sequence[GateSequence]) -> tuple[GateSequence, ...]:
    """Return circuits as a tuple.

    Raises:
        ProblemError: If there is none, one is no ``GateSequence``, or they differ in width.
    """
    checked = tuple(circuits)
    if not checked:
        raise ProblemError("circuits", "empty", "at least one")
    for k, circuit in enumerate(checked):
        if not isinstance(circuit, GateSequence):
            raise ProblemError(f"circuits[{k}]", type(circuit).__name__, "a GateSequence")
        if circuit.num_qubits != checked[0].num_qubits:
            wanted = f"{checked[0].num_qubits} qubits as the first"
            raise ProblemError(f"the width of circuits[{k}]", circuit.num_qubits, wanted)
    return checked


def reference_state(circuit: GateSequence, parameters: Sequence[float] | Array = ()) -> Array:
    """Return the final state ``[2^n]`` of a circuit of any width, one small matrix after the other."""
    values = frozen_array("parameters", parameters, shape=(circuit.num_parameters,))
    angles = iter(circuit.angles(values[None])[0])
    state = np.zeros(2**circuit.num_qubits, dtype=complex)
    state[0] = 1.0
    for gate in circuit.gates:
        matrix = gate_matrix(gate.kind, next(angles) if gate.kind in ROTATIONS else 0.0)
        state = apply_matrix(matrix, gate.qubits, state, circuit.num_qubits)
    return state


def gate_matrix(kind: str, angle: float) -> Array:
    """Return the unitary over a gate's qubits, the first of them the lowest bit."""
    if kind in ROTATIONS:
        return np.cos(angle / 2) * PAULI["I"] - 1j * np.sin(angle / 2) * PAULI[kind[1].upper()]
    if kind == "h":
        return (PAULI["X"] + PAULI["Z"]) / np.sqrt(2)
    if kind == "cz":
        return np.diag([1, 1, 1, -1]).astype(complex)
    return np.eye(4, dtype=complex)[[0, 3, 2, 1]]  # control is bit 0, target bit 1


def apply_matrix(matrix: Array, qubits: tuple[int, ...], state: Array, n: int) -> Array:
    """Return a vector ``[2^n]`` after a matrix on some of its bits, the first of them the matrix's lowest."""
    axes = [n - 1 - q for q in reversed(qubits)]  # tensor axis of each qubit, highest bit of the gate first
    tensor = np.moveaxis(state.reshape((2,) * n), axes, range(len(axes)))
    shape = tensor.shape
    tensor = (matrix @ tensor.reshape(2 ** len(axes), -1)).reshape(shape)
    return np.moveaxis(tensor, range(len(axes)), axes).reshape(-1)
