"""What is done to PennyLane's tapes on their way to the device, and what is refused with a sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pennylane.devices.preprocess import measurements_from_samples
from pennylane.exceptions import DeviceError
from pennylane.math import requires_grad
from pennylane.measurements import ExpectationMP, MeasurementProcess, sample
from pennylane.ops import PauliX, PauliY, PauliZ
from pennylane.tape import QuantumScript
from pennylane.transforms import broadcast_expand, split_non_commuting
from pennylane.transforms.core import TransformProgram, transform

from backends.bridges.pennylane_tapes import DENSE_WIRES

WORDS = (PauliX, PauliY, PauliZ)
MID_CIRCUIT = ("MidMeasure", "MidMeasureMP", "PauliMeasure", "Conditional")

Batch = tuple[Sequence[QuantumScript], Callable[[Any], Any]]


@transform
def refuse_mid_circuit_measurements(tape: QuantumScript, name: str = "the device") -> Batch:
    """Refuse measurements before the end, and what depends on their outcome."""
    for operation in tape.operations:
        if type(operation).__name__ in MID_CIRCUIT:
            raise DeviceError(
                f"{name} measures at the end alone and cannot run {operation}; "
                "qml.defer_measurements turns such a circuit into one that it runs"
            )
    return (tape,), _first


@transform
def refuse_all_but_means(tape: QuantumScript, name: str = "the device") -> Batch:
    """Refuse what the adjoint method has no derivative of."""
    for measurement in tape.measurements:
        if not isinstance(measurement, ExpectationMP) or not has_pauli_words(measurement):
            raise DeviceError(
                f"the adjoint method of {name} takes expectation values of sums of Pauli words alone, "
                f"not {measurement}; use diff_method='parameter-shift'"
            )
    if measured_parameters(tape):
        raise DeviceError(
            f"the adjoint method of {name} has no derivatives by parameters of observables; mark them as "
            "not trainable or use diff_method='parameter-shift'"
        )
    return (tape,), _first


@transform
def as_samples(tape: QuantumScript) -> Batch:
    """Turn a tape with shots into tapes without broadcasting that ask for samples alone.

    Pauli words that commute qubit by qubit share their shots; every other word or observable is measured with
    shots of its own, an observable that is no sum of words in its eigenvectors.
    """
    if not tape.shots:
        return (tape,), _first
    program = TransformProgram()
    program.add_transform(broadcast_expand)
    rows, unite_rows = program((tape,))
    split = [_split_by_bases(row) for row in rows]

    def unite(results: Any) -> Any:
        found, begin = [], 0
        for batch, unite_row in split:
            found.append(unite_row(results[begin : begin + len(batch)]))
            begin += len(batch)
        return unite_rows(tuple(found))[0]

    return [script for batch, _ in split for script in batch], unite


def _split_by_bases(tape: QuantumScript) -> Batch:
    """Split measurements by the basis that they are made in; of the results each part has one."""
    joint = [k for k, measurement in enumerate(tape.measurements) if _is_read_by_words(measurement)]
    single = [k for k in range(len(tape.measurements)) if k not in joint]
    program = TransformProgram()
    program.add_transform(split_non_commuting)
    program.add_transform(measurements_from_samples)
    words = [_in_words(tape.measurements[k]) for k in joint]
    batch, unite_words = program((tape.copy(measurements=words),) if joint else ())
    observables: list[Any] = [tape.measurements[k].obs for k in single]
    own = [
        tape.copy(
            operations=[*tape.operations, *observable.diagonalizing_gates()],
            measurements=[sample(wires=observable.wires)],
        )
        for observable in observables
    ]

    def unite(results: Any) -> Any:
        parts = 1 if not tape.shots.has_partitioned_shots else tape.shots.num_copies
        values: list[list[Any]] = [[None] * len(tape.measurements) for _ in range(parts)]
        if joint:
            found = _by_part(unite_words(results[: len(batch)])[0], parts)
            for part, result in enumerate(found):
                for k, value in zip(joint, result if len(joint) > 1 else (result,), strict=True):
                    values[part][k] = value
        for k, observable, result in zip(single, observables, results[len(batch) :], strict=True):
            measurement: Any = tape.measurements[k]
            for part, bits in enumerate(_by_part(result, parts)):
                values[part][k] = measurement.process_samples(bits, observable.wires)
        shaped = [tuple(value) if len(value) > 1 else value[0] for value in values]
        return tuple(shaped) if tape.shots.has_partitioned_shots else shaped[0]

    return [*batch, *own], unite


def _is_read_by_words(measurement: MeasurementProcess) -> bool:
    """Whether single-qubit bases do: bits, one Pauli word, or the mean of a sum of words."""
    observable: Any = measurement.obs
    if observable is None:
        return True
    sentence = observable.pauli_rep
    return sentence is not None and (isinstance(measurement, ExpectationMP) or isinstance(observable, WORDS))


def _in_words(measurement: MeasurementProcess) -> MeasurementProcess:
    observable: Any = measurement.obs
    if isinstance(measurement, ExpectationMP) and not isinstance(observable, WORDS):
        return ExpectationMP(obs=observable.pauli_rep.operation(wire_order=observable.wires))
    return measurement


def _by_part(result: Any, parts: int) -> Any:
    return (result,) if parts == 1 else result


def has_pauli_words(measurement: MeasurementProcess) -> bool:
    """Whether the observable is, or will be, written in Pauli words."""
    observable: Any = measurement.obs
    if observable is None:
        return False
    narrow = len(observable.wires) <= DENSE_WIRES and observable.has_matrix
    return observable.pauli_rep is not None or narrow


def measured_parameters(tape: QuantumScript) -> bool:
    """Whether a trainable parameter belongs to an observable."""
    observables: list[Any] = [m.obs for m in tape.measurements if m.obs is not None]
    return any(requires_grad(number) for observable in observables for number in observable.data)


def _first(results: Any) -> Any:
    return results[0]
