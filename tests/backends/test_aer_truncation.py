"""Truncated matrix product states: what was discarded is said, and never passed off as exact."""

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import Statevector as QiskitStatevector

from backends import Aer, CircuitAnsatz, Expectation, QaoaAnsatz, Sampling
from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Ising
from problems.ground_state import PauliSum


def ring(n: int) -> Ising:
    first = np.arange(n)
    second = (first + 1) % n
    return Ising(QuadraticForm(np.zeros(n), np.minimum(first, second), np.maximum(first, second), np.ones(n)))


ANSATZ = QaoaAnsatz(ring(10), 2)
ROWS = np.array([[-0.5, -0.3, 0.4, 0.7], [-0.2, -0.6, 0.5, 0.3]])
WORK = Expectation(ANSATZ, (ANSATZ.cost,), ROWS)


def truncated(bond: int | None = 2, threshold: float = 1e-16) -> Aer:
    return Aer(method="matrix_product_state", max_bond_dimension=bond, truncation_threshold=threshold)


def test_a_narrow_state_says_what_it_lost_and_is_not_exact():
    narrow, exact = truncated().submit(WORK).result(), Aer().submit(WORK).result().mean
    assert np.all(abs(narrow.mean - exact) > 1e-3)
    assert narrow.usage["discarded_weight"] > 1e-2
    assert truncated().noisy
    assert not Aer(method="matrix_product_state").noisy


def test_a_wide_state_loses_nothing():
    wide = truncated(32).submit(WORK).result()
    np.testing.assert_allclose(wide.mean, Aer().submit(WORK).result().mean, atol=1e-8)
    assert wide.usage["discarded_weight"] < 1e-12
    assert truncated(32).noisy  # a limit may bite at other angles


def test_the_weight_of_a_single_cut_is_the_smaller_schmidt_coefficient_squared():
    angle = 0.7
    circuit = QuantumCircuit(2)
    circuit.ry(angle, 0)
    circuit.cx(0, 1)
    ansatz, zz = CircuitAnsatz(circuit), PauliSum(2, ("ZI",), np.ones(1))
    outcome = truncated(1).submit(Expectation(ansatz, (zz,), np.zeros((1, 0)))).result()
    assert outcome.usage["discarded_weight"] == pytest.approx(math.sin(angle / 2) ** 2, rel=1e-5)
    assert outcome.mean[0, 0] == pytest.approx(1.0)  # |00> alone is left


def test_one_cut_leaves_the_overlap_that_its_weight_says():
    rng = np.random.default_rng(5)
    circuit = QuantumCircuit(4)
    for layer in range(2):
        for qubit in range(4):
            circuit.ry(rng.normal(), qubit)
        if layer == 0:
            circuit.cx(0, 1)
            circuit.cx(2, 3)
    circuit.cx(1, 2)
    circuit.rxx(0.9, 1, 2)
    ansatz = CircuitAnsatz(circuit)
    projector = QiskitStatevector(circuit)
    outcome = truncated(1).submit(Expectation(ansatz, (identity(4),), np.zeros((1, 0)))).result()
    largest = np.linalg.svd(projector.data.reshape(4, 4), compute_uv=False)[0] ** 2
    assert largest < 1
    assert outcome.usage["discarded_weight"] > 1 - largest - 1e-9  # no product of two halves is closer
    assert outcome.mean[0, 0] == pytest.approx(1.0)


def identity(n: int) -> PauliSum:
    return PauliSum(n, ("I" * n,), np.ones(1))


def test_a_coarse_threshold_is_a_truncation_too():
    outcome = truncated(None, 1e-2).submit(WORK).result()
    assert outcome.usage["discarded_weight"] > 1e-3


def test_weights_add_over_rows_and_do_not_depend_on_what_ran_before():
    backend = truncated()
    both = backend.submit(WORK).result()
    lone = [backend.submit(Expectation(ANSATZ, (ANSATZ.cost,), ROWS[k : k + 1])).result() for k in (0, 1)]
    total = sum(outcome.usage["discarded_weight"] for outcome in lone)
    assert both.usage["discarded_weight"] == pytest.approx(total, rel=1e-9)
    np.testing.assert_allclose(both.mean, np.concatenate([outcome.mean for outcome in lone]), atol=1e-12)


def test_threads_do_not_write_into_each_others_weights():
    alone = truncated().submit(WORK).result().usage["discarded_weight"]
    plain = Aer(method="matrix_product_state")
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit((truncated() if k % 2 else plain).run, WORK) for k in range(12)]
        usages = [job.result().usage for job in jobs]
    assert all("discarded_weight" not in usage for usage in usages[::2])
    np.testing.assert_allclose([usage["discarded_weight"] for usage in usages[1::2]], alone, rtol=1e-9)


def test_samples_say_it_too():
    outcome = truncated().submit(Sampling(ANSATZ, ROWS, 20, seed=1)).result()
    assert outcome.usage["discarded_weight"] == pytest.approx(
        truncated().submit(WORK).result().usage["discarded_weight"], rel=1e-6
    )
    assert outcome.bits.shape == (2, 20, 10)


def test_past_the_limit_of_the_log_the_weight_is_unknown(monkeypatch):
    monkeypatch.setattr("backends.aer.truncation.LOG_LIMIT", 1)
    truncated().submit(WORK).result()  # now the log holds more than one letter
    outcome = truncated().submit(WORK).result()
    assert math.isnan(outcome.usage["discarded_weight"])
    assert np.all(np.isfinite(outcome.mean))
