"""The noise of a device by the figures that it reports: T1, T2, durations, gate and readout errors.

The reported error of a gate is one minus its average fidelity, to which relaxation and depolarizing add up.
Reference: Nielsen, arXiv quant-ph/0205035, for the average fidelity of a channel by its trace.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from problems.checking import check_integer
from problems.errors import ProblemError
from problems.ground_state.noise import GateNoise, NoiseModel

Array = np.ndarray
SINGLE = ("sx", "x", "rx", "r", "u")  # gates with a pulse; rz costs no time on most devices
PAIR = ("cx", "cz", "ecr", "rzz", "iswap")


def calibrated_noise(backend: Any, qubits: Sequence[int] | None = None) -> NoiseModel:
    """Return the noise of some qubits of a device; ``NoiseModel.from_backend`` tells of the rest.

    Raises:
        ProblemError: If it is no ``BackendV2`` with figures for these qubits.
    """
    from qiskit.providers import BackendV2

    if not isinstance(backend, BackendV2):
        raise ProblemError("backend", type(backend).__name__, "a BackendV2 of Qiskit")
    target = backend.target
    places = _chosen(target, qubits)
    rates = np.array([_relaxation_rates(target, qubit) for qubit in places])
    single = _single(target, places, rates)
    pair = _pair(target, places, rates) if len(places) > 1 else GateNoise()
    return NoiseModel(single, pair, readout=tuple(_readout(target, qubit) for qubit in places))


def _chosen(target: Any, qubits: Sequence[int] | None) -> list[int]:
    places = list(range(target.num_qubits)) if qubits is None else list(qubits)
    for k, qubit in enumerate(places):
        check_integer(f"qubits[{k}]", qubit, 0, target.num_qubits - 1)
    if not places or len(set(places)) < len(places):
        raise ProblemError("qubits", qubits, "at least one qubit of the device, none twice")
    return places


def _relaxation_rates(target: Any, qubit: int) -> tuple[float, float]:
    """Return 1/T1 and 1/T2 per second, 0 where the device names none; T2 is cut to 2 T1."""
    properties = target.qubit_properties[qubit] if target.qubit_properties else None
    t1, t2 = getattr(properties, "t1", None), getattr(properties, "t2", None)
    decay = 1.0 / t1 if t1 else 0.0
    return decay, max(1.0 / t2 if t2 else 0.0, decay / 2)


def _single(target: Any, places: list[int], rates: Array) -> GateNoise:
    name = _gate(target, SINGLE, [(qubit,) for qubit in places], len(places))
    rows = []
    for qubit, rate in zip(places, rates, strict=True):
        entry = target[name][(qubit,)]
        times = (entry.duration or 0.0) * rate
        rows.append((*times, depolarizing_of_error(entry.error or 0.0, times[None])))
    return GateNoise(*map(tuple, np.array(rows).T.tolist()))


def _pair(target: Any, places: list[int], rates: Array) -> GateNoise:
    """The mean, over the pairs of each qubit with the others, of what their gate does to it."""
    pairs = [(a, b) for a in places for b in places if a != b]
    name = _gate(target, PAIR, pairs, 1)
    met: dict[int, list[tuple[float, ...]]] = {qubit: [] for qubit in places}
    for pair in pairs:
        entry = target[name].get(pair)
        if entry is None:
            continue
        times = (entry.duration or 0.0) * np.array([rates[places.index(qubit)] for qubit in pair])
        p = depolarizing_of_error(entry.error or 0.0, times)
        for qubit, row in zip(pair, times.tolist(), strict=True):
            met[qubit].append((*row, p))
    for qubit, rows in met.items():
        if not rows:
            raise ProblemError("qubits", places, f"another qubit that has a {name} with qubit {qubit}")
    means = np.array([np.mean(met[qubit], axis=0) for qubit in places])
    return GateNoise(*map(tuple, means.T.tolist()))


def _gate(target: Any, names: Sequence[str], places: list[tuple[int, ...]], least: int) -> str:
    """Return the first of these gates that has figures for at least so many of the places."""
    for name in names:
        if name in target.operation_names:
            given = target[name] or {}
            if sum(given.get(place) is not None for place in places) >= least:
                return name
    expected = f"a device with figures of one of {', '.join(names)} on qubits {places}"
    raise ProblemError("backend", sorted(target.operation_names), expected)


def _readout(target: Any, qubit: int) -> float:
    """Return the error of a measured bit: the mean of both directions."""
    given = target["measure"] if "measure" in target.operation_names else None
    entry = (given or {}).get((qubit,))
    return float(getattr(entry, "error", None) or 0.0)


def depolarizing_of_error(error: float, times: Array) -> float:
    """Return p of the depolarizing of each qubit that, behind relaxation, makes up a gate's average error.

    The average fidelity of a channel on m qubits is (2^m F + 1)/(2^m + 1) with F = tr(R)/4^m; the transfer
    matrix of a qubit has the trace 1 + (1 − p)(e^(−t/T1) + 2 e^(−t/T2)). Where relaxation alone exceeds the
    error, p is 0; where no p reaches it, 1.

    Args:
        error: One minus the average fidelity.
        times: t/T1 and t/T2 of each of one or two qubits, ``[m, 2]``.
    """
    m = len(times)
    d = 2.0**m
    wanted = ((d + 1) * (1 - error) - 1) / d * 4.0**m  # tr(R) of all qubits
    slopes = np.exp(-times) @ np.array([1.0, 2.0])
    if m == 1:
        kept = (wanted - 1) / slopes[0]
    else:  # (1 + k a)(1 + k b) = tr(R)
        product, total = float(np.prod(slopes)), float(slopes.sum())
        inside = total**2 - 4 * product * (1 - wanted)
        kept = (np.sqrt(max(inside, 0.0)) - total) / (2 * product)
    return float(np.clip(1 - kept, 0.0, 1.0))
