"""Batches of different circuits: equal to a loop over them, whatever the padding and the threads."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backends.circuits import circuit_of, operator_of
from backends.statevector import circuit_kernels
from backends.statevector.circuit_batch import CircuitArrays, CircuitBatch, circuit_gradients, pack
from backends.statevector.gates import GateSimulator
from backends.statevector.pauli_groups import PauliGroups
from problems.binary.qubo import Ising
from problems.errors import ProblemError
from problems.ground_state import Gate, GateSequence, PauliSum
from tests.backends.statevector.test_gates import random_circuit, random_sum
from tests.claims.table import INSTANCES


def batch_of(n: int, count: int, seed: int) -> tuple[list[GateSequence], list[np.ndarray]]:
    """Circuits of 0 to 30 gates and a row of parameters for each."""
    rng = np.random.default_rng(seed)
    circuits = [random_circuit(n, int(rng.integers(31)), seed + k) for k in range(count)]
    return circuits, [rng.normal(size=circuit.num_parameters) for circuit in circuits]


@settings(deadline=None, max_examples=25)
@given(n=st.integers(1, 7), count=st.integers(1, 9), seed=st.integers(0, 500))
def test_a_batch_is_a_loop_bit_for_bit(n, count, seed):
    circuits, rows = batch_of(n, count, seed)
    observable = random_sum(n, seed)
    batch = CircuitBatch(circuits)
    energies = batch.energies(rows, observable)
    means, slopes = batch.energies_and_gradients(rows, observable)
    for k, (circuit, row) in enumerate(zip(circuits, rows, strict=True)):
        alone, slope = GateSimulator(circuit).expectations(row[None], (observable,), gradient=True)
        assert energies[k] == means[k] == alone[0, 0]
        assert alone[0, 0] == pytest.approx(observable.expectation(circuit.state(row)), abs=1e-11)
        np.testing.assert_array_equal(slopes[k], slope[0, 0])


def test_padding_changes_nothing():
    circuits, rows = batch_of(5, 6, 1)
    observable = random_sum(5, 1)
    longest = random_circuit(5, 400, 9)
    plain = CircuitBatch(circuits).energies_and_gradients(rows, observable)
    padded = CircuitBatch([*circuits, longest]).energies_and_gradients(
        [*rows, np.zeros(longest.num_parameters)], observable
    )
    np.testing.assert_array_equal(padded[0][:6], plain[0])
    for ours, theirs in zip(padded[1], plain[1], strict=False):
        np.testing.assert_array_equal(ours, theirs)


def test_idle_lines_within_a_circuit_change_nothing():
    circuits, _ = batch_of(4, 3, 2)
    gates, turns = pack(circuits)
    rows = np.random.default_rng(0).normal(size=(3, max(c.num_parameters for c in circuits)))
    places = np.sort(np.random.default_rng(1).permutation(2 * gates.shape[1])[: gates.shape[1]])
    spread = CircuitArrays(
        np.zeros((3, 2 * gates.shape[1], 4), np.int64), np.zeros((3, 2 * gates.shape[1], 2))
    )
    spread.gates[:, :, 3] = -1
    spread.gates[:, places], spread.turns[:, places] = gates, turns
    groups = PauliGroups(4, (random_sum(4, 3),))
    which = np.array([2, 0, 1])
    ours = circuit_gradients(spread, which, rows, groups)
    theirs = circuit_gradients(CircuitArrays(gates, turns), which, rows, groups)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(a, b)


def test_rows_may_come_as_one_array_with_room_to_spare():
    circuits, rows = batch_of(3, 5, 4)
    widest = max(map(len, rows))
    array = np.full((5, widest + 2), 0.123)
    for k, row in enumerate(rows):
        array[k, : len(row)] = row
    batch, observable = CircuitBatch(circuits), random_sum(3, 4)
    for given_rows in (array, np.asfortranarray(array)):
        energies, slopes = batch.energies_and_gradients(given_rows, observable)
        expected = batch.energies_and_gradients(rows, observable)
        np.testing.assert_array_equal(energies, expected[0])
        for ours, theirs in zip(slopes, expected[1], strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_the_kernels_take_plain_arrays_and_angles_in_place_of_parameters():
    n, lines = 4, 12
    rng = np.random.default_rng(6)
    kinds = rng.integers(1, 4, lines)  # rx, ry, rz
    gates = np.zeros((1, lines, 4), dtype=np.int64)
    gates[0, :, 0], gates[0, :, 1], gates[0, :, 3] = kinds, rng.integers(n, size=lines), np.arange(lines)
    turns, angles = np.zeros((1, lines, 2)), rng.normal(size=(5, lines))
    turns[:, :, 0] = 1
    groups, means = PauliGroups(n, (random_sum(n, 6), Ising.random(n))), np.empty((5, 2))
    which = np.zeros(5, dtype=np.int64)
    circuit_kernels.energies(gates, turns, which, angles, 1 << n, *groups.arrays, 0, 5, means)
    names = ("rx", "ry", "rz")
    circuit = GateSequence(
        n, tuple(Gate(names[kind - 1], (int(q),), g) for g, (kind, q) in enumerate(gates[0, :, :2]))
    )
    np.testing.assert_array_equal(means, GateSimulator(circuit).expectations(angles, groups.observables)[0])


def test_threads_change_no_bit(monkeypatch):
    circuits, rows = batch_of(6, 11, 8)
    observable, batch = random_sum(6, 8), CircuitBatch(circuits)
    alone = batch.energies(rows, observable), *batch.energies_and_gradients(rows, observable)
    monkeypatch.setattr("backends.in_parts.PARALLEL_WORK", 0)
    monkeypatch.setattr("backends.in_parts.config.NUMBA_NUM_THREADS", 3)
    shared = batch.energies(rows, observable), *batch.energies_and_gradients(rows, observable)
    for ours, theirs in zip(shared[:2], alone[:2], strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(np.concatenate(shared[2]), np.concatenate(alone[2]))


def test_an_observable_may_be_made_ready_once():
    circuits, rows = batch_of(4, 3, 3)
    batch, first, second = CircuitBatch(circuits), random_sum(4, 1), Ising.random(4)
    for observable in (first, second, first):
        ready = PauliGroups(4, (observable,))
        np.testing.assert_array_equal(batch.energies(rows, ready), batch.energies(rows, observable))


@pytest.mark.parametrize(("molecule", "n"), [("LiH_4q_r3.4", 4), ("LiH_6q_r3.4", 6), ("H2O_8q_angstrom", 8)])
def test_energies_on_molecules_are_those_of_the_estimator(molecule, n):
    path = INSTANCES / "chem" / f"{molecule}.json"
    if not path.exists():
        pytest.skip(f"{path.name} is not at hand")
    from qiskit.primitives import StatevectorEstimator

    terms = json.loads(path.read_text())["terms"]
    observable = PauliSum(n, tuple(terms), np.array(list(terms.values())))
    circuits, rows = batch_of(n, 4, 5)
    pubs = [
        (circuit_of(c), operator_of(observable), c.angles(r[None])[0])
        for c, r in zip(circuits, rows, strict=True)
    ]
    theirs = [float(result.data.evs) for result in StatevectorEstimator().run(pubs).result()]  # pyright: ignore
    np.testing.assert_allclose(CircuitBatch(circuits).energies(rows, observable), theirs, rtol=0, atol=1e-10)


ONE = GateSequence(2, (Gate("rx", (0,), 0),))


@pytest.mark.parametrize(
    ("act", "named"),
    [
        (lambda b, h: CircuitBatch(()), "circuits is empty"),
        (lambda b, h: CircuitBatch((ONE, "rx")), r"circuits\[1\]"),
        (lambda b, h: CircuitBatch((ONE, GateSequence(3))), r"the width of circuits\[1\]"),
        (lambda b, h: CircuitBatch((GateSequence(15),)), "num_qubits.*at most 14.*Statevector"),
        (lambda b, h: b.energies([[0.1]], h), "the rows of parameters is 1"),
        (lambda b, h: b.energies([[0.1], []], h), r"the shape of parameters\[1\]"),
        (lambda b, h: b.energies(np.zeros((2, 0)), h), "the shape of parameters"),
        (lambda b, h: b.energies([[0.1], [np.nan]], h), r"parameters\[1\].*finite"),
        (lambda b, h: b.energies_and_gradients(np.array([[0.1], [np.inf]]), h), "finite"),
        (lambda b, h: b.energies([[0.1], [0.2]], random_sum(3, 1)), r"the width of observables\[0\]"),
        (lambda b, h: b.energies([[0.1], [0.2]], PauliGroups(3, (random_sum(3, 1),))), "the width of obs"),
        (lambda b, h: b.energies([[0.1], [0.2]], PauliGroups(2, (h, h))), "2 observables"),
        (lambda b, h: b.energies([[0.1], [0.2]], "ZZ"), r"observables\[0\]"),
    ],
)
def test_bad_input_is_named(act, named):
    with pytest.raises(ProblemError, match=named):
        act(CircuitBatch((ONE, ONE)), random_sum(2, 1))
