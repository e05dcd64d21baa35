"""A noise model of gates and readout, given as data, in the terms of Aer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from qiskit import QuantumCircuit, transpile
from qiskit_aer.noise import NoiseModel as AerNoiseModel
from qiskit_aer.noise import QuantumError, ReadoutError, depolarizing_error, kraus_error, pauli_error

from backends.aer.compiled import Compiled
from problems.contract import Array
from problems.errors import ProblemError
from problems.ground_state import NoiseModel
from problems.ground_state.channels import thermal_relaxation
from problems.ground_state.gate_sequence import WIDTHS

BASIS = tuple(WIDTHS)


@dataclass(frozen=True)
class ModelledNoise:
    """The noise of a ``NoiseModel`` after every h, rx, ry, rz, cx and cz of a circuit.

    Circuits of these gates are run as they are written; others are transpiled to them, at level 1. Waiting
    qubits have no noise.

    Attributes:
        model: What follows gates, and how bits are misread.
    """

    model: NoiseModel

    def refusal(self, num_qubits: int) -> str | None:
        """Say in a sentence why the figures do not fit this width, or return None."""
        try:
            self.model.refuse_width(num_qubits)
        except ProblemError as error:
            return str(error)
        return None

    def compile(self, circuit: QuantumCircuit) -> Compiled:
        """Return the circuit in the gates that have noise, and the noise of each of them."""
        n, model = circuit.num_qubits, AerNoiseModel()
        names = {entry.operation.name for entry in circuit.data}
        ready = circuit
        if names - set(BASIS):
            ready = transpile(circuit, basis_gates=list(BASIS), optimization_level=1, seed_transpiler=0)
        # every gate is now one that the model has figures for, so none can be passed over by its name
        single, pair = (self._errors(gate.figures(n)) for gate in (self.model.single, self.model.pair))
        used = {
            (entry.operation.name, tuple(ready.find_bit(q).index for q in entry.qubits)) for entry in ready
        }
        for name, qubits in sorted(used):
            if name not in WIDTHS:  # a barrier
                continue
            error = single[qubits[0]]
            if len(qubits) == 2:
                error = pair[qubits[0]].expand(pair[qubits[1]])  # the first qubit is the lower one
            if not error.ideal():
                model.add_quantum_error(error, name, qubits)
        flips = np.broadcast_to(np.asarray(self.model.readout, dtype=float), n)
        if self.model.readout_mode == "state_flip":
            return Compiled(_flipped(ready, flips), n, tuple(circuit.parameters), model)
        for qubit in np.flatnonzero(flips).tolist():
            p = flips[qubit]
            model.add_readout_error(ReadoutError([[1 - p, p], [p, 1 - p]]), [qubit])
        return Compiled(ready, n, tuple(circuit.parameters), model, np.stack([flips, flips], axis=1))

    def _errors(self, figures: Array) -> list[QuantumError]:
        population = np.broadcast_to(self.model.excited_population, figures.shape[1])
        return [
            _error(float(decay), float(dephasing), float(p), float(rise))
            for decay, dephasing, p, rise in zip(*figures, population, strict=True)
        ]


def _error(decay: float, dephasing: float, p: float, population: float) -> QuantumError:
    """Relaxation, then depolarizing."""
    mixing = depolarizing_error(p, 1)
    if decay == 0 and dephasing == 0:
        return mixing
    return kraus_error(list(thermal_relaxation(decay, dephasing, population))).compose(mixing)


def _flipped(circuit: QuantumCircuit, flips: Array) -> QuantumCircuit:
    """The circuit with an X at its end on each qubit, that happens with a probability."""
    flipped = circuit.copy()
    for qubit in np.flatnonzero(flips).tolist():
        flips_one = pauli_error([("X", flips[qubit]), ("I", 1 - flips[qubit])])
        flipped.append(flips_one.to_instruction(), [qubit])
    return flipped
