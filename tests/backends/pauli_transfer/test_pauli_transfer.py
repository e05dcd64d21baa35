"""Noisy values against the density reference; gradients against shifts and differences; what is refused."""

import pickle
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backends import Expectation, Sampling, Statevector
from backends.pauli_transfer import PauliTransfer
from backends.qaoa_ansatz import QaoaAnsatz
from problems.binary.qubo import Ising
from problems.errors import BackendError, ProblemError
from problems.ground_state import Gate, GateSequence, PauliSum, channels
from problems.ground_state.density import density_matrix, noisy_expectation, traces
from problems.ground_state.noise import GateNoise, NoiseModel
from tests.backends.pauli_transfer.cases import HEAVY, noise_of, seeds
from tests.backends.statevector.test_gates import random_circuit, random_sum


def means(backend, circuit, observables, rows, **settings) -> Any:
    work = Expectation(circuit, tuple(observables), np.atleast_2d(rows), **settings)
    return backend.submit(work).result()


@settings(deadline=None, max_examples=40)
@given(n=st.integers(1, 4), gates=st.integers(0, 30), seed=seeds())
def test_values_are_those_of_the_density_matrix(n, gates, seed):
    circuit, noise = random_circuit(n, gates, seed), noise_of(n, seed)
    rows = np.random.default_rng(seed).normal(size=(3, circuit.num_parameters))
    observables = random_sum(n, seed), Ising.random(n, seed=seed)
    found = means(PauliTransfer(noise), circuit, observables, rows)
    for b, row in enumerate(rows):
        for k, observable in enumerate(observables):
            paulis = observable if isinstance(observable, PauliSum) else PauliSum.from_ising(observable)
            assert found.mean[b, k] == pytest.approx(
                noisy_expectation(circuit, paulis, noise, row), abs=1e-10
            )
    assert not found.error.any()


@settings(deadline=None, max_examples=25)
@given(n=st.integers(1, 6), gates=st.integers(0, 40), seed=seeds())
def test_without_noise_values_and_gradients_are_those_of_the_state(n, gates, seed):
    circuit, observable = random_circuit(n, gates, seed), random_sum(n, seed)
    rows = np.random.default_rng(seed).normal(size=(2, circuit.num_parameters))
    ours = means(PauliTransfer(), circuit, (observable,), rows, gradient=True)
    theirs = means(Statevector(), circuit, (observable,), rows, gradient=True)
    np.testing.assert_allclose(ours.mean, theirs.mean, atol=1e-11)
    np.testing.assert_allclose(ours.gradient, theirs.gradient, atol=1e-11)


@settings(deadline=None, max_examples=20)
@given(n=st.integers(1, 5), gates=st.integers(1, 30), seed=seeds())
def test_gradients_are_central_differences(n, gates, seed):
    circuit, noise = random_circuit(n, gates, seed), noise_of(n, seed)
    row = np.random.default_rng(seed).normal(size=circuit.num_parameters)
    observables = random_sum(n, seed), random_sum(n, seed + 1)
    found = means(PauliTransfer(noise), circuit, observables, row, gradient=True)
    assert found.gradient.shape == (1, 2, circuit.num_parameters)
    step = 1e-5 * np.eye(circuit.num_parameters)
    if circuit.num_parameters:
        ahead = means(PauliTransfer(noise), circuit, observables, row + step).mean
        behind = means(PauliTransfer(noise), circuit, observables, row - step).mean
        np.testing.assert_allclose(found.gradient[0], (ahead - behind).T / 2e-5, atol=1e-6)


@settings(deadline=None, max_examples=20)
@given(n=st.integers(1, 5), gates=st.integers(1, 30), seed=seeds())
def test_gradients_obey_the_parameter_shift_rule(n, gates, seed):
    """A rotation between channels that do not depend on its angle: E(θ) is a + b cos θ + c sin θ."""
    rng = np.random.default_rng(seed)
    plain = random_circuit(n, gates, seed)
    drawn = []
    for gate in plain.gates:
        free = gate.kind in ("rx", "ry", "rz")
        place = sum(g.parameter is not None for g in drawn)
        drawn.append(Gate(gate.kind, gate.qubits, place) if free else gate)
    circuit = GateSequence(n, tuple(drawn))
    if not circuit.num_parameters:
        return
    row, backend = rng.normal(size=circuit.num_parameters), PauliTransfer(noise_of(n, seed))
    observable, step = random_sum(n, seed), np.pi / 2 * np.eye(circuit.num_parameters)
    found = means(backend, circuit, (observable,), row, gradient=True)
    ahead, behind = (means(backend, circuit, (observable,), row + s * step).mean[:, 0] for s in (1, -1))
    np.testing.assert_allclose(found.gradient[0, 0], (ahead - behind) / 2, atol=1e-10)


@pytest.mark.parametrize("n", [2, 3, 4, 5])
@pytest.mark.parametrize("kind", ["cx", "cz"])
def test_every_pair_of_places_is_its_matrix(n, kind):
    """All strings at once, whichever qubits met first."""
    rng = np.random.default_rng(n)
    strings = PauliSum(
        n, tuple("".join(rng.permutation(list("IXYZ") * n)[:n]) for _ in range(40)), np.ones(40)
    )
    singles = [PauliSum(n, (string,), np.ones(1)) for string in strings.strings]
    free = [Gate(k, (q,), None, float(rng.normal())) for k in ("rx", "ry", "rz") for q in range(n)]
    for q in range(n):
        for r in set(range(n)) - {q}:
            ring = [Gate("cx", (k, (k + 1) % n)) for k in range(n)]
            circuit = GateSequence(n, (*free, *ring, *free, Gate(kind, (q, r)), *free))
            found = means(PauliTransfer(HEAVY), circuit, singles, np.empty((1, 0))).mean[0]
            scales = np.array([HEAVY.measured(single).coefficients[0] for single in singles])
            reference = traces(strings, density_matrix(circuit, HEAVY))
            np.testing.assert_allclose(found, scales * reference, atol=1e-12)


def test_the_trace_stays():
    circuit = random_circuit(4, 60, 1)
    found = means(
        PauliTransfer(HEAVY),
        circuit,
        (PauliSum(4, ("IIII",), np.ones(1)),),
        np.zeros(60)[: circuit.num_parameters],
    )
    assert found.mean[0, 0] == 1.0


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_amplitude_and_phase_damping_are_relaxations(share):
    """The Kraus operators of Nielsen and Chuang, equations 8.107 and 8.126, in the reference's place."""
    amplitude = np.array([[[1, 0], [0, np.sqrt(1 - share)]], [[0, np.sqrt(share)], [0, 0]]], dtype=complex)
    phase = np.array([[[1, 0], [0, np.sqrt(1 - share)]], [[0, 0], [0, np.sqrt(share)]]], dtype=complex)
    relaxed = -np.log1p(-share)
    letters = [PauliSum(1, (letter,), np.ones(1)) for letter in "IXYZ"]
    circuit = GateSequence(1, (Gate("ry", (0,), None, 0.7), Gate("rz", (0,), None, 0.4)))
    for kraus, gate in ((amplitude, GateNoise(relaxed, relaxed / 2)), (phase, GateNoise(0, relaxed / 2))):
        vector = np.array([1.0, 0, 0, 1])
        for turned in circuit.gates:
            columns = np.eye(4)
            cos, sin = np.cos(turned.angle), np.sin(turned.angle)
            i, j = (3, 1) if turned.kind == "ry" else (1, 2)
            columns[i, i] = columns[j, j] = cos
            columns[i, j], columns[j, i] = -sin, sin
            vector = channels.transfer_matrix(kraus) @ columns @ vector
        found = means(PauliTransfer(NoiseModel(gate)), circuit, letters, np.empty((1, 0)))
        np.testing.assert_allclose(found.mean[0], vector, atol=1e-12)


@pytest.mark.parametrize("excess", [0.07, (0.05, -0.1, 0.2)])
def test_over_rotation_turns_every_rotation_too_far(excess):
    circuit = random_circuit(3, 30, 5)
    row, observable = np.random.default_rng(0).normal(size=circuit.num_parameters), random_sum(3, 5)
    turned = GateSequence(
        3,
        tuple(
            Gate(g.kind, g.qubits, None, float(g.angle * (1 + np.broadcast_to(excess, 3)[g.qubits[0]])))
            for g in circuit.bind(row).gates
        ),
    )
    found = means(PauliTransfer(HEAVY, excess), circuit, (observable,), row, gradient=True)
    assert found.mean[0, 0] == pytest.approx(noisy_expectation(turned, observable, HEAVY), abs=1e-11)
    plain = means(PauliTransfer(HEAVY), circuit, (observable,), row)
    assert abs(plain.mean[0, 0] - found.mean[0, 0]) > 1e-4
    step = 1e-5 * np.eye(circuit.num_parameters)
    ahead, behind = (
        means(PauliTransfer(HEAVY, excess), circuit, (observable,), row + s * step).mean for s in (1, -1)
    )
    np.testing.assert_allclose(found.gradient[0], (ahead - behind).T / 2e-5, atol=1e-6)


def test_a_precision_adds_seeded_noise_row_by_row():
    circuit, rows = random_circuit(3, 20, 2), np.zeros((200, random_circuit(3, 20, 2).num_parameters))
    exact = means(PauliTransfer(HEAVY), circuit, (random_sum(3, 2),), rows)
    drawn = means(PauliTransfer(HEAVY), circuit, (random_sum(3, 2),), rows, precision=0.1, seed=3)
    first = means(PauliTransfer(HEAVY), circuit, (random_sum(3, 2),), rows[:2], precision=0.1, seed=3)
    np.testing.assert_array_equal(drawn.mean[:2], first.mean)
    assert np.all(drawn.error == 0.1)
    assert np.std(drawn.mean - exact.mean) == pytest.approx(0.1, abs=4 * 0.1 / np.sqrt(400))


def test_a_pickled_backend_gives_the_same():
    circuit, observable = random_circuit(3, 20, 2), random_sum(3, 2)
    backend, rows = PauliTransfer(HEAVY), np.ones((2, circuit.num_parameters))
    first = means(backend, circuit, (observable,), rows).mean
    again = pickle.loads(pickle.dumps(backend))
    assert again == backend
    np.testing.assert_array_equal(means(again, circuit, (observable,), rows).mean, first)


def test_usage_counts_memory():
    circuit = GateSequence(3, (Gate("cx", (0, 1)), Gate("rx", (2,), 0)))
    work = Expectation(circuit, (random_sum(3, 1),), np.zeros((2, 1)))
    used = PauliTransfer().submit(work).result().usage
    assert used["circuits"] == 2
    assert used["memory_bytes"] == 8 * 4**3


WIDE = GateSequence(11, (Gate("h", (0,)),))


@pytest.mark.parametrize(
    ("backend", "work", "why"),
    [
        (PauliTransfer(), Expectation(WIDE, (), np.empty((1, 0))), r"11 qubits are 3\.355e\+07 bytes.*Aer"),
        (PauliTransfer(), Sampling(WIDE, np.empty((1, 0)), 5), "at most 10"),
        (PauliTransfer(), Sampling(QaoaAnsatz(Ising.random(3), 1), np.zeros((1, 2))), "use a GateSequence"),
        (PauliTransfer(noise_of(2, 0)), Sampling(GateSequence(3), np.empty((1, 0))), "for 2 qubits.*has 3"),
        (
            PauliTransfer(over_rotation=(0.1, 0.2)),
            Sampling(GateSequence(3), np.empty((1, 0))),
            "over_rotation has 2 figures and the circuit has 3 qubits",
        ),
        (
            PauliTransfer(memory_share=1e-12),
            Expectation(GateSequence(5), (), np.empty((1, 0))),
            "5 qubits need 8,192 bytes",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(backend, work, why):
    assert re.search(why, backend.unsuitable(work) or "")
    with pytest.raises(BackendError, match="PauliTransfer cannot run"):
        backend.submit(work)


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (
            lambda: PauliTransfer(0.1),  # pyright: ignore
            "noise is",
        ),
        (lambda: PauliTransfer(over_rotation=np.nan), "over_rotation"),
        (lambda: PauliTransfer(over_rotation=(0.1, np.inf)), r"over_rotation\[1\]"),
        (lambda: PauliTransfer(over_rotation=()), "over_rotation"),
        (lambda: PauliTransfer(memory_share=0.0), "memory_share"),
        (lambda: PauliTransfer.from_name("worst"), "pauli-transfer:worst"),
    ],
)
def test_bad_fields_are_named(make, named):
    with pytest.raises(ProblemError, match=named):
        make()


def test_names_give_noise():
    assert PauliTransfer.from_name("") == PauliTransfer()
    assert PauliTransfer.from_name("max").noise == NoiseModel.ibmq_mumbai("max")
