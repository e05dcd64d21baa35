"""Noise of a device cut to the used qubits: equal to the whole, really applied, quick for wide devices."""

import importlib.util
import pickle
from dataclasses import dataclass

import numpy as np
import pytest
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.transpiler import CouplingMap, InstructionProperties, generate_preset_pass_manager
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error

import backends
from backends import Aer, CircuitAnsatz, Expectation, QaoaAnsatz, Sampling
from backends.aer.compiled import Compiled
from backends.aer.readout import with_readout
from backends.circuits import circuit_of, operator_of
from backends.device_noise import DeviceNoise, snapshot
from problems import BackendError, MissingExtra, ProblemError
from problems.binary.qubo import Ising, Qubo
from problems.ground_state import Gate, GateSequence, PauliSum
from problems.storage import load, save

LINE = GenericBackendV2(6, coupling_map=CouplingMap.from_line(6), seed=3)
STAR = GenericBackendV2(7, coupling_map=[[0, k] for k in range(1, 7)] + [[k, 0] for k in range(1, 7)], seed=5)
ANSATZ = QaoaAnsatz(Qubo.random(4, seed=1, magnitude=2).ising, 2)
ROW = np.array([[-0.4, -0.2, 0.3, 0.5]])
OBSERVABLES = (ANSATZ.cost, PauliSum(4, ("XYIZ", "IXZI", "ZZII"), np.array([0.3, -0.7, 0.2])))
WORK = Expectation(ANSATZ, OBSERVABLES, ROW)
IDEAL = Aer().run(WORK).mean
needs_snapshots = pytest.mark.skipif(
    importlib.util.find_spec("qiskit_ibm_runtime") is None, reason="needs qiskit-ibm-runtime"
)


def uncut(device, parts, level: int = 2) -> np.ndarray:
    """All qubits of the device under Aer's own noise model, the readout errors put into the observables."""
    manager = generate_preset_pass_manager(
        level, target=device.target, seed_transpiler=0, scheduling_method="alap" if "idle" in parts else None
    )
    circuit = manager.run(circuit_of(ANSATZ)).assign_parameters(ANSATZ.angles(ROW)[0])
    places = circuit.layout.final_index_layout()
    model = NoiseModel.from_backend(
        device, gate_error="gate" in parts, thermal_relaxation="relaxation" in parts, readout_error=False
    )
    errors = np.array([[device.target["measure"][(place,)].error] * 2 for place in places])
    for k, observable in enumerate(OBSERVABLES):
        seen = with_readout(observable, errors) if "readout" in parts else observable
        circuit.save_expectation_value(operator_of(seen), places, label=str(k))
    simulator = AerSimulator(method="density_matrix", noise_model=model)
    data = simulator.run(circuit, shots=1).result().data(0)
    return np.array([data[str(k)] for k in range(len(OBSERVABLES))])


@pytest.mark.parametrize(
    "parts",
    [("gate", "relaxation", "readout"), ("gate",), ("relaxation",), ("gate", "relaxation", "idle")],
)
@pytest.mark.parametrize("device", [LINE, STAR], ids=["line", "star"])
def test_the_cut_model_gives_the_energies_of_the_whole(device, parts):
    outcome = Aer(noise=DeviceNoise(device, parts)).submit(WORK).result()
    np.testing.assert_allclose(outcome.mean[0], uncut(device, parts), atol=1e-9)
    assert np.all(abs(outcome.mean - IDEAL) > 1e-3)
    np.testing.assert_array_equal(outcome.error, 0.0)


def test_a_qubit_that_only_routing_touches_has_its_noise_too():
    spokes = [pair for k in (0, 1, 2, 3, 5) for pair in ([4, k], [k, 4])]
    device = GenericBackendV2(6, coupling_map=spokes, seed=2)
    parts = ("gate", "relaxation", "readout")
    noise = DeviceNoise(device, parts, optimization_level=0)  # variables 0 … 3 start on leaves
    assert noise.compile(circuit_of(ANSATZ)).circuit.num_qubits == 5
    outcome = Aer(noise=noise).submit(WORK).result()
    np.testing.assert_allclose(outcome.mean[0], uncut(device, parts, 0), atol=1e-9)


def test_every_part_adds_to_the_noise():
    means = [
        Aer(noise=DeviceNoise(LINE, parts)).run(WORK).mean[0, 0]
        for parts in (("gate",), ("gate", "relaxation"), ("gate", "relaxation", "idle"))
    ]
    everything = Aer(noise=DeviceNoise(LINE, ("gate", "relaxation", "readout", "idle"))).run(WORK).mean[0, 0]
    assert IDEAL[0, 0] < means[0] < means[1] < means[2] < everything < 0


def test_decay_while_waiting_can_be_the_only_noise():
    outcome = Aer(noise=DeviceNoise(LINE, ("idle",))).submit(WORK).result()
    assert np.all(abs(outcome.mean - IDEAL) > 1e-4)


@pytest.mark.parametrize("method", ["statevector", "matrix_product_state"])
def test_trajectories_scatter_about_the_density_matrix_as_they_say(method):
    noise = DeviceNoise(LINE, ("gate", "relaxation", "readout"))
    exact = Aer(noise=noise).submit(WORK).result().mean
    drawn = Aer(noise=noise, method=method, trajectories=600).submit(WORK).result()
    assert np.all(drawn.error > 0)
    assert np.all(abs(drawn.mean - exact) < 5 * drawn.error)
    assert drawn.usage["trajectories"] == 600


def test_rows_and_seeds_of_trajectories_draw_apart_and_repeat():
    backend = Aer(noise=DeviceNoise(LINE), method="statevector", trajectories=50)
    rows = np.repeat(ROW, 3, axis=0)
    first, again, other = (
        backend.run(Expectation(ANSATZ, OBSERVABLES, rows, seed=seed)).mean for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert len({*first[:, 0], *other[:, 0]}) == 6


def misreading() -> GenericBackendV2:
    device = GenericBackendV2(6, coupling_map=CouplingMap.from_line(6), seed=3)
    for qubit in range(6):
        figures = InstructionProperties(error=0.05 + 0.02 * qubit)
        figures.prob_meas1_prep0, figures.prob_meas0_prep1 = 0.03 + 0.01 * qubit, 0.15
        device.target.update_instruction_properties("measure", (qubit,), figures)
    return device


def test_samples_have_the_mean_that_is_computed_readout_errors_included():
    device = misreading()
    backend = Aer(noise=DeviceNoise(device))
    bits = backend.submit(Sampling(ANSATZ, ROW, 20_000, seed=3)).result().bits[0]
    energies = ANSATZ.cost.energies(1.0 - 2.0 * bits)
    error = energies.std() / np.sqrt(len(energies))
    assert abs(energies.mean() - backend.run(WORK).mean[0, 0]) < 5 * error
    perfect = Aer(noise=DeviceNoise(device, ("gate", "relaxation"))).run(WORK).mean[0, 0]
    assert abs(energies.mean() - perfect) > 5 * error


def test_a_readout_error_is_that_of_the_qubit_where_a_variable_ends():
    flip = GateSequence(3, ())
    noise = DeviceNoise(misreading(), ("readout",))
    compiled = noise.compile(circuit_of(flip))
    bits = Aer(noise=noise).submit(Sampling(flip, np.zeros((1, 0)), 40_000, seed=1)).result().bits[0]
    expected = compiled.readout[:, 0]
    assert len(set(expected)) == 3
    np.testing.assert_allclose(bits.mean(0), expected, atol=5 * np.sqrt(expected.max() / 40_000))


def test_noise_that_would_touch_nothing_is_refused():
    empty = GateSequence(2, ())
    work = Expectation(empty, (Ising.random(2),), np.zeros((1, 0)))
    with pytest.raises(BackendError, match="it would run without noise"):
        Aer(noise=DeviceNoise(LINE, ("gate",))).submit(work)


def test_the_precision_adds_to_the_scatter():
    backend = Aer(noise=DeviceNoise(LINE), method="statevector", trajectories=100)
    plain, coarse = (backend.run(Expectation(ANSATZ, OBSERVABLES, ROW, p)) for p in (None, 0.5))
    np.testing.assert_allclose(coarse.error, np.hypot(plain.error, 0.5))


def test_usage_is_that_of_the_transpiled_circuit():
    backend = Aer(noise=DeviceNoise(LINE))
    usage = backend.run(WORK).usage
    assert usage == backend.estimate(WORK)
    assert usage["two_qubit_gates"] > ANSATZ.num_entangling  # an rzz takes two cx
    assert usage["qubits"] == 4


def test_noise_makes_a_backend_noisy_and_another():
    backend = Aer(noise=DeviceNoise(LINE))
    assert backend.noisy
    assert not Aer().noisy
    other = GenericBackendV2(6, coupling_map=CouplingMap.from_line(6), seed=4)
    assert len({backend.identity, Aer(noise=DeviceNoise(other)).identity, Aer().identity}) == 3
    same = GenericBackendV2(6, coupling_map=CouplingMap.from_line(6), seed=3)
    assert Aer(noise=DeviceNoise(same)).identity == backend.identity
    assert Aer(noise=DeviceNoise(same)) == backend


def test_it_survives_a_pickle():
    backend = Aer(noise=DeviceNoise(LINE))
    again = pickle.loads(pickle.dumps(backend))
    np.testing.assert_array_equal(again.run(WORK).mean, backend.run(WORK).mean)


def test_a_circuit_wider_than_the_device_is_refused():
    wide = QaoaAnsatz(Ising.random(8), 1)
    with pytest.raises(BackendError, match="8 qubits, and generic_backend_6q has 6"):
        Aer(noise=DeviceNoise(LINE)).submit(Sampling(wide, np.zeros((1, 2)), 1))


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"device": 3}, "BackendV2"),
        ({"device": LINE, "parts": ()}, "parts"),
        ({"device": LINE, "parts": "gate"}, "parts"),
        ({"device": LINE, "parts": ("tea",)}, "'idle'"),
        ({"device": LINE, "optimization_level": 4}, "optimization_level"),
        ({"device": LINE, "seed": -1}, "seed"),
        ({"device": GenericBackendV2(3, noise_info=False)}, "parts is gate"),
        ({"device": AerSimulator()}, "figures for: none"),
    ],
)
def test_a_wrong_argument_is_named(arguments, named):
    with pytest.raises(ProblemError, match=named):
        DeviceNoise(**arguments)


def test_a_snapshot_without_its_package_names_the_extra(monkeypatch):
    monkeypatch.setattr("backends.device_noise.find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"pip install \"hybrid-optimization\[ibm\]\""):
        backends.get("aer:fake_torino")


@needs_snapshots
def test_an_unknown_snapshot_lists_the_known_ones():
    with pytest.raises(ProblemError, match="fake_algiers"):
        backends.get("aer:fake_atlantis")
    assert snapshot("fake_manila").name == "fake_manila"


@needs_snapshots
def test_the_noise_of_a_wide_device_is_cut_to_the_circuit_and_is_not_ideal(tmp_path):
    backend = backends.get("aer:fake_torino")
    ansatz = QaoaAnsatz(Qubo.random(6, seed=2, magnitude=2).ising, 1)
    work = Expectation(ansatz, (ansatz.cost,), [[-0.4, 0.3]])
    first = backend.submit(work).result()
    second = backend.submit(Expectation(ansatz, (ansatz.cost,), [[-0.4, 0.31]])).result()
    assert abs(first.mean - Aer().run(work).mean)[0, 0] > 1e-2
    assert second.mean[0, 0] != first.mean[0, 0]
    assert load(save(backend, tmp_path / "torino.npz")) == backend


def test_a_circuit_of_qiskit_keeps_the_order_of_its_qubits():
    circuit = circuit_of(ANSATZ).assign_parameters(ANSATZ.angles(ROW)[0])
    circuit.swap(0, 3)
    circuit.x(1)
    ansatz = CircuitAnsatz(circuit)
    singles = tuple(PauliSum(4, ("I" * q + "Z" + "I" * (3 - q),), np.ones(1)) for q in range(4))
    work = Expectation(ansatz, singles, np.zeros((1, 0)))
    noisy, ideal = (b.run(work).mean[0] for b in (Aer(noise=DeviceNoise(LINE)), Aer()))
    np.testing.assert_allclose(noisy, ideal, atol=0.1)
    assert np.ptp(ideal) > 0.3


@dataclass(frozen=True)
class Depolarising:
    """Noise of one's own: a depolarising channel after each rx."""

    probability: float

    def refusal(self, num_qubits):
        return "it is too wide" if num_qubits > 2 else None

    def compile(self, circuit):
        model = NoiseModel()
        model.add_all_qubit_quantum_error(depolarizing_error(self.probability, 1), ["rx"])
        return Compiled(circuit, circuit.num_qubits, tuple(circuit.parameters), model)


def test_noise_of_ones_own_is_taken():
    backend = Aer(noise=Depolarising(0.3))
    ansatz = GateSequence(1, (Gate("rx", (0,), 0), Gate("rx", (0,), 0)))
    work = Expectation(ansatz, (PauliSum(1, ("Z",), np.ones(1)),), [[0.4], [1.0]])
    expected = 0.7**2 * np.cos([0.8, 2.0])  # a depolarising channel shrinks the Bloch vector
    np.testing.assert_allclose(backend.submit(work).result().mean[:, 0], expected, atol=1e-12)
    assert backend.identity != Aer(noise=Depolarising(0.2)).identity
    with pytest.raises(BackendError, match="it is too wide"):
        backend.submit(WORK)
