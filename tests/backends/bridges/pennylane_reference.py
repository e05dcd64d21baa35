"""What tests of the PennyLane device share: PennyLane's reference beside it."""

import numpy as np
import pennylane as qml
from pennylane import numpy as pnp

from backends.bridges.pennylane_device import StatevectorDevice

HERMITIAN = np.array([[0.3, 0.1 - 0.4j], [0.1 + 0.4j, -1.2]])


def both(function, wires, **options):
    """The same quantum function on our device and on PennyLane's reference."""
    devices = StatevectorDevice(wires), qml.device("default.qubit", wires=wires)
    return [qml.QNode(function, device, **options) for device in devices]


def trainable(*shape, seed=0):
    return pnp.array(np.random.default_rng(seed).uniform(-3, 3, shape), requires_grad=True)


def assert_same(found, wanted, tolerance=1e-10):
    found, wanted = (value if isinstance(value, tuple | list) else [value] for value in (found, wanted))
    assert len(found) == len(wanted)
    for ours, theirs in zip(found, wanted, strict=True):
        assert np.shape(ours) == np.shape(theirs)
        np.testing.assert_allclose(ours, theirs, atol=tolerance)


def scramble(wires, seed=9):
    """A state without symmetry."""
    weights = np.random.default_rng(seed).uniform(-3, 3, (2, len(wires), 3))
    qml.StronglyEntanglingLayers(weights, wires)
