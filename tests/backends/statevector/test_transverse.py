"""The X mixer's kernels against a plain loop over dense phases and rotations, at every size and quadrant."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba.core import event

from backends import Expectation, QaoaAnsatz, Sampling, Statevector
from backends.statevector import drawing, transverse
from backends.statevector.kernels import energies_of
from backends.statevector.term_slopes import walsh_hadamard
from backends.statevector.transverse import TransverseSimulator
from problems.binary import MaxCut, Qubo
from problems.binary.qubo import Ising
from problems.ground_state import PauliSum


def by_hand(ansatz: QaoaAnsatz, row) -> np.ndarray:
    """The final state by dense phases and one rotation per qubit."""
    n, form = ansatz.num_qubits, ansatz.cost.form
    spins = 1.0 - 2.0 * (np.arange(1 << n)[:, None] >> np.arange(n) & 1)
    terms = [spins[:, q] for q in ansatz.fields]
    terms += [spins[:, i] * spins[:, j] for i, j in zip(form.first, form.second, strict=True)]
    terms = np.reshape(terms, (-1, 1 << n))
    betas, gammas = ansatz.split(np.asarray(row)[None])
    state = np.full(1 << n, 2 ** (-n / 2), dtype=complex)
    for beta, gamma in zip(betas[0], gammas[0], strict=True):
        state = state * np.exp(-1j * ((gamma * ansatz.weights) @ terms))
        for q, angle in enumerate(np.broadcast_to(beta, n)):
            pairs = state.reshape(-1, 2, 1 << q)
            a, b, c, s = pairs[:, 0], pairs[:, 1], np.cos(angle), np.sin(angle)
            state = np.stack([c * a - 1j * s * b, c * b - 1j * s * a], axis=1).reshape(-1)
    return state


def random_cost(n: int, seed: int) -> Ising:
    rng = np.random.default_rng(seed)
    return Qubo.from_matrix(np.triu(rng.normal(size=(n, n)))).ising


@pytest.fixture(params=["resident", "passes"])
def small_cache(request, monkeypatch):
    """Both ways through memory, the second one already from 12 qubits on."""
    if request.param == "passes":
        monkeypatch.setattr(transverse, "RESIDENT", 11)
    return request.param


def sizes(small_cache: str) -> tuple[int, ...]:
    return (1, 2, 3, 5, 8, 11, 12, 13) if small_cache == "resident" else (12, 13)


@pytest.mark.parametrize("multi", [False, True])
@pytest.mark.parametrize("layers", [1, 2, 3])
def test_states_values_and_gradients_are_those_of_the_plain_loop(small_cache, layers, multi):
    for n in sizes(small_cache):
        ansatz = QaoaAnsatz(random_cost(n, n), layers, multi_angle=multi)
        rng, energies = np.random.default_rng(n), energies_of(ansatz.cost.form)
        rows = rng.uniform(-4, 4, (3, ansatz.num_parameters))
        rows[0] *= 0.1
        if not multi:
            rows[1, :layers] = np.pi / 2
        simulator = TransverseSimulator(ansatz)
        means, _ = simulator.expectations(rows, (ansatz.cost,))
        again, slopes = simulator.expectations(rows, (ansatz.cost,), gradient=True)
        for k, row in enumerate(rows):
            state = by_hand(ansatz, row)
            np.testing.assert_allclose(simulator.state(row), state, atol=1e-12)
            assert means[k, 0] == pytest.approx(np.abs(state) ** 2 @ energies, abs=1e-11)
            assert again[k, 0] == pytest.approx(means[k, 0], abs=1e-12)
        chosen = (
            range(len(rows[2])) if len(rows[2]) < 30 and n < 9 else rng.choice(len(rows[2]), 2, replace=False)
        )
        for j in chosen:
            step = np.zeros(len(rows[2]))
            step[j] = 1e-5
            ends = [np.abs(by_hand(ansatz, rows[2] + sign * step)) ** 2 @ energies for sign in (1, -1)]
            assert slopes[2, 0, j] == pytest.approx((ends[0] - ends[1]) / 2e-5, abs=1e-6)


@pytest.mark.parametrize("n", [16, 17])
def test_passes_equal_the_resident_way_at_full_size(n, monkeypatch):
    ansatz = QaoaAnsatz(random_cost(n, 1), 3)
    row = np.random.default_rng(0).uniform(-1, 1, (1, 6))
    values, slopes = [], []
    for limit in (n, n - 1):
        monkeypatch.setattr(transverse, "RESIDENT", limit)
        mean, slope = TransverseSimulator(ansatz).expectations(row, (ansatz.cost,), gradient=True)
        values.append(mean)
        slopes.append(slope)
    np.testing.assert_allclose(values[0], values[1], rtol=1e-12)
    np.testing.assert_allclose(slopes[0], slopes[1], rtol=1e-9)


@pytest.mark.parametrize("m", [11, 12, 13])
def test_low_blocks_of_any_size_and_tiles_of_any_width_agree(m, monkeypatch):
    monkeypatch.setattr(transverse, "RESIDENT", 11)
    ansatz = QaoaAnsatz(random_cost(14, 2), 2)
    row = np.random.default_rng(0).uniform(-2, 2, (1, 4))
    expected = np.abs(by_hand(ansatz, row[0])) ** 2 @ energies_of(ansatz.cost.form)
    for columns in (3, 5, 6):
        simulator = TransverseSimulator(ansatz)
        simulator._low, simulator._columns = m, columns
        value, slope = simulator.expectations(row, (ansatz.cost,), gradient=True)
        assert value[0, 0] == pytest.approx(expected, abs=1e-11)
        plain = TransverseSimulator(ansatz).expectations(row, (ansatz.cost,), gradient=True)[1]
        np.testing.assert_allclose(slope, plain, atol=1e-9)


def test_other_observables_and_many_rows(small_cache):
    n = 12
    ansatz, other = QaoaAnsatz(random_cost(n, 3), 2), random_cost(n, 4)
    paulis = PauliSum(n, ("X" + "I" * (n - 1), "ZY" + "I" * (n - 2)), np.array([0.7, -0.4]))
    rows = np.random.default_rng(0).uniform(-2, 2, (70, 4))
    simulator = TransverseSimulator(ansatz)
    means, slopes = simulator.expectations(rows, (ansatz.cost, other), gradient=True)
    for k in (0, 69):
        weights = np.abs(by_hand(ansatz, rows[k])) ** 2
        assert means[k, 1] == pytest.approx(weights @ energies_of(other.form), abs=1e-10)
    mixed, turned = simulator.expectations(rows[:2], (paulis, other), gradient=True)
    np.testing.assert_allclose(mixed[:, 1], means[:2, 1], atol=1e-10)
    np.testing.assert_allclose(turned[:, 1], slopes[:2, 1], atol=1e-9)
    for j in range(4):
        step = np.zeros((1, 4))
        step[0, j] = 1e-5
        rise = [simulator.expectations(rows[:1] + s * step, (paulis,))[0][0, 0] for s in (1, -1)]
        assert turned[0, 0, j] == pytest.approx((rise[0] - rise[1]) / 2e-5, abs=1e-6)


@pytest.mark.parametrize("n", [3, 12, 17])
def test_singles_are_close_to_doubles(n):
    ansatz = QaoaAnsatz(random_cost(n, 5), 4)
    row = np.random.default_rng(1).uniform(-0.7, 0.7, (1, 8))
    double, slopes = TransverseSimulator(ansatz).expectations(row, (ansatz.cost,), gradient=True)
    single, rough = TransverseSimulator(ansatz, "single").expectations(row, (ansatz.cost,), gradient=True)
    scale = ansatz.cost.form.on_bits().spread_on_bits()
    assert single[0, 0] == pytest.approx(double[0, 0], abs=1e-4 * scale)
    np.testing.assert_allclose(rough, slopes, atol=1e-3 * np.abs(slopes).max())


def test_the_norm_holds_over_fifty_layers_and_no_phase_leaves_the_start():
    ansatz = QaoaAnsatz(random_cost(9, 1), 50)
    row = np.random.default_rng(0).uniform(-3, 3, 100)
    assert np.linalg.norm(Statevector().state(ansatz, row)) == pytest.approx(1, abs=1e-12)
    row[50:] = 0.0
    state = Statevector().state(ansatz, row)
    np.testing.assert_allclose(np.abs(state), 2 ** (-9 / 2), atol=1e-12)


@pytest.mark.parametrize("flipped", [False, True])
def test_shots_follow_the_distribution_and_their_seed_alone(flipped, small_cache):
    n = 6 if small_cache == "resident" else 12
    ansatz = QaoaAnsatz(random_cost(n, 7), 2)
    rows = np.array([[1.2 if flipped else -0.4, 0.3, 0.2, 0.5]] * 2)
    work = Sampling(ansatz, rows, 200_000, seed=5)
    bits = Statevector().run(work).bits
    probability = np.abs(by_hand(ansatz, rows[0])) ** 2
    counts = np.bincount(bits[0] @ (1 << np.arange(n)), minlength=1 << n)
    often = probability * 200_000 > 10
    distance = np.sum((counts - 200_000 * probability)[often] ** 2 / (200_000 * probability[often]))
    assert abs(distance - often.sum()) < 6 * np.sqrt(2 * often.sum())
    assert not np.array_equal(bits[0], bits[1])
    alone = Statevector().run(Sampling(ansatz, rows[:1], 200_000, seed=5)).bits
    np.testing.assert_array_equal(alone[0], bits[0])


def test_states_of_no_probability_are_never_drawn():
    real = np.zeros(1024)
    real[[0, 300, 1023]] = [0.6, 0.0, 0.8]
    drawn = drawing.shots(real, np.zeros(1024), 2000, [3])
    assert set(drawn.tolist()) == {0, 1023}


@given(st.lists(st.floats(-10, 10), min_size=8, max_size=8))
def test_the_transform_sums_with_the_signs_of_the_mask(values):
    transformed = np.array(values)
    walsh_hadamard(transformed)
    signs = [[(-1) ** bin(z & y).count("1") for y in range(8)] for z in range(8)]
    np.testing.assert_allclose(transformed, np.array(signs) @ values, atol=1e-9)


def test_nothing_is_compiled_again_for_another_instance():
    def use(n: int, layers: int, seed: int) -> None:
        ansatz = QaoaAnsatz(random_cost(n, seed), layers)
        rows = np.random.default_rng(seed).uniform(-2, 2, (seed, 2 * layers))
        Statevector().run(Expectation(ansatz, (ansatz.cost,), rows, gradient=True))
        Statevector().run(Expectation(ansatz, (ansatz.cost,), rows))

    use(5, 1, 1)
    use(17, 1, 1)
    with event.install_recorder("numba:compile") as seen:
        for n, layers, seed in ((6, 2, 2), (9, 3, 3), (13, 1, 2), (18, 2, 1)):
            use(n, layers, seed)
    assert not seen.buffer


@settings(max_examples=20)
@given(seed=st.integers(0, 1000))
def test_multi_angle_slopes_add_up_to_those_of_shared_angles(seed):
    cost = MaxCut.regular(3, 8, seed=seed).reduce((Ising,)).problem
    shared, many = QaoaAnsatz(cost, 2), QaoaAnsatz(cost, 2, multi_angle=True)
    row = np.random.default_rng(seed).uniform(-2, 2, 4)
    spread = np.concatenate([np.repeat(row[:2], 8), np.repeat(row[2:], many.num_terms)])
    one = TransverseSimulator(shared).expectations(row[None], (cost,), gradient=True)[1][0, 0]
    all_ = TransverseSimulator(many).expectations(spread[None], (cost,), gradient=True)[1][0, 0]
    sums = [*all_[:16].reshape(2, 8).sum(axis=1), *all_[16:].reshape(2, -1).sum(axis=1)]
    np.testing.assert_allclose(sums, one, atol=1e-9)
