"""Many different circuits of one width, run in one compiled call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from backends.in_parts import in_parts
from backends.statevector import circuit_kernels
from backends.statevector.gate_kernels import KINDS, LEAST_BITS
from backends.statevector.pauli_groups import PauliGroups
from backends.workload import Observable
from problems.checking import checked_array
from problems.contract import Array
from problems.errors import ProblemError
from problems.ground_state import GateSequence
from problems.ground_state.gate_sequence import of_one_width

RESIDENT = 14  # qubits up to which a state stays in the cache while gate after gate passes over it


class CircuitArrays(NamedTuple):
    """Circuits as the kernels of ``circuit_kernels`` take them.

    Attributes:
        gates: int64 ``[C, G, 4]``: kind (0 pads), qubit or control, other qubit or target, parameter or −1.
        turns: ``[C, G, 2]``: factor and angle.
    """

    gates: Array
    turns: Array


def pack(circuits: Sequence[GateSequence]) -> CircuitArrays:
    """Write circuits as arrays, padded to the longest."""
    longest = max((len(circuit.gates) for circuit in circuits), default=0)
    gates = np.zeros((len(circuits), longest, 4), dtype=np.int64)
    gates[:, :, 3] = -1
    turns = np.zeros((len(circuits), longest, 2))
    for c, circuit in enumerate(circuits):
        for g, gate in enumerate(circuit.gates):
            source = -1 if gate.parameter is None else gate.parameter
            gates[c, g] = KINDS[gate.kind], gate.qubits[0], gate.qubits[-1], source
            turns[c, g] = gate.factor, gate.angle
    return CircuitArrays(gates, turns)


class CircuitBatch:
    """Different circuits of one width, with energies and gradients of all in one compiled call.

    Circuits are padded with gates that do nothing. Rows are shared out to threads where that pays: as many
    as numba may use, each with a state of its own; the outcome is the same, bit for bit. Memory: 16 · 2^n
    bytes a thread, 32 · 2^n with gradients.

    Attributes:
        circuits: B of them.
        num_qubits: n, at most 14.
        arrays: The circuits as the kernels take them.

    Args:
        circuits: At least one.

    Raises:
        ProblemError: If there is none, or they differ in width, or are wider than 14 qubits.
    """

    def __init__(self, circuits: Sequence[GateSequence]):
        self.circuits = of_one_width(circuits)
        self.num_qubits = self.circuits[0].num_qubits
        if self.num_qubits > RESIDENT:
            raise ProblemError(
                "num_qubits",
                self.num_qubits,
                f"at most {RESIDENT}",
                "the Statevector backend takes wide ones",
            )
        self.arrays = pack(self.circuits)
        counts = [circuit.num_parameters for circuit in self.circuits]
        self._shapes = [(count,) for count in counts]
        self._inside = np.arange(max(counts)) < np.array(counts)[:, None]  # [B, P]: which numbers there are
        self._which = np.arange(len(counts))
        self._groups: PauliGroups | None = None

    def energies(self, parameters: Array | Sequence[Array], observable: Observable | PauliGroups) -> Array:
        """Return ⟨H⟩ ``[B]``.

        Args:
            parameters: One array ``[P_b]`` for each circuit, or one array ``[B, P]`` whose row b begins with
                the parameters of circuit b; P is at least that of any circuit.
            observable: H, or one observable made ready; the last one is kept ready by the batch.

        Raises:
            ProblemError: If a number is not finite or there are too few or too many, or the width differs.
        """
        rows, groups = self._rows(parameters), self._ready(observable)
        return circuit_energies(self.arrays, self._which, rows, groups)[:, 0]

    def energies_and_gradients(
        self, parameters: Array | Sequence[Array], observable: Observable | PauliGroups
    ) -> tuple[Array, list[Array]]:
        """Return ⟨H⟩ ``[B]`` and the gradients, one array ``[P_b]`` for each circuit; as ``energies``."""
        rows, groups = self._rows(parameters), self._ready(observable)
        means, slopes = circuit_gradients(self.arrays, self._which, rows, groups)
        return means[:, 0], [slopes[b, 0, :count] for b, (count,) in enumerate(self._shapes)]

    def _rows(self, parameters: Array | Sequence[Array]) -> Array:
        """Return parameters ``[B, P]`` that were checked."""
        if len(parameters) != len(self.circuits):
            wanted = f"{len(self.circuits)}, one per circuit"
            raise ProblemError("the rows of parameters", len(parameters), wanted)
        if isinstance(parameters, np.ndarray):
            widest = self._inside.shape[1]
            if parameters.ndim != 2 or parameters.shape[1] < widest:
                wanted = f"({len(self.circuits)}, {widest} or more)"
                raise ProblemError("the shape of parameters", parameters.shape, wanted)
            return np.array(checked_array("parameters", parameters), dtype=float, order="C")
        shapes = [np.shape(row) for row in parameters]
        if shapes != self._shapes:
            k = next(k for k, shape in enumerate(shapes) if shape != self._shapes[k])
            raise ProblemError(f"the shape of parameters[{k}]", shapes[k], str(self._shapes[k]))
        rows = np.zeros(self._inside.shape)
        rows[self._inside] = checked_array("parameters", np.concatenate(parameters))
        return rows

    def _ready(self, observable: Observable | PauliGroups) -> PauliGroups:
        if isinstance(observable, PauliGroups):
            if observable.num_qubits != self.num_qubits:
                wanted = f"{self.num_qubits} qubits"
                raise ProblemError("the width of observable", observable.num_qubits, wanted)
            if len(observable.observables) != 1:
                raise ProblemError("observable", f"{len(observable.observables)} observables", "one")
            return observable
        if self._groups is None or self._groups.observables[0] is not observable:
            self._groups = PauliGroups(self.num_qubits, (observable,))
        return self._groups


def circuit_energies(circuits: CircuitArrays, which: Array, parameters: Array, groups: PauliGroups) -> Array:
    """Return means ``[B, K]`` of circuits ``which [B]`` at ``parameters [B, P]``; nothing is checked."""
    means = np.empty((len(which), len(groups.observables)))
    size = 1 << max(groups.num_qubits, LEAST_BITS)
    read = (*circuits, which, parameters, size, *groups.arrays)
    in_parts(circuit_kernels.energies, read, len(which), circuits.gates.shape[1] * size, (means,))
    return means


def circuit_gradients(
    circuits: CircuitArrays, which: Array, parameters: Array, groups: PauliGroups
) -> tuple[Array, Array]:
    """Return means ``[B, K]`` and gradients ``[B, K, P]``; arguments as of ``circuit_energies``."""
    means = np.empty((len(which), len(groups.observables)))
    slopes = np.empty((*means.shape, parameters.shape[1]))
    size = 1 << max(groups.num_qubits, LEAST_BITS)
    read = (*circuits, which, parameters, size, *groups.arrays)
    work = 4 * circuits.gates.shape[1] * size
    kernel = circuit_kernels.energies_and_gradients
    in_parts(kernel, read, len(which), work, (means, slopes))
    return means, slopes
