"""Recipes and decompositions against default.qubit: states with their phase, gradients."""

import numpy as np
import pennylane as qml
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backends.bridges.pennylane_gates import RECIPES
from tests.backends.bridges.pennylane_reference import assert_same, both, scramble, trainable

pytestmark = pytest.mark.filterwarnings("ignore:Casting complex values")  # autograd on default.qubit's phases


@pytest.mark.parametrize("name", [*RECIPES, "MultiRZ"])
def test_every_recipe_is_its_gate_phase_and_gradient_included(name):
    adjoint = name.startswith("Adjoint(")
    kind = getattr(qml, name.removeprefix("Adjoint(").rstrip(")"))
    width = kind.num_wires or (3 if name == "MultiRZ" else 1)
    wires = ["c", 1, "a"][:width]

    def apply(angles):
        scramble(["a", "b", "c", 1])
        operation = kind(*angles, wires=wires) if kind.num_params else kind(wires=wires)
        return qml.adjoint(operation) if adjoint else operation

    def state(angles):
        apply(angles)
        return qml.state()

    def means(angles):
        apply(angles)
        return qml.math.stack([qml.expval(qml.Y(wires[0])), qml.expval(qml.X("c") @ qml.Z("b"))])

    def mean(angles):
        apply(angles)
        return qml.expval(qml.Y(wires[0]) + 0.3 * qml.X("c") @ qml.Z("b") @ qml.Y("a"))

    angles = trainable(kind.num_params)
    ours, theirs = both(state, ["a", "b", "c", 1])
    assert_same(ours(angles), theirs(angles))
    ours, theirs = both(mean, ["a", "b", "c", 1])
    assert_same(ours(angles), theirs(angles))
    if kind.num_params:
        assert_same(qml.grad(ours)(angles), qml.grad(theirs)(angles), 1e-8)


@pytest.mark.parametrize(
    "operation",
    [
        qml.Toffoli([2, 0, 1]),
        qml.QubitUnitary(qml.matrix(qml.QFT([0, 1])), [3, 1]),
        qml.StatePrep(np.arange(1, 9) / np.sqrt(204), [2, 3, 0]),
        qml.BasisState([1, 0, 1], [3, 0, 2]),
        qml.ctrl(qml.RX(0.7, 0), [2, 3], control_values=[0, 1]),
        qml.pow(qml.RY(0.3, 1), 0.5),
        qml.QFT([1, 3, 2]),
        qml.PauliRot(0.9, "XYZ", [2, 0, 1]),
        qml.evolve(qml.X(0) @ qml.Z(3), 0.4),
        qml.SingleExcitation(0.8, [1, 2]),
        qml.CSWAP([1, 3, 0]),
    ],
    ids=lambda operation: operation.name,
)
def test_other_gates_go_by_pennylane_s_decompositions(operation):
    def state():
        if not isinstance(operation, qml.StatePrep | qml.BasisState):
            scramble(range(4))
        qml.apply(operation)
        return qml.state()

    ours, theirs = both(state, 4)
    assert abs(abs(np.vdot(ours(), theirs())) - 1) < 1e-10
    assert_same(ours(), theirs())


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 9999))
def test_random_circuits_have_the_reference_s_gradient(seed):
    rng = np.random.default_rng(seed)
    names = ("RX", "RY", "RZ", "CRX", "CRY", "CRZ", "IsingXX", "IsingYY", "IsingZZ", "PhaseShift", "Rot")
    drawn = []
    for name in (*rng.choice(names, 6), "CNOT", "CZ", "SWAP"):
        kind = getattr(qml, name)
        drawn.append(
            (kind, [*map(int, rng.permutation(3)[: kind.num_wires])], rng.integers(0, 4, kind.num_params))
        )

    def energy(angles):
        for kind, wires, places in drawn:
            kind(*[angles[k] for k in places], wires=wires)
        return qml.expval(qml.X(0) @ qml.Z(1) + qml.Y(2))

    ours, theirs = both(energy, 3)
    angles = trainable(4, seed=seed)
    assert_same(ours(angles), theirs(angles))
    assert_same(qml.grad(ours)(angles), qml.grad(theirs)(angles), 1e-8)
