"""What all backends share: names, rehearsals, circuits as data."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Clbit, Parameter
from qiskit.circuit.library import PauliEvolutionGate
from qiskit.quantum_info import SparsePauliOp

import backends
from backends import Aer, CircuitAnsatz, Expectation, QaoaAnsatz, Rehearsal, Sampling, Statevector
from problems import BackendError, ProblemError
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


def test_a_rehearsal_refuses_what_the_backend_refuses():
    wide = Sampling(QaoaAnsatz(Ising.random(45), 1), np.zeros((1, 2)), shots=2)
    with pytest.raises(BackendError, match="Statevector cannot run"):
        Statevector().rehearsal().submit(wide)


def test_a_rehearsal_is_as_exact_as_the_backend_and_the_precision():
    ansatz = QaoaAnsatz(Ising.random(3), 1)
    exact, coarse = (
        Statevector().rehearsal().submit(Expectation(ansatz, (ansatz.cost,), np.zeros((1, 2)), p)).result()
        for p in (None, 0.25)
    )
    assert exact.error.tolist() == [[0.0]]
    assert coarse.error.tolist() == [[0.25]]


def test_the_limit_on_memory_is_no_part_of_the_identity():
    assert Statevector(memory_share=0.5).identity == Statevector().identity


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


def swapped(first: str, second: str) -> QuantumCircuit:
    circuit = QuantumCircuit(1)
    circuit.rx(Parameter(first), 0)
    circuit.rz(Parameter(second), 0)
    return circuit


def evolved(string: str) -> QuantumCircuit:
    circuit = QuantumCircuit(2)
    circuit.append(PauliEvolutionGate(SparsePauliOp(string), 0.3), [0, 1])
    return circuit


def controlled(turn: float) -> QuantumCircuit:
    inner, outer = QuantumCircuit(1, name="mine"), QuantumCircuit(2)
    inner.rx(turn, 0)
    outer.append(inner.to_gate().control(), [0, 1])
    return outer


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (swapped("b0", "p0"), swapped("p0", "b0")),
        (evolved("XX"), evolved("ZZ")),
        (controlled(0.1), controlled(0.2)),
    ],
)
def test_circuits_that_differ_have_different_structures(one, other):
    assert CircuitAnsatz(one).structure != CircuitAnsatz(other).structure


def test_a_barrier_entangles_nothing():
    circuit = entangled()
    circuit.barrier()
    assert CircuitAnsatz(circuit).num_entangling == 1


def test_a_circuit_is_stored(tmp_path):
    ansatz = CircuitAnsatz(entangled())
    again = load(save(ansatz, tmp_path / "circuit.npz"))
    assert digest(again) == digest(ansatz)
    work = [Expectation(a, (Ising.random(2),), [[0.3]]) for a in (ansatz, again)]
    first, second = (Statevector().submit(w).result().mean for w in work)
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda circuit: circuit.measure_all(), "measure"),
        (lambda circuit: circuit.reset(0), "reset"),
        (lambda circuit: circuit.initialize([0, 1], [0]), "reset"),
        (lambda circuit: circuit.delay(10, 0), "delay"),
        (lambda circuit: circuit.add_bits([Clbit()]), "classical bits"),
    ],
)
def test_a_circuit_that_is_not_unitary_is_refused(spoil, named):
    circuit = entangled()
    spoil(circuit)
    with pytest.raises(ProblemError, match=named):
        CircuitAnsatz(circuit)


def test_what_is_no_circuit_is_refused():
    with pytest.raises(ProblemError, match="QuantumCircuit"):
        CircuitAnsatz("OPENQASM 3;")
