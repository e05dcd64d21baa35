"""Shots of the device: their distribution, their seeds, PennyLane's shapes."""

import numpy as np
import pennylane as qml
import pytest
from pennylane import numpy as pnp
from pennylane.exceptions import QuantumFunctionError
from scipy.stats import chi2

from backends.bridges.pennylane_device import StatevectorDevice
from tests.backends.bridges.pennylane_reference import HERMITIAN, scramble

pytestmark = pytest.mark.filterwarnings("ignore:Casting complex values")  # autograd on default.qubit's phases


def shot_circuit(measure, seed=0, shots=4000):
    @qml.set_shots(shots)
    @qml.qnode(StatevectorDevice([2, 0, 1], seed=seed))
    def circuit():
        scramble(range(3))
        return measure()

    return circuit


def test_counts_pass_a_chi_square_test():
    counts = shot_circuit(lambda: qml.counts(wires=[1, 2, 0]))()

    @qml.qnode(qml.device("default.qubit", wires=3))
    def probabilities():
        scramble(range(3))
        return qml.probs(wires=[1, 2, 0])

    expected = 4000 * probabilities()
    seen = np.array([counts.get(format(k, "03b"), 0) for k in range(8)])
    assert seen.sum() == 4000
    assert np.all(expected > 5)
    statistic = np.sum((seen - expected) ** 2 / expected)
    assert statistic < chi2.isf(1e-4, 7)


def test_a_seed_fixes_the_shots_of_a_device_and_its_calls_differ():
    first, second, other = (shot_circuit(lambda: qml.sample(), seed) for seed in (5, 5, 6))
    drawn = first()
    assert drawn.shape == (4000, 3)
    np.testing.assert_array_equal(drawn, second())
    assert np.any(drawn != first())
    assert np.any(drawn != other())


def test_means_variances_and_probabilities_by_shots_are_within_their_error():
    def measure():
        return [
            qml.expval(0.5 * qml.X(0) + qml.Z(0) @ qml.Y(1) + 0.25 * qml.I(2)),
            qml.var(qml.X(2)),
            qml.probs(wires=[1, 0]),
            qml.expval(qml.Hermitian(HERMITIAN, 1)),
            qml.expval(qml.I(1)),
            qml.var(0.5 * qml.X(0) + qml.Z(0) @ qml.Y(1)),
            qml.expval(qml.Projector([1, 0], [2, 0])),
            qml.probs(op=qml.Hadamard(1)),
        ]

    found = shot_circuit(measure)()

    @qml.qnode(qml.device("default.qubit", wires=[2, 0, 1]))
    def exact():
        scramble(range(3))
        return measure()

    for ours, theirs in zip(found, exact(), strict=True):
        assert np.shape(ours) == np.shape(theirs)
        np.testing.assert_allclose(ours, theirs, atol=5 * 2 / np.sqrt(4000))  # five sigma, spread at most 2


def test_shot_vectors_and_broadcasting_have_pennylane_s_shapes():
    angles = np.linspace(0, np.pi, 3)
    for shots in (10, (10, 20)):
        shapes = []
        for device in (StatevectorDevice(2), qml.device("default.qubit", wires=2)):

            def circuit(angles):
                qml.RX(angles, 0)
                qml.CNOT([0, 1])
                return qml.expval(qml.Z(1)), qml.sample(wires=[0]), qml.probs(), qml.sample(qml.Hadamard(1))

            results = qml.set_shots(qml.QNode(circuit, device), shots)(angles)
            parts = results if isinstance(shots, tuple) else (results,)
            shapes.append([[np.shape(value) for value in part] for part in parts])
            for part in parts:  # angles 0 and π leave no chance
                np.testing.assert_allclose(np.asarray(part[0])[[0, 2]], [1, -1], atol=1e-12)
        assert shapes[0] == shapes[1]


def test_gradients_by_shots_shift_circuits_and_adjoint_is_refused():
    def energy(angle):
        qml.RX(angle, 0)
        return qml.expval(qml.Z(0))

    angle = pnp.array(0.7, requires_grad=True)
    sampled = qml.set_shots(qml.QNode(energy, StatevectorDevice(1)), 20_000)
    slope = float(qml.grad(sampled)(angle))
    assert slope == pytest.approx(-np.sin(0.7), abs=5 / np.sqrt(2 * 20_000))  # two shifts, each ±1, halved
    refused = qml.set_shots(qml.QNode(energy, StatevectorDevice(1), diff_method="adjoint"), 100)
    with pytest.raises(QuantumFunctionError, match="adjoint"):
        qml.grad(refused)(angle)
