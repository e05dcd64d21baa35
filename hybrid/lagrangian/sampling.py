"""One iteration's samples: the surrogate as a QUBO of spread 1, solved by any QUBO solver."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from hybrid.lagrangian.model import LagrangianModel
from problems.binary.blocks import Blocks, spread_in_blocks
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
        blocks: One-hot blocks that it keeps by itself; no bit is fixed where there are some.
        values: int8 ``[n]`` fixed bits, ``FREE`` where the surrogate decides.
        angles: What the inner solver was trained to last, or None if it trains nothing.
    """

    def __init__(
        self, inner: Solver[Qubo, Array], model: LagrangianModel, shots: int | None, blocks: Blocks = ()
    ):
        self.inner, self.model, self.blocks = with_samples(inner, shots), model, blocks
        self.values = np.full(model.n, FREE, dtype=np.int8)
        self.angles: tuple[float, ...] | None = None
        self._below, self._errors = 0.0, 0.0

    def draw(self, form: QuadraticForm, run: Run) -> Samples:
        """Sample a surrogate over all bits ``[n]``; the fixed ones stay what they are."""
        smaller = fix_form(form, self.values)
        free = self.values == FREE
        names = tuple(name for name, open_ in zip(self.model.program.names, free, strict=True) if open_)
        mean, spread = null_moments(smaller, self.blocks)
        qubo = Qubo(smaller.scaled(1.0 / spread), names, one_hot=self.blocks)
        result = run.solve(self.inner, qubo)
        bits = result.solution[None] if result.candidates is None else result.candidates
        counts = np.ones(len(bits)) if result.counts is None else np.asarray(result.counts, dtype=float)
        if result.candidates is not None and not np.any(np.all(bits == result.solution, axis=1)):
            bits, counts = np.vstack([bits, result.solution]), np.append(counts, 1.0)
        self._weigh((mean - smaller.values(bits)) / spread, counts)
        self._continue(result.history)
        bits = np.asarray(lift_over(self.values)(bits))
        energies = form.values(bits)
        order = np.argsort(energies, kind="stable")
        bits, counts = bits[order], counts[order]
        return Samples(bits, counts, self.model.excess(bits), energies[order])

    @property
    def asked(self) -> bool:
        """Whether it has drawn anything."""
        return self._errors > 0

    @property
    def at_work(self) -> bool:
        """Whether its samples were lower than random bits, beyond chance."""
        return self._below > SURE * math.sqrt(self._errors)

    def _weigh(self, below: Array, counts: Array) -> None:
        """Pool how far energies ``[N]`` lie below the mean of random bits, in their standard deviations."""
        self._below += float(counts @ below / counts.sum())
        self._errors += 1.0 / float(counts.sum())

    def _continue(self, history: Any) -> None:
        angles = history[-1].get("parameters") if history else None
        if angles is not None:
            self.go_on_from(angles)

    def go_on_from(self, angles: Any) -> None:
        """Start the next training at given angles: only coefficients have moved since they were learnt."""
        if len(angles) and any(field.name == "start" for field in fields(self.inner)):
            self.angles = tuple(float(angle) for angle in angles)
            self.inner = replace(self.inner, start=self.angles)  # pyright: ignore[reportCallIssue]


def null_moments(form: QuadraticForm, blocks: Blocks) -> tuple[float, float]:
    """Return mean and standard deviation of a form over uniform bits whose blocks hold one 1 each.

    The standard deviation of a constant counts as 1.
    """
    if not blocks:
        return form.on_spins().offset, form.spread_on_bits() or 1.0
    mean, block_of = np.full(form.n, 0.5), np.arange(form.n)
    for block in blocks:
        mean[list(block)], block_of[list(block)] = 1.0 / len(block), block[0]
    apart = block_of[form.first] != block_of[form.second]  # products within a block are 0
    pairs = (form.coupling * mean[form.first] * mean[form.second])[apart]
    value = form.offset + float(form.linear @ mean) + float(pairs.sum())
    return value, spread_in_blocks(form, blocks) or 1.0


def with_samples(inner: Solver[Qubo, Array], shots: int | None) -> Solver[Qubo, Array]:
    """Return the solver with its number of samples set, or itself if it has none or ``shots`` is None."""
    named = {field.name for field in fields(inner)}
    name = next((name for name in SAMPLE_FIELDS if name in named), None)
    return inner if shots is None or name is None else replace(inner, **{name: shots})
