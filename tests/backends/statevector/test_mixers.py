"""Every mixer and start: our simulators against Qiskit's circuits, subspaces against the whole."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.quantum_info import Statevector as QiskitStatevector
from scipy.linalg import expm

from backends import (
    Aer,
    DickeStart,
    Expectation,
    FeasibleMixer,
    GroverMixer,
    OneHotStart,
    PlusStart,
    ProductStart,
    QaoaAnsatz,
    Sampling,
    Statevector,
    TermMixer,
    WarmStartMixer,
    XMixer,
    XYMixer,
)
from backends.circuits import circuit_of
from backends.statevector.starts import start_state
from problems.binary import MixerEncoding, Qubo, TravellingSalesman
from problems.errors import BackendError, ProblemError
from problems.ground_state import PauliSum

N = 6
BLOCKS = ((0, 2, 4), (5, 1))
ODD = ((4, 1, 3, 0, 2),)
RNG = np.random.default_rng(7)
PROBABILITIES = RNG.uniform(0.1, 0.9, N)
HERMITIAN = RNG.normal(size=(4, 4)) + 1j * RNG.normal(size=(4, 4))
HERMITIAN = HERMITIAN + HERMITIAN.conj().T
MIXERS = {
    "ring": (XYMixer(BLOCKS), None),
    "odd ring": (XYMixer(ODD), None),
    "complete": (XYMixer(ODD, "complete"), None),
    "ring of ones": (XYMixer((tuple(range(N)),)), DickeStart(3)),
    "grover": (GroverMixer(), None),
    "grover in blocks": (GroverMixer(), OneHotStart(BLOCKS)),
    "grover on a weight": (GroverMixer(), DickeStart(2)),
    "warm": (WarmStartMixer(PROBABILITIES), None),
    "x from a product": (XMixer(), ProductStart(PROBABILITIES)),
    "terms": (TermMixer((((1,), np.array([[0.3, 1j], [-1j, -0.2]])), ((4, 2), HERMITIAN))), PlusStart()),
}


def ansatz_of(name: str, layers: int = 2, multi: bool = False) -> QaoaAnsatz:
    mixer, start = MIXERS[name]
    return QaoaAnsatz(Qubo.random(N, seed=3, magnitude=3).ising, layers, mixer, start, multi)


def qiskit_state(ansatz, row):
    circuit = circuit_of(ansatz)
    return np.asarray(QiskitStatevector(circuit.assign_parameters(ansatz.angles(row[None])[0])).data)


def up_to_phase(state, other):
    overlap = np.vdot(state, other)
    return state * overlap / abs(overlap)


@pytest.mark.parametrize("name", MIXERS)
def test_states_are_those_of_the_circuit(name):
    ansatz = ansatz_of(name)
    row = np.random.default_rng(1).uniform(-2, 2, 4)
    ours, theirs = Statevector().state(ansatz, row), qiskit_state(ansatz, row)
    np.testing.assert_allclose(up_to_phase(ours, theirs), theirs, atol=1e-10)


@pytest.mark.parametrize("name", MIXERS)
def test_gradients_are_central_differences_for_every_parameter(name):
    ansatz = ansatz_of(name)
    paulis = PauliSum(N, ("XXIIII", "IYIZII", "IIIIZZ"), np.array([0.7, -0.4, 1.1]))
    observables = (ansatz.cost, paulis)
    row = np.random.default_rng(2).uniform(-1, 1, 4)
    slopes = Statevector().run(Expectation(ansatz, observables, row[None], gradient=True)).gradient[0]
    for j in range(4):
        ends = []
        for sign in (1, -1):
            moved = row.copy()
            moved[j] += sign * 1e-5
            ends.append(Statevector().run(Expectation(ansatz, observables, moved[None])).mean[0])
        np.testing.assert_allclose(slopes[:, j], (ends[0] - ends[1]) / 2e-5, atol=1e-5)


@pytest.mark.parametrize("name", ["ring", "odd ring", "complete", "grover in blocks"])
def test_the_subspace_is_the_whole_space(name):
    ansatz = ansatz_of(name)
    rows = np.random.default_rng(3).uniform(-2, 2, (3, 4))
    inside, outside = Statevector(subspace="require"), Statevector(subspace="off")
    np.testing.assert_allclose(inside.state(ansatz, rows[0]), outside.state(ansatz, rows[0]), atol=1e-12)
    diagonal = PauliSum(N, ("ZZIIII", "IIIIII", "IZIIIZ"), np.array([0.7, 0.2, 1.1]))
    other = PauliSum(N, ("XXIIII", "IYIYII"), np.array([0.7, -0.4]))
    for share, observables in ((1.0, (ansatz.cost, diagonal, other)), (0.3, (ansatz.cost, diagonal))):
        work = Expectation(ansatz, observables, rows, gradient=True, share=share)
        one, two = inside.run(work), outside.run(work)
        np.testing.assert_allclose(one.mean, two.mean, atol=1e-11)
        np.testing.assert_allclose(one.gradient, two.gradient, atol=1e-10)
    bits = (np.arange(64)[:, None] >> np.arange(N) & 1).astype(np.uint8)
    np.testing.assert_allclose(
        inside.probabilities(ansatz, rows[0], bits), outside.probabilities(ansatz, rows[0], bits), atol=1e-12
    )


def test_samples_of_the_subspace_follow_its_distribution():
    ansatz, row = ansatz_of("ring"), np.array([[-0.6, -0.2, 0.3, 0.5]])
    work = Sampling(ansatz, row, 50_000, seed=4)
    bits = Statevector(subspace="require").run(work).bits[0]
    assert np.all(bits[:, list(BLOCKS[0])].sum(axis=1) == 1)
    probability = np.abs(Statevector().state(ansatz, row[0])) ** 2
    counts = np.bincount(bits @ (1 << np.arange(N)), minlength=64)
    often = probability * 50_000 > 5
    distance = np.sum((counts - 50_000 * probability)[often] ** 2 / (50_000 * probability[often]))
    assert abs(distance - often.sum()) < 6 * np.sqrt(2 * often.sum())


def test_a_tour_is_simulated_in_its_states_alone():
    program = TravellingSalesman.random(4, seed=2).program
    qubo = MixerEncoding().encode(program).problem
    ansatz = QaoaAnsatz(qubo.ising, 3, XYMixer(qubo.one_hot))
    row = np.array([-0.5, -0.3, -0.1, 0.001, 0.002, 0.003])
    inside, outside = (Statevector(subspace=mode).state(ansatz, row) for mode in ("require", "off"))
    np.testing.assert_allclose(inside, outside, atol=1e-12)
    assert np.count_nonzero(np.abs(outside) > 1e-14) <= 27


def test_many_blocks_never_see_the_full_space():
    blocks = tuple(tuple(range(7 * b, 7 * b + 7)) for b in range(5))  # 35 qubits, 7^5 states
    cost = Qubo.random(35, density=0.2, seed=1).ising
    ansatz = QaoaAnsatz(cost, 1, XYMixer(blocks))
    row = np.array([[0.0, 0.4]])
    mean = Statevector().submit(Expectation(ansatz, (cost,), row)).result().mean[0, 0]
    chosen = Statevector().run(Sampling(ansatz, row, 20_000, seed=1)).bits[0]
    spread = cost.energies(1 - 2 * chosen.astype(np.int8))
    assert mean == pytest.approx(spread.mean(), abs=5 * spread.std() / np.sqrt(20_000))
    with pytest.raises(BackendError, match="35 qubits"):
        Statevector(subspace="off").submit(Expectation(ansatz, (cost,), row))


@settings(max_examples=10)
@given(seed=st.integers(0, 100))
def test_a_listed_set_mixes_by_its_own_hamiltonian(seed):
    rng = np.random.default_rng(seed)
    states = (rng.choice(32, 9, replace=False)[:, None] >> np.arange(5) & 1).astype(np.uint8)
    matrix = rng.normal(size=(9, 9))
    matrix = matrix + matrix.T
    cost = Qubo.random(5, seed=seed, magnitude=3).ising
    ansatz = QaoaAnsatz(cost, 2, FeasibleMixer(states, matrix))
    row = rng.uniform(-1, 1, 4)
    energies = cost.energies(1 - 2 * states.astype(np.int8)) - cost.form.offset
    state = np.full(9, 1 / 3, dtype=complex)
    for layer in range(2):
        state = expm(-1j * row[layer] * matrix) @ (np.exp(-1j * row[2 + layer] * energies) * state)
    full = Statevector().state(ansatz, row)
    np.testing.assert_allclose(full[states.astype(int) @ (1 << np.arange(5))], state, atol=1e-12)
    work = Expectation(ansatz, (cost,), row[None], gradient=True)
    outcome = Statevector().run(work)
    assert outcome.mean[0, 0] == pytest.approx(np.abs(state) ** 2 @ (energies + cost.form.offset))
    for j in range(4):
        step = np.zeros(4)
        step[j] = 1e-6
        ends = [
            Statevector().run(Expectation(ansatz, (cost,), (row + s * step)[None])).mean[0, 0]
            for s in (1, -1)
        ]
        assert outcome.gradient[0, 0, j] == pytest.approx((ends[0] - ends[1]) / 2e-6, abs=1e-5)


@pytest.mark.parametrize("multi", [False, True])
def test_circuits_of_the_x_mixer_share_one_structure_over_weights(multi):
    one, two = (QaoaAnsatz(Qubo.random(4, seed=s, magnitude=50).ising, 2, multi_angle=multi) for s in (1, 2))
    assert one.structure == two.structure
    row = np.random.default_rng(0).uniform(-1, 1, one.num_parameters)
    theirs = qiskit_state(one, row)
    np.testing.assert_allclose(up_to_phase(Statevector().state(one, row), theirs), theirs, atol=1e-10)


@pytest.mark.parametrize("weight", range(6))
def test_dicke_circuits_are_uniform_over_their_weight(weight):
    ansatz = QaoaAnsatz(Qubo.random(5).ising, 1, GroverMixer(), DickeStart(weight))
    state = qiskit_state(ansatz, np.zeros(2))
    np.testing.assert_allclose(
        up_to_phase(state, start_state(DickeStart(weight), 5)), start_state(DickeStart(weight), 5), atol=1e-12
    )


def test_aer_runs_the_same_circuits():
    ansatz, row = ansatz_of("ring", layers=1), np.array([[-0.4, 0.3]])
    work = Expectation(ansatz, (ansatz.cost,), row)
    assert Aer().run(work).mean[0, 0] == pytest.approx(Statevector().run(work).mean[0, 0], abs=1e-10)


@pytest.mark.parametrize("sites", range(2, 9))
def test_rings_take_each_bond_once_and_complete_graphs_each_pair(sites):
    ring = {tuple(sorted(bond)) for bond in XYMixer((tuple(range(sites)),)).bonds(sites)}
    assert ring == {tuple(sorted((k, (k + 1) % sites))) for k in range(sites)}
    pairs = XYMixer((tuple(range(sites)),), "complete").bonds(sites)
    assert len(pairs) == len(set(pairs)) == sites * (sites - 1) // 2


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: XYMixer(((0, 1), (1, 2))), "disjoint"),
        (lambda: XYMixer(((0,),)), "at least two"),
        (lambda: XYMixer(((0, 1),), "star"), "graph"),
        (lambda: QaoaAnsatz(Qubo.random(3).ising, 1, XYMixer(((0, 7),))), "7"),
        (lambda: WarmStartMixer(np.array([0.5, 1.5])), r"probabilities\[1\]"),
        (
            lambda: QaoaAnsatz(Qubo.random(3).ising, 1, WarmStartMixer(np.full(2, 0.5))),
            "number of probabilities",
        ),
        (lambda: TermMixer((((0,), np.array([[0, 1], [2, 0]])),)), "Hermitian"),
        (lambda: QaoaAnsatz(Qubo.random(3).ising, 1, GroverMixer(), DickeStart(4)), "weight"),
        (lambda: FeasibleMixer(np.array([[0, 1], [0, 1]]), np.eye(2)), "twice"),
        (lambda: QaoaAnsatz(Qubo.random(3).ising, 1, XYMixer(((0, 1),)), multi_angle=True), "multi_angle"),
    ],
)
def test_bad_mixers_are_named(build, message):
    with pytest.raises(ProblemError, match=message):
        build()


def test_a_mixer_that_leaves_the_subspace_is_refused_in_a_sentence():
    ansatz = QaoaAnsatz(Qubo.random(N).ising, 1, XMixer(), OneHotStart(BLOCKS))
    with pytest.raises(BackendError, match="leaves the one-hot subspace"):
        Statevector(subspace="require").submit(Expectation(ansatz, (ansatz.cost,), np.zeros((1, 2))))
    with pytest.raises(ProblemError, match="subspace"):
        Statevector(subspace="maybe")
