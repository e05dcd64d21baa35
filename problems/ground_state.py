"""Quantum data that a judge must understand: Pauli sums and gate sequences, with a slow exact reference.

Qubit q is bit q of a basis index and letter q of a Pauli string. ``backends/`` makes an SDK's circuits of
these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from problems.checking import check_integer, check_number, frozen_array
from problems.errors import ProblemError
from problems.storage import digest

if TYPE_CHECKING:
    from problems.binary.qubo import Ising

Array = np.ndarray
GateKind = Literal["h", "rx", "ry", "rz", "cx", "cz"]
ROTATIONS = ("rx", "ry", "rz")
WIDTHS = {"h": 1, "rx": 1, "ry": 1, "rz": 1, "cx": 2, "cz": 2}
REFERENCE_QUBITS = 12  # the dense reference stops here: 2^24 matrix entries
MASK_QUBITS = 63  # bits of a mask without its sign

_PAULI = {
    "I": np.eye(2, dtype=complex),
    "X": np.array([[0, 1], [1, 0]], dtype=complex),
    "Y": np.array([[0, -1j], [1j, 0]], dtype=complex),
    "Z": np.diag([1, -1]).astype(complex),
}


@dataclass(frozen=True, eq=False)
class PauliSum:
    """A real combination of Pauli strings; equal strings are merged, in order of first appearance.

    Attributes:
        num_qubits: Width.
        strings: K strings over I, X, Y, Z; letter q acts on qubit q.
        coefficients: ``[K]``.
    """

    num_qubits: int
    strings: tuple[str, ...]
    coefficients: Array

    def __post_init__(self):
        check_integer("num_qubits", self.num_qubits, 1)
        coefficients = frozen_array("coefficients", self.coefficients, shape=(len(self.strings),))
        merged: dict[str, float] = {}
        for k, (string, value) in enumerate(zip(self.strings, coefficients.tolist(), strict=True)):
            if not isinstance(string, str) or len(string) != self.num_qubits or set(string) - set("IXYZ"):
                raise ProblemError(f"strings[{k}]", string, f"{self.num_qubits} letters of I, X, Y, Z")
            merged[string] = merged.get(string, 0.0) + value
        object.__setattr__(self, "strings", tuple(merged))
        object.__setattr__(self, "coefficients", frozen_array("coefficients", list(merged.values())))

    @classmethod
    def from_ising(cls, ising: Ising) -> PauliSum:
        """Return the same energy as a sum of Z strings; spin k is the eigenvalue of Z on qubit k."""
        form, n = ising.form, ising.n
        terms = {"I" * n: form.offset} if form.offset else {}
        for k in np.flatnonzero(form.linear):
            terms[_letters(n, (int(k),))] = float(form.linear[k])
        for i, j, value in zip(form.first, form.second, form.coupling, strict=True):
            terms[_letters(n, (int(i), int(j)))] = float(value)
        return cls(n, tuple(terms), np.array(list(terms.values()), dtype=float))

    @cached_property
    def masks(self) -> tuple[Array, Array]:
        """The X and Z bit masks ``[K]`` of the strings; Y sets both.

        Raises:
            ProblemError: Above 63 qubits.
        """
        if self.num_qubits > MASK_QUBITS:
            raise ProblemError("num_qubits", self.num_qubits, f"at most {MASK_QUBITS} for bit masks")
        places = range(self.num_qubits)
        x = [sum(1 << q for q in places if string[q] in "XY") for string in self.strings]
        z = [sum(1 << q for q in places if string[q] in "ZY") for string in self.strings]
        return np.array(x, dtype=np.int64), np.array(z, dtype=np.int64)

    @property
    def is_diagonal(self) -> bool:
        """Whether only I and Z occur."""
        return not any(set(string) & set("XY") for string in self.strings)

    def matrix(self) -> Array:
        """Return the dense matrix ``[2^n, 2^n]``; the slow exact reference.

        Raises:
            ProblemError: Above 12 qubits.
        """
        _refuse_wide(self.num_qubits)
        total = np.zeros((2**self.num_qubits,) * 2, dtype=complex)
        for string, value in zip(self.strings, self.coefficients, strict=True):
            term = np.ones((1, 1), dtype=complex)
            for letter in string:  # qubit 0 is the lowest bit, so later letters go to the left
                term = np.kron(_PAULI[letter], term)
            total += value * term
        return total

    def expectation(self, state: Array) -> float:
        """Return ⟨state|H|state⟩ of a state ``[2^n]`` by the dense matrix."""
        matrix = self.matrix()
        if np.shape(state) != matrix.shape[:1]:
            raise ProblemError("the shape of state", np.shape(state), f"({len(matrix)},)")
        return float(np.real(np.vdot(state, matrix @ state)))


@dataclass(frozen=True)
class Gate:
    """One gate; a rotation turns by ``angle`` plus the parameter it names.

    Attributes:
        kind: "h", "rx", "ry", "rz" on one qubit; "cx" (control, target) or "cz" on two.
        qubits: Where it acts.
        parameter: Index of its free parameter, or None.
        angle: In radians; 0 for gates that do not rotate.
    """

    kind: GateKind
    qubits: tuple[int, ...]
    parameter: int | None = None
    angle: float = 0.0

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

    @cached_property
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

    def angles(self, parameters: Array) -> Array:
        """Return the angle of every rotation, ``[B, C]``."""
        fixed = np.array([self.gates[k].angle for k in self.rotations])
        padded = np.concatenate([parameters, np.zeros((len(parameters), 1))], axis=1)
        return padded[:, self.sources] + fixed

    def state(self, parameters: Sequence[float] | Array = ()) -> Array:
        """Return the final state ``[2^n]`` by dense matrices; the slow exact reference.

        Raises:
            ProblemError: Above 12 qubits or at a wrong number of parameters.
        """
        _refuse_wide(self.num_qubits)
        values = frozen_array("parameters", parameters, shape=(self.num_parameters,))
        angles = iter(self.angles(values[None])[0])
        state = np.zeros(2**self.num_qubits, dtype=complex)
        state[0] = 1.0
        for gate in self.gates:
            matrix = _gate_matrix(gate.kind, next(angles) if gate.kind in ROTATIONS else 0.0)
            state = _apply(matrix, gate.qubits, state, self.num_qubits)
        return state


def _gate_matrix(kind: str, angle: float) -> Array:
    """The matrix over the gate's qubits, the first of them the lowest bit."""
    if kind in ROTATIONS:
        return np.cos(angle / 2) * _PAULI["I"] - 1j * np.sin(angle / 2) * _PAULI[kind[1].upper()]
    if kind == "h":
        return (_PAULI["X"] + _PAULI["Z"]) / np.sqrt(2)
    if kind == "cz":
        return np.diag([1, 1, 1, -1]).astype(complex)
    return np.eye(4, dtype=complex)[[0, 3, 2, 1]]  # control is bit 0, target bit 1


def _apply(matrix: Array, qubits: tuple[int, ...], state: Array, n: int) -> Array:
    axes = [n - 1 - q for q in reversed(qubits)]  # tensor axis of each qubit, highest bit of the gate first
    tensor = np.moveaxis(state.reshape((2,) * n), axes, range(len(axes)))
    shape = tensor.shape
    tensor = (matrix @ tensor.reshape(2 ** len(axes), -1)).reshape(shape)
    return np.moveaxis(tensor, range(len(axes)), axes).reshape(-1)


def _letters(n: int, qubits: tuple[int, ...]) -> str:
    return "".join("Z" if q in qubits else "I" for q in range(n))


def _refuse_wide(n: int) -> None:
    if n > REFERENCE_QUBITS:
        raise ProblemError(
            "num_qubits", n, f"at most {REFERENCE_QUBITS} for the dense reference", "use a backend"
        )
