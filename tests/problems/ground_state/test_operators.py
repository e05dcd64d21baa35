"""Observables of Qiskit and PennyLane, and energies of spins: equal on circuits, qubits in order."""

import itertools

import numpy as np
import pennylane as qml
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.quantum_info import SparsePauliOp, Statevector

from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Ising, Qubo
from problems.errors import ProblemError
from problems.ground_state import Gate, GateSequence, GroundState, NoiseModel
from tests.problems.ground_state.drawing import random_circuit

SEEDS = st.integers(0, 10**6)


def qiskit_energy(operator, circuit):
    """The energy by Qiskit's own gates and states."""
    made = QuantumCircuit(circuit.num_qubits)
    for gate in circuit.gates:
        angles = (gate.angle,) if gate.kind.startswith("r") else ()
        getattr(made, gate.kind)(*angles, *gate.qubits)
    return Statevector(made).expectation_value(operator).real


def pennylane_energy(operator, circuit, wires):
    """The energy by PennyLane's own gates and states; qubit k is the k-th wire."""
    kinds = {"rx": qml.RX, "ry": qml.RY, "rz": qml.RZ, "h": qml.Hadamard, "cx": qml.CNOT, "cz": qml.CZ}

    @qml.qnode(qml.device("default.qubit", wires=wires))
    def energy():
        for gate in circuit.gates:
            angles = (gate.angle,) if gate.kind.startswith("r") else ()
            kinds[gate.kind](*angles, wires=[wires[q] for q in gate.qubits])
        return qml.expval(operator)

    return float(energy())


@settings(max_examples=30)
@given(n=st.integers(1, 4), seed=SEEDS)
def test_qiskit_operators_have_their_energies(n, seed):
    rng = np.random.default_rng(seed)
    labels = ["".join(rng.choice(list("IXYZ"), n)) for _ in range(6)]
    operator = SparsePauliOp(labels, rng.normal(size=6))
    problem = GroundState.from_sparse_pauli_op(operator, energy_shift=0.3, name="drawn")
    circuit = random_circuit(n, seed)
    assert problem.judge(circuit).objective == pytest.approx(
        0.3 + qiskit_energy(operator, circuit), abs=1e-12
    )
    assert problem.name == "drawn"


def test_qiskit_labels_run_backwards():
    problem = GroundState.from_sparse_pauli_op(SparsePauliOp(["XYZ", "IIX"], [1.0, 2.0]))
    assert problem.hamiltonian.strings == ("ZYX", "XII")


@settings(max_examples=20, deadline=None)
@given(n=st.integers(1, 4), seed=SEEDS)
def test_pennylane_operators_have_their_energies(n, seed):
    rng = np.random.default_rng(seed)
    wires = rng.permutation(["a", "b", "c", "d"])[:n].tolist()
    strings = ["".join(rng.choice(list("IXYZ"), n)) for _ in range(5)]
    words = [qml.pauli.string_to_pauli_word(s, wire_map={w: k for k, w in enumerate(wires)}) for s in strings]
    operator = qml.Hamiltonian(rng.normal(size=5).tolist(), words)
    circuit, problem = random_circuit(n, seed), GroundState.from_pennylane(operator, wires)
    expected = pennylane_energy(operator, circuit, wires)
    assert problem.judge(circuit).objective == pytest.approx(expected, abs=1e-12)


def test_pennylane_wires_are_sorted_by_default():
    operator = 0.5 * qml.X(2) @ qml.Z(0) - 1.5 * qml.Y(1)
    assert dict(zip(*_terms(GroundState.from_pennylane(operator)), strict=True)) == {"ZIX": 0.5, "IYI": -1.5}
    turned = GroundState.from_pennylane(operator, wires=[2, 5, 1, 0])
    assert dict(zip(*_terms(turned), strict=True)) == {"XIIZ": 0.5, "IIYI": -1.5}


@settings(max_examples=30)
@given(n=st.integers(1, 5), seed=SEEDS)
def test_basis_states_have_the_energies_of_spins_and_bits(n, seed):
    rng = np.random.default_rng(seed)
    first, second = np.triu_indices(n, 1)
    form = QuadraticForm(rng.normal(size=n), first, second, rng.normal(size=len(first)), 1.7)
    bits = np.array(list(itertools.product((0, 1), repeat=n)), dtype=np.uint8)[:, ::-1]
    for binary, values in (
        (Ising(form), Ising(form).energies(1 - 2 * bits.astype(int))),
        (Qubo(form), Qubo(form).energies(bits)),
    ):
        problem = GroundState.from_ising(binary)
        np.testing.assert_allclose(problem.diagonal, values, atol=1e-12)
        assert "I" * n not in problem.hamiltonian.strings
        row = int(rng.integers(2**n))
        flips = GateSequence(n, tuple(Gate("rx", (int(q),), None, np.pi) for q in np.flatnonzero(bits[row])))
        assert problem.judge(flips).objective == pytest.approx(values[row], abs=1e-12)


def test_chains_of_spins_have_their_published_energies():
    assert GroundState.heisenberg(4).ground_energy == pytest.approx(-3 - 2 * np.sqrt(3), abs=1e-12)
    assert GroundState.heisenberg(4, periodic=True).ground_energy == pytest.approx(-8.0, abs=1e-12)
    # without ZZ the chain is free fermions: levels 4 J cos(k pi / (n + 1))
    for n in (2, 3, 5, 6):
        levels = 4 * 0.7 * np.cos(np.arange(1, n + 1) * np.pi / (n + 1))
        free = GroundState.heisenberg(n, coupling=0.7, anisotropy=0.0)
        assert free.ground_energy == pytest.approx(levels[levels < 0].sum(), abs=1e-11)


def test_a_field_turns_a_chain_of_spins_over():
    strong = GroundState.heisenberg(3, coupling=0.1, field=-5.0)
    assert strong.ground_energy == pytest.approx(2 * 0.1 - 15.0, abs=1e-12)  # all up
    assert strong.starting_bits.tolist() == [0, 0, 0]


def test_other_fields_pass_through():
    noise = NoiseModel.depolarizing()
    problem = GroundState.from_ising(
        Qubo(QuadraticForm([1.0, -2.0], [0], [1], [3.0])), noise=noise, name="bits"
    )
    assert problem.noise is noise
    assert problem.ground_energy == pytest.approx(-2.0)


@pytest.mark.parametrize(
    ("build", "named"),
    [
        (lambda: GroundState.from_sparse_pauli_op("XX"), "operator is str"),
        (lambda: GroundState.from_sparse_pauli_op(SparsePauliOp(["XZ"], [1j])), "coefficient of ZX is"),
        (lambda: GroundState.from_sparse_pauli_op(SparsePauliOp(["X"], [Parameter("a")])), "cient of X"),
        (lambda: GroundState.from_sparse_pauli_op(SparsePauliOp(["X"], [np.nan])), "coefficient of X"),
        (lambda: GroundState.from_pennylane("XX"), "operator is str"),
        (lambda: GroundState.from_pennylane(qml.RX(0.1, wires=0)), "combination of Pauli words"),
        (lambda: GroundState.from_pennylane(1j * qml.X(0)), "coefficient of X"),
        (lambda: GroundState.from_pennylane(qml.X(0) @ qml.X(1), wires=[0]), "wires is"),
        (lambda: GroundState.from_pennylane(qml.X(0) @ qml.X(1), wires=[0, 1, 1]), "wires is"),
        (lambda: GroundState.from_ising(3), "problem is int"),
        (lambda: GroundState.heisenberg(1), "n is 1"),
        (lambda: GroundState.heisenberg(2, periodic=True), "n is 2"),
        (lambda: GroundState.heisenberg(3, anisotropy=np.inf), "anisotropy is inf"),
    ],
)  # fmt: skip
def test_bad_input_is_named(build, named):
    with pytest.raises(ProblemError, match=named):
        build()


def _terms(problem):
    return problem.hamiltonian.strings, problem.hamiltonian.coefficients.tolist()
