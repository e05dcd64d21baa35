"""Engines against Qiskit's reference: random costs, mixers, starts and circuits, all shapes of batches."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.quantum_info import Statevector as QiskitState

from backends import (
    Aer,
    DickeStart,
    Expectation,
    GroverMixer,
    OneHotStart,
    PennyLane,
    ProductStart,
    QaoaAnsatz,
    Statevector,
    TermMixer,
    WarmStartMixer,
    XMixer,
    XYMixer,
)
from backends.circuits import circuit_of, operator_of
from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Ising
from tests.backends.test_statevector import random_ansatz, random_sum

ENGINES = {"statevector": Statevector(), "aer": Aer(), "pennylane": PennyLane()}


def random_qaoa(seed: int) -> QaoaAnsatz:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 6))
    matrix = np.triu(rng.normal(size=(n, n)) * (rng.random((n, n)) < 0.7))
    cost = Ising(QuadraticForm.from_matrix(matrix, offset=rng.normal()).on_spins())
    block = (tuple(rng.permutation(n)[: int(rng.integers(2, n + 1))].tolist()),)
    unitary = rng.normal(size=(4, 4)) + 1j * rng.normal(size=(4, 4))
    mixers = [
        XMixer(), XYMixer(block), XYMixer(block, "complete"), GroverMixer(),
        WarmStartMixer(rng.uniform(0.1, 0.9, n)), TermMixer((((1, 0), unitary + unitary.conj().T),)),
    ]  # fmt: skip
    starts = [None, OneHotStart(block), DickeStart(int(rng.integers(n + 1))), ProductStart(rng.random(n))]
    mixer, start = mixers[int(rng.integers(6))], starts[int(rng.integers(4))]
    return QaoaAnsatz(cost, int(rng.integers(1, 4)), mixer, start)


@pytest.mark.parametrize("engine", ENGINES)
@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10_000), rows=st.sampled_from([0, 1, 2, 5]), observables=st.integers(0, 3))
def test_values_are_those_of_the_reference(engine, seed, rows, observables):
    kind = ("qaoa", "qaoa", "gates", "circuit")[seed % 4]
    ansatz = random_qaoa(seed) if kind == "qaoa" else random_ansatz(kind, 1 + seed % 4, seed)
    n, rng = ansatz.num_qubits, np.random.default_rng(seed)
    asked = (random_sum(n, seed), Ising.random(n, seed=seed), random_sum(n, seed + 1))[:observables]
    parameters = rng.uniform(-4, 4, (rows, ansatz.num_parameters))
    found = ENGINES[engine].submit(Expectation(ansatz, asked, parameters)).result()
    assert found.mean.shape == found.error.shape == (rows, observables)
    for row, mean in zip(parameters, found.mean, strict=True):
        state = QiskitState(circuit_of(ansatz).assign_parameters(ansatz.angles(row[None])[0]))
        exact = [state.expectation_value(operator_of(observable)).real for observable in asked]
        np.testing.assert_allclose(mean, exact, atol=1e-10, rtol=1e-10)
