"""Circuits by recipe: Qiskit's own where it has them, exponentials of the generators where not."""

import numpy as np
import pytest
from qiskit.circuit.library import efficient_su2, real_amplitudes
from qiskit.quantum_info import Statevector as QiskitStatevector
from scipy.linalg import expm

from hybrid.ansatz_forms import (
    HamiltonianVariational,
    HardwareEfficient,
    QubitExcitations,
    commute,
    commuting_groups,
    evolution,
    excitation,
)
from problems.errors import ProblemError
from problems.ground_state import GateSequence, PauliSum

TFIM = PauliSum(3, ("ZZI", "IZZ", "XII", "IXI", "IIX"), np.array([-1.0, -1.0, 0.5, 0.5, 0.5]))
MIXED = PauliSum(3, ("III", "XYZ", "ZZI", "YYI", "IXX"), np.array([2.0, 0.3, -0.7, 0.2, 0.4]))


def qiskit_state(circuit, parameters):
    return np.asarray(QiskitStatevector(circuit.assign_parameters(parameters)).data)


@pytest.mark.parametrize("layers", [0, 1, 3])
@pytest.mark.parametrize(
    ("rotations", "library"), [(("ry", "rz"), efficient_su2), (("ry",), real_amplitudes)]
)
def test_the_hardware_efficient_recipe_is_qiskits(layers, rotations, library):
    circuit = HardwareEfficient(layers, rotations).build(TFIM)
    parameters = np.random.default_rng(layers).uniform(-3, 3, circuit.num_parameters)
    theirs = qiskit_state(library(3, reps=layers), parameters)
    np.testing.assert_allclose(circuit.state(parameters), theirs, atol=1e-12)


@pytest.mark.parametrize("connection", ["linear", "reverse_linear", "ring", "full"])
def test_fewer_layers_are_a_prefix(connection):
    form = HardwareEfficient(3, connection=connection, entangler="cz")
    deep, shallow = form.build(TFIM), form.shallower(2).build(TFIM)
    assert deep.gates[: len(shallow.gates)] == shallow.gates
    entanglers = {"linear": 2, "reverse_linear": 2, "ring": 3, "full": 3}[connection]
    assert deep.num_entangling == 3 * entanglers


@pytest.mark.parametrize("string", ["XYZ", "IYI", "ZIX", "YYY"])
def test_an_evolution_is_the_exponential_of_its_string(string):
    hamiltonian = PauliSum(3, (string,), np.ones(1))
    gates = tuple(evolution(string, 1.6, 0))
    # from a state without symmetry
    first = HardwareEfficient(1).build(TFIM)
    start = first.bind(np.random.default_rng(1).uniform(-3, 3, first.num_parameters))
    circuit = GateSequence(3, start.gates + gates)
    expected = expm(-0.5j * 1.6 * 0.7 * hamiltonian.matrix()) @ start.state()
    np.testing.assert_allclose(circuit.state([0.7]), expected, atol=1e-12)


@pytest.mark.parametrize("hamiltonian", [TFIM, MIXED])
def test_groups_commute_and_hold_every_string_once(hamiltonian):
    groups = commuting_groups(hamiltonian)
    strings = [string for group in groups for string, _ in group]
    assert sorted(strings) == sorted(set(hamiltonian.strings) - {"III"})
    for group in groups:
        for string, _ in group:
            matrix = PauliSum(3, (string,), np.ones(1)).matrix()
            for other, _ in group:
                right = PauliSum(3, (other,), np.ones(1)).matrix()
                assert np.allclose(matrix @ right, right @ matrix)
                assert commute(string, other)


def test_the_variational_hamiltonian_evolves_group_by_group():
    circuit = HamiltonianVariational(layers=2).build(TFIM)
    assert circuit.num_parameters == 4
    parameters = np.array([0.3, -0.4, 0.2, 0.9])
    state = np.full(8, 8**-0.5, dtype=complex)
    zz = PauliSum(3, ("ZZI", "IZZ"), np.array([-1.0, -1.0])).matrix()
    x = PauliSum(3, ("XII", "IXI", "IIX"), np.full(3, 0.5)).matrix()
    for k, matrix in enumerate([zz, x, zz, x]):
        state = expm(-1j * parameters[k] * matrix) @ state
    np.testing.assert_allclose(circuit.state(parameters), state, atol=1e-12)


@pytest.mark.parametrize(("source", "target"), [((0,), (2,)), ((0, 3), (1, 2))])
def test_an_excitation_turns_source_into_target_and_nothing_else(source, target):
    n = 4
    strings = excitation(n, source, target)
    assert len(strings) == {1: 2, 2: 8}[len(source)]
    generator = sum(c * PauliSum(n, (s,), np.ones(1)).matrix() for s, c in strings)
    low, high = sum(1 << q for q in source), sum(1 << q for q in target)
    wanted = np.zeros((16, 16), dtype=complex)
    for x in range(16):  # T on every state that has the source's ones and the target's zeros
        if x & low == low and not x & high:
            wanted[x ^ low ^ high, x], wanted[x, x ^ low ^ high] = 1j, -1j
    np.testing.assert_allclose(generator, wanted, atol=1e-12)


def test_excitations_keep_the_number_of_ones_and_start_at_the_reference():
    reference = np.array([1, 0, 1, 0], dtype=np.uint8)
    hamiltonian = PauliSum(4, ("ZIII",), np.ones(1))
    circuit = QubitExcitations().build(hamiltonian, reference)
    assert circuit.num_parameters == 4 + 1
    at_zero = np.abs(circuit.state(np.zeros(5))) ** 2
    assert at_zero[0b0101] == pytest.approx(1.0)
    state = np.abs(circuit.state(np.random.default_rng(0).normal(size=5))) ** 2
    weight = np.array([bin(x).count("1") for x in range(16)])
    assert state[weight == 2].sum() == pytest.approx(1.0)
    assert state[0b0101] < 0.99


@pytest.mark.parametrize(
    ("build", "field"),
    [
        (lambda: HardwareEfficient(layers=-1), "layers"),
        (lambda: HardwareEfficient(rotations=("rw",)), "rotations"),
        (lambda: HardwareEfficient(connection="star"), "connection"),
        (lambda: QubitExcitations(singles=False, doubles=False), "singles"),
        (lambda: QubitExcitations().build(TFIM), "reference"),
        (lambda: QubitExcitations().build(TFIM, np.zeros(3)), "reference"),
        (lambda: HamiltonianVariational().build(PauliSum(2, ("II",), np.ones(1))), "hamiltonian"),
    ],
)
def test_bad_recipes_are_named(build, field):
    with pytest.raises(ProblemError, match=field):
        build()
