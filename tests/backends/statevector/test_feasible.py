"""Listed states, dense and sparse mixers among them, and Pauli sums seen from a subspace."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.quantum_info import Statevector as QiskitState
from scipy.sparse import csr_array, random_array

from backends import (
    Expectation,
    FeasibleMixer,
    FeasibleStart,
    GroverMixer,
    PlusStart,
    QaoaAnsatz,
    Sampling,
    SparseRows,
    Statevector,
    XYMixer,
)
from backends.circuits import circuit_of
from problems import BackendError, ProblemError
from problems.binary import Qubo
from problems.ground_state import PauliSum
from problems.storage import digest, load, save


def listed(n: int, count: int, seed: int):
    rng = np.random.default_rng(seed)
    chosen = rng.choice(1 << n, count, replace=False)
    states = (chosen[:, None] >> np.arange(n) & 1).astype(np.uint8)
    matrix = random_array((count, count), density=0.3, rng=rng)
    return states, csr_array(matrix + matrix.T)


def random_paulis(n: int, seed: int, letters: str = "IXYZ") -> PauliSum:
    rng = np.random.default_rng(seed)
    return PauliSum(n, tuple("".join(rng.choice(list(letters), n)) for _ in range(40)), rng.normal(size=40))


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 999), count=st.integers(1, 16), beta=st.floats(-40, 40))
def test_a_sparse_mixer_does_what_the_dense_one_does(seed, count, beta):
    states, matrix = listed(4, count, seed)
    cost, row = Qubo.random(4, seed=seed, magnitude=3).ising, np.array([[beta, 0.3, 0.2, -0.4]])
    dense, sparse = (QaoaAnsatz(cost, 2, FeasibleMixer(states, m)) for m in (matrix.toarray(), matrix))
    np.testing.assert_allclose(
        Statevector().state(sparse, row[0]), Statevector().state(dense, row[0]), atol=1e-11
    )
    one, two = (
        Statevector().run(Expectation(ansatz, (cost, random_paulis(4, seed)), row, gradient=True))
        for ansatz in (dense, sparse)
    )
    np.testing.assert_allclose(two.mean, one.mean, atol=1e-10)
    np.testing.assert_allclose(two.gradient, one.gradient, atol=1e-8)


@pytest.mark.parametrize("letters", ["IXYZ", "IZ"])
def test_pauli_sums_among_listed_states_are_those_of_the_full_space(letters):
    states, matrix = listed(5, 12, 3)
    ansatz = QaoaAnsatz(Qubo.random(5, seed=1).ising, 1, FeasibleMixer(states, matrix))
    row, paulis = np.array([0.4, 0.02]), random_paulis(5, 2, letters)
    state = Statevector().state(ansatz, row)
    found = Statevector().run(Expectation(ansatz, (paulis,), row[None]))
    assert found.mean[0, 0] == pytest.approx(np.vdot(state, paulis.matrix() @ state).real, abs=1e-12)
    bits = (np.arange(32)[:, None] >> np.arange(5) & 1).astype(np.uint8)
    np.testing.assert_allclose(Statevector().probabilities(ansatz, row, bits), np.abs(state) ** 2, atol=1e-14)


def test_a_share_of_a_diagonal_sum_among_listed_states():
    states, matrix = listed(5, 12, 3)
    cost = Qubo.random(5, seed=1).ising
    ansatz, row = QaoaAnsatz(cost, 1, FeasibleMixer(states, matrix)), np.array([[0.4, 0.02]])
    work = Expectation(ansatz, (cost, PauliSum.from_ising(cost)), row, gradient=True, share=0.3)
    found = Statevector().run(work)
    assert found.mean[0, 0] == pytest.approx(found.mean[0, 1], abs=1e-10)
    np.testing.assert_allclose(found.gradient[0, 0], found.gradient[0, 1], atol=1e-9)


def test_wide_listings_need_no_full_space(tmp_path):
    n = 80  # one excitation hops along a chain, exactly by its eigenvectors
    states = np.eye(n, dtype=np.uint8)
    chain = csr_array(np.eye(n, k=1) + np.eye(n, k=-1))
    cost = Qubo.random(n, density=0.05, seed=1).ising
    ansatz, row = QaoaAnsatz(cost, 1, FeasibleMixer(states, chain)), np.array([[0.7, 0.01]])
    values, vectors = np.linalg.eigh(chain.toarray())
    energies = cost.energies(1 - 2 * states.astype(np.int8))
    start = np.exp(-1j * row[0, 1] * energies) / np.sqrt(n)
    weights = np.abs(vectors @ (np.exp(-1j * row[0, 0] * values) * (vectors.T @ start))) ** 2
    found = Statevector().run(Expectation(ansatz, (cost,), row)).mean[0, 0]
    assert found == pytest.approx(weights @ energies, rel=1e-10)
    drawn = Statevector().run(Sampling(ansatz, row, 500, seed=1)).bits[0]
    assert np.all(drawn.sum(axis=1) == 1)
    save(ansatz, tmp_path / "ansatz.npz")
    assert digest(load(tmp_path / "ansatz.npz")) == digest(ansatz)
    with pytest.raises(BackendError, match="80 qubits"):
        Statevector().state(ansatz, row[0])


@settings(deadline=None, max_examples=10)
@given(seed=st.integers(0, 999), free=st.booleans())
def test_pauli_sums_in_the_one_hot_subspace_are_those_of_the_full_space(seed, free):
    blocks = ((0, 3, 4), (1, 2)) if free else ((0, 3, 4), (1, 2, 5))
    rng = np.random.default_rng(seed)
    cost = Qubo.random(6, seed=seed, magnitude=3).ising
    ansatz = QaoaAnsatz(cost, 2, XYMixer(blocks), XYMixer(blocks).start())
    rows = rng.uniform(-1, 1, (2, 4))
    observables = (random_paulis(6, seed), random_paulis(6, seed + 1, "IZ"))
    work = Expectation(ansatz, observables, rows, gradient=True)
    inside, outside = Statevector(subspace="require").run(work), Statevector(subspace="off").run(work)
    np.testing.assert_allclose(inside.mean, outside.mean, atol=1e-10)
    np.testing.assert_allclose(inside.gradient, outside.gradient, atol=1e-9)


def test_exchange_in_wide_blocks_needs_no_full_space():
    blocks = tuple((3 * b, 3 * b + 1, 3 * b + 2) for b in range(12))  # 36 qubits, 3^12 states
    cost = Qubo.random(36, density=0.1, seed=1).ising
    ansatz = QaoaAnsatz(cost, 1, XYMixer(blocks))
    hop = PauliSum(36, ("XX" + "I" * 34, "YY" + "I" * 34, "X" + "I" * 35), np.array([0.5, 0.5, 7.0]))
    # at rest a block is a W state: ⟨|10⟩⟨01| + |01⟩⟨10|⟩ is 2/3, and a single flip leads out of the subspace
    found = Statevector().run(Expectation(ansatz, (hop,), np.zeros((1, 2))))
    assert found.mean[0, 0] == pytest.approx(2 / 3, abs=1e-12)


def test_a_listed_start_serves_other_mixers_and_circuits():
    states, _ = listed(3, 3, 1)
    for mixer in (GroverMixer(), XYMixer(((0, 1, 2),))):
        ansatz = QaoaAnsatz(Qubo.random(3, seed=2).ising, 1, mixer, FeasibleStart(states))
        row = np.array([0.4, 0.3])
        ours = Statevector(subspace="off").state(ansatz, row)
        theirs = QiskitState(circuit_of(ansatz).assign_parameters(ansatz.angles(row[None])[0])).data
        assert abs(np.vdot(ours, theirs)) == pytest.approx(1, abs=1e-10)


def test_other_starts_and_wrong_matrices_are_refused():
    states, matrix = listed(3, 4, 1)
    ansatz = QaoaAnsatz(Qubo.random(3).ising, 1, FeasibleMixer(states, matrix), PlusStart())
    with pytest.raises(BackendError, match="leave the start to it"):
        Statevector().submit(Sampling(ansatz, np.zeros((1, 2))))
    lopsided = csr_array(np.triu(np.ones((4, 4))))
    for wrong, named in (
        (lopsided, "transpose"),
        (csr_array(np.ones((3, 3))), "shape"),
        (1j * matrix, "real"),
    ):
        with pytest.raises(ProblemError, match=named):
            FeasibleMixer(states, wrong)


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 999), size=st.integers(1, 9))
def test_rows_keep_the_matrix_and_bound_its_spectrum(seed, size):
    rng = np.random.default_rng(seed)
    matrix = random_array((size, size), density=0.4, rng=rng)
    matrix = csr_array(matrix + matrix.T)
    rows = SparseRows.of(matrix)
    np.testing.assert_array_equal(rows.dense(), matrix.toarray())
    low, high = rows.interval()
    spectrum = np.linalg.eigvalsh(matrix.toarray())
    assert low - 1e-12 <= spectrum[0]
    assert spectrum[-1] <= high + 1e-12
    assert rows.asymmetry() == 0
    with pytest.raises(ProblemError, match="columns"):
        SparseRows(np.array([0, 2]), np.array([0, 0]), np.ones(2))
