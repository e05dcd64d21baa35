"""What all backends share: names, rehearsals, circuits as data."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter

import backends
from backends import Aer, CircuitAnsatz, Expectation, QaoaAnsatz, Rehearsal, Sampling, Statevector
from problems import ProblemError
from problems.binary.qubo import Ising
from problems.storage import digest, load, save


def entangled(name: str = "theta") -> QuantumCircuit:
    circuit = QuantumCircuit(2)
    angle = Parameter(name)
    circuit.ry(2 * angle, 0)
    circuit.cx(0, 1)
    return circuit


@pytest.mark.parametrize(
    ("name", "backend"),
    [("statevector", Statevector()), ("aer", Aer()), ("aer:density_matrix", Aer(method="density_matrix"))],
)
def test_a_backend_has_a_name(name, backend):
    assert backends.get(name) == backend


@pytest.mark.parametrize("name", ["abacus", "aer:tea_leaves", "statevector:fast", ""])
def test_an_unknown_name_lists_the_known_ones(name):
    with pytest.raises(ProblemError, match="statevector"):
        backends.get(name)


def test_identities_tell_settings_apart():
    assert Statevector().identity == Statevector().identity
    assert Aer().identity != Aer(method="density_matrix").identity


def test_a_rehearsal_has_the_right_shapes_and_charges():
    ansatz = QaoaAnsatz(Ising.random(4), 2)
    stand_in = Statevector().rehearsal()
    assert isinstance(stand_in, Rehearsal)
    asked = Expectation(ansatz, (ansatz.cost, ansatz.cost), np.zeros((3, 4)), gradient=True, seed=5)
    outcome = stand_in.submit(asked).result()
    assert outcome.mean.shape == outcome.error.shape == (3, 2)
    assert outcome.gradient.shape == (3, 2, 4)
    assert outcome.usage == Statevector().estimate(asked)
    np.testing.assert_array_equal(outcome.mean, stand_in.submit(asked).result().mean)
    drawn = Sampling(ansatz, np.zeros((3, 4)), shots=7)
    samples = stand_in.submit(drawn).result()
    assert samples.bits.shape == (3, 7, 4)
    assert samples.usage == Statevector().estimate(drawn)


def test_a_circuit_has_one_structure_whatever_its_names():
    assert CircuitAnsatz(entangled("a")).structure == CircuitAnsatz(entangled("b")).structure
    other = entangled()
    other.cx(1, 0)
    assert CircuitAnsatz(other).structure != CircuitAnsatz(entangled()).structure


def test_gates_of_ones_own_are_told_apart_by_what_they_do():
    built = []
    for turn in (0.1, 0.2):
        inner, outer = QuantumCircuit(1, name="mine"), QuantumCircuit(1)
        inner.rx(turn, 0)
        outer.append(inner.to_gate(), [0])
        built.append(CircuitAnsatz(outer).structure)
    assert built[0] != built[1]


def test_a_circuit_is_stored(tmp_path):
    ansatz = CircuitAnsatz(entangled())
    again = load(save(ansatz, tmp_path / "circuit.npz"))
    assert digest(again) == digest(ansatz)
    work = [Expectation(a, (Ising.random(2),), [[0.3]]) for a in (ansatz, again)]
    first, second = (Statevector().submit(w).result().mean for w in work)
    np.testing.assert_array_equal(first, second)


def test_a_circuit_that_measures_is_refused():
    measured = entangled()
    measured.measure_all()
    with pytest.raises(ProblemError, match="measure"):
        CircuitAnsatz(measured)
