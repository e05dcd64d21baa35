"""The embedded simulator against Qiskit's reference, finite differences and statistics."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.circuit.library import efficient_su2
from qiskit.quantum_info import Statevector as QiskitStatevector
from scipy.stats import chisquare

from backends import CircuitAnsatz, Expectation, QaoaAnsatz, Sampling, Statevector
from backends.circuits import circuit_of, operator_of
from backends.statevector.kernels import energies_of
from problems import BackendError, ProblemError
from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Ising, Qubo
from problems.ground_state import Gate, GateSequence, PauliSum

SIMULATOR = Statevector()


def random_ansatz(kind: str, n: int, seed: int):
    rng = np.random.default_rng(seed)
    if kind == "qaoa":
        form = QuadraticForm.from_matrix(np.triu(rng.normal(size=(n, n))), offset=rng.normal()).on_spins()
        return QaoaAnsatz(Ising(form), layers=1 + seed % 3)
    if kind == "circuit":
        return CircuitAnsatz(efficient_su2(n, reps=1))
    gates, parameters = [], 0
    for _ in range(12):
        name = (
            str(rng.choice(["h", "rx", "ry", "rz", "cx", "cz"]))
            if n > 1
            else str(rng.choice(["h", "rx", "rz"]))
        )
        if name in ("cx", "cz"):
            gates.append(Gate(name, tuple(rng.choice(n, 2, replace=False).tolist())))
        elif name == "h":
            gates.append(Gate(name, (int(rng.integers(n)),)))
        else:
            shared = int(rng.integers(parameters + 1)) if parameters else 0
            parameters = max(parameters, shared + 1)
            gates.append(Gate(name, (int(rng.integers(n)),), shared, angle=float(rng.normal())))
    return GateSequence(n, tuple(gates))


def random_sum(n: int, seed: int) -> PauliSum:
    rng = np.random.default_rng(seed)
    return PauliSum(n, tuple("".join(rng.choice(list("IXYZ"), n)) for _ in range(5)), rng.normal(size=5))


def qiskit_state(ansatz, parameters):
    return QiskitStatevector(circuit_of(ansatz).assign_parameters(ansatz.angles(parameters[None])[0]))


@settings(deadline=None, max_examples=40)
@given(kind=st.sampled_from(["qaoa", "gates", "circuit"]), n=st.integers(1, 6), seed=st.integers(0, 500))
def test_expectations_are_those_of_qiskit(kind, n, seed):
    ansatz = random_ansatz(kind, n, seed)
    parameters = np.random.default_rng(seed).normal(size=(2, ansatz.num_parameters))
    ising = Ising(Qubo.random(n, seed=seed).form.on_spins())
    observables = (random_sum(n, seed), ising, PauliSum.from_ising(ising))
    ours = SIMULATOR.submit(Expectation(ansatz, observables, parameters)).result()
    for row in range(2):
        state = qiskit_state(ansatz, parameters[row])
        theirs = [state.expectation_value(operator_of(o)).real for o in observables]
        np.testing.assert_allclose(ours.mean[row], theirs, rtol=1e-10, atol=1e-10)
    assert not ours.error.any()


@pytest.mark.parametrize("n", [13, 14, 15])
def test_wide_states_agree_beyond_one_block(n):
    ansatz = random_ansatz("qaoa", n, 2)
    parameters = np.random.default_rng(1).normal(size=(1, ansatz.num_parameters)) / 5
    ours = SIMULATOR.submit(Expectation(ansatz, (ansatz.cost,), parameters)).result().mean[0, 0]
    theirs = np.sum(np.abs(qiskit_state(ansatz, parameters[0]).data) ** 2 * energies_of(ansatz.cost.form))
    assert ours == pytest.approx(theirs, abs=1e-10)


def test_pauli_sums_agree_beyond_one_block():
    ansatz, observable = random_ansatz("qaoa", 14, 3), random_sum(14, 1)
    parameters = np.random.default_rng(1).normal(size=(1, ansatz.num_parameters)) / 5
    ours = SIMULATOR.submit(Expectation(ansatz, (observable,), parameters)).result().mean[0, 0]
    theirs = qiskit_state(ansatz, parameters[0]).expectation_value(operator_of(observable)).real
    assert ours == pytest.approx(theirs, abs=1e-10)


def test_the_slow_reference_of_gate_sequences_agrees():
    for seed in range(5):
        ansatz, observable = random_ansatz("gates", 4, seed), random_sum(4, seed)
        row = np.random.default_rng(seed).normal(size=ansatz.num_parameters)
        ours = SIMULATOR.submit(Expectation(ansatz, (observable,), row[None])).result().mean[0, 0]
        assert ours == pytest.approx(observable.expectation(ansatz.state(row)), abs=1e-12)


def test_the_norm_survives_fifty_layers():
    ansatz = QaoaAnsatz(Qubo.random(6, seed=2).ising, 50)
    parameters = np.random.default_rng(0).normal(size=(1, 100))
    mean = SIMULATOR.submit(Expectation(ansatz, (PauliSum(6, ("I" * 6,), [1.0]),), parameters)).result().mean
    assert mean[0, 0] == pytest.approx(1.0, abs=1e-12)


def test_without_a_cost_layer_the_start_stays():
    ansatz = QaoaAnsatz(Qubo.random(3, seed=2).ising, 2)
    each = tuple(PauliSum(3, (string,), [1.0]) for string in ("XII", "IXI", "IIX"))
    mean = SIMULATOR.submit(Expectation(ansatz, each, [[0.4, 2.1, 0.0, 0.0]])).result().mean
    np.testing.assert_allclose(mean, 1.0, atol=1e-12)


def test_a_constant_shifts_the_mean_alone():
    form = random_ansatz("qaoa", 4, 2).cost.form
    moved = QuadraticForm(form.linear, form.first, form.second, form.coupling, form.offset + 5.0)
    means = [
        SIMULATOR.submit(Expectation(QaoaAnsatz(cost, 1), (cost,), [[-0.3, 0.4]])).result().mean[0, 0]
        for cost in (Ising(form), Ising(moved))
    ]
    assert means[1] - means[0] == pytest.approx(5.0, abs=1e-12)


@settings(deadline=None, max_examples=20)
@given(kind=st.sampled_from(["qaoa", "gates"]), n=st.integers(1, 5), seed=st.integers(0, 500))
def test_the_gradient_is_the_finite_difference_in_every_parameter(kind, n, seed):
    ansatz = random_ansatz(kind, n, seed)
    start = np.random.default_rng(seed).normal(size=ansatz.num_parameters)
    observables = (random_sum(n, seed), Ising(Qubo.random(n, magnitude=3, seed=seed).form.on_spins()))
    exact = SIMULATOR.submit(Expectation(ansatz, observables, start[None], gradient=True)).result()
    assert exact.gradient is not None
    step = 1e-5
    for p in range(ansatz.num_parameters):
        shift = np.zeros_like(start)
        shift[p] = step
        ends = SIMULATOR.submit(
            Expectation(ansatz, observables, np.stack([start + shift, start - shift]))
        ).result()
        difference = (ends.mean[0] - ends.mean[1]) / (2 * step)
        np.testing.assert_allclose(exact.gradient[0, :, p], difference, rtol=1e-5, atol=1e-5)


def test_the_gradient_agrees_beyond_one_block():
    ansatz = random_ansatz("qaoa", 13, 1)
    start = np.array([[-0.3, -0.2, 0.1, 0.15]])
    assert start.shape[1] == ansatz.num_parameters
    exact = SIMULATOR.submit(Expectation(ansatz, (ansatz.cost,), start, gradient=True)).result()
    shifts = 1e-5 * np.concatenate([np.eye(4), -np.eye(4)])
    ends = SIMULATOR.submit(Expectation(ansatz, (ansatz.cost,), start + shifts)).result().mean[:, 0]
    np.testing.assert_allclose(exact.gradient[0, 0], (ends[:4] - ends[4:]) / 2e-5, rtol=1e-6, atol=1e-6)


def test_energies_of_all_states_are_those_of_the_model():
    ising = Ising(Qubo.random(9, seed=4).form.on_spins())
    spins = 1 - 2 * ((np.arange(512)[:, None] >> np.arange(9)) & 1)
    np.testing.assert_array_equal(energies_of(ising.form), ising.energies(spins))


def test_minimising_takes_positive_gamma_and_negative_beta():
    biased = QaoaAnsatz(Qubo.from_matrix([[-1.0]]).ising, 1)  # the bit wants to be 1
    means = (
        SIMULATOR.submit(Expectation(biased, (biased.cost,), [[-0.5, 0.7], [0.5, 0.7]])).result().mean[:, 0]
    )
    assert means[0] < -0.5 < means[1]


def test_column_k_is_qubit_k():
    flip = GateSequence(3, (Gate("rx", (1,), angle=np.pi),))
    bits = SIMULATOR.submit(Sampling(flip, np.zeros((1, 0)), shots=5)).result().bits
    assert bits.dtype == np.uint8
    assert bits.tolist() == [[[0, 1, 0]] * 5]


def test_samples_follow_the_state():
    ansatz = random_ansatz("qaoa", 4, 5)
    parameters = np.random.default_rng(3).normal(size=(1, ansatz.num_parameters))
    shots = 20_000
    bits = SIMULATOR.submit(Sampling(ansatz, parameters, shots, seed=8)).result().bits[0]
    counts = np.bincount(bits @ (1 << np.arange(4)), minlength=16)
    expected = shots * np.abs(qiskit_state(ansatz, parameters[0]).data) ** 2
    common = expected > 5  # the chi-square approximation needs it
    scale = counts[common].sum() / expected[common].sum()
    assert chisquare(counts[common], expected[common] * scale).pvalue > 1e-4


def test_equal_seeds_draw_equal_shots_and_rows_differ():
    ansatz = random_ansatz("qaoa", 6, 1)
    row = np.full((1, ansatz.num_parameters), 0.3)
    batch = SIMULATOR.submit(Sampling(ansatz, np.repeat(row, 3, axis=0), 50, seed=4)).result().bits
    alone = SIMULATOR.submit(Sampling(ansatz, row, 50, seed=4)).result().bits
    other = SIMULATOR.submit(Sampling(ansatz, row, 50, seed=5)).result().bits
    np.testing.assert_array_equal(batch[0], alone[0])
    assert not np.array_equal(batch[0], batch[1])
    assert not np.array_equal(alone, other)


@pytest.mark.parametrize("kind", ["qaoa", "gates", "circuit"])
def test_a_row_alone_gives_the_bits_of_a_row_in_a_batch(kind):
    ansatz = random_ansatz(kind, 5, 3)
    rows = np.random.default_rng(0).normal(size=(3, ansatz.num_parameters))
    observables = (random_sum(5, 1), Ising.random(5))
    batch = SIMULATOR.submit(Expectation(ansatz, observables, rows)).result().mean
    for k in range(3):
        alone = SIMULATOR.submit(Expectation(ansatz, observables, rows[k : k + 1])).result().mean
        np.testing.assert_array_equal(alone[0], batch[k])


def test_an_empty_population_has_an_empty_outcome():
    ansatz = random_ansatz("qaoa", 3, 1)
    none = np.zeros((0, ansatz.num_parameters))
    assert SIMULATOR.submit(Expectation(ansatz, (ansatz.cost,), none)).result().mean.shape == (0, 1)
    assert SIMULATOR.submit(Sampling(ansatz, none, 7)).result().bits.shape == (0, 7, 3)


def test_precision_adds_noise_of_that_size_from_the_seed():
    ansatz = random_ansatz("qaoa", 3, 1)
    parameters = np.zeros((400, ansatz.num_parameters))
    exact = SIMULATOR.submit(Expectation(ansatz, (ansatz.cost,), parameters)).result().mean
    noisy = SIMULATOR.submit(Expectation(ansatz, (ansatz.cost,), parameters, precision=0.1, seed=2)).result()
    again = SIMULATOR.submit(Expectation(ansatz, (ansatz.cost,), parameters, precision=0.1, seed=2)).result()
    np.testing.assert_array_equal(noisy.mean, again.mean)
    assert np.all(noisy.error == 0.1)
    assert np.std(noisy.mean - exact) == pytest.approx(0.1, rel=0.15)  # four standard errors of 400 draws


@pytest.mark.parametrize("kind", ["qaoa", "gates", "circuit"])
def test_what_is_charged_is_what_was_estimated(kind):
    ansatz = random_ansatz(kind, 4, 3)
    parameters = np.zeros((3, ansatz.num_parameters))
    for work in (Sampling(ansatz, parameters, 7), Expectation(ansatz, (random_sum(4, 1),), parameters)):
        outcome = SIMULATOR.submit(work).result()
        assert outcome.usage == SIMULATOR.estimate(work)
        assert outcome.usage["circuits"] == 3
    assert SIMULATOR.estimate(Sampling(ansatz, parameters, 7))["shots"] == 21


def test_the_structure_stays_while_weights_move():
    first, second = (QaoaAnsatz(Qubo.random(5, seed=s, magnitude=50).ising, 2) for s in (1, 2))
    assert first.structure == second.structure
    assert first.structure != QaoaAnsatz(first.cost, 3).structure


def test_too_wide_a_state_is_refused_with_its_bytes_and_the_alternatives():
    wide, wider = (QaoaAnsatz(Ising.random(n, density=0.1), 1) for n in (45, 1100))
    with pytest.raises(BackendError, match=r"45 qubits need \d[\d,]* bytes .* matrix_product_state"):
        SIMULATOR.submit(Sampling(wide, np.zeros((1, 2))))
    with pytest.raises(BackendError, match=r"1100 qubits need over 2\^\d+ bytes"):
        SIMULATOR.submit(Sampling(wider, np.zeros((1, 2))))


def test_samples_count_towards_the_bytes():
    ansatz = random_ansatz("qaoa", 4, 1)
    many = Sampling(ansatz, np.zeros((1000, ansatz.num_parameters)), shots=10**12)
    with pytest.raises(BackendError, match="bytes"):
        SIMULATOR.submit(many)


def test_gradients_of_circuits_with_other_than_linear_angles_are_refused():
    first, second = Parameter("a"), Parameter("b")
    circuit = QuantumCircuit(2)
    circuit.rx(first * second, 0)
    ansatz = CircuitAnsatz(circuit)
    value = SIMULATOR.submit(Expectation(ansatz, (PauliSum(2, ("ZI",), np.ones(1)),), [[0.5, 0.6]])).result()
    assert value.mean[0, 0] == pytest.approx(np.cos(0.3))
    ask = Expectation(ansatz, (Ising.random(2),), np.zeros((1, 2)), gradient=True)
    with pytest.raises(BackendError, match="several parameters.*gradient-free"):
        SIMULATOR.submit(ask)


def test_a_stranger_among_the_circuits_is_refused():
    class Stranger:
        num_qubits, num_parameters, num_entangling, structure = 1, 0, 0, "strange"

        def angles(self, parameters):
            return parameters

    with pytest.raises(BackendError, match="knows no Stranger"):
        SIMULATOR.submit(Sampling(Stranger(), np.zeros((1, 0))))


@pytest.mark.parametrize(
    ("build", "named"),
    [
        (lambda a: Expectation(a, (a.cost,), np.zeros((1, 3))), "betas first"),
        (lambda a: Expectation(a, (a.cost,), [[np.nan, 0.0]]), r"parameters\[0, 0\]"),
        (lambda a: Expectation(a, (Ising.random(3),), np.zeros((1, 2))), r"width of observables\[0\]"),
        (lambda a: Expectation(a, (a.cost,), np.zeros((1, 2)), precision=0.0), "precision"),
        (lambda a: Sampling(a, np.zeros((1, 2)), shots=0), "shots"),
        (lambda a: Sampling(a, np.zeros((1, 2)), seed=-1), "seed"),
        (lambda a: Expectation(a, a.cost, np.zeros((1, 2))), "a tuple of observables"),
        (lambda a: Expectation(a, ("ZZZZ",), np.zeros((1, 2))), r"observables\[0\]"),
        (lambda a: Sampling(efficient_su2(2), np.zeros((1, 8))), r"CircuitAnsatz\(circuit\)"),
        (lambda a: QaoaAnsatz(a.cost, 1, mixer="xy"), "mixer"),
        (lambda a: QaoaAnsatz(a.cost, 0), "layers"),
        (lambda a: QaoaAnsatz(Qubo.random(3), 1), "ising"),
    ],
)
def test_bad_workloads_are_named(build, named):
    with pytest.raises(ProblemError, match=named):
        build(QaoaAnsatz(Ising.random(4), 1))
