"""Bits of a circuit under a device's noise, part by part."""

from __future__ import annotations

from math import prod

import numpy as np
from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.fake_provider.executor.run_quantum_program import run_quantum_program
from qiskit_ibm_runtime.options_models.simulator import SimulatorOptions
from qiskit_ibm_runtime.quantum_program import QuantumProgram
from samplomatic.quantum_program import CircuitItem

from tests.backends.ibm_stub.components import Component, components
from tests.backends.ibm_stub.lone_qubits import is_lone, sample_lone
from tests.backends.ibm_stub.noise import DeviceErrors

Array = np.ndarray
SMALL = 10  # qubits of a part that one thread simulates


def sample(
    circuit: QuantumCircuit, values: Array, shots: int, errors: DeviceErrors, rng: np.random.Generator
) -> dict[str, Array]:
    """Return the bits ``[..., shots, size]`` of each register for arguments ``[..., parameters]``."""
    shape = values.shape[:-1]
    rows = values.reshape(prod(shape), circuit.num_parameters)
    bits = np.zeros((len(rows), shots, circuit.num_clbits), bool)
    for part in components(circuit):
        if part.clbits:
            own = rows[:, part.columns]
            if is_lone(part):
                bits[:, :, part.clbits[0]] = sample_lone(part, own, shots, errors, rng)
            else:
                bits[:, :, part.clbits] = _simulate(part, own, shots, errors, int(rng.integers(2**31)))
    places = {bit: k for k, bit in enumerate(circuit.clbits)}
    return {
        register.name: bits[:, :, [places[bit] for bit in register]].reshape(*shape, shots, register.size)
        for register in circuit.cregs
    }


def _simulate(part: Component, rows: Array, shots: int, errors: DeviceErrors, seed: int) -> Array:
    """Bits ``[rows, shots, size]`` of one part."""
    if not part.columns:
        # Aer's sampler executes one row only where rows have no arguments
        size = len(part.clbits)
        once = _executed(part, rows[:1], shots * len(rows), errors, seed)
        return once.reshape(len(rows), shots, size)
    return _executed(part, rows, shots, errors, seed)


def _executed(part: Component, rows: Array, shots: int, errors: DeviceErrors, seed: int) -> Array:
    program = QuantumProgram(shots=shots, items=[CircuitItem(part.circuit, circuit_arguments=rows)])
    # threads cost more than they bring where states are small; outcomes do not depend on them
    threads = 1 if part.circuit.num_qubits <= SMALL else 0
    simulator = AerSimulator(
        noise_model=errors.model(part.circuit, part.qubits), max_parallel_threads=threads
    )
    (result,) = run_quantum_program(simulator, program, SimulatorOptions(seed_simulator=seed))
    return np.asarray(result["part"])
