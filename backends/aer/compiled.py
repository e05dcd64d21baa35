"""A circuit made ready for Aer: transpiled once, its noise beside it, its free angles in order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, runtime_checkable

from qiskit import QuantumCircuit
from qiskit.circuit import ParameterExpression
from qiskit_aer.noise import NoiseModel

from problems.contract import Array
from problems.errors import BackendError

# Filling in angles is quicker by Aer than by Qiskit, but of controlled gates Aer gets it wrong (0.18.2).
BOUND_BY_AER = frozenset(("rx", "ry", "rz", "p", "r", "u", "rxx", "ryy", "rzz", "rzx"))
CHANNEL = "quantum_channel"  # what Aer calls an error that stands in a circuit as an instruction


@dataclass(frozen=True, eq=False)
class Compiled:
    """A transpiled circuit whose qubits 0 … n − 1 are, at its end, those of the ansatz; others are ancillas.

    Attributes:
        circuit: On k ≥ n qubits.
        num_qubits: n.
        parameters: The free ``Parameter`` objects in the order of the ansatz's angles; the transpiler may
            have dropped some from the circuit.
        model: The noise of the k qubits, or None.
        readout: Probabilities ``[n, 2]`` of reading 1 for 0 and 0 for 1, or None.
    """

    circuit: QuantumCircuit
    num_qubits: int
    parameters: tuple[Any, ...]
    model: NoiseModel | None = None
    readout: Array | None = None

    @cached_property
    def usage(self) -> dict[str, float]:
        """The depth and the gates on two or more qubits, as transpiled."""
        gates = self.circuit.num_nonlocal_gates()
        return {"depth": float(self.circuit.depth()), "two_qubit_gates": float(gates)}

    def filled(self, circuit: QuantumCircuit, angles: Array) -> tuple[list[QuantumCircuit], dict[str, Any]]:
        """Return circuits and options of a run in which one circuit is run for each row of angles.

        Args:
            circuit: The compiled one with what it saves or measures.
            angles: ``[B, C]``.
        """
        left = set(circuit.parameters)
        places = {parameter: j for j, parameter in enumerate(self.parameters) if parameter in left}
        if not places:
            return [circuit] * len(angles), {}
        if self._bound_by_aer:
            columns = {parameter: angles[:, j].tolist() for parameter, j in places.items()}
            return [circuit], {"parameter_binds": [columns]}
        return [
            circuit.assign_parameters({p: row[j] for p, j in places.items()}) for row in angles.tolist()
        ], {}

    @cached_property
    def _bound_by_aer(self) -> bool:
        free = (entry.operation for entry in self.circuit.data if entry.operation.params)
        return all(
            operation.name in BOUND_BY_AER
            for operation in free
            if any(isinstance(value, ParameterExpression) for value in operation.params)
        )


@runtime_checkable
class CircuitNoise(Protocol):
    """Noise that knows how to transpile a circuit to the gates which it hangs on.

    ``Aer`` takes any frozen dataclass with these two methods as its ``noise``.
    """

    def refusal(self, num_qubits: int) -> str | None:
        """Say in a sentence why a circuit of this width has no noise of this kind, or return None."""
        ...

    def compile(self, circuit: QuantumCircuit) -> Compiled:
        """Transpile a circuit and build the noise of the qubits that it uses."""
        ...


def refuse_unnoticed(model: NoiseModel, circuit: QuantumCircuit, measured: bool) -> None:
    """Raise a ``BackendError`` where a noise model touches nothing of a circuit: it would run as if ideal.

    Aer hangs errors on the names of instructions; a name that does not occur is passed over without a word.

    Args:
        model: The noise.
        circuit: What it is meant for; channels that stand in it are noise as well.
        measured: Whether measurements follow.
    """
    names = {entry.operation.label or entry.operation.name for entry in circuit.data}
    if CHANNEL in names or (names | ({"measure"} if measured else set())) & set(model.noise_instructions):
        return
    known = ", ".join(model.noise_instructions) or "no instruction"
    raise BackendError(
        f"the noise is on {known}, and the circuit has {', '.join(sorted(names)) or 'no gate'}: it would run "
        "without noise; take a device with error rates of these gates, or no noise"
    )
