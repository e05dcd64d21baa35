"""Checks before sending: each reason in a sentence with its remedy; and the noise of snapshots."""

import numpy as np
import pytest
from qiskit.circuit import ClassicalRegister, Parameter, QuantumCircuit
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer.noise import NoiseModel

from backends import QaoaAnsatz, Sampling
from backends.device_noise import snapshot
from backends.ibm import IBMQuantum, Limits
from backends.ibm.preflight import refusals
from backends.ibm.snapshots import simulator
from problems.binary.qubo import Qubo

TARGET = GenericBackendV2(3, basis_gates=["rz", "sx", "x", "cx", "rzz"], seed=1).target
ANGLE = Parameter("a")


def told(circuit, values=None, measured=False, **fields) -> str:
    values = np.zeros((1, circuit.num_parameters)) if values is None else values
    limits = Limits(**fields)
    return "; ".join(refusals(circuit, values, TARGET, len(values), 100 * len(values), measured, limits))


def coupled(factor: float = 1.0) -> QuantumCircuit:
    circuit = QuantumCircuit(3)
    circuit.rzz(factor * ANGLE, 0, 1)
    return circuit


def measured(*names: str) -> QuantumCircuit:
    circuit = QuantumCircuit(3)
    for name in names:
        register = ClassicalRegister(1, name)
        circuit.add_register(register)
        circuit.measure(0, register[0])
    return circuit


def test_a_sound_circuit_passes():
    assert told(coupled(), np.array([[0.0], [np.pi / 2]])) == ""
    assert told(measured("meas"), measured=True) == ""


@pytest.mark.parametrize("wrong", [-0.1, 1.7, 4.0])
@pytest.mark.parametrize("factor", [1.0, 2.0])
def test_an_angle_out_of_range_is_named_with_its_row(wrong, factor):
    text = told(coupled(factor), np.array([[0.1], [wrong / factor]]))
    assert f"{wrong:g} in row 1" in text
    assert "fractional_gates=False" in text


def test_a_bound_angle_counts_too():
    circuit = QuantumCircuit(3)
    circuit.rzz(-0.5, 0, 1)
    assert "-0.5 in row 0" in told(circuit)


def test_what_the_device_lacks_is_named():
    circuit = QuantumCircuit(3)
    circuit.h(1)
    assert "no h on qubits (1,)" in told(circuit)
    assert "5 qubits and the device 3" in told(QuantumCircuit(5))


def test_parameters_need_a_value_each():
    assert "2 values for 1 parameters" in told(coupled(), np.zeros((1, 2)))


def test_registers_are_checked():
    assert "measure its qubits" in told(measured(), measured=True)
    assert "identifier" in told(measured("not a name"), measured=True)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"executions": 99}, "100 executions"),
        ({"instructions": 10}, "instructions on one qubit"),
        ({"payload_bytes": 10}, "bytes of input"),
    ],
)
def test_limits_are_told_with_their_date(fields, why):
    text = told(coupled(), date="2031-01", **fields)
    assert why in text
    assert "2031-01" in text
    assert "send fewer rows" in text


def test_a_snapshot_has_the_noise_of_its_device_on_the_qubits_in_use():
    device = snapshot("fake_manila")
    circuit = QuantumCircuit(5)
    circuit.sx(1)
    circuit.cx(1, 2)
    model = simulator(device, circuit).options.noise_model
    whole = NoiseModel.from_backend(device)
    for name, qubits in (("sx", (1,)), ("cx", (1, 2))):
        mine, theirs = (m._local_quantum_errors[name][qubits] for m in (model, whole))
        assert mine == theirs
    assert model._local_readout_errors[(1,)] == whole._local_readout_errors[(1,)]
    assert set(model.noise_qubits) == {1, 2}


def test_a_wide_snapshot_runs_with_its_readout_mitigated():
    ansatz = QaoaAnsatz(Qubo.random(4, seed=1).ising, 1)
    work = Sampling(ansatz, np.array([[-0.4, 0.3]]), 200)
    outcome = IBMQuantum("fake_torino", readout_mitigation="subspace").submit(work).result()
    assert outcome.bits.shape == (1, 200, 4)
    assert outcome.weights.sum() == pytest.approx(1)
