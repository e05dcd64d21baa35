"""The device against default.qubit: values, wires, batches, and what it refuses."""

import numpy as np
import pennylane as qml
import pytest
from pennylane import numpy as pnp
from pennylane.devices import ExecutionConfig
from pennylane.exceptions import DeviceError, QuantumFunctionError

from backends.bridges.pennylane_device import StatevectorDevice
from problems import BackendError, ProblemError
from tests.backends.bridges.pennylane_reference import HERMITIAN, assert_same, both, scramble, trainable

pytestmark = pytest.mark.filterwarnings("ignore:Casting complex values")  # autograd on default.qubit's phases


MEASUREMENTS = {
    "word": lambda: qml.expval(qml.X(0) @ qml.Y(2)),
    "sum": lambda: qml.expval(0.5 * qml.Z(0) - 1.5 * qml.X(1) @ qml.Z(3) + 0.25 * qml.I(2)),
    "hermitian": lambda: qml.expval(qml.Hermitian(HERMITIAN, 2)),
    "hermitian product": lambda: qml.expval(qml.Hermitian(HERMITIAN, 1) @ qml.X(3)),
    "projector": lambda: qml.expval(qml.Projector([1, 0, 1], [3, 0, 2])),
    "projector on a state": lambda: qml.expval(qml.Projector(np.array([0.6, 0.8]), [1])),
    "variance of a sum": lambda: qml.var(qml.Z(0) + 0.3 * qml.X(1) @ qml.Y(0)),
    "variance": lambda: qml.var(qml.Hermitian(HERMITIAN, 0)),
    "probabilities": lambda: qml.probs(wires=[2, 0]),
    "all probabilities": lambda: qml.probs(),
    "probabilities of an observable": lambda: qml.probs(op=qml.X(1)),
    "state": lambda: qml.state(),
    "density matrix": lambda: qml.density_matrix([3, 1]),
    "purity": lambda: qml.purity([0]),
}


@pytest.mark.parametrize("name", MEASUREMENTS)
def test_measurements_of_the_state_agree(name):
    def circuit():
        scramble([3, 1, 0, 2])
        return MEASUREMENTS[name]()

    ours, theirs = both(circuit, 4)
    assert_same(ours(), theirs())


def test_several_measurements_keep_their_order():
    def circuit():
        scramble(range(4))
        return [MEASUREMENTS[name]() for name in ("state", "word", "purity", "sum", "variance of a sum")]

    ours, theirs = both(circuit, 4)
    assert_same(ours(), theirs())


def test_a_variance_is_never_negative():
    @qml.qnode(StatevectorDevice(2))
    def variance():
        qml.Hadamard(0)
        return qml.var(qml.X(0) + qml.Z(1))

    assert 0 <= variance() < 1e-15


@pytest.mark.parametrize("wires", [None, 3, ["b", 7, "a"]])
def test_wires_in_any_order_and_under_any_label(wires):
    labels = [2, 0, 1] if wires in (None, 3) else ["a", "b", 7]

    def circuit():
        scramble(labels[:2])
        qml.CNOT(labels[:0:-1])
        return qml.state(), qml.probs(wires=labels[1:]), qml.expval(qml.Y(labels[2]))

    ours, theirs = both(circuit, wires)
    assert_same(ours(), theirs())


def test_wires_that_a_device_does_not_have_are_refused():
    @qml.qnode(StatevectorDevice(2))
    def circuit():
        qml.Hadamard(5)
        return qml.expval(qml.Z(5))

    with pytest.raises(qml.wires.WireError, match="5"):
        circuit()


def test_broadcast_parameters_are_rows():
    def circuit(angles, weights):
        qml.AngleEmbedding(angles, range(3))
        qml.StronglyEntanglingLayers(weights, range(3))
        qml.PhaseShift(angles[:, 1], 0)
        return qml.expval(qml.X(0) @ qml.Z(2)), qml.probs(wires=[1]), qml.state(), qml.var(qml.Y(1))

    ours, theirs = both(circuit, 3)
    arguments = trainable(4, 3), trainable(1, 3, 3, seed=1)
    assert_same(ours(*arguments), theirs(*arguments))

    def energy(angles, weights):
        qml.AngleEmbedding(angles, range(3))
        qml.StronglyEntanglingLayers(weights, range(3))
        return qml.expval(qml.X(0) @ qml.Z(2))

    slopes = [
        qml.jacobian(node, argnums=0)(*arguments)
        for node in (qml.QNode(energy, StatevectorDevice(3)), qml.QNode(energy, qml.device("default.qubit")))
    ]
    np.testing.assert_allclose(*slopes, atol=1e-8)


def test_a_batch_of_tapes_is_run_by_structure_and_comes_back_in_order():
    device, tapes = StatevectorDevice(2), []
    for k in range(6):
        gate = qml.RX(0.3 * k, 0) if k % 2 else qml.RY(0.2 * k, 1)
        measurement = qml.expval(qml.Z(0) @ qml.Z(1)) if k < 4 else qml.expval(qml.X(1))
        tapes.append(qml.tape.QuantumScript([gate], [measurement]))
    found = qml.execute(tapes, device)
    assert_same(list(found), list(qml.execute(tapes, qml.device("default.qubit", wires=2))))


def test_what_it_does_not_do_is_said():
    def energy(angle):
        qml.RX(angle, 0)
        return qml.expval(qml.Z(0))

    with pytest.raises(QuantumFunctionError, match="backprop"):
        qml.QNode(energy, StatevectorDevice(1), diff_method="backprop")(0.3)

    @qml.qnode(StatevectorDevice(2))
    def early():
        qml.Hadamard(0)
        qml.measure(0)
        return qml.expval(qml.Z(0))

    with pytest.raises(DeviceError, match="defer_measurements"):
        early()

    @qml.qnode(StatevectorDevice(2))
    def without_shots():
        return qml.sample(wires=[0])

    with pytest.raises(DeviceError, match="sample"):
        without_shots()
    with pytest.raises(ProblemError, match="seed"):
        StatevectorDevice(1, seed=-1)
    with pytest.raises(DeviceError, match="no option workers"):
        StatevectorDevice(1).setup_execution_config(ExecutionConfig(device_options={"workers": 2}))


def test_states_beyond_memory_are_refused_before_work_starts():
    @qml.qnode(StatevectorDevice(50))
    def wide():
        for wire in range(50):
            qml.Hadamard(wire)
        return qml.expval(qml.Z(0))

    with pytest.raises(BackendError, match="50 qubits"):
        wide()


def test_only_the_wires_in_use_are_simulated():
    @qml.qnode(StatevectorDevice(50))
    def narrow(angle):
        qml.RX(angle, 49)
        return qml.expval(qml.Z(49) @ qml.Z(3))

    assert float(narrow(0.3)) == pytest.approx(np.cos(0.3), abs=1e-12)


def test_the_tracker_counts_executions_and_derivatives():
    device = StatevectorDevice(1)

    @qml.qnode(device)
    def energy(angle):
        qml.RX(angle, 0)
        return qml.expval(qml.Z(0))

    with qml.Tracker(device) as tracker:
        energy(0.3)
        qml.grad(energy)(pnp.array(0.3, requires_grad=True))
    assert tracker.totals["batches"] == 1
    assert tracker.totals["execute_and_derivative_batches"] == 1
