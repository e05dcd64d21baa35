"""PennyLane's devices behind the door, against the embedded simulator and finite statistics."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.circuit import Parameter, QuantumCircuit
from scipy.stats import chisquare

from backends import (
    CircuitAnsatz,
    Expectation,
    FeasibleMixer,
    GroverMixer,
    QaoaAnsatz,
    Sampling,
    Statevector,
    TermMixer,
    WarmStartMixer,
    XMixer,
    XYMixer,
)
from backends.pennylane_backend import PennyLane
from problems import BackendError, ProblemError
from problems.binary.qubo import Ising
from problems.ground_state import Gate, GateSequence, PauliSum
from problems.storage import digest, load, save
from tests.backends.test_statevector import random_ansatz, random_sum

DEVICES = ("lightning.qubit", "default.qubit", "default.mixed", "reference.qubit")
PAULI_X = np.array([[0.0, 1.0], [1.0, 0.0]])
MIXERS = {
    "x": XMixer(), "xy": XYMixer(((0, 1, 2),)), "grover": GroverMixer(),
    "warm": WarmStartMixer(np.array([0.2, 0.5, 0.7, 0.4])),
    "terms": TermMixer((((0, 2), np.kron(PAULI_X, PAULI_X)), ((1,), PAULI_X), ((3,), PAULI_X))),
}  # fmt: skip


def ansatz_of(kind: str, n: int = 4):
    if kind in MIXERS:
        return QaoaAnsatz(Ising.random(n, seed=2), 2, MIXERS[kind])
    if kind == "multi-angle":
        return QaoaAnsatz(Ising.random(n, seed=2), 2, multi_angle=True)
    return random_ansatz(kind, n, 7)


def work_on(ansatz, rows: int = 2, **asked) -> Expectation:
    parameters = np.random.default_rng(1).normal(size=(rows, ansatz.num_parameters))
    n = ansatz.num_qubits
    identity = PauliSum(n, ("I" * n,), np.array([2.5]))
    observables = (random_sum(n, 2), Ising.random(n, seed=1), identity)
    return Expectation(ansatz, observables, parameters, **asked)


@pytest.mark.parametrize("kind", [*MIXERS, "multi-angle", "gates", "circuit"])
@pytest.mark.parametrize("device", ["lightning.qubit", "default.qubit"])
def test_values_and_gradients_are_those_of_the_embedded_simulator(kind, device):
    work = work_on(ansatz_of(kind), gradient=True)
    ours, theirs = (backend.submit(work).result() for backend in (Statevector(), PennyLane(device)))
    np.testing.assert_allclose(theirs.mean, ours.mean, atol=1e-10)
    np.testing.assert_allclose(theirs.gradient, ours.gradient, atol=1e-9)
    assert not theirs.error.any()


@pytest.mark.parametrize("device", ["default.mixed", "reference.qubit"])
def test_devices_without_an_adjoint_method_have_gradients_too(device):
    work = work_on(random_ansatz("gates", 3, 5), gradient=True)
    ours, theirs = (backend.submit(work).result() for backend in (Statevector(), PennyLane(device)))
    np.testing.assert_allclose(theirs.mean, ours.mean, atol=1e-10)
    np.testing.assert_allclose(theirs.gradient, ours.gradient, atol=1e-9)
    assert theirs.usage["circuits"] == 2 if device == "default.mixed" else theirs.usage["circuits"] > 2


@settings(deadline=None, max_examples=10)
@given(kind=st.sampled_from(["qaoa", "gates", "circuit"]), n=st.integers(1, 4), seed=st.integers(0, 99),
       device=st.sampled_from(DEVICES))  # fmt: skip
def test_values_of_random_circuits_are_those_of_the_embedded_simulator(kind, n, seed, device):
    work = work_on(random_ansatz(kind, n, seed), rows=3)
    ours, theirs = (backend.submit(work).result() for backend in (Statevector(), PennyLane(device)))
    np.testing.assert_allclose(theirs.mean, ours.mean, atol=1e-10)
    assert theirs.gradient is None


@pytest.mark.parametrize("device", ["lightning.qubit", "default.qubit"])
def test_angles_that_are_not_linear_have_exact_gradients(device):
    a, b = Parameter("b"), Parameter("a")  # the order of the names is not that of the gates
    circuit = QuantumCircuit(2)
    circuit.ry(a * b, 0)
    circuit.crx(a.sin() + b, 0, 1)
    circuit.rzz(b**2, 0, 1)
    circuit.u(a, b, a - b, 1)
    ansatz, observable = CircuitAnsatz(circuit), PauliSum(2, ("XY", "ZI"), np.array([1.0, 0.5]))
    row, backend = np.array([0.4, -1.1]), PennyLane(device)
    found = backend.submit(Expectation(ansatz, (observable,), row[None], gradient=True)).result()
    for k, step in enumerate(1e-5 * np.eye(2)):
        rows = np.array([row + step, row - step])
        high, low = Statevector().submit(Expectation(ansatz, (observable,), rows)).result().mean[:, 0]
        assert found.gradient[0, 0, k] == pytest.approx((high - low) / 2e-5, abs=1e-8)


def test_an_angle_without_a_derivative_refuses_gradients_alone():
    a, circuit = Parameter("a"), QuantumCircuit(1)
    circuit.rx(a.sign(), 0)
    work = {"ansatz": CircuitAnsatz(circuit), "observables": (PauliSum(1, ("Z",), np.ones(1)),)}
    backend, row = PennyLane(), np.array([[-2.0]])
    assert backend.submit(Expectation(**work, parameters=row)).result().mean[0, 0] == pytest.approx(np.cos(1))
    assert "sign" in backend.unsuitable(Expectation(**work, parameters=row, gradient=True))


@pytest.mark.parametrize("device", DEVICES)
def test_column_k_of_samples_is_qubit_k(device):
    flip = GateSequence(3, (Gate("rx", (1,), angle=np.pi),))
    for shots in (1, 4):
        bits = PennyLane(device).submit(Sampling(flip, np.zeros((2, 0)), shots)).result().bits
        assert bits.dtype == np.uint8
        np.testing.assert_array_equal(bits, np.broadcast_to([0, 1, 0], (2, shots, 3)))


@pytest.mark.parametrize("device", ["lightning.qubit", "default.qubit"])
def test_samples_follow_the_distribution(device):
    ansatz = ansatz_of("x")
    work = Sampling(ansatz, np.array([[-0.4, -0.2, 0.3, 0.5]]), shots=4000, seed=1)
    counts = np.bincount(PennyLane(device).submit(work).result().bits[0] @ (1 << np.arange(4)), minlength=16)
    expected = 4000 * np.abs(Statevector().state(ansatz, work.parameters[0])) ** 2
    common = expected > 5
    scaled = expected[common] * counts[common].sum() / expected[common].sum()
    assert chisquare(counts[common], scaled).pvalue > 1e-4


@pytest.mark.parametrize("device", DEVICES)
def test_rows_draw_apart_and_seeds_repeat(device):
    ansatz = random_ansatz("qaoa", 4, 1)
    work = Sampling(ansatz, np.full((2, ansatz.num_parameters), 0.3), 40, seed=4)
    first, second = (PennyLane(device).submit(work).result().bits for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first[0], first[1])
    alone = PennyLane(device).submit(Sampling(ansatz, work.parameters[:1], 40, seed=4)).result().bits
    np.testing.assert_array_equal(alone[0], first[0])
    other = PennyLane(device).submit(Sampling(ansatz, work.parameters, 40, seed=5)).result().bits
    assert not np.array_equal(other, first)


def test_precision_adds_the_noise_of_the_embedded_simulator():
    work = work_on(ansatz_of("x"), rows=3, precision=0.1, seed=2)
    ours, theirs = (backend.submit(work).result() for backend in (Statevector(), PennyLane()))
    np.testing.assert_allclose(theirs.mean, ours.mean, atol=1e-10)
    np.testing.assert_array_equal(theirs.error, ours.error)


@pytest.mark.parametrize("device", ["lightning.qubit", "default.qubit"])
def test_measured_values_scatter_by_the_error_they_report(device):
    backend, ansatz = PennyLane(device, estimation="shots"), random_ansatz("circuit", 3, 1)
    assert backend.noisy
    row = np.random.default_rng(0).normal(size=(1, ansatz.num_parameters))
    work = Expectation(
        ansatz, (random_sum(3, 4), Ising.random(3, seed=0)), np.tile(row, (20, 1)), 0.1, seed=3
    )
    exact = Statevector().submit(Expectation(ansatz, work.observables, row)).result().mean
    found = backend.submit(work).result()
    scores = (found.mean - exact) / found.error
    # 40 scores of unit variance: their mean square has standard deviation √(2/40), so 5 of them are 1.1
    assert abs(np.mean(scores**2) - 1) < 5 * np.sqrt(2 / scores.size)
    assert abs(scores.mean()) < 5 / np.sqrt(scores.size)
    assert 0.3 * work.precision < found.error.mean() < 3 * work.precision
    assert found.usage["shots"] == backend.estimate(work)["shots"] > 40
    again = backend.submit(work).result()
    np.testing.assert_array_equal(again.mean, found.mean)


def test_an_observable_of_the_identity_alone_needs_no_circuit():
    ansatz, identity = random_ansatz("qaoa", 3, 1), PauliSum(3, ("III",), np.array([2.5]))
    rows = np.zeros((2, ansatz.num_parameters))
    for backend in (PennyLane(), PennyLane("default.qubit"), PennyLane(estimation="shots")):
        work = Expectation(ansatz, (identity,), rows, precision=0.1 if backend.noisy else None)
        assert backend.submit(work).result().mean.tolist() == [[2.5], [2.5]]
    found = PennyLane().submit(Expectation(ansatz, (identity,), rows, gradient=True)).result()
    assert found.gradient.shape == (2, 1, ansatz.num_parameters)
    assert not found.gradient.any()


def test_an_empty_population_has_an_empty_outcome():
    ansatz = random_ansatz("qaoa", 3, 1)
    none, one = np.zeros((0, ansatz.num_parameters)), np.zeros((1, ansatz.num_parameters))
    for gradient in (False, True):
        work = Expectation(ansatz, (ansatz.cost,), none, gradient=gradient)
        assert PennyLane().submit(work).result().mean.shape == (0, 1)
        assert PennyLane().submit(Expectation(ansatz, (), one, gradient=gradient)).result().mean.shape == (
            1,
            0,
        )
    assert PennyLane().submit(Sampling(ansatz, none, 7)).result().bits.shape == (0, 7, 3)


def test_a_circuit_without_parameters_has_an_empty_gradient():
    bell = GateSequence(2, (Gate("h", (0,)), Gate("cx", (0, 1))))
    work = Expectation(bell, (PauliSum(2, ("XX", "ZI"), np.ones(2)),), np.zeros((1, 0)), gradient=True)
    for device in ("lightning.qubit", "default.qubit", "reference.qubit"):
        found = PennyLane(device).submit(work).result()
        assert found.mean[0, 0] == pytest.approx(1)
        assert found.gradient.shape == (1, 1, 0)


def test_one_translation_serves_all_weights(monkeypatch):
    import backends.pennylane_backend as module

    calls, real = [], module.pennylane_circuit
    monkeypatch.setattr(module, "pennylane_circuit", lambda circuit: calls.append(1) or real(circuit))
    backend = PennyLane()
    for scale in (1.0, 2.0):
        ansatz = QaoaAnsatz(Ising(Ising.random(3, seed=0).form.scaled(scale)) if hasattr(
            Ising.random(3, seed=0).form, "scaled") else Ising.random(3, seed=int(scale)))  # fmt: skip
        backend.submit(Expectation(ansatz, (ansatz.cost,), np.full((2, 2), 0.3))).result()
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("device", "named"),
    [
        ("lightning.gpu", "pennylane-lightning-gpu"),
        ("lightning.kokkos", "pennylane-lightning-kokkos"),
        ("qiskit.aer", "pennylane-qiskit"),
        ("null.qubit", "zero"),
        ("default.gaussian", "oscillators"),
        ("foo.bar", "lightning.qubit"),
    ],
)
def test_devices_that_are_not_there_are_refused_before_work_starts(device, named):
    work = work_on(random_ansatz("qaoa", 3, 1))
    with pytest.raises(BackendError, match=named):
        PennyLane(device).submit(work)


@pytest.mark.parametrize(("device", "module"), [("default.tensor", "quimb"), ("default.clifford", "stim")])
def test_packages_behind_a_device_are_named(device, module, monkeypatch):
    from backends.bridges import pennylane_devices

    monkeypatch.setattr(pennylane_devices, "find_spec", lambda name: None)
    pennylane_devices.device_refusal.cache_clear()
    try:
        assert f"pip install {module}" in pennylane_devices.device_refusal(device)
    finally:
        pennylane_devices.device_refusal.cache_clear()


def test_what_it_cannot_do_is_refused_with_a_sentence():
    ansatz, row = random_ansatz("qaoa", 3, 1), np.zeros((1, 4))
    measured = PennyLane(estimation="shots")
    work = Expectation(ansatz, (ansatz.cost,), row, precision=0.1, gradient=True)
    assert "gradients" in measured.unsuitable(work)
    assert "precision" in measured.unsuitable(Expectation(ansatz, (ansatz.cost,), row))
    assert "share" in PennyLane().unsuitable(Expectation(ansatz, (ansatz.cost,), row, share=0.3))
    states = np.eye(3, dtype=np.uint8)
    feasible = QaoaAnsatz(Ising.random(3, seed=0), 1, FeasibleMixer(states, np.ones((3, 3))))
    assert "FeasibleMixer" in PennyLane().unsuitable(Sampling(feasible, np.zeros((1, 2))))


@pytest.mark.parametrize("device", ["lightning.qubit", "default.qubit", "default.mixed"])
def test_what_does_not_fit_is_refused_before_it_is_translated(device, monkeypatch):
    monkeypatch.setattr("backends.pennylane_backend.pennylane_circuit", None)
    wide = GateSequence(60, (Gate("h", (0,)),))
    with pytest.raises(BackendError, match="60 qubits need"):
        PennyLane(device).submit(Sampling(wide, np.zeros((1, 0))))


def test_fields_are_checked():
    for wrong in ({"device": ""}, {"device": 3}, {"estimation": "guess"}, {"memory_share": 0.0}):
        with pytest.raises(ProblemError, match=next(iter(wrong))):
            PennyLane(**wrong)
    for options in ({"seed": 3}, {"wires": 2}, {"c_dtype": complex}, 7):
        with pytest.raises(ProblemError, match="options"):
            PennyLane(options=options)
    with pytest.raises(BackendError, match="does not start"):
        PennyLane(options={"no_such": 1}).submit(work_on(random_ansatz("qaoa", 3, 1)))


def test_options_reach_the_device_and_count_for_the_identity():
    work = work_on(random_ansatz("qaoa", 3, 1))
    with_option = PennyLane(options={"batch_obs": True})
    np.testing.assert_allclose(
        with_option.submit(work).result().mean, PennyLane().submit(work).result().mean, atol=1e-10
    )
    assert with_option.identity != PennyLane().identity == PennyLane(memory_share=0.5).identity


def test_it_is_built_from_a_name_and_travels(tmp_path):
    assert PennyLane.from_name("") == PennyLane("lightning.qubit")
    backend = PennyLane.from_name("default.qubit")
    backend.submit(work_on(random_ansatz("qaoa", 3, 1)))
    assert pickle.loads(pickle.dumps(backend)) == backend
    save(backend, tmp_path / "backend.npz")
    assert digest(load(tmp_path / "backend.npz")) == digest(backend)
    assert backend.local
    assert not PennyLane("ionq.qpu").local
