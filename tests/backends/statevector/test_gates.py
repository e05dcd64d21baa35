"""Gate kernels against dense matrices, at every width, placement and way through memory."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.primitives import StatevectorEstimator
from scipy.stats import chisquare

from backends import Expectation, Sampling, Statevector
from backends.circuits import circuit_of, operator_of
from backends.statevector import circuit_kernels, gate_kernels, gate_tiles, gates, pauli_kernels
from backends.statevector.circuit_batch import CircuitBatch, pack
from backends.statevector.gates import GateSimulator, bytes_needed
from problems.binary import Qubo
from problems.binary.qubo import Ising
from problems.errors import BackendError
from problems.ground_state import Gate, GateSequence, PauliSum

KINDS = ("h", "rx", "ry", "rz", "cx", "cz")


def random_circuit(n: int, count: int, seed: int) -> GateSequence:
    """Gates of all kinds; rotations free, shared, scaled and fixed."""
    rng = np.random.default_rng(seed)
    drawn, parameters = [], 0
    for kind in rng.choice(KINDS if n > 1 else KINDS[:4], count):
        qubits = tuple(rng.permutation(n)[: 2 if kind in ("cx", "cz") else 1].tolist())
        if kind not in ("rx", "ry", "rz"):
            drawn.append(Gate(kind, qubits))
        elif rng.random() < 0.2:
            drawn.append(Gate(kind, qubits, None, float(rng.normal())))
        else:
            place = int(rng.integers(parameters + 1)) if rng.random() < 0.4 else parameters
            parameters = max(parameters, place + 1)
            drawn.append(Gate(kind, qubits, place, float(rng.normal()), float(rng.normal())))
    return GateSequence(n, tuple(drawn))


def random_sum(n: int, seed: int, count: int = 12) -> PauliSum:
    """Strings of all letters: no symmetry between qubits, odd numbers of Ys too."""
    rng = np.random.default_rng(seed)
    strings = tuple("".join(rng.choice(list("IXYZ"), n)) for _ in range(count))
    return PauliSum(n, strings, rng.normal(size=count))


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("kind", KINDS)
def test_every_gate_at_every_place_is_its_matrix(kind, n):
    rng = np.random.default_rng(n)
    prepare = [Gate(k, (q,), None, float(rng.normal())) for k in ("rx", "ry", "rz") for q in range(n)]
    prepare += [Gate("cx", (q, q + 1)) for q in range(n - 1)]
    for q in range(n):
        for r in range(n):
            if (q == r) != (kind in ("h", "rx", "ry", "rz")):
                continue
            angle = 0.0 if kind in ("h", "cx", "cz") else 1.234
            gate = Gate(kind, (q,) if q == r else (q, r), None, angle)
            circuit = GateSequence(n, (*prepare, gate))
            np.testing.assert_allclose(GateSimulator(circuit).state(np.empty(0)), circuit.state(), atol=1e-14)


@settings(deadline=None, max_examples=40)
@given(n=st.integers(1, 7), count=st.integers(0, 40), seed=st.integers(0, 1000))
def test_states_and_means_are_those_of_dense_matrices(n, count, seed):
    circuit, observable = random_circuit(n, count, seed), random_sum(n, seed)
    row = np.random.default_rng(seed).normal(size=circuit.num_parameters) * 3
    simulator, state = GateSimulator(circuit), circuit.state(row)
    np.testing.assert_allclose(simulator.state(row), state, rtol=0, atol=1e-12)
    ising = Ising(Qubo.random(n, seed=seed).form.on_spins())
    means, none = simulator.expectations(row[None], (observable, ising))
    assert none is None
    diagonal = PauliSum.from_ising(ising).expectation(state)
    np.testing.assert_allclose(means, [[observable.expectation(state), diagonal]], rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("n", [2, 4, 6])
def test_means_are_those_of_the_estimator_on_unsymmetric_observables(n):
    circuit = random_circuit(n, 40, n)
    observable = PauliSum(
        n, ("X" + "I" * (n - 1), "I" * (n - 1) + "Z", "Y" * (n - 1) + "Z"), [0.3, -1.1, 0.7]
    )
    rows = np.random.default_rng(n).normal(size=(3, circuit.num_parameters))
    pub = circuit_of(circuit), operator_of(observable), circuit.angles(rows)
    theirs = StatevectorEstimator().run([pub]).result()[0].data.evs  # pyright: ignore
    ours, _ = GateSimulator(circuit).expectations(rows, (observable,))
    np.testing.assert_allclose(ours[:, 0], theirs, rtol=0, atol=1e-10)


def _by_passes(monkeypatch, tile: int) -> None:
    monkeypatch.setattr(gates, "RESIDENT", 0)
    passes_of = gate_tiles.passes_of
    monkeypatch.setattr(gate_tiles, "passes_of", lambda *circuit: passes_of(*circuit, tile))


@pytest.fixture(params=[None, 5, 7])
def way(request, monkeypatch):
    """The whole state at once, or passes with tiles of that many qubits."""
    if request.param is not None:
        _by_passes(monkeypatch, request.param)
    return request.param


@pytest.mark.parametrize("n", [1, 2, 3, 6, 9])
def test_gradients_are_central_differences_in_every_parameter(way, n):
    circuit, observables = random_circuit(n, 40, n), (random_sum(n, n), Ising.random(n, seed=1))
    row = np.random.default_rng(n).normal(size=circuit.num_parameters)
    simulator, step = GateSimulator(circuit), 1e-5
    means, slopes = simulator.expectations(np.stack([row, row + 0.1]), observables, gradient=True)
    shifts = step * np.concatenate([np.eye(len(row)), -np.eye(len(row))])
    ends, _ = simulator.expectations(row + shifts, observables)
    difference = (ends[: len(row)] - ends[len(row) :]) / (2 * step)
    assert slopes.shape == (2, 2, len(row))
    np.testing.assert_allclose(slopes[0].T, difference, rtol=1e-7, atol=1e-7)
    np.testing.assert_allclose(means[0], simulator.expectations(row[None], observables)[0][0], atol=1e-12)


def test_gradients_are_parameter_shifts(way):
    rng, n = np.random.default_rng(3), 8
    kinds = rng.choice(["rx", "ry", "rz"], 30)
    drawn = [Gate("h", (q,)) for q in range(n)]
    for k, kind in enumerate(kinds):
        drawn += [Gate(kind, (int(rng.integers(n)),), k), Gate("cx", tuple(rng.permutation(n)[:2].tolist()))]
    circuit, observable = GateSequence(n, tuple(drawn)), random_sum(n, 4)
    row = rng.normal(size=30)
    shifts = np.pi / 2 * np.concatenate([np.eye(30), -np.eye(30)])
    simulator = GateSimulator(circuit)
    ends = simulator.expectations(row + shifts, (observable,))[0][:, 0]
    slopes = simulator.expectations(row[None], (observable,), gradient=True)[1]
    np.testing.assert_allclose(slopes[0, 0], (ends[:30] - ends[30:]) / 2, rtol=0, atol=1e-10)
    assert np.count_nonzero(np.abs(slopes) > 1e-3) > 15


def test_a_shared_parameter_has_the_sum_of_the_slopes_times_their_factors():
    free = [Gate("ry", (q,), q) for q in range(3)]
    entangle = [Gate("cx", (0, 1)), Gate("cz", (1, 2))]
    apart = GateSequence(3, (*free, *entangle, *(Gate("rx", (q,), 3 + q) for q in range(3))))
    factors = [0.5, -2.0, 1.0, 1.5, 1.0, -1.0]
    angles, sources = [0.1, 0.0, 0.2, -0.4, 0.0, 0.3], [0, 1, 0, 1, 1, 0]
    turns = [g for g in apart.gates if g.parameter is not None]
    tied = [
        Gate(g.kind, g.qubits, s, a, f) for g, s, a, f in zip(turns, sources, angles, factors, strict=True)
    ]
    together, row = GateSequence(3, (*tied[:3], *entangle, *tied[3:])), np.array([0.7, -0.3])
    observable = random_sum(3, 1)
    each = GateSimulator(apart).expectations(
        row[sources][None] * factors + angles, (observable,), gradient=True
    )[1][0, 0]
    slopes = GateSimulator(together).expectations(row[None], (observable,), gradient=True)[1][0, 0]
    np.testing.assert_allclose(slopes, np.bincount(sources, each * factors), atol=1e-13)


@pytest.mark.parametrize("n", [7, 10, 12])
@pytest.mark.parametrize("tile", [4, 5, 8])
def test_passes_give_the_state_of_the_gates_in_order(monkeypatch, n, tile):
    _by_passes(monkeypatch, tile)
    circuit = random_circuit(n, 60, n)
    row = np.random.default_rng(n).normal(size=circuit.num_parameters)
    np.testing.assert_allclose(GateSimulator(circuit).state(row), circuit.state(row), rtol=0, atol=1e-12)


def test_passes_gather_gates_and_keep_the_order_on_every_qubit():
    circuit = random_circuit(16, 200, 1)
    gates_of, turns_of = pack((circuit,))
    passes, written = gate_tiles.passes_of(gates_of[0], turns_of[0], 16), []
    for k, qubits in enumerate(passes.qubits):
        for gate in passes.gates[passes.bounds[k] : passes.bounds[k + 1]]:
            written.append((int(gate[0]), int(qubits[gate[1]]), int(qubits[gate[2]]), int(gate[3])))
    told = [
        (gate_kernels.KINDS[g.kind], g.qubits[0], g.qubits[-1], -1 if g.parameter is None else g.parameter)
        for g in circuit.gates
    ]
    for q in range(16):
        assert [g for g in written if q in g[1:3]] == [g for g in told if q in g[1:3]]
    assert len(passes.qubits) < 20


def test_a_wide_state_goes_by_passes_and_agrees_with_the_gates_one_by_one(monkeypatch):
    circuit, observables = random_circuit(15, 40, 5), (random_sum(15, 2), Ising.random(15, seed=3))
    rows = np.random.default_rng(5).normal(size=(2, circuit.num_parameters))
    by_passes = GateSimulator(circuit).expectations(rows, observables, gradient=True)
    monkeypatch.setattr(gates, "RESIDENT", 15)
    one_by_one = GateSimulator(circuit).expectations(rows, observables, gradient=True)
    for ours, theirs in zip(by_passes, one_by_one, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-11, atol=1e-11)


def test_angles_near_and_far_keep_their_cosines():
    angles = np.concatenate([np.linspace(-20, 20, 999), np.arange(-8, 9) * np.pi / 2, [1e4, -9.9e4]])
    for shown in (angles, np.append(angles, [3e5, -1e12])):
        lines, turns = np.zeros((len(shown), 4), dtype=np.int64), np.zeros((len(shown), 2))
        lines[:, 3], turns[:, 1] = -1, shown
        cosines, sines = np.empty(len(shown)), np.empty(len(shown))
        circuit_kernels.fill_half_turns(lines, turns, np.empty(0), cosines, sines)
        np.testing.assert_allclose(cosines, np.cos(shown / 2), rtol=0, atol=4e-16)
        np.testing.assert_allclose(sines, np.sin(shown / 2), rtol=0, atol=4e-16)


def test_the_norm_survives_thousands_of_gates():
    circuit = random_circuit(6, 3000, 2)
    row = np.random.default_rng(0).normal(size=circuit.num_parameters)
    assert np.linalg.norm(GateSimulator(circuit).state(row)) == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("n", [1, 4, 9])
def test_samples_follow_the_state(n):
    circuit, shots = random_circuit(n, 30, 7), 20_000
    row = np.random.default_rng(1).normal(size=circuit.num_parameters)
    bits = Statevector().submit(Sampling(circuit, row[None], shots, seed=2)).result().bits[0]
    counts = np.bincount(bits @ (1 << np.arange(n)), minlength=1 << n)
    expected = shots * np.abs(circuit.state(row)) ** 2
    assert not counts[expected < 1e-20].any()
    common = expected > 5  # the chi-square approximation needs it
    if np.count_nonzero(common) > 1:
        scale = counts[common].sum() / expected[common].sum()
        assert chisquare(counts[common], expected[common] * scale).pvalue > 1e-4
    again = Statevector().submit(Sampling(circuit, np.stack([row, row]), shots, seed=2)).result().bits
    np.testing.assert_array_equal(again[0], bits)
    assert n == 1 or not np.array_equal(again[0], again[1])


@pytest.mark.parametrize("share", [0.2, 0.7])
def test_a_share_of_the_lowest_outcomes_has_the_slope_of_its_value(share):
    circuit, ising = random_circuit(4, 30, 11), Ising.random(4, seed=2)
    row, step = np.random.default_rng(2).normal(size=circuit.num_parameters), 1e-6
    simulator = GateSimulator(circuit)
    _, slopes = simulator.expectations(row[None], (ising,), True, share)
    shifts = step * np.concatenate([np.eye(len(row)), -np.eye(len(row))])
    ends, _ = simulator.expectations(row + shifts, (ising,), False, share)
    difference = (ends[: len(row), 0] - ends[len(row) :, 0]) / (2 * step)
    np.testing.assert_allclose(slopes[0, 0], difference, rtol=1e-5, atol=1e-5)


def test_nothing_compiles_again_for_another_width_or_circuit():
    def signatures() -> list[int]:
        compiled = (
            circuit_kernels.energies, circuit_kernels.energies_and_gradients, gate_tiles.run_passes,
            gate_tiles.pull_back_passes, pauli_kernels.weigh, pauli_kernels.fill_table,
        )  # fmt: skip
        return [len(kernel.signatures) for kernel in compiled]

    def use(n: int, count: int, rows: int, read_only: bool = False) -> None:
        circuit, observables = random_circuit(n, count, n), (random_sum(n, n), Ising.random(n, seed=1))
        simulator = GateSimulator(circuit)
        drawn = np.random.default_rng(0).normal(size=(rows, circuit.num_parameters))
        drawn.setflags(write=not read_only)
        simulator.expectations(drawn, observables)
        simulator.expectations(drawn, observables, True)
        for row in drawn:
            simulator.state(row)
            simulator.expectations(row[None], (Ising.random(n),), True, 0.5)
        if n < 10:
            batch = CircuitBatch((circuit, circuit))
            batch.energies_and_gradients(drawn[[0, 0]] if rows else np.zeros((2, 40)), observables[0])

    use(15, 20, 1)
    use(4, 20, 2)
    before = signatures()
    assert max(before) == 1
    for n in (1, 2, 3, 5, 9, 16):
        use(n, 10 + n, 2, read_only=n % 2 == 1)
    use(6, 12, 0)
    use(6, 0, 3, read_only=True)
    assert signatures() == before


def test_what_is_too_wide_is_refused_with_its_bytes():
    wide = GateSequence(40, (Gate("rx", (0,), 0), Gate("cx", (0, 39))))
    for gradient, needed in ((False, 32 << 40), (True, 40 << 40)):
        work = Expectation(wide, (PauliSum(40, ("Z" * 40,), [1.0]),), np.zeros((1, 1)), gradient=gradient)
        with pytest.raises(BackendError, match=f"40 qubits need {needed:,} bytes"):
            Statevector().submit(work)
    assert bytes_needed(20, True, 3) > bytes_needed(20, True, 1) > bytes_needed(20, False, 1)
