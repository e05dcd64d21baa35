"""Many different noisy circuits of one width, run in one compiled call."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backends.in_parts import in_parts
from backends.pauli_transfer import kernels
from backends.pauli_transfer.observables import Strings, strings_of
from backends.pauli_transfer.operations import Matrices, Operations, pack
from backends.pauli_transfer.over_rotation import Excess, check_excess, over_rotated
from backends.workload import Observable
from problems.checking import checked_array
from problems.contract import Array
from problems.errors import ProblemError
from problems.ground_state import GateSequence
from problems.ground_state.gate_sequence import of_one_width
from problems.ground_state.noise import NoiseModel

WIDEST = 10  # qubits: 4^10 numbers are 8 MiB, and a batch keeps several such vectors


class NoisyCircuitBatch:
    """Different circuits of one width under one noise, with energies and gradients in one compiled call.

    Circuits of any structure run through the same compiled code. Rows are shared out to threads where that
    pays; the outcome is the same, bit for bit. Memory: 8 · 4^n bytes a thread; with gradients that many times
    one more than the gates on two qubits plus n, at most.

    Attributes:
        circuits: B of them.
        num_qubits: n, at most 10.
        noise: What follows their gates and flips what is read, or None.
        operations: The circuits as the kernels take them.

    Args:
        circuits: At least one.
        noise: Of all of them.
        over_rotation: Every rotation turns by 1 + this of its angle; one figure, or one for each qubit.

    Raises:
        ProblemError: If there is none, or they differ in width, are wider than 10 qubits, or the noise or
            ``over_rotation`` has the figures of another width.
    """

    def __init__(
        self, circuits: Sequence[GateSequence], noise: NoiseModel | None = None, over_rotation: Excess = 0.0
    ):
        self.circuits = of_one_width(circuits)
        if noise is not None and not isinstance(noise, NoiseModel):
            raise ProblemError("noise", type(noise).__name__, "a NoiseModel or None")
        self.num_qubits, self.noise = self.circuits[0].num_qubits, noise
        if self.num_qubits > WIDEST:
            remedy = "the Aer backend samples wide noisy circuits"
            raise ProblemError("num_qubits", self.num_qubits, f"at most {WIDEST}", remedy)
        check_excess(over_rotation)
        if isinstance(over_rotation, tuple) and len(over_rotation) != self.num_qubits:
            raise ProblemError(
                "over_rotation", over_rotation, f"a number, or one for each of {self.num_qubits}"
            )
        turned = [over_rotated(circuit, over_rotation) for circuit in self.circuits]
        self.operations = pack(turned, Matrices(noise, self.num_qubits))
        self._counts = [circuit.num_parameters for circuit in self.circuits]
        self._which = np.arange(len(self.circuits))
        self._ready: tuple[Observable, Strings] | None = None

    def energies(self, parameters: Array | Sequence[Array], observable: Observable) -> Array:
        """Return tr(Hρ) ``[B]`` as it is read, readout included.

        Args:
            parameters: One array ``[P_b]`` for each circuit, or one array ``[B, P]`` whose row b begins with
                the parameters of circuit b; P is at least that of any circuit.
            observable: H; the last one is kept ready by the batch.

        Raises:
            ProblemError: If a number is not finite or there are too few or too many, or the width differs.
        """
        rows, strings = self._rows(parameters), self._strings(observable)
        return run_energies(self.operations, self._which, rows, strings)[:, 0]

    def energies_and_gradients(
        self, parameters: Array | Sequence[Array], observable: Observable
    ) -> tuple[Array, list[Array]]:
        """Return tr(Hρ) ``[B]`` and the gradients, one array ``[P_b]`` for each circuit; as ``energies``."""
        rows, strings = self._rows(parameters), self._strings(observable)
        means, slopes = run_gradients(self.operations, self._which, rows, strings)
        return means[:, 0], [slopes[b, 0, :count] for b, count in enumerate(self._counts)]

    def _rows(self, parameters: Array | Sequence[Array]) -> Array:
        """Return parameters ``[B, P]`` that were checked."""
        count, widest = len(self.circuits), max(self._counts)
        if len(parameters) != count:
            raise ProblemError("the rows of parameters", len(parameters), f"{count}, one per circuit")
        if isinstance(parameters, np.ndarray):
            if parameters.ndim != 2 or parameters.shape[1] < widest:
                raise ProblemError(
                    "the shape of parameters", parameters.shape, f"({count}, {widest} or more)"
                )
            return np.array(checked_array("parameters", parameters), dtype=float, order="C")
        rows = np.zeros((count, widest))
        for k, (row, own) in enumerate(zip(parameters, self._counts, strict=True)):
            if np.shape(row) != (own,):
                raise ProblemError(f"the shape of parameters[{k}]", np.shape(row), f"({own},)")
            rows[k, :own] = row
        return checked_array("parameters", rows)

    def _strings(self, observable: Observable) -> Strings:
        if self._ready is None or self._ready[0] is not observable:
            if not isinstance(observable, Observable):
                raise ProblemError("observable", type(observable).__name__, "a PauliSum or an Ising")
            width = getattr(observable, "num_qubits", None) or observable.n  # pyright: ignore
            if width != self.num_qubits:
                raise ProblemError("the width of observable", width, f"{self.num_qubits} qubits")
            self._ready = observable, strings_of((observable,), self.num_qubits, self.noise)
        return self._ready[1]


def run_energies(operations: Operations, which: Array, rows: Array, strings: Strings) -> Array:
    """Return means ``[B, K]`` of circuits ``which [B]`` at ``rows [B, P]``; nothing is checked."""
    means = np.empty((len(which), len(strings.bounds) - 1))
    read = (*operations, which, rows, *strings)
    in_parts(kernels.energies, read, len(which), _work(operations), (means,))
    return means


def run_gradients(operations: Operations, which: Array, rows: Array, strings: Strings) -> tuple[Array, Array]:
    """Return means ``[B, K]`` and gradients ``[B, K, P]``; arguments as of ``run_energies``."""
    means = np.empty((len(which), len(strings.bounds) - 1))
    slopes = np.empty((*means.shape, rows.shape[1]))
    read = (*operations, which, rows, *strings, operations.room())
    in_parts(kernels.energies_and_gradients, read, len(which), 4 * _work(operations), (means, slopes))
    return means, slopes


def _work(operations: Operations) -> int:
    """Numbers that a row passes over, at most."""
    return operations.lines.shape[1] << (2 * operations.places.shape[1])
