"""The subspace that reconstructs unit vectors best, found from their products alone.

A subspace worth having lies in the span of the p vectors g_i, so all the work is done on coordinates in that
span: with K = G Gᵀ = V S Vᵀ the rows of C = V S^{1/2} are the vectors in the orthonormal basis Gᵀ V S^{−1/2}.
The cost is O(P p²) for K and O(p³) a step, whatever the number of pairs: Σ_{i≠j} w_ij (c_i − c_j)(c_i − c_j)ᵀ
is Cᵀ (2 L) C with the graph's Laplacian L.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from problems.contract import Array

RANK = 1e-11  # eigenvalues of K below this share of the largest are rounding


@dataclass(frozen=True, eq=False)
class Span:
    """Coordinates of unit vectors in their own span.

    Attributes:
        units: The vectors ``[p, P]``.
        coordinates: ``[p, q]``.
        lift: ``[p, q]``: the basis vectors are the columns of unitsᵀ lift.
        distances: Squared distances ``[p, p]``; equal vectors have exactly 0.
    """

    units: Array
    coordinates: Array
    lift: Array
    distances: Array

    @classmethod
    def of(cls, units: Array) -> Span:
        """Return the span of unit vectors ``[p, P]``."""
        values, vectors = np.linalg.eigh(units @ units.T)
        kept = values > RANK * values[-1]
        roots = np.sqrt(values[kept])
        coordinates = vectors[:, kept] * roots
        apart = coordinates[:, None] - coordinates[None]
        distances = np.sum(apart**2, axis=2)
        distances[distances <= RANK] = 0.0
        return cls(units, coordinates, vectors[:, kept] / roots, distances)

    def basis(self, subspace: Array) -> Array:
        """Return the orthonormal vectors ``[P, m]`` of a subspace given in coordinates ``[q, m]``."""
        return self.units.T @ (self.lift @ subspace)

    def vector(self, coordinates: Array) -> Array:
        """Return the vector ``[P]`` with these coordinates ``[q]``."""
        return (self.lift @ coordinates) @ self.units

    def qualities(self, subspace: Array) -> Array:
        """Return v_i = ||Yᵀ g_i||² ``[p]``: how much of each vector lies in the subspace."""
        return np.clip(np.sum((self.coordinates @ subspace) ** 2, axis=1), 0.0, 1.0)

    def pair_qualities(self, subspace: Array) -> Array:
        """Return ||Yᵀ (g_i − g_j)||² / D_ij² ``[p, p]``, and 1 for equal vectors."""
        inside = self.coordinates @ subspace
        moved = np.sum((inside[:, None] - inside[None]) ** 2, axis=2)
        ratio = np.divide(moved, self.distances, out=np.ones_like(moved), where=self.distances > 0)
        return np.clip(ratio, 0.0, 1.0)


def objective(span: Span, subspace: Array, pairwise_weight: float, epsilon: float) -> float:
    """Return A(Y) = Σ_i √(1 − v_i + ε) + λ / (p (p − 1)) Σ_{i≠j} √(1 − v_ij + ε), without equal pairs."""
    total = float(np.sum(np.sqrt(1 - span.qualities(subspace) + epsilon)))
    workers = len(span.coordinates)
    if pairwise_weight > 0 and workers > 1:
        apart = span.distances > 0
        terms = np.sqrt(1 - span.pair_qualities(subspace)[apart] + epsilon)
        total += pairwise_weight / (workers * (workers - 1)) * float(terms.sum())
    return total


def reweighted(
    span: Span, subspace: Array | None, size: int, pairwise_weight: float, epsilon: float
) -> Array:
    """Return the next subspace ``[q, m]``: the leading singular vectors of the reweighted columns.

    The columns are ω_i g_i with ω_i = (1 − v_i + ε)^{−1/4} and √(λ / (p (p − 1))) ω_ij (g_i − g_j) / D_ij.
    As √ is concave, no step raises ``objective``. Without a subspace all ω are 1.
    """
    workers = len(span.coordinates)
    weights, pairs = np.ones(workers), None
    if subspace is not None:
        weights = 1 / np.sqrt(1 - span.qualities(subspace) + epsilon)
    if pairwise_weight > 0 and workers > 1:
        pairs = np.ones((workers, workers))
        if subspace is not None:
            pairs = 1 / np.sqrt(1 - span.pair_qualities(subspace) + epsilon)
        pairs = pairwise_weight / (workers * (workers - 1)) * pairs
        pairs = np.divide(pairs, span.distances, out=np.zeros_like(pairs), where=span.distances > 0)
    return leading(span, weights, pairs, size)


def leading(span: Span, weights: Array, pairs: Array | None, size: int) -> Array:
    """Return the leading eigenvectors ``[q, m]`` of Σ_i w_i g_i g_iᵀ + Σ_{i≠j} w_ij (g_i − g_j)(g_i − g_j)ᵀ.

    Args:
        span: The vectors g.
        weights: w_i ``[p]``.
        pairs: Symmetric w_ij ``[p, p]``, or None for no pairs.
        size: m; the whole span where that is smaller.
    """
    form = np.diag(weights)
    if pairs is not None:
        form = form + 2 * (np.diag(pairs.sum(axis=1)) - pairs)
    _, vectors = np.linalg.eigh(span.coordinates.T @ form @ span.coordinates)
    return vectors[:, ::-1][:, : min(size, vectors.shape[1])]
