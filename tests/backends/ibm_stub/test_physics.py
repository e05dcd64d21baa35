"""What the offline stand-in for IBM Quantum returns is what Aer has under the device's noise."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest
from qiskit import QuantumCircuit, generate_preset_pass_manager
from qiskit.circuit import Parameter
from qiskit.quantum_info import SparsePauliOp, SuperOp
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel

if find_spec("qiskit_ibm_runtime") is None:
    pytest.skip("qiskit-ibm-runtime (the extra ibm) is not installed", allow_module_level=True)

from qiskit_ibm_runtime.executor_estimator import Estimator
from qiskit_ibm_runtime.executor_sampler import Sampler
from qiskit_ibm_runtime.fake_provider import FakeManilaV2, FakeTorino

from tests.backends.ibm_stub.components import components
from tests.backends.ibm_stub.noise import DeviceErrors
from tests.backends.ibm_stub.preflight import angle_refusal, duration
from tests.backends.ibm_stub.sampling import sample
from tests.backends.ibm_stub.serving import outcome

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of the client's package
    pytest.mark.filterwarnings("ignore:.*no more time available:UserWarning"),
]


@pytest.fixture(scope="module")
def manila() -> NoiseModel:
    return NoiseModel.from_backend(FakeManilaV2())


def test_energies_are_those_of_aer_under_the_noise_of_the_device(serve, manila):
    """Five parameter rows of a circuit with 5 000 shots, against Aer with five times as many; 5 sigma."""
    _, service = serve()
    backend, angle, shots = service.backend("stub_manila"), Parameter("angle"), 5_000
    circuit = QuantumCircuit(3)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.rx(angle, 1)
    circuit.cx(1, 2)
    circuit.measure_all()
    physical = generate_preset_pass_manager(1, backend=backend, seed_transpiler=3).run(circuit)
    angles = np.linspace(0.2, 2.8, 5)
    result = outcome(Sampler(backend), [(physical, angles[:, None])], shots=shots)
    operator = SparsePauliOp(["ZZI", "IZZ"], np.array([1.0, 0.5]))
    measured = result.data.meas.expectation_values(operator)
    simulator = AerSimulator(method="density_matrix", noise_model=manila, max_parallel_threads=1)
    for value, ours in zip(angles, measured, strict=True):
        bound = physical.assign_parameters({angle: value})
        counts = simulator.run(bound, shots=5 * shots, seed_simulator=1).result().get_counts()
        energy = {key: _parity(key, (1, 2)) + 0.5 * _parity(key, (0, 1)) for key in counts}
        reference = sum(energy[key] * counts[key] for key in counts) / (5 * shots)
        assert abs(ours - reference) < 5 * 1.5 * np.sqrt(1.2 / shots)  # an energy is within 1.5 of 0


def test_equal_rows_of_one_job_have_independent_shots(serve):
    _, service = serve()
    backend = service.backend("stub_manila")
    circuit = QuantumCircuit(1)
    circuit.rx(Parameter("angle"), 0)
    circuit.measure_all()
    physical = generate_preset_pass_manager(1, backend=backend).run(circuit)
    bits = outcome(Sampler(backend), [(physical, [[1.5], [1.5]])], shots=256).data
    assert not np.array_equal(bits.meas.array[0], bits.meas.array[1])


@pytest.mark.parametrize("level", [0, 1, 2])
def test_estimators_of_all_levels_return_physics(serve, level):
    """A Bell pair: the noise leaves level 0 below the ideal value 1; mitigation brings it nearer."""
    _, service = serve()
    backend = service.backend("stub_manila")
    pair = QuantumCircuit(2)
    pair.h(0)
    pair.cx(0, 1)
    physical = generate_preset_pass_manager(1, backend=backend, initial_layout=[0, 1]).run(pair)
    operator = SparsePauliOp("ZZ").apply_layout(physical.layout)
    estimator = Estimator(backend, options={"resilience_level": level})
    data = outcome(estimator, [(physical, operator)], precision=0.02).data
    assert abs(float(data.evs) - 1.0) < (0.3 if level == 0 else 0.15)
    if level == 0:
        assert float(data.evs) < 0.95
    assert 0 < float(data.stds) < 0.1


@pytest.mark.parametrize(("row", "made"), [(0.4, None), (0.8, "1.6"), (-0.1, "-0.2")])
def test_angles_that_the_device_cannot_make_are_refused(row, made):
    angle, circuit = Parameter("angle"), QuantumCircuit(2)
    circuit.rzz(2 * angle, 0, 1)
    said = angle_refusal(circuit, np.array([[0.1], [row]]))
    assert said == (made and f"The angle {made} of rzz on qubits (0, 1) is not between 0 and pi/2.")
    circuit = circuit.assign_parameters([row])
    assert angle_refusal(circuit, np.zeros((1, 0))) == said


def test_time_of_a_circuit_is_that_of_its_longest_chain():
    """Against Qiskit's own estimate of a scheduled circuit; Manila has no delay before its measurements."""
    target, circuit = FakeManilaV2().target, QuantumCircuit(3, 1)
    circuit.sx(0)
    circuit.cx(0, 1)
    circuit.cx(1, 2)
    circuit.x(2)
    circuit.measure(2, 0)
    assert duration(circuit, target) == pytest.approx(circuit.estimate_duration(target, unit="s"))


def test_parts_that_never_meet_are_simulated_apart_as_aer_does_together(manila):
    """Two pairs and a lone qubit: each of the 32 frequencies within 5 sigma of Aer's for the whole."""
    circuit = QuantumCircuit(5, 5)
    for first, second in ((0, 1), (3, 4)):
        circuit.sx(first)
        circuit.rz(0.7, first)
        circuit.sx(first)
        circuit.cx(first, second)
    circuit.sx(2)
    circuit.rz(1.1, 2)
    circuit.sx(2)
    circuit.measure(range(5), [4, 2, 0, 1, 3])
    parts = components(circuit)
    assert sorted(part.circuit.num_qubits for part in parts) == [1, 2, 2]
    shots = 20_000
    errors = DeviceErrors(FakeManilaV2().target)
    bits = sample(circuit, np.zeros((1, 0)), shots, errors, np.random.default_rng(5))["c"][0]
    ours = np.bincount(bits @ (1 << np.arange(5)), minlength=32) / shots
    simulator = AerSimulator(method="density_matrix", noise_model=manila, max_parallel_threads=1)
    counts = simulator.run(circuit, shots=5 * shots, seed_simulator=2).result().get_counts()
    whole = np.array([counts.get(f"{k:05b}", 0) for k in range(32)]) / (5 * shots)
    sigma = np.sqrt(1.2 * whole * (1 - whole) / shots)
    assert np.all(np.abs(ours - whole) < 5 * sigma + 5 / shots)
    ring = circuit.copy()
    ring.cx(1, 2)
    assert sorted(part.circuit.num_qubits for part in components(ring)) == [2, 3]


@pytest.mark.parametrize("qubit", range(5))
def test_errors_of_a_lone_qubit_are_the_channels_that_aer_has(qubit, manila):
    ours = DeviceErrors(FakeManilaV2().target).superoperator("sx", qubit)
    assert ours is not None
    theirs = SuperOp(manila._local_quantum_errors["sx"][(qubit,)]).data
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_rows_without_arguments_all_have_shots():
    """A pair without parameters beside a qubit with one: each row of the pair has its own shots."""
    circuit = QuantumCircuit(3, 3)
    circuit.sx(0)
    circuit.cx(0, 1)
    circuit.rz(Parameter("angle"), 2)
    circuit.measure(range(3), range(3))
    errors = DeviceErrors(FakeManilaV2().target)
    bits = sample(circuit, np.zeros((3, 1)), 500, errors, np.random.default_rng(1))["c"]
    assert bits.shape == (3, 500, 3)
    assert np.all(np.abs(bits[:, :, 0].mean(axis=1) - 0.5) < 5 * 0.5 / np.sqrt(500) + 0.05)  # readout errors


def test_a_small_circuit_on_a_wide_device_is_cut_to_its_qubits():
    target = FakeTorino().target
    circuit = QuantumCircuit(133, 2)
    circuit.sx(50)
    circuit.cz(50, 51)
    circuit.measure([50, 51], [0, 1])
    bits = sample(circuit, np.zeros((4, 0)), 1000, DeviceErrors(target), np.random.default_rng(0))["c"]
    assert np.all(np.abs(bits[..., 0].mean(axis=1) - 0.5) < 5 * 0.5 / np.sqrt(1000))


def _parity(key: str, qubits: tuple[int, ...]) -> int:
    return (-1) ** sum(int(key[::-1][qubit]) for qubit in qubits)
