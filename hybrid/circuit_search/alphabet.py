"""The gates a search may place, numbered: entanglers on ordered pairs first, then three rotations a qubit.

Reference: Patel et al., arXiv 2402.03500, appendix on the environment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from backends.statevector.gate_kernels import KINDS
from problems.checking import check_choice, check_integer
from problems.contract import Array
from problems.errors import ProblemError
from problems.ground_state import Gate, GateSequence, GroundState
from problems.ground_state.gate_sequence import ROTATIONS

Entangler = Literal["cx", "cz"]
ENTANGLERS: tuple[Entangler, ...] = ("cx", "cz")


@dataclass(frozen=True)
class Alphabet:
    """All gates on n qubits that a search places, each with a number, its action.

    Action c (n − 1) + k − 1 entangles control c with target (c + k) mod n for k = 1 … n − 1; the actions
    behind these n (n − 1) rotate: n (n − 1) + 3 q + a turns qubit q about axis a of X, Y, Z.

    Attributes:
        num_qubits: n, at least 2.
        entangler: "cx" or "cz"; of the symmetric "cz" only the actions with control < target are placed.

    Raises:
        ProblemError: Naming the field.
    """

    num_qubits: int
    entangler: Entangler = "cx"

    def __post_init__(self):
        check_integer("num_qubits", self.num_qubits, 2)
        check_choice("entangler", self.entangler, ENTANGLERS)

    @classmethod
    def of(cls, problem: GroundState) -> Alphabet:
        """Return the alphabet of a problem: "cz" entangles where its gate set has no "cx".

        Raises:
            ProblemError: If its gate set has no entangler or no rotation.
        """
        allowed = problem.gate_set
        if allowed is None:
            return cls(problem.n)
        entangler: Entangler | None = next((kind for kind in ENTANGLERS if kind in allowed), None)
        if entangler is None:
            raise ProblemError("gate_set", allowed, 'a set with "cx" or "cz"')
        if not set(ROTATIONS) & set(allowed):
            raise ProblemError("gate_set", allowed, 'a set with "rx", "ry" or "rz"')
        return cls(problem.n, entangler)

    @property
    def size(self) -> int:
        """The number of actions, n (n + 2)."""
        return self.num_qubits * (self.num_qubits + 2)

    @property
    def num_pairs(self) -> int:
        """The number of entangling actions, n (n − 1); the rotations come behind."""
        return self.num_qubits * (self.num_qubits - 1)

    @cached_property
    def table(self) -> Array:
        """What each action places, int64 ``[A, 3]``: kind of the kernels, qubit or control, the same or
        target.
        """
        n = self.num_qubits
        pairs = [(KINDS[self.entangler], c, (c + k) % n) for c in range(n) for k in range(1, n)]
        turns = [(KINDS[kind], q, q) for q in range(n) for kind in ROTATIONS]
        return np.array(pairs + turns, dtype=np.int64)

    def gate(self, action: int, angle: float = 0.0) -> Gate:
        """Return the gate of an action."""
        if action < self.num_pairs:
            _, control, target = self.table[action].tolist()
            return Gate(self.entangler, (control, target))
        q, axis = divmod(action - self.num_pairs, 3)
        return Gate(ROTATIONS[axis], (q,), None, float(angle))

    def action(self, gate: Gate) -> int:
        """Return the number of a gate, whatever its angle.

        Raises:
            ProblemError: If the alphabet has no such gate.
        """
        n = self.num_qubits
        if gate.kind in ROTATIONS:
            return self.num_pairs + 3 * gate.qubits[0] + ROTATIONS.index(gate.kind)
        if gate.kind != self.entangler:
            raise ProblemError("the kind of a gate", gate.kind, f"{self.entangler} or a rotation")
        control, target = sorted(gate.qubits) if gate.kind == "cz" else gate.qubits
        return control * (n - 1) + (target - control) % n - 1

    def circuit(self, actions: Sequence[int] | Array, angles: Sequence[float] | Array) -> GateSequence:
        """Return the circuit of actions ``[L]`` with one angle for each rotation among them, in order."""
        turns = iter(np.asarray(angles, dtype=float).tolist())
        gates = [self.gate(int(a), next(turns) if a >= self.num_pairs else 0.0) for a in actions]
        return GateSequence(self.num_qubits, tuple(gates))

    def actions(self, circuit: GateSequence) -> tuple[Array, Array]:
        """Return the actions ``[L]`` and the angles of the rotations of a circuit without free parameters.

        Raises:
            ProblemError: If a gate is not of the alphabet, or a parameter is free.
        """
        if circuit.num_parameters:
            raise ProblemError("the parameters of circuit", circuit.num_parameters, "none: bind them first")
        numbers = np.array([self.action(gate) for gate in circuit.gates], dtype=np.int64)
        return numbers, np.array([circuit.gates[k].angle for k in circuit.rotations], dtype=float)
