"""The noisy simulator as a backend: exact values and gradients of gate sequences, seeded samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from backends.backend import LocalBackend, refuse_unsuitable, usage_of
from backends.memory import SHARE, as_amount, refusal
from backends.pauli_transfer.batch import WIDEST, run_energies, run_gradients
from backends.pauli_transfer.distribution import bits_from, probabilities, tail_observable
from backends.pauli_transfer.observables import strings_of
from backends.pauli_transfer.operations import Matrices, Operations, pack
from backends.pauli_transfer.over_rotation import Excess, check_excess, over_rotated
from backends.statevector.backend import with_noise
from backends.workload import Ansatz, Estimate, Expectation, Outcome, Samples, Sampling, Workload
from problems.checking import check_number
from problems.contract import Array
from problems.errors import ProblemError
from problems.ground_state import GateSequence
from problems.ground_state.noise import NoiseModel

KEPT = 2  # circuits written as tables: an outer loop asks for the same one again
LEVELS = ("median", "max", "10max")
OTHERS = "Aer's trajectories for more qubits, or fewer qubits"


@dataclass(frozen=True)
class PauliTransfer(LocalBackend):
    """Simulate gate sequences under noise exactly, up to 10 qubits.

    Noise follows gates as they are written; ``gate_sequence_of`` translates a Qiskit circuit where its gates
    may change. The state is its 4^n Pauli coefficients. Expectation values are exact and include the readout;
    with a ``precision`` a workload gets Gaussian noise of that standard error from its seed. Gradients are
    exact, by pulling the observable back through the transposes of all maps. Amplitude damping by γ is
    relaxation with time_over_t1 = −ln(1 − γ) and half of that as time_over_t2; phase damping by λ has
    time_over_t2 = −ln(1 − λ)/2 alone.

    Attributes:
        noise: What follows each gate and flips what is read; None for none.
        over_rotation: Every rotation turns by 1 + this of its angle, a coherent error of calibration; one
            figure, or one for each qubit.
        memory_share: The share of the free memory that a workload may take before it is refused.

    Source: Patel et al., arXiv 2402.03500, for the picture; Nielsen and Chuang, section 8.3, for channels.
    """

    noise: NoiseModel | None = None
    over_rotation: Excess = 0.0
    memory_share: float = field(default=SHARE, metadata={"content": False})  # no outcome depends on it

    def __post_init__(self):
        if self.noise is not None and not isinstance(self.noise, NoiseModel):
            raise ProblemError("noise", type(self.noise).__name__, "a NoiseModel or None")
        check_excess(self.over_rotation)
        check_number("memory_share", self.memory_share, 0.0, 1.0, open_low=True)

    @classmethod
    def from_name(cls, argument: str) -> PauliTransfer:
        """Build from what follows ``pauli-transfer:``: nothing, or a level of ``NoiseModel.ibmq_mumbai``."""
        if argument not in ("", *LEVELS):
            raise ProblemError("backend", f"pauli-transfer:{argument}", "one of " + ", ".join(LEVELS))
        return cls(NoiseModel.ibmq_mumbai(argument)) if argument else cls()  # pyright: ignore

    def unsuitable(self, workload: Workload) -> str | None:
        """Refuse what is no gate sequence, what the noise does not fit, and what memory does not hold."""
        ansatz = workload.ansatz
        if not isinstance(ansatz, GateSequence):
            found = type(ansatz).__name__
            return (
                f"noise follows gates as they are written, and {found} leaves them open; use a GateSequence"
            )
        n, noise = ansatz.num_qubits, self.noise
        if noise is not None and noise.num_qubits not in (None, n):
            return f"the noise has figures for {noise.num_qubits} qubits and the circuit has {n}"
        if isinstance(self.over_rotation, tuple) and len(self.over_rotation) != n:
            return f"over_rotation has {len(self.over_rotation)} figures and the circuit has {n} qubits"
        needed = self._bytes(workload)
        if n > WIDEST:
            return f"{n} qubits are {as_amount(needed):.4g} bytes, at most {WIDEST} are taken; use {OTHERS}"
        return refusal(n, needed, OTHERS, self.memory_share)

    def estimate(self, workload: Workload) -> Mapping[str, float]:
        """Count circuits, shots, gates and bytes."""
        return usage_of(workload, memory_bytes=as_amount(self._bytes(workload)))

    def run(self, workload: Workload) -> Outcome:
        """Simulate all rows."""
        usage, operations = self.estimate(workload), self._packed(workload.ansatz)
        rows = np.array(workload.parameters, dtype=float, order="C")
        n = workload.ansatz.num_qubits
        if isinstance(workload, Sampling):
            seen = probabilities(operations, rows, n, self.noise)
            return Samples(bits_from(seen, workload.shots, workload.seed), None, usage)
        if workload.share < 1:
            means, slopes = self._tails(workload, operations, rows)
        else:
            means, slopes = self._means(operations, rows, workload)
        return with_noise(Estimate(means, np.zeros_like(means), slopes, usage), workload)

    def probabilities(self, ansatz: Ansatz, parameters: Array) -> Array:
        """Return how likely each outcome is to be read, ``[B, 2^n]``, at parameters ``[B, P]``.

        Raises:
            BackendError: If the ansatz is refused.
        """
        work = Sampling(ansatz, parameters, 1)
        refuse_unsuitable(self, work)
        rows = np.array(work.parameters, dtype=float, order="C")
        return probabilities(self._packed(ansatz), rows, ansatz.num_qubits, self.noise)

    def _means(
        self, operations: Operations, rows: Array, workload: Expectation
    ) -> tuple[Array, Array | None]:
        strings = strings_of(workload.observables, workload.ansatz.num_qubits, self.noise)
        which = np.zeros(len(rows), dtype=np.int64)
        if workload.gradient:
            return run_gradients(operations, which, rows, strings)
        return run_energies(operations, which, rows, strings), None

    def _tails(
        self, workload: Expectation, operations: Operations, rows: Array
    ) -> tuple[Array, Array | None]:
        """Means over the lowest share of outcomes: each row has a quantile, so an observable, of its own."""
        n, shape = workload.ansatz.num_qubits, (len(rows), len(workload.observables))
        means = np.empty(shape)
        slopes = np.empty((*shape, rows.shape[1])) if workload.gradient else None
        seen = probabilities(operations, rows, n, self.noise)
        which = np.zeros(1, dtype=np.int64)
        for b in range(shape[0]):
            for k, observable in enumerate(workload.observables):
                means[b, k], below = tail_observable(observable, seen[b], workload.share)
                if slopes is not None:
                    strings = strings_of((below,), n, self.noise)
                    slopes[b, k] = run_gradients(operations, which, rows[b : b + 1], strings)[1][0, 0]
        return means, slopes

    def _packed(self, ansatz: Ansatz) -> Operations:
        for known, operations in self._prepared:
            if known is ansatz:
                return operations
        assert isinstance(ansatz, GateSequence)
        turned = over_rotated(ansatz, self.over_rotation)
        operations = pack((turned,), Matrices(self.noise, ansatz.num_qubits))
        self._prepared.append((ansatz, operations))
        del self._prepared[:-KEPT]
        return operations

    @cached_property
    def _prepared(self) -> list[tuple[Ansatz, Operations]]:
        return []

    def __getstate__(self) -> dict[str, object]:
        """Leave behind what was prepared: it is made again where it is needed."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def _bytes(self, workload: Workload) -> int:
        """Bytes at the peak: the vectors, and for samples the distributions and the bits of all rows."""
        ansatz, rows = workload.ansatz, len(workload.parameters)
        n = ansatz.num_qubits
        if isinstance(workload, Sampling):
            return (8 << 2 * n) + (24 * rows << n) + rows * workload.shots * (n + 24)
        kept = ansatz.num_entangling + n + 2 if workload.gradient else 1
        return (8 * kept) << 2 * n
