"""Which simulator takes which ansatz, what it needs, and what to take instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from backends.circuits import CircuitAnsatz
from backends.gate_translation import gate_sequence_of, translation_refusal
from backends.mixers import FeasibleMixer, PlusStart, XMixer
from backends.qaoa_ansatz import QaoaAnsatz
from backends.statevector import feasible, folded, gates, product, subspace, transverse
from backends.statevector.foreign import ForeignSimulator
from backends.statevector.simulation import Precision, Simulator
from backends.workload import Ansatz, Expectation, Workload
from problems.ground_state import GateSequence

FEWER = "fewer variables, or Aer's matrix_product_state method where entanglement is low"
SMALLER = f"precision='single', LightCone() for shallow circuits on sparse graphs, {FEWER}"

SORTING = 80  # bytes per amplitude by which a share of the lowest outcomes is found, and its gradient


@dataclass(frozen=True)
class Choice:
    """A simulator that was chosen, before it is built.

    Attributes:
        build: Makes it.
        states: From whether gradients are wanted and the number of observables to bytes at the peak.
        refusal: Why it has no gradients, or None.
        alternatives: What to take where memory is short.
        amplitudes: The size of the space it works in, None for 2^n.
    """

    build: Callable[[], Simulator]
    states: Callable[[bool, int], int]
    refusal: str | None = None
    alternatives: str = FEWER
    amplitudes: int | None = None

    def bytes_needed(self, workload: Workload) -> int:
        """Return the bytes at the peak, the drawn bits with what one row of them takes included."""
        if isinstance(workload, Expectation):
            sorting = SORTING * (self.amplitudes or 1 << workload.ansatz.num_qubits)
            needed = self.states(workload.gradient, len(workload.observables))
            return needed + (sorting if workload.share < 1 else 0)
        n, rows = workload.ansatz.num_qubits, len(workload.parameters)
        return self.states(False, 1) + workload.shots * (rows * n + 80 + n)


def choose(ansatz: Ansatz, precision: Precision, symmetry: bool, where: str) -> Choice | str:
    """Return the simulator for an ansatz, or a sentence where there is none."""
    if isinstance(ansatz, QaoaAnsatz):
        return _qaoa(ansatz, precision, symmetry, where)
    if where == "require":
        return "subspace='require' takes a QaoaAnsatz with one-hot blocks alone"
    if isinstance(ansatz, GateSequence):
        return _gates(ansatz)
    if isinstance(ansatz, CircuitAnsatz):
        why = translation_refusal(ansatz)
        if why is None:
            return _gates(gate_sequence_of(ansatz))
        n = ansatz.num_qubits  # Qiskit copies while it evolves
        return Choice(
            partial(ForeignSimulator, ansatz), lambda _, k: (56 + 8 * k) << n, f"the circuit has {why}"
        )
    return f"it knows no {type(ansatz).__name__}; use a QaoaAnsatz, GateSequence or CircuitAnsatz"


def _gates(ansatz: GateSequence) -> Choice:
    return Choice(partial(gates.GateSimulator, ansatz), partial(gates.bytes_needed, ansatz.num_qubits))


def _qaoa(ansatz: QaoaAnsatz, precision: Precision, symmetry: bool, where: str) -> Choice | str:
    if isinstance(ansatz.mixer, XMixer) and isinstance(ansatz.first, PlusStart):
        if where == "require":
            return "the X mixer leaves the one-hot subspace; take an XYMixer or a GroverMixer"
        kind = folded.FoldedSimulator if symmetry and folded.folds(ansatz) else transverse.TransverseSimulator
        return Choice(
            partial(kind, ansatz, precision),
            lambda gradient, k: transverse.bytes_needed(ansatz, gradient, k, precision),
            alternatives=SMALLER,
        )
    if isinstance(ansatz.mixer, FeasibleMixer):
        why = feasible.suits(ansatz)
        states = partial(feasible.bytes_needed, ansatz)
        size = len(ansatz.mixer.states)
        chosen = Choice(partial(feasible.FeasibleSimulator, ansatz), states, amplitudes=size)
        return chosen if why is None else why
    leaves = subspace.suits(ansatz)
    if where != "off" and leaves is None:
        states = subspace.bytes_needed(ansatz)
        build = partial(subspace.SubspaceSimulator, ansatz)
        return Choice(build, states, amplitudes=subspace.size_of(ansatz))
    if where == "require":
        return str(leaves)
    return Choice(
        partial(product.ProductSimulator, ansatz),
        lambda gradient, k: product.bytes_needed(ansatz, gradient, k),
        alternatives=FEWER if leaves else f"subspace='auto', {FEWER}",
    )
