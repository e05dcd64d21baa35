"""Barren plateaus, measured: how much the gradient of a circuit's energy varies over random parameters.

Reference: McClean et al., "Barren plateaus in quantum neural network training landscapes", arXiv 1803.11173.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from backends.backend import Backend
from backends.workload import Ansatz, Estimate, Expectation, Observable
from problems.binary.qubo import Ising
from problems.checking import check_integer
from problems.contract import Array
from problems.ground_state import PauliSum

FLAT = 0.01  # of the spectrum's spread: below, a gradient takes more than 10⁴ shots to tell from zero


@dataclass(frozen=True, eq=False)
class GradientVariance:
    """The variance of the energy's gradient over uniformly random parameters.

    Attributes:
        variances: ``[P]``, in squared units of the observable per radian.
        spread: The standard deviation of the observable's spectrum.
        points: How many parameter vectors were drawn.
    """

    variances: Array
    spread: float
    points: int

    @property
    def typical(self) -> float:
        """The root-mean-square slope over parameters and points, in units of the spread."""
        return (
            float(np.sqrt(self.variances.mean()) / self.spread)
            if self.spread and len(self.variances)
            else 0.0
        )

    @property
    def is_flat(self) -> bool:
        """Whether the typical slope is below a hundredth of the spread."""
        return self.typical < FLAT

    @property
    def shots(self) -> float:
        """How many shots a slope takes to stand out of the noise of one standard deviation."""
        return float("inf") if self.typical == 0 else 1.0 / self.typical**2

    @cached_property
    def sentence(self) -> str:
        """What it means, in words."""
        return (
            f"barren plateau: the slopes at {self.points} random points are {self.typical:.1e} of the "
            f"spectrum's spread, so each takes about {self.shots:.0e} shots; take fewer layers, layerwise "
            "training, or an ansatz made for the problem"
        )

    def plot(self, axes: Any = None) -> Any:
        """Draw the standard deviation of the slope of each parameter; returns the matplotlib figure."""
        from problems.binary.pictures import new_axes

        axes = new_axes(axes)
        axes.semilogy(np.sqrt(self.variances), ".")
        axes.axhline(FLAT * self.spread, linestyle="--", label="a hundredth of the spread")
        axes.set_xlabel("parameter")
        axes.set_ylabel("standard deviation of the slope (energy per radian)")
        axes.legend()
        return axes.figure


def gradient_variance(
    ansatz: Ansatz, observable: Observable, backend: Backend, points: int = 16, seed: int = 0
) -> GradientVariance:
    """Measure the gradient at random points of [−π, π]^P; the backend must give gradients.

    Raises:
        BackendError: If it does not.
    """
    check_integer("points", points, 2)
    rows = np.random.default_rng(seed).uniform(-np.pi, np.pi, (points, ansatz.num_parameters))
    outcome = backend.submit(Expectation(ansatz, (observable,), rows, gradient=True, seed=seed)).result()
    assert isinstance(outcome, Estimate)
    assert outcome.gradient is not None
    return GradientVariance(outcome.gradient[:, 0].var(axis=0), spread_of(observable), points)


def spread_of(observable: Observable) -> float:
    """Return the standard deviation of an observable's spectrum: √Σc² over all strings but the identity."""
    if isinstance(observable, Ising):
        observable = PauliSum.from_ising(observable)
    rest = [c for s, c in zip(observable.strings, observable.coefficients, strict=True) if set(s) != {"I"}]
    return float(np.sqrt(np.sum(np.square(rest))))
