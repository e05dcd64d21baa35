"""A stand-in for any backend: seeded noise of the right shape, charged by the backend's own estimate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from backends.backend import Backend, FinishedJob, Job, refuse_unsuitable
from backends.workload import Estimate, Expectation, Samples, Workload


@dataclass(frozen=True)
class Rehearsal(Backend):
    """Answer every workload at once without running it; nothing reaches the backend that it stands for.

    Attributes:
        backend: Whose estimates it charges and whose refusals it repeats.
    """

    backend: Backend
    local: ClassVar[bool] = True

    def unsuitable(self, workload: Workload) -> str | None:
        """Say what the backend would say."""
        return self.backend.unsuitable(workload)

    def estimate(self, workload: Workload) -> Mapping[str, float]:
        """Return the backend's estimate."""
        return self.backend.estimate(workload)

    def rehearsal(self) -> Backend:
        """A rehearsal of a rehearsal is itself."""
        return self

    @property
    def noisy(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Whether the backend is: solvers choose their way by it."""
        return self.backend.noisy

    def submit(self, workload: Workload, tag: str = "") -> Job:
        """Return noise: standard normals as expectation values, uniform bits as samples."""
        refuse_unsuitable(self.backend, workload)
        rng, usage = np.random.default_rng(workload.seed), self.estimate(workload)
        rows = len(workload.parameters)
        if isinstance(workload, Expectation):
            shape = (rows, len(workload.observables))
            slopes = (*shape, workload.ansatz.num_parameters)
            error = np.full(shape, workload.precision or float(self.noisy))
            gradient = rng.normal(size=slopes) if workload.gradient else None
            outcome = Estimate(rng.normal(size=shape), error, gradient, usage)
        else:
            shape = (rows, workload.shots, workload.ansatz.num_qubits)
            outcome = Samples(rng.integers(0, 2, shape, dtype=np.uint8), None, usage)
        return FinishedJob(tag or "rehearsal", outcome)
