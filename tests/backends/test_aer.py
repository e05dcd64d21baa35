"""Aer against the embedded simulator, dense references and Qiskit's own estimator."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.primitives import StatevectorEstimator
from scipy.stats import chisquare

import backends
from backends import Aer, CircuitAnsatz, Expectation, GroverMixer, QaoaAnsatz, Sampling, Statevector, XYMixer
from backends.circuits import circuit_of, operator_of
from problems import BackendError, ProblemError
from problems.binary.qubo import Ising, Qubo
from problems.ground_state import Gate, GateSequence, PauliSum
from problems.storage import digest, load, save
from tests.backends.test_statevector import qiskit_state, random_ansatz, random_sum


def reference(ansatz, observables, parameters):
    states = [qiskit_state(ansatz, row) for row in parameters]
    return [[state.expectation_value(operator_of(o)).real for o in observables] for state in states]


@pytest.mark.parametrize("kind", ["qaoa", "gates", "circuit"])
@pytest.mark.parametrize("method", ["automatic", "statevector", "matrix_product_state", "density_matrix"])
def test_expectations_are_those_of_qiskit(kind, method):
    ansatz = random_ansatz(kind, 4, 7)
    parameters = np.random.default_rng(1).normal(size=(2, ansatz.num_parameters))
    diagonal = PauliSum(4, ("ZIZI", "IIII", "IZZZ"), np.array([0.5, 2.0, -1.0]))
    observables = (random_sum(4, 2), Ising(Qubo.random(4, seed=1).form.on_spins()), diagonal)
    theirs = Aer(method=method).submit(Expectation(ansatz, observables, parameters)).result().mean
    np.testing.assert_allclose(theirs, reference(ansatz, observables, parameters), rtol=1e-10, atol=1e-10)


@settings(max_examples=15)
@given(n=st.integers(1, 6), seed=st.integers(0, 99), rows=st.integers(1, 3))
def test_expectations_are_those_of_the_embedded_simulator(n, seed, rows):
    ansatz = random_ansatz("qaoa", n, seed)
    parameters = np.random.default_rng(seed).normal(size=(rows, ansatz.num_parameters))
    work = Expectation(ansatz, (ansatz.cost, random_sum(n, seed)), parameters)
    ours, theirs = (backend.submit(work).result().mean for backend in (Statevector(), Aer()))
    np.testing.assert_allclose(theirs, ours, rtol=1e-9, atol=1e-9)


def test_all_three_references_agree_on_a_batch():
    ansatz = random_ansatz("qaoa", 6, 4)
    parameters = np.random.default_rng(2).normal(size=(3, ansatz.num_parameters))
    observables = (ansatz.cost, random_sum(6, 3))
    work = Expectation(ansatz, observables, parameters)
    operators = [[operator_of(observable)] for observable in observables]
    pub = (circuit_of(ansatz), operators, ansatz.angles(parameters))
    theirs = StatevectorEstimator().run([pub]).result()[0].data.evs.T
    for backend in (Statevector(), Aer()):
        np.testing.assert_allclose(backend.submit(work).result().mean, theirs, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("mixer", [XYMixer(((0, 1, 2),)), GroverMixer()])
def test_mixers_with_phases_are_those_of_qiskit(mixer):
    ansatz = QaoaAnsatz(Ising.random(4, seed=2), 2, mixer)
    parameters = np.random.default_rng(0).normal(size=(2, 4))
    work = Expectation(ansatz, (ansatz.cost,), parameters)
    expected = reference(ansatz, (ansatz.cost,), parameters)
    np.testing.assert_allclose(Aer().submit(work).result().mean, expected, rtol=1e-9, atol=1e-9)


def test_a_parameter_that_the_transpiler_cancels_keeps_its_column():
    circuit, (a, b, c) = QuantumCircuit(1), (Parameter(name) for name in "abc")
    circuit.rz(b, 0)
    circuit.rz(-b, 0)
    circuit.rx(a, 0)
    circuit.ry(c**2, 0)
    work = Expectation(CircuitAnsatz(circuit), (PauliSum(1, ("Z",), np.ones(1)),), [[0.3, 9.0, 0.7]])
    expected = np.cos(0.3) * np.cos(0.7**2)
    assert Aer().submit(work).result().mean[0, 0] == pytest.approx(expected, abs=1e-10)


def test_single_precision_is_single():
    ansatz = random_ansatz("qaoa", 5, 3)
    parameters = np.random.default_rng(3).normal(size=(1, ansatz.num_parameters))
    work = Expectation(ansatz, (ansatz.cost,), parameters)
    double, single = (Aer(precision=p).submit(work).result().mean for p in ("double", "single"))
    assert 0 < abs(single - double)[0, 0] < 1e-4


def test_column_k_is_qubit_k_however_wide():
    for n, method in ((3, "statevector"), (63, "matrix_product_state")):
        flip = GateSequence(n, (Gate("rx", (1,), angle=np.pi),))
        bits = Aer(method=method).submit(Sampling(flip, np.zeros((1, 0)), shots=2)).result().bits
        assert bits.dtype == np.uint8
        np.testing.assert_array_equal(bits, np.broadcast_to(np.arange(n) == 1, (1, 2, n)))


def test_samples_follow_the_same_distribution_column_by_column():
    ansatz = QaoaAnsatz(Qubo.random(4, seed=3, magnitude=3).ising, 2)
    work = Sampling(ansatz, np.array([[-0.4, -0.2, 0.3, 0.5]]), shots=8000, seed=1)
    counts = np.bincount(Aer().submit(work).result().bits[0] @ (1 << np.arange(4)), minlength=16)
    expected = 8000 * np.abs(Statevector().state(ansatz, work.parameters[0])) ** 2
    common = expected > 5
    scaled = expected[common] * counts[common].sum() / expected[common].sum()
    assert chisquare(counts[common], scaled).pvalue > 1e-4


def test_rows_draw_apart_and_seeds_repeat():
    ansatz = random_ansatz("qaoa", 6, 1)
    work = Sampling(ansatz, np.full((2, ansatz.num_parameters), 0.3), 40, seed=4)
    first, second = (Aer().submit(work).result().bits for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first[0], first[1])
    alone = Aer().submit(Sampling(ansatz, work.parameters[:1], 40, seed=4)).result().bits
    np.testing.assert_array_equal(alone[0], first[0])
    other = Aer().submit(Sampling(ansatz, work.parameters, 40, seed=5)).result().bits
    assert not np.array_equal(other, first)


def test_rows_beyond_one_job_draw_as_they_would_in_any_population(monkeypatch):
    monkeypatch.setattr("backends.aer.engine.CHUNK", 2 * 8 * 40)
    ansatz = random_ansatz("qaoa", 6, 1)
    rows = np.full((5, ansatz.num_parameters), 0.3)
    five, three = (Aer().submit(Sampling(ansatz, rows[:k], 40, seed=4)).result().bits for k in (5, 3))
    np.testing.assert_array_equal(three, five[:3])
    assert len({row.tobytes() for row in five}) == 5


def test_precision_adds_the_noise_of_the_embedded_simulator():
    ansatz = random_ansatz("qaoa", 3, 1)
    work = Expectation(ansatz, (ansatz.cost,), np.zeros((4, ansatz.num_parameters)), precision=0.1, seed=2)
    ours, theirs = (backend.submit(work).result() for backend in (Statevector(), Aer()))
    np.testing.assert_allclose(theirs.mean, ours.mean, atol=1e-10)
    np.testing.assert_array_equal(theirs.error, ours.error)


def test_an_empty_population_has_an_empty_outcome():
    ansatz = random_ansatz("qaoa", 3, 1)
    none, one = np.zeros((0, ansatz.num_parameters)), np.zeros((1, ansatz.num_parameters))
    assert Aer().submit(Expectation(ansatz, (ansatz.cost,), none)).result().mean.shape == (0, 1)
    assert Aer().submit(Expectation(ansatz, (), one)).result().mean.shape == (1, 0)
    assert Aer().submit(Sampling(ansatz, none, 7)).result().bits.shape == (0, 7, 3)


def test_one_transpilation_serves_all_weights(monkeypatch):
    import backends.aer.backend as module

    calls = []
    real = module.transpile
    monkeypatch.setattr(module, "transpile", lambda *a, **k: calls.append(1) or real(*a, **k))
    backend = Aer()
    for seed in range(3):
        ansatz = QaoaAnsatz(Qubo.random(4, seed=seed, magnitude=1000).ising, 1)
        backend.submit(Expectation(ansatz, (ansatz.cost,), np.zeros((1, 2)))).result()
    assert len(calls) == 1


def test_charges_equal_the_estimate_and_survive_a_pickle():
    ansatz = random_ansatz("qaoa", 4, 1)
    work = Sampling(ansatz, np.zeros((2, ansatz.num_parameters)), 5)
    backend = Aer(options={"fusion_enable": False})
    usage = backend.submit(work).result().usage
    assert usage == backend.estimate(work)
    assert usage["two_qubit_gates"] == ansatz.num_entangling
    again = pickle.loads(pickle.dumps(backend))
    assert again == backend
    assert again.identity == backend.identity


def test_it_is_stored(tmp_path):
    backend = Aer(method="matrix_product_state", max_bond_dimension=8, options={"mps_lapack": True})
    again = load(save(backend, tmp_path / "aer.npz"))
    assert again == backend
    assert digest(again) == digest(backend)


def test_what_it_cannot_take_is_said():
    ansatz = QaoaAnsatz(Ising.random(4), 1)
    with pytest.raises(BackendError, match="gradient"):
        Aer().submit(Expectation(ansatz, (ansatz.cost,), np.zeros((1, 2)), gradient=True))
    with pytest.raises(BackendError, match="80 qubits"):
        Aer().submit(Sampling(QaoaAnsatz(Ising.random(80), 1), np.zeros((1, 2))))
    mixer = backends.FeasibleMixer(np.eye(3, dtype=int), np.ones((3, 3)))
    work = Sampling(QaoaAnsatz(Ising.random(3), 1, mixer), np.zeros((1, 2)))
    with pytest.raises(BackendError, match="a mixer with a circuit"):
        Aer().submit(work)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"method": "tea_leaves"}, "method"),
        ({"precision": "half"}, "precision"),
        ({"threads": -1}, "threads"),
        ({"device": "TPU"}, "device"),
        ({"trajectories": 1}, "trajectories"),
        ({"max_bond_dimension": 4}, "matrix_product_state"),
        ({"truncation_threshold": 1e-3, "method": "statevector"}, "matrix_product_state"),
        ({"noise": 0.1}, "DeviceNoise"),
        ({"options": {"tea": 1}}, "blocking_enable"),
        ({"options": {"method": "statevector"}}, "use method"),
        ({"options": {"shots": 5}}, "use shots of a workload"),
        ({"options": {"fusion_enable": [1]}}, "fusion_enable"),
        ({"options": 3}, "options"),
    ],
)
def test_a_wrong_field_is_named(fields, named):
    with pytest.raises(ProblemError, match=named):
        Aer(**fields)


def test_memory_is_refused_before_it_is_allocated(monkeypatch):
    import backends.memory as memory

    small = type("Free", (), {"available": 1 << 20})
    monkeypatch.setattr(memory.psutil, "virtual_memory", lambda: small)
    wide = QaoaAnsatz(Ising.random(12), 1)
    with pytest.raises(BackendError, match="bytes"):
        Aer(method="density_matrix").submit(Sampling(wide, np.zeros((1, 2))))
    assert Aer().unsuitable(Sampling(wide, np.zeros((1, 2)))) is None


def test_a_wide_shallow_circuit_runs_as_a_matrix_product_state():
    ring = chain(40)
    ansatz = QaoaAnsatz(ring, 1)
    beta, gamma = -0.3, 0.4
    work = Expectation(ansatz, (ring,), [[beta, gamma]])
    outcome = Aer(method="matrix_product_state").submit(work).result()
    assert outcome.mean[0, 0] == pytest.approx(reference_of_a_chain(40, beta, gamma), rel=1e-8)
    assert "discarded_weight" not in outcome.usage


def chain(n: int) -> Ising:
    from problems.binary.quadratic import QuadraticForm

    first = np.arange(n - 1)
    return Ising(QuadraticForm(np.zeros(n), first, first + 1, np.ones(n - 1)))


def reference_of_a_chain(n: int, beta: float, gamma: float) -> float:
    """One layer of QAOA on an open chain sees two neighbours: inner bonds are those of a chain of seven."""

    def total(k: int) -> float:
        ansatz = QaoaAnsatz(chain(k), 1)
        return reference(ansatz, (ansatz.cost,), np.array([[beta, gamma]]))[0][0]

    inner = total(7) - total(6)
    return total(6) + (n - 6) * inner


@pytest.mark.parametrize(
    "name", ["cp", "crx", "cry", "crz", "cu", "rx", "p", "u", "rzz", "rzx", "ryy", "mcp"]
)
def test_free_angles_of_every_gate_are_filled_in(name):
    angles = [Parameter(letter) for letter in "abcd"]
    circuit = QuantumCircuit(3)
    for qubit in range(3):
        circuit.ry(0.4 + 0.3 * qubit, qubit)
    if name == "mcp":
        circuit.mcp(-angles[0], [0, 1], 2)
    else:
        gate = get_standard_gate_name_mapping()[name]
        gate = type(gate)(*(2 * angle for angle in angles[: len(gate.params)]))
        circuit.append(gate, list(range(gate.num_qubits)))
    ansatz, observables = CircuitAnsatz(circuit), (random_sum(3, 1), random_sum(3, 5), Ising.random(3))
    parameters = np.random.default_rng(4).normal(size=(3, ansatz.num_parameters))
    means = Aer().submit(Expectation(ansatz, observables, parameters)).result().mean
    np.testing.assert_allclose(means, reference(ansatz, observables, parameters), rtol=1e-9, atol=1e-9)
