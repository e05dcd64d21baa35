"""The matrix tensor product: coefficients become matrices that turn from both sides, and matrices multiply.

References: Unke, Maennel, "E3x: E(3)-equivariant deep learning made easy", arXiv 2401.07595 (fused tensor
layers); Xie, Daigavane, Kotak, Smidt, "The price of freedom", ICML 2025, arXiv 2506.13523.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from typing import Any, Literal

import numpy as np

from classical.equivariance.operation import SphericalOperation
from problems.checking import check_choice, read_only
from problems.contract import Array
from problems.equivariance.coupling_measures import Degrees, rows_of
from problems.numerics.spherical import block, clebsch_gordan, size

UNROLLED = 20  # below this size a sum over columns, the batch last, beats many small matrix products


@dataclass(frozen=True)
class MatrixProduct(SphericalOperation):
    """Couple through matrices X = Σ x_lm Q_lm: even couplings are ½(XY + YX), odd ones ½(XY − YX).

    The Q_lm are orthonormal and turn by D X Dᵀ; those of even degree are symmetric, those of odd degree
    antisymmetric, which is why the anticommutator and the commutator sort the couplings by parity. All paths
    couple, with coefficients that are 6j symbols.

    Attributes:
        method: "single" uses matrices of one degree ℓ = ⌈max(L1, L2, L_out)/2⌉, of size 2ℓ + 1; "blocks" uses
            all pairs of degrees up to ℓ, of size (ℓ + 1)².
    """

    method: Literal["single", "blocks"] = "single"

    def __post_init__(self):
        super().__post_init__()
        check_choice("method", self.method, ("single", "blocks"))

    @property
    def half(self) -> int:
        """ℓ, whose products with itself reach all degrees."""
        return -(-max(self.lmax1, self.lmax2, self.highest) // 2)

    @property
    def rows(self) -> int:
        """The rows of the matrices."""
        return 2 * self.half + 1 if self.method == "single" else size(self.half)

    def multiply_adds(self) -> int:
        """Count the changes of basis and the two products of matrices."""
        widths = sum(len(rows_of(kept)) for kept in self.present)
        return self.rows**2 * (widths + len(rows_of(self.present[2]))) + 2 * self.rows**3

    def _even(self, x: Any, y: Any) -> Any:
        first, second = self._products(x, y)
        return self._vector(first + second)

    def _odd(self, x: Any, y: Any) -> Any:
        first, second = self._products(x, y)
        return self._vector(first - second)

    def _both(self, x: Any, y: Any) -> tuple[Any, Any]:
        first, second = self._products(x, y)
        return self._vector(first + second), self._vector(first - second)

    def _products(self, x: Any, y: Any) -> tuple[Any, Any]:
        left, right = self._matrix(x, self.present[0]), self._matrix(y, self.present[1])
        return multiply(left, right), multiply(right, left)

    def _matrix(self, coefficients: Any, kept: Degrees) -> Any:
        import jax.numpy as jnp

        table = basis(self.half, max(kept, default=0), self.method)[:, rows_of(kept)]
        matrix = jnp.asarray(table, coefficients.dtype) @ coefficients[rows_of(kept)]
        return matrix.reshape(self.rows, self.rows, -1)

    def _vector(self, matrix: Any) -> Any:
        import jax.numpy as jnp

        rows = rows_of(self.present[2])
        table = 0.5 * basis(self.half, self.highest, self.method)[:, rows].T
        found = jnp.asarray(table, matrix.dtype) @ matrix.reshape(self.rows**2, -1)
        if len(rows) == size(self.highest):
            return found
        return jnp.zeros((size(self.highest), found.shape[1]), found.dtype).at[rows].set(found)


def multiply(left: Any, right: Any) -> Any:
    """Return the products of matrices ``[n, n, B]``."""
    import jax.numpy as jnp

    if len(left) < UNROLLED:
        total = left[:, 0, None] * right[0]
        for k in range(1, len(left)):
            total = total + left[:, k, None] * right[k]
        return total
    batches = jnp.einsum("bik,bkj->bij", left.transpose(2, 0, 1), right.transpose(2, 0, 1))
    return batches.transpose(1, 2, 0)


@lru_cache(maxsize=32)
def basis(half: int, lmax: int, method: str) -> Array:
    """Return orthonormal matrices ``[n², (L+1)²]``, one per degree and order, each a flat column."""
    kept = (half,) if method == "single" else tuple(range(half + 1))
    starts = np.cumsum([0, *(2 * degree + 1 for degree in kept)])
    total = np.zeros((starts[-1], starts[-1], size(lmax)))
    for degree in range(lmax + 1):
        pairs = [(a, b) for a in kept for b in kept if abs(a - b) <= degree <= a + b]
        for a, b in pairs:
            rows, columns = (slice(starts[k], starts[k + 1]) for k in (kept.index(a), kept.index(b)))
            tensor = clebsch_gordan(min(a, b), max(a, b), degree)
            if a > b:
                tensor = (-1) ** degree * tensor.transpose(1, 0, 2)
            total[rows, columns, block(degree)] = sqrt((2 * degree + 1) / len(pairs)) * tensor
    return read_only(total.reshape(-1, size(lmax)))
