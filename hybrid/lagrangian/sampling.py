"""One iteration's samples: the surrogate as a QUBO of spread 1, solved by any QUBO solver."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from hybrid.lagrangian.model import LagrangianModel
from problems.binary.presolve.fixing import FREE, fix_form, lift_over
from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Qubo
from problems.contract import Array, Solver
from problems.run import Run

SAMPLE_FIELDS = ("shots", "restarts", "samples")  # what QUBO solvers call the number of their samples
SURE = 4.0  # standard errors below the mean of random bits from which a sampler counts as at work


@dataclass(frozen=True, eq=False)
class Samples:
    """What the inner solver drew from a surrogate.

    Attributes:
        bits: ``[N, n]`` distinct or not, the lowest surrogate energy first.
        counts: ``[N]``.
        excess: ``[N, m]`` of the scaled rows.
        energies: ``[N]`` surrogate energies in scaled units.
    """

    bits: Array
    counts: Array
    excess: Array
    energies: Array

    @property
    def mean_excess(self) -> Array:
        """The mean ``[m]`` over all samples by their counts."""
        return self.counts @ self.excess / self.counts.sum()

    @property
    def shots(self) -> Array:
        """The excess ``[S, m]`` of every single sample."""
        return np.repeat(self.excess, self.counts.astype(np.int64), axis=0)


class Sampler:
    """Draws from surrogates by an inner solver, and goes on from its trained parameters.

    Attributes:
        inner: The solver as it will be called next.
        values: int8 ``[n]`` fixed bits, ``FREE`` where the surrogate decides.
        evidence: How many standard errors its mean energies lay below that of random bits, pooled.
    """

    def __init__(self, inner: Solver[Qubo, Array], model: LagrangianModel, shots: int | None):
        self.inner, self.model = with_samples(inner, shots), model
        self.values = np.full(model.n, FREE, dtype=np.int8)
        self._below, self._errors, self._trained = 0.0, 0.0, 0

    def draw(self, form: QuadraticForm, run: Run) -> Samples:
        """Sample a surrogate over all bits ``[n]``; the fixed ones stay what they are."""
        smaller = fix_form(form, self.values)
        free = self.values == FREE
        names = tuple(name for name, open_ in zip(self.model.program.names, free, strict=True) if open_)
        spread = smaller.spread_on_bits() or 1.0
        result = run.solve(self.inner, Qubo(smaller.scaled(1.0 / spread), names))
        bits = result.solution[None] if result.candidates is None else result.candidates
        counts = np.ones(len(bits)) if result.counts is None else np.asarray(result.counts, dtype=float)
        if result.candidates is not None and not np.any(np.all(bits == result.solution, axis=1)):
            bits, counts = np.vstack([bits, result.solution]), np.append(counts, 1.0)
        self._weigh(smaller.values(bits), counts, smaller, spread)
        self._continue(result.history)
        bits = np.asarray(lift_over(self.values)(bits))
        energies = form.values(bits)
        order = np.argsort(energies, kind="stable")
        bits, counts = bits[order], counts[order]
        return Samples(bits, counts, self.model.excess(bits), energies[order])

    @property
    def at_work(self) -> bool:
        """Whether its samples were lower than random bits, beyond chance."""
        return self._errors == 0 or self._below > SURE * math.sqrt(self._errors)

    def _weigh(self, energies: Array, counts: Array, form: QuadraticForm, spread: float) -> None:
        """Compare the mean energy with that of uniform bits, which is the constant of the form on spins."""
        mean = float(counts @ energies / counts.sum())
        self._below += (form.on_spins().offset - mean) / spread
        self._errors += 1.0 / float(counts.sum())

    def _continue(self, history: Any) -> None:
        """Start the next training at the angles of this one: only coefficients have moved."""
        angles = history[-1].get("parameters") if history else None
        if angles is not None and any(field.name == "start" for field in fields(self.inner)):
            self.inner = replace(self.inner, start=tuple(angles))  # pyright: ignore[reportCallIssue]


def with_samples(inner: Solver[Qubo, Array], shots: int | None) -> Solver[Qubo, Array]:
    """Return the solver with its number of samples set, or itself if it has none or ``shots`` is None."""
    named = {field.name for field in fields(inner)}
    name = next((name for name in SAMPLE_FIELDS if name in named), None)
    return inner if shots is None or name is None else replace(inner, **{name: shots})
