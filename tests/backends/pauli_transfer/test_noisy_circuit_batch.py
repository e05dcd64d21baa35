"""Batches of different noisy circuits: equal to a loop over them, whatever the padding and the threads."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backends import Expectation
from backends.pauli_transfer import NoisyCircuitBatch, PauliTransfer, kernels
from problems.binary.qubo import Ising
from problems.errors import ProblemError
from problems.ground_state import Gate, GateSequence, PauliSum
from problems.ground_state.density import noisy_expectation
from problems.ground_state.noise import NoiseModel
from tests.backends.pauli_transfer.cases import HEAVY, noise_of, seeds
from tests.backends.statevector.test_gates import random_circuit, random_sum
from tests.claims.table import INSTANCES


def drawn(n: int, count: int, seed: int) -> tuple[list[GateSequence], list[np.ndarray]]:
    """Circuits of 0 to 30 gates and a row of parameters for each."""
    rng = np.random.default_rng(seed)
    circuits = [random_circuit(n, int(rng.integers(31)), seed + k) for k in range(count)]
    return circuits, [rng.normal(size=circuit.num_parameters) for circuit in circuits]


@settings(deadline=None, max_examples=20)
@given(n=st.integers(1, 5), count=st.integers(1, 7), seed=seeds())
def test_a_batch_is_a_loop_bit_for_bit(n, count, seed):
    circuits, rows = drawn(n, count, seed)
    noise, observable = noise_of(n, seed), random_sum(n, seed)
    together = NoisyCircuitBatch(circuits, noise)
    means, slopes = together.energies_and_gradients(rows, observable)
    np.testing.assert_array_equal(together.energies(rows, observable), means)
    for k, (circuit, row) in enumerate(zip(circuits, rows, strict=True)):
        work = Expectation(circuit, (observable,), row[None], gradient=True)
        alone: Any = PauliTransfer(noise).submit(work).result()
        assert means[k] == alone.mean[0, 0]
        assert means[k] == pytest.approx(noisy_expectation(circuit, observable, noise, row), abs=1e-10)
        np.testing.assert_array_equal(slopes[k], alone.gradient[0, 0])


def test_over_rotations_are_those_of_the_backend():
    circuits, rows = drawn(3, 4, 6)
    observable, excess = random_sum(3, 6), (0.05, -0.1, 0.2)
    found = NoisyCircuitBatch(circuits, HEAVY, excess).energies(rows, observable)
    for k, (circuit, row) in enumerate(zip(circuits, rows, strict=True)):
        work = Expectation(circuit, (observable,), row[None])
        alone: Any = PauliTransfer(HEAVY, excess).submit(work).result()
        assert found[k] == alone.mean[0, 0]


def test_padding_changes_nothing():
    circuits, rows = drawn(4, 6, 1)
    observable, longest = random_sum(4, 1), random_circuit(4, 300, 9)
    plain = NoisyCircuitBatch(circuits, HEAVY).energies_and_gradients(rows, observable)
    padded = NoisyCircuitBatch([*circuits, longest], HEAVY).energies_and_gradients(
        [*rows, np.zeros(longest.num_parameters)], observable
    )
    np.testing.assert_array_equal(padded[0][:6], plain[0])
    for ours, theirs in zip(padded[1], plain[1], strict=False):
        np.testing.assert_array_equal(ours, theirs)


def test_rows_may_come_as_one_array_with_room_to_spare():
    circuits, rows = drawn(3, 5, 4)
    array = np.full((5, max(map(len, rows)) + 2), 0.123)
    for k, row in enumerate(rows):
        array[k, : len(row)] = row
    together, observable = NoisyCircuitBatch(circuits, HEAVY), random_sum(3, 4)
    for given_rows in (array, np.asfortranarray(array)):
        np.testing.assert_array_equal(
            together.energies(given_rows, observable), together.energies(rows, observable)
        )


def test_threads_change_no_bit(monkeypatch):
    circuits, rows = drawn(4, 11, 8)
    observable, together = random_sum(4, 8), NoisyCircuitBatch(circuits, HEAVY)
    alone = together.energies(rows, observable), *together.energies_and_gradients(rows, observable)
    monkeypatch.setattr("backends.in_parts.PARALLEL_WORK", 0)
    monkeypatch.setattr("backends.in_parts.config.NUMBA_NUM_THREADS", 3)
    shared = together.energies(rows, observable), *together.energies_and_gradients(rows, observable)
    for ours, theirs in zip(shared[:2], alone[:2], strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(np.concatenate(shared[2]), np.concatenate(alone[2]))


def test_no_width_and_no_circuit_compiles_again():
    for n in (2, 3, 5):
        circuits, rows = drawn(n, 3, n)
        NoisyCircuitBatch(circuits, HEAVY).energies_and_gradients(rows, random_sum(n, n))
        NoisyCircuitBatch(circuits).energies(rows, Ising.random(n))
        compiled = len(kernels.energies.signatures), len(kernels.energies_and_gradients.signatures)
        assert compiled == (1, 1)


@pytest.mark.parametrize(("molecule", "n"), [("LiH_4q_r3.4", 4), ("LiH_6q_r3.4", 6), ("H2O_8q_angstrom", 8)])
def test_energies_on_molecules_are_those_of_aer(molecule, n):
    path = INSTANCES / "chem" / f"{molecule}.json"
    if not path.exists():
        pytest.skip(f"{path.name} is not at hand")
    from tests.claims.simulators.noisy_rows import aer_density

    terms = json.loads(path.read_text())["terms"]
    observable, noise = (
        PauliSum(n, tuple(terms), np.array(list(terms.values()))),
        NoiseModel.ibmq_mumbai("max"),
    )
    circuits, rows = drawn(n, 3, 5)
    theirs = aer_density(circuits, rows, observable, noise)()
    ours = NoisyCircuitBatch(circuits, noise).energies(rows, observable)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-8)


ONE = GateSequence(2, (Gate("rx", (0,), 0),))


@pytest.mark.parametrize(
    ("act", "named"),
    [
        (lambda b, h: NoisyCircuitBatch(()), "circuits is empty"),
        (
            lambda b, h: NoisyCircuitBatch((ONE, "rx")),  # pyright: ignore
            r"circuits\[1\]",
        ),
        (lambda b, h: NoisyCircuitBatch((ONE, GateSequence(3))), r"the width of circuits\[1\]"),
        (lambda b, h: NoisyCircuitBatch((GateSequence(11),)), "num_qubits.*at most 10.*Aer"),
        (
            lambda b, h: NoisyCircuitBatch((ONE,), 0.1),  # pyright: ignore
            "noise is",
        ),
        (lambda b, h: NoisyCircuitBatch((ONE,), noise_of(3, 0)), "noise is"),
        (lambda b, h: NoisyCircuitBatch((ONE,), None, np.inf), "over_rotation"),
        (lambda b, h: NoisyCircuitBatch((ONE,), None, (0.1, 0.1, 0.1)), "over_rotation.*one for each of 2"),
        (lambda b, h: b.energies([[0.1]], h), "the rows of parameters is 1"),
        (lambda b, h: b.energies([[0.1], []], h), r"the shape of parameters\[1\]"),
        (lambda b, h: b.energies(np.zeros((2, 0)), h), "the shape of parameters"),
        (lambda b, h: b.energies([[0.1], [np.nan]], h), r"parameters.*finite"),
        (lambda b, h: b.energies([[0.1], [0.2]], random_sum(3, 1)), "the width of observable"),
        (lambda b, h: b.energies([[0.1], [0.2]], "ZZ"), "observable is"),
    ],
)
def test_bad_input_is_named(act, named):
    with pytest.raises(ProblemError, match=named):
        act(NoisyCircuitBatch((ONE, ONE)), random_sum(2, 1))
