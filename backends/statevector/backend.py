"""The embedded simulator as a backend: which simulator takes which ansatz, memory, noise of a precision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np

from backends.backend import LocalBackend, refuse_unsuitable, usage_of
from backends.memory import SHARE, as_amount, refusal
from backends.statevector.choice import Choice, choose
from backends.statevector.simulation import Precision, Simulator
from backends.workload import Ansatz, Estimate, Expectation, Outcome, Samples, Sampling, Workload
from problems.checking import check_choice, check_number
from problems.contract import Array
from problems.errors import ProblemError

KEPT = 2  # simulators made ready and kept: an outer loop asks for the same ansatz again and again


@dataclass(frozen=True)
class Statevector(LocalBackend):
    """Simulate the full state of n qubits in this process.

    Expectation values are exact; with a ``precision`` a workload gets Gaussian noise of that standard error
    from its seed, as if it had been measured. Row k of a batch draws from (seed, k) and depends on no other
    row. Gradients are exact, by the adjoint method, at the cost of a few evaluations. A Qiskit circuit runs
    on the same kernels where each of its angles is linear in one parameter; others go through Qiskit's own
    simulation, and those have no gradients.

    Attributes:
        precision: Of the arithmetic of QAOA with the X mixer; "single" halves memory, values are then within
            1e-4.
        symmetry: Use that flipping all bits changes nothing where the cost has no fields: half the states.
        subspace: "auto" simulates one-hot blocks in their own subspace where start and mixer stay in it;
            "require" refuses what does not; "off" never does.
        memory_share: The share of the free memory that a workload may take before it is refused.
    """

    precision: Precision = "double"
    symmetry: bool = True
    subspace: Literal["auto", "require", "off"] = "auto"
    memory_share: float = field(default=SHARE, metadata={"content": False})  # no outcome depends on it

    def __post_init__(self):
        check_choice("precision", self.precision, ("double", "single"))
        check_choice("subspace", self.subspace, ("auto", "require", "off"))
        check_number("memory_share", self.memory_share, 0.0, 1.0, open_low=True)

    @classmethod
    def from_name(cls, argument: str) -> Statevector:
        """Build from what follows ``statevector:``, nothing or ``single``."""
        if argument not in ("", "single"):
            raise ProblemError("backend", f"statevector:{argument}", "statevector or statevector:single")
        return cls(precision="single") if argument else cls()

    def unsuitable(self, workload: Workload) -> str | None:
        """Refuse what does not fit into memory, unknown ansätze, and gradients of circuits not our own."""
        choice = self._choice(workload.ansatz)
        if isinstance(choice, str):
            return choice
        if isinstance(workload, Expectation) and workload.gradient and choice.refusal:
            return f"{choice.refusal}, so it has no exact gradient; use a gradient-free optimizer"
        needed = choice.bytes_needed(workload)
        return refusal(workload.ansatz.num_qubits, needed, choice.alternatives, self.memory_share)

    def estimate(self, workload: Workload) -> Mapping[str, float]:
        """Count circuits, shots, gates and bytes."""
        choice = self._choice(workload.ansatz)
        needed = 0 if isinstance(choice, str) else choice.bytes_needed(workload)
        return usage_of(workload, memory_bytes=as_amount(needed))

    def run(self, workload: Workload) -> Outcome:
        """Simulate all rows."""
        usage, simulator = self.estimate(workload), self._simulator(workload.ansatz)
        if isinstance(workload, Sampling):
            return Samples(simulator.sample(workload.parameters, workload.shots, workload.seed), None, usage)
        means, slopes = simulator.expectations(
            workload.parameters, workload.observables, workload.gradient, workload.share
        )
        return with_noise(Estimate(means, np.zeros_like(means), slopes, usage), workload)

    def state(self, ansatz: Ansatz, parameters: Any = ()) -> Array:
        """Return the final state, complex ``[2^n]``, at parameters ``[P]``.

        Raises:
            BackendError: If it does not fit into memory.
        """
        work = Expectation(ansatz, (), np.asarray(parameters, dtype=float)[None])
        refuse_unsuitable(self, work)
        return self._simulator(ansatz).state(work.parameters[0])

    def probabilities(self, ansatz: Ansatz, parameters: Any, bits: Any) -> Array:
        """Return the probabilities ``[K]`` of bits ``[K, n]`` at parameters ``[P]``."""
        rows = np.atleast_2d(np.asarray(bits, dtype=np.int64))
        if rows.shape[1] != ansatz.num_qubits or np.any((rows != 0) & (rows != 1)):
            raise ProblemError("bits", np.shape(bits), f"bits of shape (K, {ansatz.num_qubits})")
        work = Expectation(ansatz, (), np.asarray(parameters, dtype=float)[None])
        refuse_unsuitable(self, work)
        return self._simulator(ansatz).probabilities(work.parameters[0], rows.astype(np.uint8))

    def _choice(self, ansatz: Ansatz) -> Choice | str:
        for known, choice, _ in self._prepared:
            if known is ansatz:
                return choice
        return choose(ansatz, self.precision, self.symmetry, self.subspace)

    def _simulator(self, ansatz: Ansatz) -> Simulator:
        """Make a simulator, or take one of the last that were made for this very ansatz."""
        for k, (known, _, simulator) in enumerate(self._prepared):
            if known is ansatz:
                self._prepared.append(self._prepared.pop(k))
                return simulator
        choice = self._choice(ansatz)
        assert not isinstance(choice, str)
        simulator = choice.build()
        self._prepared.append((ansatz, choice, simulator))
        del self._prepared[:-KEPT]
        return simulator

    @cached_property
    def _prepared(self) -> list[tuple[Ansatz, Choice, Simulator]]:
        return []

    def __getstate__(self) -> dict[str, object]:
        """Leave behind what was prepared: it is made again where it is needed."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def with_noise(exact: Estimate, workload: Expectation) -> Estimate:
    """Add the Gaussian noise that a workload's precision asks for; row k draws from (seed, k)."""
    if workload.precision is None:
        return exact
    shape = exact.mean.shape
    noise = [np.random.default_rng([workload.seed, k]).normal(size=shape[1]) for k in range(shape[0])]
    mean = exact.mean + workload.precision * np.reshape(noise, shape)
    return Estimate(mean, np.full(shape, workload.precision), exact.gradient, exact.usage)
