"""Tapes of one structure run on the embedded simulator as rows of one workload."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from pennylane.devices.qubit import measure
from pennylane.exceptions import DeviceError
from pennylane.measurements import ExpectationMP, MeasurementProcess, VarianceMP
from pennylane.tape import QuantumScript
from pennylane.wires import Wires

from backends.backend import refuse_unsuitable
from backends.bridges.pennylane_tapes import TapeStructure, shaped, slopes_of_numbers
from backends.statevector.backend import Statevector
from backends.statevector.simulation import Measured
from backends.workload import Expectation, Sampling, Workload
from problems.contract import Array
from problems.ground_state import PauliSum

SEEDS = 1 << 62


@dataclass(frozen=True, eq=False)
class MeasuredTape:
    """A tape and the Pauli words of each measurement, None where the state itself is looked at."""

    script: QuantumScript
    paulis: tuple[PauliSum | None, ...]


@dataclass(frozen=True, eq=False)
class PreparedTape:
    """A structure with a simulator of its own."""

    structure: TapeStructure
    backend: Statevector = field(default_factory=Statevector)

    def results(self, tapes: list[MeasuredTape], rng: np.random.Generator) -> list[Any]:
        """Return the results of tapes with the same observables and shots."""
        if tapes[0].script.shots:
            return self._samples([tape.script for tape in tapes], int(rng.integers(SEEDS)))
        read = [self.structure.rows(tape.script) for tape in tapes]
        rows, phases = (np.concatenate([own[part] for own in read]) for part in (0, 1))
        columns = self._analysed(tapes[0], rows, phases)
        results, begin = [], 0
        for own, _, broadcast in read:
            end = begin + len(own)
            results.append(shaped([c[begin:end] if broadcast else c[begin] for c in columns], np.asarray))
            begin = end
        return results

    def slopes(self, tapes: list[MeasuredTape]) -> list[tuple[Any, Any]]:
        """Return means and derivatives of tapes with the same observables, without broadcasting."""
        observables, rows = self._differentiable(tapes)
        outcome = self._run(Expectation(self.structure.ansatz, observables, rows, gradient=True))
        results = []
        for tape, means, slopes in zip(tapes, outcome.mean, outcome.gradient, strict=True):
            wanted = slopes_of_numbers(self.structure, slopes, tape.script.trainable_params)
            derivatives = shaped(list(wanted), lambda row: shaped(row, np.asarray))
            results.append((shaped(means, np.asarray), derivatives))
        return results

    def weighted_slopes(self, tape: MeasuredTape, weights: Any) -> tuple[Any, ...]:
        """Return the derivatives of the means summed up with weights ``[K]``, in one way back."""
        observables, rows = self._differentiable([tape])
        scales = np.reshape(np.asarray(weights, dtype=float), len(observables)).tolist()
        strings = tuple(string for paulis in observables for string in paulis.strings)
        coefficients = [
            scale * paulis.coefficients for scale, paulis in zip(scales, observables, strict=True)
        ]
        total = PauliSum(self.structure.ansatz.num_qubits, strings, np.concatenate(coefficients))
        outcome = self._run(Expectation(self.structure.ansatz, (total,), rows, gradient=True))
        found = slopes_of_numbers(self.structure, outcome.gradient[0], tape.script.trainable_params)
        return tuple(np.asarray(value) for value in found[0])

    def _differentiable(self, tapes: list[MeasuredTape]) -> tuple[tuple[PauliSum, ...], Array]:
        """Return the observables that all tapes share and one row of parameters for each."""
        measured = zip(tapes[0].script.measurements, tapes[0].paulis, strict=True)
        observables = tuple(p for m, p in measured if isinstance(m, ExpectationMP) and p is not None)
        read = [self.structure.rows(tape.script) for tape in tapes]
        if len(observables) < len(tapes[0].paulis) or any(broadcast for _, _, broadcast in read):
            raise DeviceError(
                "the adjoint method takes expectation values of Pauli words without broadcasting; "
                "apply the device's preprocess_transforms first"
            )
        rows = np.concatenate([own for own, _, _ in read])
        return observables, rows

    def _analysed(self, tape: MeasuredTape, rows: Array, phases: Array) -> list[Array]:
        """Return one array ``[B, …]`` per measurement: means from the kernels, the rest from states."""
        measurements = tape.script.measurements
        pairs = list(zip(measurements, tape.paulis, strict=True))
        means = [paulis for m, paulis in pairs if isinstance(m, ExpectationMP) and paulis is not None]
        columns = iter(())
        if means:
            columns = iter(self._run(Expectation(self.structure.ansatz, tuple(means), rows)).mean.T)
        others = [pair for pair in pairs if not (isinstance(pair[0], ExpectationMP) and pair[1] is not None)]
        seen: list[list[Any]] = []
        if others:
            places = {label: k for k, label in enumerate(self.structure.labels)}
            mapped = [(m.map_wires(places), paulis) for m, paulis in others]
            for row, phase in zip(rows, phases, strict=True):
                state = np.exp(-1j * phase) * self.backend.state(self.structure.ansatz, row)
                seen.append([_looked_at(m, paulis, state) for m, paulis in mapped])
        rest = iter([np.stack(values) for values in zip(*seen, strict=True)])
        return [
            next(columns) if isinstance(m, ExpectationMP) and p is not None else next(rest) for m, p in pairs
        ]

    def _samples(self, scripts: list[QuantumScript], seed: int) -> list[Any]:
        shots, labels = scripts[0].shots, self.structure.labels
        read = [self.structure.rows(script)[0] for script in scripts]
        assert shots.total_shots is not None
        work = Sampling(self.structure.ansatz, np.concatenate(read), shots.total_shots, seed)
        bits = self._run(work).bits[:, :, ::-1].astype(np.int64)  # wire k is column k
        order, results = Wires(labels), []
        for script, own in zip(scripts, bits, strict=True):
            each = [
                shaped(script.measurements, lambda m, part=own[low:high]: m.process_samples(part, order))
                for low, high in shots.bins()
            ]
            results.append(tuple(each) if shots.has_partitioned_shots else each[0])
        return results

    def _run(self, work: Workload) -> Any:
        refuse_unsuitable(self.backend, work)
        return self.backend.run(work)


def _looked_at(measurement: MeasurementProcess, paulis: PauliSum | None, state: Array) -> Any:
    """Return what a measurement, on wires 0 … n − 1, makes of a state."""
    if isinstance(measurement, VarianceMP) and paulis is not None:
        moved = Measured(paulis).apply(state)  # ‖(H − ⟨H⟩)ψ‖² is never below 0
        return np.linalg.norm(moved - np.real(np.vdot(state, moved)) * state) ** 2
    return measure(measurement, state.reshape((2,) * (len(state).bit_length() - 1)))
