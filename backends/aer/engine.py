"""Aer's simulators with all their settings, and how the rows of a workload become jobs of theirs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.exceptions import QiskitError
from qiskit_aer import AerSimulator

from backends.aer.compiled import Compiled
from backends.aer.truncation import ALONE, TruncationLog
from problems.contract import Array
from problems.errors import BackendError

SEEDS = 2**31 - 1  # Aer's seeds are 32-bit and signed
CHUNK = 1 << 23  # numbers that one job of Aer may bring back


@dataclass(frozen=True, eq=False)
class Engine:
    """Runs circuits on Aer's simulators, one per method, all with the same settings.

    Attributes:
        settings: Options of ``AerSimulator`` for every method.
        truncation: Further ones for matrix product states.
        truncating: Whether these may lose more than rounding.
    """

    settings: Mapping[str, Any]
    truncation: Mapping[str, Any]
    truncating: bool

    def simulator(self, method: str) -> AerSimulator:
        """Return the simulator of a method."""
        if method not in self._simulators:
            further = self.truncation if method == "matrix_product_state" else {}
            self._simulators[method] = AerSimulator(method=method, **self.settings, **further)
        return self._simulators[method]

    def rows(
        self, method: str, compiled: Compiled, circuit: QuantumCircuit, angles: Array, seed: int,
        numbers: int, **options: Any,
    ) -> Iterator[tuple[Mapping[str, Any], float]]:  # fmt: skip
        """Yield the data of each row, and the weight that its matrix product states have lost.

        Row k draws from (seed, k). Rows share a job where their results are small.

        Args:
            method: Aer's.
            compiled: Its parameters and its noise.
            circuit: The compiled one with what it saves or measures.
            angles: ``[B, C]``.
            seed: Of the workload.
            numbers: That the result of a row holds.
            options: Of the run.
        """
        together = (
            1 if self.truncating else max(1, CHUNK // numbers)
        )  # the log belongs to a job, not to a row
        if compiled.model is not None:
            options["noise_model"] = compiled.model
        for first in range(0, len(angles), together):
            part = angles[first : first + together]
            circuits, binds = compiled.filled(circuit, part)
            own = int(np.random.default_rng([seed, first]).integers(SEEDS))
            result, lost = self._job(method, circuits, seed_simulator=own, **binds, **options)
            for row in range(len(part)):
                yield result.data(row), lost

    def _job(self, method: str, circuits: list[QuantumCircuit], **options: Any) -> tuple[Any, float]:
        def send(simulator: AerSimulator) -> Any:
            return simulator.run(circuits, **options).result()

        try:
            if self.truncating and "noise_model" not in options:
                result, lost = self._log.run(send)
            else:
                with ALONE if method == "matrix_product_state" else nullcontext():
                    result = send(self.simulator(method))
                lost = math.nan if self.truncating else 0.0  # of trajectories the log would be too long
        except (QiskitError, RuntimeError) as error:
            raise BackendError(f"Aer refused the circuits: {error}") from error
        if not result.success:
            raise BackendError(f"Aer failed: {result.status}; take fewer variables or another method")
        return result, lost

    @cached_property
    def _simulators(self) -> dict[str, AerSimulator]:
        return {}

    @cached_property
    def _log(self) -> TruncationLog:
        return TruncationLog(self.simulator("matrix_product_state"))
