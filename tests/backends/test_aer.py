import pickle

import numpy as np
import pytest
from qiskit.primitives import StatevectorEstimator
from scipy.stats import chisquare

from backends import Aer, Expectation, QaoaAnsatz, Sampling, Statevector
from backends.circuits import circuit_of, operator_of
from problems import BackendError, ProblemError
from problems.binary.qubo import Ising, Qubo
from problems.ground_state import Gate, GateSequence
from tests.backends.test_statevector import random_ansatz, random_sum


@pytest.mark.parametrize("kind", ["qaoa", "gates", "circuit"])
@pytest.mark.parametrize("method", ["statevector", "matrix_product_state", "density_matrix"])
def test_expectations_are_those_of_the_embedded_simulator(kind, method):
    ansatz = random_ansatz(kind, 4, 7)
    parameters = np.random.default_rng(1).normal(size=(2, ansatz.num_parameters))
    work = Expectation(ansatz, (random_sum(4, 2), Ising(Qubo.random(4, seed=1).form.on_spins())), parameters)
    ours, theirs = (backend.submit(work).result().mean for backend in (Statevector(), Aer(method=method)))
    np.testing.assert_allclose(theirs, ours, rtol=1e-10, atol=1e-10)


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


def test_column_k_is_qubit_k_however_wide():
    for n, method in ((3, "statevector"), (63, "matrix_product_state")):
        flip = GateSequence(n, (Gate("rx", (1,), angle=np.pi),))
        bits = Aer(method=method).submit(Sampling(flip, np.zeros((1, 0)), shots=2)).result().bits
        assert bits.dtype == np.uint8
        np.testing.assert_array_equal(bits, np.broadcast_to(np.arange(n) == 1, (1, 2, n)))


def test_samples_follow_the_same_distribution_column_by_column():
    ansatz = QaoaAnsatz(Qubo.random(4, seed=3, magnitude=3).ising, 2)
    work = Sampling(ansatz, np.array([[-0.4, -0.2, 0.3, 0.5]]), shots=8000, seed=1)
    ours, theirs = (
        np.bincount(backend.submit(work).result().bits[0] @ (1 << np.arange(4)), minlength=16)
        for backend in (Statevector(), Aer())
    )
    common = ours > 20
    expected = ours[common] * theirs[common].sum() / ours[common].sum()
    assert chisquare(theirs[common], expected).pvalue > 1e-6  # both are samples, so the statistic is doubled


def test_rows_draw_apart_and_seeds_repeat():
    ansatz = random_ansatz("qaoa", 6, 1)
    work = Sampling(ansatz, np.full((2, ansatz.num_parameters), 0.3), 40, seed=4)
    first, second = (Aer().submit(work).result().bits for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first[0], first[1])
    alone = Aer().submit(Sampling(ansatz, work.parameters[:1], 40, seed=4)).result().bits
    np.testing.assert_array_equal(alone[0], first[0])


def test_precision_adds_the_noise_of_the_embedded_simulator():
    ansatz = random_ansatz("qaoa", 3, 1)
    work = Expectation(ansatz, (ansatz.cost,), np.zeros((4, ansatz.num_parameters)), precision=0.1, seed=2)
    ours, theirs = (backend.submit(work).result() for backend in (Statevector(), Aer()))
    np.testing.assert_allclose(theirs.mean, ours.mean, atol=1e-10)
    np.testing.assert_array_equal(theirs.error, ours.error)


def test_an_empty_population_has_an_empty_outcome():
    ansatz = random_ansatz("qaoa", 3, 1)
    none = np.zeros((0, ansatz.num_parameters))
    assert Aer().submit(Expectation(ansatz, (ansatz.cost,), none)).result().mean.shape == (0, 1)
    assert Aer().submit(Sampling(ansatz, none, 7)).result().bits.shape == (0, 7, 3)


def test_one_transpilation_serves_all_weights(monkeypatch):
    import backends.aer

    calls = []
    real = backends.aer.transpile
    monkeypatch.setattr(backends.aer, "transpile", lambda *a, **k: calls.append(1) or real(*a, **k))
    backend = Aer()
    for seed in range(3):
        ansatz = QaoaAnsatz(Qubo.random(4, seed=seed, magnitude=1000).ising, 1)
        backend.submit(Expectation(ansatz, (ansatz.cost,), np.zeros((1, 2)))).result()
    assert len(calls) == 1


def test_charges_equal_the_estimate_and_survive_a_pickle():
    ansatz = random_ansatz("qaoa", 4, 1)
    work = Sampling(ansatz, np.zeros((2, ansatz.num_parameters)), 5)
    backend = Aer()
    assert backend.submit(work).result().usage == backend.estimate(work)
    assert pickle.loads(pickle.dumps(backend)) == backend


def test_what_it_cannot_take_is_said():
    ansatz = QaoaAnsatz(Ising.random(4), 1)
    with pytest.raises(BackendError, match="gradient"):
        Aer().submit(Expectation(ansatz, (ansatz.cost,), np.zeros((1, 2)), gradient=True))
    with pytest.raises(BackendError, match="80 qubits"):
        Aer().submit(Sampling(QaoaAnsatz(Ising.random(80), 1), np.zeros((1, 2))))
    with pytest.raises(ProblemError, match="method"):
        Aer(method="tea_leaves")
