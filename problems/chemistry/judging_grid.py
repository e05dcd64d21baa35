"""The judges' own quadrature along the radius, and what they read off radial functions with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from problems.chemistry.solutions import RadialStates
from problems.contract import Array
from problems.numerics.quadrature import cumulative_matrix, gauss_legendre

HALVINGS = 48  # panels towards the nucleus; the rest carries less than round-off of any r^(2β − 1), β > 1/2
VISIBLE = 1e-3  # of the largest value; smaller wiggles are no nodes


@dataclass(frozen=True, eq=False)
class JudgingGrid:
    """Gauss–Legendre panels from the nucleus to the last element.

    Attributes:
        edges: ``[M + 1]``, of the panels.
        r: ``[M, G]``, points.
        weights: ``[M, G]``.
    """

    edges: Array
    r: Array
    weights: Array

    @classmethod
    def of(cls, ends: Array, degree: int, graded: bool) -> JudgingGrid:
        """Cover elements that carry polynomials of a degree; ``graded`` halves the first towards 0 again and
        again, for functions like r^a with a broken a.
        """
        first = ends[1] * 0.5 ** np.arange(HALVINGS, -1, -1.0) if graded else ends[1:2]
        edges = np.concatenate([ends[:1], first, ends[2:]])
        points = 20 + 2 * degree  # twice the degree is integrated, times a potential that is smooth
        nodes, weights = gauss_legendre(points)
        half = np.diff(edges)[:, None] / 2
        return cls(edges, edges[:-1, None] + half * (1 + nodes), half * weights)

    def integral(self, values: Array) -> Array:
        """Return ∫ … dr of values ``[..., M, G]``."""
        return np.sum(values * self.weights, axis=(-2, -1))

    def running(self, values: Array) -> Array:
        """Return ∫_0^r … dr at each point, ``[M, G]``."""
        half = np.diff(self.edges)[:, None] / 2
        inside = values @ cumulative_matrix(self.r.shape[1]).T * half
        totals = np.sum(values * self.weights, axis=1)
        return inside + np.concatenate([[0.0], np.cumsum(totals)[:-1]])[:, None]


@dataclass(frozen=True, eq=False)
class SampledStates:
    """Radial functions ``[S, M, G]`` on a judging grid."""

    large: Array
    small: Array
    large_slope: Array
    small_slope: Array

    @classmethod
    def of(cls, states: RadialStates, grid: JudgingGrid) -> SampledStates:
        """Evaluate all states at the points."""
        r = grid.r.ravel()
        shape = (len(states), *grid.r.shape)
        return cls(
            states.large_component(r).reshape(shape),
            states.small_component(r).reshape(shape),
            states.large_slope(r).reshape(shape),
            states.small_slope(r).reshape(shape),
        )

    def kinetic(self, states: RadialStates, r: Array, c: float) -> Array:
        """Return the density ``[S, M, G]`` of the kinetic energy, for Dirac without the rest energy."""
        angular = states.angular[:, None, None]
        if states.equation == "schroedinger":
            return 0.5 * self.large_slope**2 + 0.5 * angular * (angular + 1) * (self.large / r) ** 2
        mixed = self.small * (self.large_slope + 2 * angular / r * self.large) - self.large * self.small_slope
        return c * mixed - 2 * c**2 * self.small**2

    def residual(self, states: RadialStates, potential: Array, r: Array, c: float) -> Array:
        """Return (H − E) applied to the states for Dirac, ``[S, 2, M, G]``."""
        kappa, energy = states.angular[:, None, None], states.energies[:, None, None]
        gap = potential - energy
        upper = gap * self.large + c * (kappa / r * self.small - self.small_slope)
        lower = (gap - 2 * c**2) * self.small + c * (self.large_slope + kappa / r * self.large)
        return np.stack([upper, lower], axis=1)


def worst_overlap(states: RadialStates, sampled: SampledStates, grid: JudgingGrid) -> float:
    """Return the largest |⟨i|j⟩ − δ_ij| among states of equal angular momentum; 0 without states."""
    worst = 0.0
    for angular in np.unique(states.angular):
        here = states.angular == angular
        overlap = np.zeros((int(here.sum()),) * 2)
        for part in (sampled.large[here], sampled.small[here]):
            flat = part.reshape(len(part), -1)
            overlap += (flat * grid.weights.ravel()) @ flat.T
        worst = max(worst, float(np.max(np.abs(overlap - np.eye(len(overlap))))))
    return worst


def count_nodes(values: Array) -> int:
    """Return how often a radial function ``[R]``, sampled outwards, changes its sign visibly."""
    seen = values[np.abs(values) > VISIBLE * np.max(np.abs(values), initial=0.0)]
    return int(np.count_nonzero(seen[1:] * seen[:-1] < 0))


def wrong_node_counts(states: RadialStates, sampled: SampledStates) -> int:
    """Return how many states have not n − l − 1 nodes of P."""
    expected = states.n - states.momenta() - 1
    return sum(
        count_nodes(sampled.large[s].ravel()) != expected[s] or expected[s] < 0 for s in range(len(states))
    )
