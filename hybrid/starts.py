"""Where the angles of QAOA come from: a ramp, a growing depth, a published rule, another instance."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from hybrid.sampling_loop import lowest_of
from hybrid.variational import CircuitEnergy
from problems.binary.qubo import Ising, Qubo
from problems.checking import check_integer, check_number, frozen_array
from problems.contract import Array, Solver
from problems.errors import ProblemError
from problems.minimisation import Minimisation
from problems.run import Run


@dataclass(frozen=True, eq=False)
class Stage:
    """What a start may work with.

    Attributes:
        cost: The cost.
        layers: p.
        energy: From a depth d to the energy over its 2d shared angles, scaled to order one.
        optimizer: Trains angles; None where none is wanted.
        run: The run that pays.
    """

    cost: Ising
    layers: int
    energy: Callable[[int], CircuitEnergy]
    optimizer: Solver[Minimisation, Array] | None
    run: Run

    def least(self, layers: int, angles: Array) -> Array:
        """Evaluate rows of angles ``[G, 2d]`` as one population and return the best."""
        if len(angles) == 1:
            return angles[0]
        energy = self.energy(layers)
        scale = np.asarray(energy.scale)
        values = energy.evaluate(angles / scale, self.run.seed()).mean
        return angles[int(np.argmin(values))]

    def trained(self, layers: int, starts: Array, basis: Array | None = None) -> tuple[Array, float]:
        """Train from the first row of ``[G, 2d]``, in the coordinates of a basis if there is one.

        Returns:
            The best of what was trained and all rows, and its value.
        """
        energy = self.energy(layers)
        scale = np.asarray(energy.scale)
        x = starts / scale
        inner = energy
        if basis is not None:
            inner = replace(energy, scale=scale[:, None] * basis)
        if self.optimizer is not None:
            first = x[0] if basis is None else np.linalg.lstsq(basis, x[0], rcond=None)[0]
            solution = self.run.solve(self.optimizer, replace(inner, start=first)).solution
            x = np.vstack([inner.parameters(solution)[None] / scale, x])
        best, value = lowest_of(energy, x, self.run)
        return energy.parameters(best), value


class AngleStart(ABC):
    """A way to find the first angles ``[2p]`` of a training."""

    population: int = 0  # the largest number of rows that is evaluated at once

    @abstractmethod
    def angles(self, stage: Stage) -> Array:
        """Return β₁…β_p, γ₁…γ_p, or rows of which training begins at the first; the result may be any."""

    def basis(self, layers: int) -> Array | None:
        """Return the matrix ``[2p, D]`` whose coordinates are trained in place of the angles, or None."""
        return None

    def refusal(self, problem: Qubo) -> str | None:
        """Say why it has no angles for a problem, or return None."""
        return None


@dataclass(frozen=True)
class LinearRamp(AngleStart):
    """Start from γ_k = Δγ (k + ½)/p over the cost's standard deviation, β_k = −Δβ (1 − (k + ½)/p).

    The grid of slopes is evaluated as one population, and the pair of least energy is taken. Reference:
    Montañez-Barrera, Michielsen, arXiv 2405.09169.

    Attributes:
        gammas: The Δγ to try.
        betas: The Δβ to try.
    """

    gammas: tuple[float, ...] = (1.0, 1.5, 2.2, 3.0)
    betas: tuple[float, ...] = (0.3, 0.5, 0.8)

    def __post_init__(self):
        for name in ("gammas", "betas"):
            if not getattr(self, name):
                raise ProblemError(name, (), "at least one slope")
            for k, value in enumerate(getattr(self, name)):
                check_number(f"{name}[{k}]", value, 0.0, open_low=True)

    @property
    def population(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The size of the grid."""
        return len(self.gammas) * len(self.betas)

    def ramps(self, layers: int) -> Array:
        """Return all starts ``[G, 2p]`` of the grid, betas first, γ in units of 1 / standard deviation."""
        time = (np.arange(layers) + 0.5) / layers
        return np.array([np.r_[-b * (1 - time), g * time] for g in self.gammas for b in self.betas])

    def angles(self, stage: Stage) -> Array:
        """Return the ramp of least energy."""
        return stage.least(stage.layers, self.ramps(stage.layers) * stage.energy(stage.layers).scale)


@dataclass(frozen=True)
class GivenAngles(AngleStart):
    """The angles themselves.

    Attributes:
        values: β₁…β_p, γ₁…γ_p.
    """

    values: tuple[float, ...]

    def angles(self, stage: Stage) -> Array:
        """Return them."""
        return np.array(self.values, dtype=float)


@dataclass(frozen=True)
class Growth(AngleStart):
    """Train depth after depth, each from the last one's angles stretched by one layer.

    Trained angles compete with the last depth's and an empty layer, which give the last depth's energy: exact
    energies never rise with the depth. (An empty layer is a saddle point, so training does not begin there.)
    One history row per depth trained.

    Attributes:
        first: The start at depth 1.
    """

    first: LinearRamp = field(default_factory=LinearRamp)

    @property
    def population(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        """As the first start's."""
        return max(2, self.first.population)

    @abstractmethod
    def stretched(self, angles: Array) -> Array:
        """Return angles ``[2(d + 1)]`` that continue ``[2d]``."""

    def angles(self, stage: Stage) -> Array:
        """Return the start of the last depth, and the last angles with an empty layer."""
        starts = self.first.angles(replace(stage, layers=1))[None]
        for layers in range(1, stage.layers):
            angles, value = stage.trained(layers, starts, self.basis(layers))
            stage.run.record(layers=layers, objective=value, parameters=tuple(angles.tolist()))
            starts = np.stack([self.stretched(angles), np.insert(angles, [layers, 2 * layers], 0.0)])
            if stage.run.out_of_time():
                return np.concatenate([_padded(part, stage.layers) for part in np.split(starts[1], 2)])
        return starts


@dataclass(frozen=True)
class Interp(Growth):
    """INTERP: the angles over the layers are stretched linearly (Zhou et al., PRX 10, 021067)."""

    def stretched(self, angles: Array) -> Array:
        """Return the angles interpolated to one more layer."""
        from hybrid.qaoa_angles import interpolate

        return interpolate(angles)


@dataclass(frozen=True)
class Fourier(Growth):
    """FOURIER: train amplitudes of sines and cosines over the layers (Zhou et al., PRX 10, 021067).

    γ_i = Σ_k u_k sin((k − ½)(i − ½)π/p) and β_i = Σ_k v_k cos((k − ½)(i − ½)π/p); a new depth keeps u and v.

    Attributes:
        components: q, how many amplitudes of each kind at most; None for as many as layers.
    """

    components: int | None = None

    def __post_init__(self):
        if self.components is not None:
            check_integer("components", self.components, 1)

    def basis(self, layers: int) -> Array:
        """Return the matrix ``[2p, 2q]`` from v, u to β, γ."""
        q = min(layers, self.components or layers)
        phase = np.outer(np.arange(layers) + 0.5, np.arange(q) + 0.5) * np.pi / layers
        zero = np.zeros_like(phase)
        return np.block([[np.cos(phase), zero], [zero, np.sin(phase)]])

    def stretched(self, angles: Array) -> Array:
        """Return the angles of the same amplitudes at one more layer."""
        layers = len(angles) // 2
        old, new = self.basis(layers), self.basis(layers + 1)
        amplitudes = np.linalg.lstsq(old, angles, rcond=None)[0]
        q, wider = old.shape[1] // 2, new.shape[1] // 2
        padded = np.zeros(2 * wider)
        padded[:q], padded[wider : wider + q] = np.split(amplitudes, 2)
        return new @ padded


@dataclass(frozen=True, eq=False)
class Transferred(AngleStart):
    """Angles that were trained on another instance, rescaled by the weights of both.

    Attributes:
        values: β₁…β_p, γ₁…γ_p of the other instance.
        source: That instance.
    """

    values: tuple[float, ...]
    source: Qubo

    def __post_init__(self):
        object.__setattr__(
            self, "values", tuple(map(float, frozen_array("values", self.values, shape=(None,))))
        )

    def angles(self, stage: Stage) -> Array:
        """Return the rescaled angles."""
        from hybrid.qaoa_angles import rescaled

        return rescaled(np.array(self.values), self.source.ising, stage.cost)


def _padded(part: Array, layers: int) -> Array:
    return np.append(part, np.zeros(layers - len(part)))
