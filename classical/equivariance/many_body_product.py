"""Many-body features: polynomials of an atom's coefficients, by Clebsch–Gordan or by Gaunt coefficients.

Full Clebsch–Gordan contraction has a weight for every independent equivariant polynomial; the Gaunt form has
one for every number of factors and output degree, and costs O(L³).

References: Batatia et al., NeurIPS 2022, arXiv 2206.07697, equations 10 and 11; Luo, Chen, Krishnapriyan,
ICLR 2024, arXiv 2401.10216, section 3.2, many-body interactions.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import pi, sqrt
from typing import Any, Literal

import numpy as np

from classical.equivariance.gaunt_product import GauntProduct
from classical.equivariance.symmetric_contraction import monomials, symmetric_couplings
from problems.contract import Array


@dataclass(frozen=True)
class ManyBodyProduct:
    """A weighted sum of equivariant polynomials of coefficients ``[..., (L + 1)²]``.

    Attributes:
        lmax: Highest degree of the factors.
        lmax_out: Highest degree of the result.
        correlation: Factors at most.
        product: "cg" for all equivariant polynomials, "gaunt" for powers of a function on the sphere.
        method: How powers are taken, "grid", "fourier" or "reference"; the first product has no use for it.
    """

    lmax: int = 2
    lmax_out: int = 1
    correlation: int = 3
    product: Literal["gaunt", "cg"] = "gaunt"
    method: Literal["grid", "fourier", "reference"] = "grid"

    @property
    def weights(self) -> int:
        """How many weights a channel has."""
        if self.product == "gaunt":
            return self.correlation * (self.lmax_out + 1)
        return sum(_paths(self.lmax, self.lmax_out, self.correlation))

    def __call__(self, x: Any, weights: Any) -> Any:
        """Return ``[..., (L_out + 1)²]`` of ``[..., (L + 1)²]`` and ``[..., weights]``, traced by JAX."""
        return self._powers(x, weights) if self.product == "gaunt" else self._contracted(x, weights)

    def _powers(self, x: Any, weights: Any) -> Any:
        operation = GauntProduct(self.lmax, self.lmax, self.lmax_out, method=self.method)
        # √(4π) for each factor but one: a constant function of value 1 is then neutral
        norms = np.repeat(sqrt(4 * pi) ** np.arange(self.correlation), self.lmax_out + 1)
        shaped = (weights * norms.astype(weights.dtype)).reshape(
            *weights.shape[:-1], self.correlation, self.lmax_out + 1
        )
        return operation.apply_power(x, self.correlation, shaped)

    def _contracted(self, x: Any, weights: Any) -> Any:
        import jax.numpy as jnp

        lead = x.shape[:-1]
        factors = x.reshape(-1, x.shape[-1]).T
        weights = jnp.broadcast_to(weights, (*lead, weights.shape[-1])).reshape(-1, weights.shape[-1]).T
        orders = range(1, self.correlation + 1)
        powers = jnp.concatenate([monomials(factors, order, jnp.concatenate) for order in orders])
        table = _table(self.lmax, self.lmax_out, self.correlation)
        terms = jnp.asarray(table, x.dtype) @ powers
        found, row, at = [], 0, 0
        for degree, paths in enumerate(_paths(self.lmax, self.lmax_out, self.correlation)):
            width = 2 * degree + 1
            own = terms[row : row + paths * width].reshape(paths, width, -1)
            found.append(jnp.sum(own * weights[at : at + paths, None], axis=0))
            row, at = row + paths * width, at + paths
        return jnp.concatenate(found).T.reshape(*lead, -1)


@lru_cache(maxsize=32)
def _paths(lmax: int, lmax_out: int, correlation: int) -> tuple[int, ...]:
    """How many independent polynomials each output degree has, over all orders."""
    orders = range(1, correlation + 1)
    return tuple(
        sum(len(symmetric_couplings(lmax, degree, order)) for order in orders)
        for degree in range(lmax_out + 1)
    )


@lru_cache(maxsize=32)
def _table(lmax: int, lmax_out: int, correlation: int) -> Array:
    """All polynomials as rows over the monomials of orders 1, 2, …; degrees, paths and orders m in turn."""
    rows = []
    for degree in range(lmax_out + 1):
        bases = [symmetric_couplings(lmax, degree, order) for order in range(1, correlation + 1)]
        widths = [basis.shape[2] for basis in bases]
        for order, basis in enumerate(bases):
            before, after = sum(widths[:order]), sum(widths[order + 1 :])
            padded = np.pad(basis, ((0, 0), (0, 0), (before, after)))
            rows.append(padded.reshape(-1, sum(widths)))
    return np.concatenate(rows)
