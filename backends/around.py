"""What stands around a backend and lets all through that it does not change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backends.backend import Backend, Job
from backends.workload import Workload
from problems.errors import ProblemError


@dataclass(frozen=True)
class Around(Backend):
    """A backend around another one, as which it appears.

    Attributes:
        inner: Where work goes.

    Raises:
        ProblemError: If ``inner`` is no backend.
    """

    inner: Backend

    def __post_init__(self):
        if not isinstance(self.inner, Backend):
            raise ProblemError("inner", type(self.inner).__name__, "a backend")

    @property
    def engine(self) -> Backend:
        """The backend's own."""
        return self.inner.engine

    @property
    def local(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Whether the backend is."""
        return self.inner.local

    @property
    def noisy(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Whether the backend is."""
        return self.inner.noisy

    @property
    def identity(self) -> str:
        """The backend's: its outcomes are the same."""
        return self.inner.identity

    def unsuitable(self, workload: Workload) -> str | None:
        """Say what the backend says."""
        return self.inner.unsuitable(workload)

    def estimate(self, workload: Workload) -> Mapping[str, float]:
        """Return the backend's estimate."""
        return self.inner.estimate(workload)

    def rehearsal(self) -> Backend:
        """The backend's alone: nothing is kept and nothing is limited where nothing is sent."""
        return self.inner.rehearsal()

    def attach(self, job_id: str) -> Job | None:
        """Ask the backend."""
        return self.inner.attach(job_id)

    def find(self, tag: str) -> Job | None:
        """Ask the backend."""
        return self.inner.find(tag)
