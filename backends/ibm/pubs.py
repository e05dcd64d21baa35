"""A workload as what the primitives take, and what must come back with a result for it to be read alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from qiskit.quantum_info import PauliList

from backends.circuits import operator_of
from backends.ibm.compile import Compiled
from backends.ibm.jobs import LABEL
from backends.ibm.mitigation import Method
from backends.workload import Expectation, Sampling, Workload
from problems.contract import Array
from problems.errors import BackendError


def pubs_of(workload: Workload, prepared: Compiled, label: Mapping[str, Any]) -> list[Any]:
    """Return one PUB for all rows, or one for each row where no parameter is free."""
    circuit = prepared.circuit.copy()
    circuit.metadata = {LABEL: dict(label)}
    values = prepared.values(workload.ansatz.angles(workload.parameters))
    bound = {tuple(circuit.parameters): values} if circuit.parameters else None
    if isinstance(workload, Sampling):
        return [(circuit, bound)] if bound else [(circuit,)] * len(values)
    column = [[prepared.operator(observable)] for observable in workload.observables]
    return [(circuit, column, bound)] if bound else [(circuit, column)] * len(values)


def label_of(
    workload: Workload,
    usage: Mapping[str, float],
    method: Method | None,
    errors: Array | None,
) -> dict[str, Any]:
    """Return plain data that lets a later process read the result from the service alone."""
    label: dict[str, Any] = {
        "kind": "sampling" if isinstance(workload, Sampling) else "expectation",
        "rows": len(workload.parameters),
        "qubits": workload.ansatz.num_qubits,
        "usage": {name: value for name, value in usage.items() if name not in ("qpu_seconds", "money")},
    }
    if isinstance(workload, Expectation):
        return label | {"observables": len(workload.observables)}
    return label | {"readout": method, "readout_errors": None if errors is None else errors.tolist()}


def measured_settings(workload: Workload) -> int:
    """Return how many circuits are measured after binding: rows, times bases for expectation values.

    Terms that commute on each qubit share a basis, across all observables.
    """
    rows = len(workload.parameters)
    if isinstance(workload, Sampling):
        return rows
    labels = {
        label for observable in workload.observables for label in operator_of(observable).paulis.to_labels()
    }
    if not labels:
        return 0
    return rows * len(PauliList(sorted(labels)).group_commuting(qubit_wise=True))


def readout_errors(device: Any, qubits: tuple[int, ...]) -> Array:
    """Return P(1 read | 0) and P(0 read | 1) ``[n, 2]`` of physical qubits, as the device reports them.

    Where it reports one error for both, both are that.

    Raises:
        BackendError: If it reports nothing about a qubit.
    """
    properties = device.properties() if callable(getattr(device, "properties", None)) else None
    found = np.empty((len(qubits), 2))
    for row, qubit in zip(found, qubits, strict=True):
        entry = device.target["measure"].get((qubit,))
        error = getattr(entry, "error", None)
        named = {} if properties is None else properties.qubit_property(qubit)
        row[0] = named.get("prob_meas1_prep0", (error,))[0]
        row[1] = named.get("prob_meas0_prep1", (error,))[0]
        if not np.all(np.isfinite(row)):
            raise BackendError(
                f"the device has no readout error for qubit {qubit}; take readout_mitigation=None"
            )
    return found
