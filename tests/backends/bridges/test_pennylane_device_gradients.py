"""Gradients of the device against those of default.qubit."""

import networkx as nx
import numpy as np
import pennylane as qml
import pytest
from pennylane import numpy as pnp
from pennylane.exceptions import DeviceError, QuantumFunctionError

from backends.bridges.pennylane_device import StatevectorDevice
from tests.backends.bridges.pennylane_reference import assert_same, both, trainable

pytestmark = pytest.mark.filterwarnings("ignore:Casting complex values")  # autograd on default.qubit's phases


@pytest.mark.parametrize("method", ["best", "adjoint", "parameter-shift"])
def test_gradients_of_strongly_entangling_layers(method):
    def energy(weights, angle):
        qml.StronglyEntanglingLayers(weights, range(4))
        qml.CRot(angle, 2 * angle, angle**2, [3, 0])
        qml.RX(0.4, 2)
        return qml.expval(qml.X(0) @ qml.Y(1) - 0.5 * qml.Z(2))

    ours = qml.QNode(energy, StatevectorDevice(4), diff_method=method)
    theirs = qml.QNode(energy, qml.device("default.qubit", wires=4))
    arguments = trainable(2, 4, 3), trainable(seed=1)
    assert_same(qml.grad(ours)(*arguments), qml.grad(theirs)(*arguments), 1e-8)


def test_jacobians_of_several_observables():
    def means(angles):
        qml.AngleEmbedding(angles, range(3), rotation="Y")
        qml.IsingXX(angles[0] * angles[1], [2, 1])
        return [qml.expval(qml.Z(k) @ qml.X((k + 1) % 3)) for k in range(3)]

    ours, theirs = both(means, 3)
    found = qml.jacobian(lambda angles: pnp.stack(ours(angles)))(trainable(3))
    np.testing.assert_allclose(
        found, qml.jacobian(lambda angles: pnp.stack(theirs(angles)))(trainable(3)), atol=1e-8
    )


def test_weighted_derivatives_of_many_observables_in_one_way_back():
    def means(angles):
        qml.StronglyEntanglingLayers(angles, range(3))
        return [qml.expval(qml.Z(k)) for k in range(3)] + [qml.expval(qml.X(0) @ qml.Y(2) + 0.5 * qml.Z(1))]

    def cost(node):
        return lambda angles: pnp.sum(pnp.stack(node(angles)) ** 2)

    device = StatevectorDevice(3)
    ours = qml.QNode(means, device, diff_method="adjoint", device_vjp=True)
    theirs = qml.QNode(means, qml.device("default.qubit", wires=3))
    angles = trainable(2, 3, 3)
    with qml.Tracker(device) as tracker:
        found = qml.grad(cost(ours))(angles)
    np.testing.assert_allclose(found, qml.grad(cost(theirs))(angles), atol=1e-8)
    assert tracker.totals["vjps"] == 1
    assert "derivatives" not in tracker.totals
    single = qml.tape.QuantumScript([qml.RX(0.3, 0)], [qml.expval(qml.Z(0))])
    (slope,) = device.compute_vjp(single, 2.0)
    assert float(slope) == pytest.approx(-2 * np.sin(0.3), abs=1e-12)


def test_gradients_of_probabilities_and_of_coefficients_shift_circuits():
    def probabilities(angles):
        qml.RX(angles[0], 0)
        qml.CRY(angles[1], [0, 1])
        return qml.probs(wires=[1, 0])

    ours, theirs = both(probabilities, 2)
    np.testing.assert_allclose(
        qml.jacobian(ours)(trainable(2)), qml.jacobian(theirs)(trainable(2)), atol=1e-8
    )

    def weighted(coefficients, angle):
        qml.RX(angle, 0)
        return qml.expval(qml.Hamiltonian(coefficients, [qml.Z(0), qml.Y(0)]))

    ours, theirs = both(weighted, 1)
    arguments = trainable(2), trainable(seed=1)
    for found, wanted in zip(qml.grad(ours)(*arguments), qml.grad(theirs)(*arguments), strict=True):
        np.testing.assert_allclose(found, wanted, atol=1e-8)


def test_second_derivatives_by_shifted_circuits():
    def energy(angles):
        qml.RX(angles[0], 0)
        qml.RY(angles[1], 0)
        qml.CNOT([0, 1])
        return qml.expval(qml.Z(0) @ qml.X(1) + qml.Z(1))

    ours, theirs = both(energy, 2, max_diff=2)
    hessians = [qml.jacobian(qml.grad(node))(trainable(2)) for node in (ours, theirs)]
    np.testing.assert_allclose(*hessians, atol=1e-8)
    with pytest.raises(QuantumFunctionError, match="adjoint"):
        qml.grad(qml.QNode(energy, StatevectorDevice(2), diff_method="adjoint", max_diff=2))(trainable(2))


def test_qaoa_layers_by_pennylane():
    cost, mixer = qml.qaoa.maxcut(nx.cycle_graph(5))

    def energy(parameters):
        for wire in range(5):
            qml.Hadamard(wire)
        for gamma, beta in parameters:
            qml.qaoa.cost_layer(gamma, cost)
            qml.qaoa.mixer_layer(beta, mixer)
        return qml.expval(cost)

    ours, theirs = both(energy, 5)
    parameters = trainable(3, 2)
    assert_same(ours(parameters), theirs(parameters))
    assert_same(qml.grad(ours)(parameters), qml.grad(theirs)(parameters), 1e-8)


def test_derivatives_of_tapes_that_were_not_preprocessed_are_refused():
    broadcast = qml.tape.QuantumScript([qml.RX(np.array([0.1, 0.2]), 0)], [qml.expval(qml.Z(0))])
    probabilities = qml.tape.QuantumScript([qml.RX(0.1, 0)], [qml.probs(wires=[0])])
    for tape in (broadcast, probabilities):
        with pytest.raises(DeviceError, match="preprocess_transforms"):
            StatevectorDevice(1).compute_derivatives((tape,))


def test_derivatives_come_in_the_shape_of_the_device_interface():
    operations = [qml.RX(0.3, 0), qml.Rot(0.1, 0.2, 0.4, 1), qml.CNOT([0, 1])]
    measured = [qml.expval(qml.Z(1)), qml.expval(qml.X(0) @ qml.Y(1))]
    for count, trainable_params in ((1, [2]), (1, [0, 2]), (2, [0, 3]), (2, [1])):
        tape = qml.tape.QuantumScript(operations, measured[:count], trainable_params=trainable_params)
        values, slopes = StatevectorDevice(2).execute_and_compute_derivatives((tape,))
        assert_same(values[0], qml.execute([tape], qml.device("default.qubit"))[0])
        steps = []
        for k in trainable_params:
            ends = [
                tape.bind_new_parameters([tape.get_parameters(trainable_only=False)[k] + step], [k])
                for step in (np.pi / 2, -np.pi / 2)
            ]
            high, low = qml.execute(ends, qml.device("default.qubit"))
            steps.append((np.array(high) - np.array(low)) / 2)  # exact for these gates
        wanted = np.array(steps).T if count > 1 else np.array(steps)
        np.testing.assert_allclose(np.squeeze(np.array(slopes[0])), np.squeeze(wanted), atol=1e-10)
        alone = StatevectorDevice(2).compute_derivatives((tape,))
        np.testing.assert_array_equal(np.array(alone[0]), np.array(slopes[0]))
        assert isinstance(slopes[0], tuple) == (count > 1 or len(trainable_params) > 1)
