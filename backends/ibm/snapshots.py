"""Snapshots of devices simulated with the noise of the qubits that a circuit uses, which is much quicker.

The client simulates a snapshot with the noise of all its qubits, which takes most of a minute where there
are hundreds. On the qubits of a circuit the noise here equals Aer's own ``NoiseModel.from_backend``.
"""

from __future__ import annotations

from typing import Any

from qiskit import QuantumCircuit
from qiskit.transpiler import Target
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel
from qiskit_aer.noise.device import basic_device_gate_errors, basic_device_readout_errors

KEPT = 16  # simulators; each holds a noise model


def simulator(device: Any, circuit: QuantumCircuit) -> AerSimulator:
    """Return a simulator of a device with the noise of the qubits that a circuit touches."""
    place = {qubit: k for k, qubit in enumerate(circuit.qubits)}
    used = {place[qubit] for entry in circuit.data if entry.name != "barrier" for qubit in entry.qubits}
    target = restricted(device.target, used)
    model = NoiseModel(basis_gates=[name for name in target.operation_names if name != "measure"])
    for name, qubits, error in basic_device_gate_errors(target=target):
        model.add_quantum_error(error, name, qubits)
    for qubits, error in basic_device_readout_errors(target=target):
        model.add_readout_error(error, qubits)
    return AerSimulator(noise_model=model)


def restricted(target: Target, qubits: set[int]) -> Target:
    """Return a target with the same numbers for its qubits and figures for these alone."""
    kept = Target(num_qubits=target.num_qubits, dt=target.dt, qubit_properties=target.qubit_properties)
    for name in target.operation_names:
        figures = target[name] or {}
        inside = {where: entry for where, entry in figures.items() if where and set(where) <= qubits}
        if inside:
            kept.add_instruction(target.operation_from_name(name), inside, name=name)
    return kept


class Simulators:
    """The simulators of one backend, made once per transpiled circuit."""

    def __init__(self):
        self._kept: dict[int, tuple[QuantumCircuit, AerSimulator]] = {}

    def of(self, device: Any, circuit: QuantumCircuit) -> AerSimulator:
        """Return the simulator of a circuit on a device."""
        key = id(circuit)  # the circuit is kept, so that its id stays its own
        if key not in self._kept:
            while len(self._kept) >= KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = circuit, simulator(device, circuit)
        return self._kept[key][1]
