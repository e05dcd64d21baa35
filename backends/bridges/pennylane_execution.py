"""Tapes on PennyLane's devices: values, samples, and derivatives by what the device does best."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, Literal

import autograd.numpy as autograd_numpy
import numpy as np
import pennylane as qml
from autograd import jacobian
from pennylane.devices import ExecutionConfig
from pennylane.exceptions import DeviceError, QuantumFunctionError, WireError
from pennylane.operation import Operator
from pennylane.tape import QuantumScript

from problems.contract import Array
from problems.errors import BackendError

Method = Literal["backprop", "adjoint", "parameter-shift"]
_gradients: Any = qml.gradients  # transforms have no signature that a type checker could read
_jacobian: Any = jacobian
REFUSALS = (DeviceError, QuantumFunctionError, WireError, NotImplementedError)


def open_device(name: str, wires: int, options: dict[str, Any]) -> Any:
    """Return a device.

    Raises:
        BackendError: With PennyLane's own reason where it does not start.
    """
    try:
        return qml.device(name, wires=wires, **options)
    except (*REFUSALS, TypeError, ValueError, ImportError) as error:
        raise BackendError(f"PennyLane's device {name} does not start: {error}") from error


def execute(device: Any, tapes: Sequence[QuantumScript]) -> list[Any]:
    """Run tapes and return the results of each.

    Raises:
        BackendError: With the device's reason where it refuses one.
    """
    if not tapes:
        return []
    try:
        config = device.setup_execution_config(ExecutionConfig(), tapes[0])
        batch, unite = device.preprocess_transforms(config)(tuple(tapes))
        return list(unite(device.execute(batch, config)))
    except REFUSALS as error:
        raise BackendError(f"PennyLane's device {device.name} refused a circuit: {error}") from error


def gradient_method(device: Any, tape: QuantumScript) -> Method:
    """Return how derivatives are taken on a device: by what it offers, else by shifted circuits.

    A device with both is one of PennyLane's own in numpy, whose adjoint method writes observables as dense
    matrices: there the recorded way back is better.
    """
    for method in ("backprop", "adjoint"):
        if device.supports_derivatives(ExecutionConfig(gradient_method=method), tape):
            return method
    return "parameter-shift"


class Slopes:
    """Expectation values and their derivatives by angles, on one device."""

    def __init__(self, device: Any):
        self._device, self._method = device, ""

    def of(self, operations: Sequence[Operator], observables: Sequence[Operator]) -> tuple[Array, Array, int]:
        """Return values ``[K]``, derivatives ``[K, M]`` by the angles, and the number of circuits run.

        The angles are the parameters of all operations but of ``QubitUnitary``, in order.

        Raises:
            BackendError: With the device's reason where it refuses.
        """
        device, count = self._device, len(observables)
        tape = QuantumScript(operations, [qml.expval(observable) for observable in observables])
        tape.trainable_params = _angles(operations)
        if not tape.trainable_params:
            return np.reshape(execute(device, [tape])[0], count), np.zeros((count, 0)), 1
        try:
            self._method = self._method or gradient_method(device, tape)
            found = _recorded(device, tape) if self._method == "backprop" else None
            if self._method == "adjoint":
                found = _adjoint(device, tape)
            if found is not None:
                return *found, 1
            shifted, unite = _gradients.param_shift(tape)
            outcomes = execute(device, [tape, *shifted])
            slopes = np.reshape(unite(outcomes[1:]), (count, -1))
            return np.reshape(outcomes[0], count), slopes, len(outcomes)
        except REFUSALS as error:
            raise BackendError(f"PennyLane's device {device.name} refused a circuit: {error}") from error


def _adjoint(device: Any, tape: QuantumScript) -> tuple[Array, Array] | None:
    """Return values and slopes; None where the device would rewrite gates, and with them the angles."""
    wanted = ExecutionConfig(gradient_method="adjoint", use_device_gradient=True)
    config, count = device.setup_execution_config(wanted, tape), len(tape.measurements)
    batch, _ = device.preprocess_transforms(config)((tape,))
    if len(batch) != 1 or batch[0].trainable_params != tape.trainable_params:
        return None
    (values,), (slopes,) = device.execute_and_compute_derivatives(tuple(batch), config)
    return np.reshape(values, count), np.reshape(slopes, (count, -1))


def _recorded(device: Any, tape: QuantumScript) -> tuple[Array, Array]:
    """Let autograd record the simulation and retrace it once per observable."""
    values: list[Array] = []
    config = ExecutionConfig(gradient_method="backprop", interface="autograd")  # pyright: ignore[reportArgumentType]
    config = device.setup_execution_config(config, tape)
    places = tape.trainable_params

    def means(angles: Any) -> Any:
        bound = tape.bind_new_parameters([angles[k] for k in range(len(places))], places)
        batch, unite = device.preprocess_transforms(config)((bound,))
        (found,) = unite(device.execute(batch, config))
        found = list(found) if len(tape.measurements) > 1 else [found]
        values[:] = [np.array([float(getattr(value, "_value", value)) for value in found])]
        return autograd_numpy.stack(found)

    start = np.array(tape.get_parameters(), dtype=float)
    with warnings.catch_warnings():
        # what flows back is real up to rounding, and said so by a warning where a real angle entered a phase
        warnings.simplefilter("ignore", np.exceptions.ComplexWarning)
        slopes = np.asarray(_jacobian(means)(start))
    return values[0], slopes.reshape(len(tape.measurements), -1)


def _angles(operations: Sequence[Operator]) -> list[int]:
    """Return the places of the angles among all parameters of a tape; matrices are no angles."""
    places, place = [], 0
    for operation in operations:
        if operation.num_params and operation.name != "QubitUnitary":
            places.append(place)
        place += operation.num_params
    return places
