import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp, Statevector

from problems.binary.qubo import Ising, Qubo
from problems.errors import ProblemError
from problems.ground_state import Gate, GateSequence, PauliSum

STRINGS = st.lists(st.text("IXYZ", min_size=3, max_size=3), min_size=1, max_size=6)


@settings(deadline=None, max_examples=40)
@given(strings=STRINGS, seed=st.integers(0, 1000))
def test_the_dense_matrix_is_that_of_qiskit_with_labels_reversed(strings, seed):
    values = np.random.default_rng(seed).normal(size=len(strings))
    ours = PauliSum(3, tuple(strings), values).matrix()
    theirs = SparsePauliOp([s[::-1] for s in strings], values).to_matrix()
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_equal_strings_are_merged():
    total = PauliSum(2, ("XX", "ZI", "XX"), [1.0, 2.0, 3.0])
    assert total.strings == ("XX", "ZI")
    assert total.coefficients.tolist() == [4.0, 2.0]


def test_an_ising_model_is_its_diagonal():
    ising = Ising(Qubo.random(4, seed=1).form.on_spins())
    diagonal = np.diag(PauliSum.from_ising(ising).matrix()).real
    index = np.arange(16)
    spins = 1 - 2 * ((index[:, None] >> np.arange(4)) & 1)
    np.testing.assert_allclose(diagonal, ising.energies(spins), atol=1e-12)
    assert PauliSum.from_ising(ising).is_diagonal


def test_a_sum_wider_than_any_mask_still_knows_whether_it_is_diagonal():
    wide = ["I" * 69 + letter for letter in "ZX"]
    assert PauliSum(70, (wide[0],), [1.0]).is_diagonal
    assert not PauliSum(70, tuple(wide), [1.0, 1.0]).is_diagonal


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 1000), n=st.integers(2, 4))
def test_the_state_of_a_sequence_is_that_of_qiskit(seed, n):
    rng, gates, circuit = np.random.default_rng(seed), [], QuantumCircuit(n)
    for kind in rng.choice(["h", "rx", "ry", "rz", "cx", "cz"], 10).tolist():
        qubits = tuple(rng.choice(n, 1 + (kind[0] == "c"), replace=False).tolist())
        angles = [float(rng.normal())] if kind[0] == "r" else []
        gates.append(Gate(kind, qubits, None, *angles))
        getattr(circuit, kind)(*angles, *qubits)
    np.testing.assert_allclose(GateSequence(n, tuple(gates)).state(), Statevector(circuit).data, atol=1e-12)


def test_qubit_q_is_bit_q():
    flipped = GateSequence(3, (Gate("rx", (1,), angle=np.pi),)).state()
    assert np.argmax(np.abs(flipped)) == 0b010


def test_a_bell_pair():
    pair = GateSequence(2, (Gate("h", (0,)), Gate("cx", (0, 1))))
    np.testing.assert_allclose(pair.state(), np.sqrt([0.5, 0, 0, 0.5]), atol=1e-15)
    assert PauliSum(2, ("XX", "ZZ", "YY"), [1, 1, 1]).expectation(pair.state()) == pytest.approx(1.0)


def test_a_shared_parameter_turns_both_gates():
    both = GateSequence(2, (Gate("ry", (0,), 0), Gate("ry", (1,), 0, angle=0.5)))
    assert both.num_parameters == 1
    np.testing.assert_allclose(both.angles(np.array([[0.25]])), [[0.25, 0.75]])


def test_the_structure_ignores_angles():
    plain, turned = (GateSequence(1, (Gate("rz", (0,), angle=a),)) for a in (0.0, 1.0))
    assert plain.structure == turned.structure
    assert plain.structure != GateSequence(1, (Gate("rx", (0,)),)).structure


@pytest.mark.parametrize(
    ("build", "named"),
    [
        (lambda: PauliSum(2, ("XQ",), [1.0]), r"strings\[0\]"),
        (lambda: PauliSum(2, ("X",), [1.0]), r"strings\[0\]"),
        (lambda: PauliSum(1, ("X",), [np.nan]), r"coefficients\[0\]"),
        (lambda: PauliSum(13, ("I" * 13,), [1.0]).matrix(), "dense reference"),
        (lambda: PauliSum(64, ("I" * 64,), [1.0]).masks, "bit masks"),
        (lambda: PauliSum(1, (3,), [1.0]), r"strings\[0\]"),
        (lambda: PauliSum(2, ("XX",), [1.0]).expectation(np.ones(2)), "shape of state"),
        (lambda: Gate("rx", (0.5,)), r"qubits\[0\]"),
        (lambda: Gate("rx", (0,), parameter=-1), "parameter"),
        (lambda: Gate("rx", (0,), angle=np.inf), "angle"),
        (lambda: GateSequence(1, (Gate("rx", (0,), 0),)).state([0.1, 0.2]), "shape of parameters"),
        (lambda: Gate("swap", (0, 1)), "kind"),
        (lambda: Gate("cx", (0, 0)), "two|2 different"),
        (lambda: Gate("h", (0,), parameter=1), "angle of h"),
        (lambda: GateSequence(1, (Gate("h", (1,)),)), r"gates\[0\]"),
        (lambda: GateSequence(1, (Gate("rx", (0,), 1),)), "without a hole"),
    ],
)
def test_bad_input_is_named(build, named):
    with pytest.raises(ProblemError, match=named):
        build()
