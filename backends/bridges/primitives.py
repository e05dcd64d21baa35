"""Qiskit's primitives on any backend of ours: code that was written for Qiskit runs on our kernels unchanged.

``HybridSampler(Statevector())`` and ``HybridEstimator(Statevector())`` stand where a ``StatevectorSampler``
or a ``StatevectorEstimator`` stood. Each pub is one workload, so all its parameter values run as one
population.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np
from qiskit.primitives import (
    BaseEstimatorV2,
    BaseSamplerV2,
    BitArray,
    DataBin,
    PrimitiveJob,
    PrimitiveResult,
    PubResult,
    SamplerPubResult,
)
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.quantum_info import SparsePauliOp

from backends.backend import Backend, refuse_unsuitable
from backends.bridges.measurements import MeasuredCircuit
from backends.circuits import CircuitAnsatz
from backends.workload import Estimate, Expectation, Samples, Sampling
from problems.checking import check_integer, check_number
from problems.contract import Array
from problems.errors import ProblemError
from problems.ground_state import PauliSum


class HybridSampler(BaseSamplerV2):
    """Samples of measured circuits, drawn by a backend of ours.

    Args:
        backend: Any backend; by default the embedded simulator.
        default_shots: For pubs that name no number of shots.
        seed: Run r, pub k draws from (seed, r, k): a new object repeats the draws of the last one in order.

    Raises:
        ProblemError: For fields out of range; from ``run``, for a circuit with anything but gates and final
            measurements into at least one classical register.
        BackendError: From ``run``, with the backend's reason where it refuses, before any work starts.
    """

    def __init__(self, backend: Backend | None = None, *, default_shots: int = 1024, seed: int = 0):
        check_integer("default_shots", default_shots, 1)
        self._backend, self._default_shots = _checked_backend(backend), default_shots
        self._seeds = _Seeds(seed)

    @property
    def default_shots(self) -> int:
        """Shots of a pub that names none."""
        return self._default_shots

    def run(self, pubs: Iterable[Any], *, shots: int | None = None) -> PrimitiveJob[Any]:
        """Return a job whose result holds one ``SamplerPubResult`` per pub."""
        coerced = [SamplerPub.coerce(pub, self._default_shots if shots is None else shots) for pub in pubs]
        parts, seeds = [], self._seeds.next(len(coerced))
        for k, (pub, seed) in enumerate(zip(coerced, seeds, strict=True)):
            circuit = MeasuredCircuit.of(pub.circuit)
            if not circuit.registers:
                remedy = "circuit.measure_all() adds one"
                raise ProblemError(f"the circuit of pub {k}", "no classical register", "at least one", remedy)
            drawn: Any = pub.shots
            work = Sampling(CircuitAnsatz(circuit.circuit), _rows(pub), drawn, seed)
            refuse_unsuitable(self._backend, work)
            parts.append((pub, circuit, work))
        return _started(self._sample, parts)

    def _sample(self, pub: SamplerPub, circuit: MeasuredCircuit, work: Sampling) -> SamplerPubResult:
        found: Any = self._backend.submit(work).result()
        assert isinstance(found, Samples)
        registers = circuit.read(found.bits)
        arrays = {
            name: BitArray.from_bool_array(bits.reshape(*pub.shape, *bits.shape[1:]), order="little")
            for name, bits in registers.items()
        }
        metadata = {"shots": pub.shots, "circuit_metadata": pub.circuit.metadata, "usage": dict(found.usage)}
        if found.weights is not None:  # counts stay what was measured
            metadata["weights"] = found.weights.reshape(*pub.shape, -1)
        return SamplerPubResult(DataBin(**arrays, shape=pub.shape), metadata=metadata)


class HybridEstimator(BaseEstimatorV2):
    """Expectation values, computed or measured by a backend of ours.

    Args:
        backend: Any backend; by default the embedded simulator, whose values are exact.
        default_precision: For pubs that name none; 0 asks for exact values.
        seed: Run r, pub k draws its noise from (seed, r, k).

    Raises:
        ProblemError: For fields out of range; from ``run``, for a circuit with measurements.
        ValueError: From ``run``, by Qiskit, for an observable that is not Hermitian.
        BackendError: From ``run``, with the backend's reason where it refuses, before any work starts.
    """

    def __init__(self, backend: Backend | None = None, *, default_precision: float = 0.0, seed: int = 0):
        check_number("default_precision", default_precision, 0.0)
        self._backend, self._default_precision = _checked_backend(backend), default_precision
        self._seeds = _Seeds(seed)

    @property
    def default_precision(self) -> float:
        """Target standard error of a pub that names none."""
        return self._default_precision

    def run(self, pubs: Iterable[Any], *, precision: float | None = None) -> PrimitiveJob[Any]:
        """Return a job whose result holds one ``PubResult`` with ``evs`` and ``stds`` per pub."""
        wanted = self._default_precision if precision is None else precision
        coerced = [EstimatorPub.coerce(pub, wanted) for pub in pubs]
        parts, seeds = [], self._seeds.next(len(coerced))
        for pub, seed in zip(coerced, seeds, strict=True):
            grid = _Grid(pub)
            works = [grid.workload(group, seed) for group in grid.groups]
            for work in works:
                refuse_unsuitable(self._backend, work)
            parts.append((pub, grid, works))
        return _started(self._estimate, parts)

    def _estimate(self, pub: EstimatorPub, grid: _Grid, works: list[Expectation]) -> PubResult:
        values, errors = np.zeros(grid.shape), np.zeros(grid.shape)
        usage: dict[str, float] = {}
        for (rows, columns), work in zip(grid.groups, works, strict=True):
            found: Any = self._backend.submit(work).result()
            assert isinstance(found, Estimate)
            grid.fill(values, rows, columns, found.mean)
            grid.fill(errors, rows, columns, found.error)
            for name, amount in found.usage.items():
                usage[name] = usage.get(name, 0.0) + amount
        data = DataBin(evs=values, stds=errors, shape=grid.shape)
        metadata = {
            "target_precision": pub.precision,
            "circuit_metadata": pub.circuit.metadata,
            "usage": usage,
        }
        return PubResult(data, metadata=metadata)


class _Grid:
    """Which observables are asked for at which parameter row, after broadcasting.

    Attributes:
        shape: Of the pub's values.
        groups: Rows and the observables that all of these are asked for: one workload each, so that nothing
            is computed in vain where a pub pairs them off one by one.
    """

    def __init__(self, pub: EstimatorPub):
        circuit = MeasuredCircuit.of(pub.circuit)
        if any(np.any(qubits >= 0) for qubits in circuit.registers.values()):
            remedy = "circuit.remove_final_measurements(inplace=False) leaves the gates"
            raise ProblemError("circuit", "a circuit with measurements", "gates alone", remedy)
        self.shape, self._precision = pub.shape, pub.precision
        self._ansatz, self._parameters = CircuitAnsatz(circuit.circuit), _rows(pub)
        self._observables = _pauli_sums(pub)
        count = len(self._parameters)
        rows = np.broadcast_to(np.arange(count).reshape(pub.parameter_values.shape), self.shape).ravel()
        columns = np.arange(len(self._observables)).reshape(pub.observables.shape)
        columns = np.broadcast_to(columns, self.shape).ravel()
        wanted: dict[int, list[int]] = defaultdict(list)
        places: dict[tuple[int, int], list[int]] = defaultdict(list)
        for place, (row, column) in enumerate(zip(rows.tolist(), columns.tolist(), strict=True)):
            if (row, column) not in places:
                wanted[row].append(column)
            places[row, column].append(place)
        self._places = places
        together: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for row, needed in wanted.items():
            together[tuple(needed)].append(row)
        self.groups = [(tuple(rows), columns) for columns, rows in together.items()]

    def workload(self, group: tuple[tuple[int, ...], tuple[int, ...]], seed: int) -> Expectation:
        """Return the workload of one group."""
        rows, columns = group
        observables = tuple(self._observables[column] for column in columns)
        parameters = self._parameters[list(rows)]
        return Expectation(self._ansatz, observables, parameters, self._precision or None, seed=seed)

    def fill(self, out: Array, rows: tuple[int, ...], columns: tuple[int, ...], found: Array) -> None:
        """Write a group's figures ``[B, K]`` to their places."""
        flat = out.reshape(-1)
        for b, row in enumerate(rows):
            for k, column in enumerate(columns):
                flat[self._places[row, column]] = found[b, k]


class _Seeds:
    """Seeds that advance with every run."""

    def __init__(self, seed: int):
        check_integer("seed", seed, 0)
        self._seed, self._run = seed, 0

    def next(self, count: int) -> list[int]:
        """Return one seed per pub."""
        words = np.random.SeedSequence([self._seed, self._run]).generate_state(count, np.uint64)
        self._run += 1
        return [int(word >> np.uint64(1)) for word in words]


def _started(run: Any, parts: list[tuple[Any, ...]]) -> PrimitiveJob[Any]:
    job: Any = PrimitiveJob(lambda: PrimitiveResult([run(*part) for part in parts], metadata={"version": 2}))
    job._submit()
    return job


def _checked_backend(backend: Any) -> Backend:
    if backend is None:
        from backends.statevector.backend import Statevector

        return Statevector()
    if not isinstance(backend, Backend):
        raise ProblemError("backend", type(backend).__name__, "a Backend, such as Statevector()")
    return backend


def _rows(pub: SamplerPub | EstimatorPub) -> Array:
    """Return the pub's parameter values ``[B, P]`` in the order of its circuit's parameters."""
    values = pub.parameter_values.as_array(pub.circuit.parameters)
    return np.reshape(values, (-1, pub.circuit.num_parameters) if values.size else (_count(pub), 0))


def _count(pub: SamplerPub | EstimatorPub) -> int:
    return int(np.prod(pub.parameter_values.shape, dtype=int))


def _pauli_sums(pub: EstimatorPub) -> list[PauliSum]:
    """Return the pub's observables as Pauli sums, projectors written out."""
    sums = []
    for observable in pub.observables.sparse_observables_array().ravel():
        operator: Any = SparsePauliOp.from_sparse_observable(observable.as_paulis()).simplify(atol=0, rtol=0)
        strings = tuple(label[::-1] for label in operator.paulis.to_labels())
        sums.append(PauliSum(pub.circuit.num_qubits, strings, operator.coeffs.real))
    return sums
