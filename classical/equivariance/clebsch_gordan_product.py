"""The Clebsch–Gordan tensor product: every path (l1, l2, l3) with a weight of its own.

References: Thomas et al., "Tensor field networks", arXiv 1802.08219; for the runtimes, Xie, Daigavane, Kotak,
Smidt, "The price of freedom", ICML 2025, arXiv 2506.13523.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from typing import Any, Literal

import numpy as np

from classical.equivariance.operation import SphericalOperation
from problems.checking import check_choice
from problems.contract import Array
from problems.equivariance.coupling_measures import INDEX, Triple, allowed_paths
from problems.errors import ProblemError
from problems.numerics.coupling import gaunt_factor
from problems.numerics.spherical import block, clebsch_gordan, size

Scale = Literal["none", "norm", "component", "gaunt"]
DENSE_LIMIT = 12  # beyond it the tables of all paths together pass a hundred megabytes


@dataclass(frozen=True)
class ClebschGordanProduct(SphericalOperation):
    """Couple by Clebsch–Gordan tensors, path by path.

    A path's tensor has unit Frobenius norm times √((2 l1 + 1)(2 l2 + 1)) ("norm"), √(2 l3 + 1) ("component"),
    1 ("none"), or the factor of Gaunt coefficients ("gaunt"), which is zero for odd l1 + l2 + l3 and makes
    this the same map as ``GauntProduct``.

    Attributes:
        method: "dense" contracts whole tables, O(L⁶) for all paths; "sparse" visits what can be nonzero,
            m2 = ±m1 ± m3, O(L⁵).
        normalization: The length of a path's tensor.
        allow_large: Whether degrees above 12 are taken by the dense method.
    """

    method: Literal["dense", "sparse"] = "dense"
    normalization: Scale = "component"
    allow_large: bool = False

    def __post_init__(self):
        super().__post_init__()
        check_choice("method", self.method, ("dense", "sparse"))
        check_choice("normalization", self.normalization, ("none", "norm", "component", "gaunt"))
        check_choice("allow_large", self.allow_large, (False, True))
        if max(self.lmax1, self.lmax2) > DENSE_LIMIT and self.method == "dense" and not self.allow_large:
            numbers = sum((2 * a + 1) * (2 * b + 1) * (2 * c + 1) for a, b, c in allowed_paths(*self.present))
            raise ProblemError(
                "lmax", (self.lmax1, self.lmax2), f"at most {DENSE_LIMIT} for dense tables",
                f"the tables need about {8 * numbers / 2**20:.0f} MiB: method='sparse', or allow_large=True",
            )  # fmt: skip

    @property
    def couples_odd(self) -> bool:
        """Whether paths with odd l1 + l2 + l3 are there: not with the scale of Gaunt coefficients."""
        return self.normalization != "gaunt"

    @property
    def weights_per_path(self) -> bool:
        """True: ``apply_weighted`` takes a weight for each path."""
        return True

    @property
    def weighted_paths(self) -> tuple[Triple, ...]:
        """The paths in the order of their weights."""
        return tuple(path for path in allowed_paths(*self.present) if self.couples_odd or sum(path) % 2 == 0)

    def apply_weighted(self, x: Any, y: Any, weights: Any) -> tuple[Any, Any]:
        """Return even and odd couplings with a weight ``[..., paths]`` on each of ``weighted_paths``."""
        widths = (*self._widths, len(self.weighted_paths))
        even, odd = self._call("_weighted", (x, y, weights), widths, ("x", "y", "weights"))
        return even, odd if self.couples_odd else None

    def multiply_adds(self) -> int:
        """Count outer products and contractions (dense), or the visited entries (sparse)."""
        if self.method == "sparse":
            from classical.equivariance.sparse_coupling import visited

            return visited(self.weighted_paths)
        pairs = {(l1, l2) for l1, l2, _ in self.weighted_paths}
        outer = sum((2 * l1 + 1) * (2 * l2 + 1) for l1, l2 in pairs)
        return outer + sum((2 * a + 1) * (2 * b + 1) * (2 * c + 1) for a, b, c in self.weighted_paths)

    def scale(self, path: Triple) -> float:
        """Return the Frobenius norm of a path's tensor."""
        l1, l2, l3 = path
        if self.normalization == "norm":
            return sqrt((2 * l1 + 1) * (2 * l2 + 1))
        if self.normalization == "component":
            return sqrt(2 * l3 + 1)
        return 1.0 if self.normalization == "none" else gaunt_factor(l1, l2, l3)

    def _even(self, x: Any, y: Any) -> Any:
        return self._sum(x, y, 0)

    def _odd(self, x: Any, y: Any) -> Any:
        return self._sum(x, y, 1)

    def _both(self, x: Any, y: Any) -> tuple[Any, Any]:
        return self._weighted(x, y, None)

    def _sum(self, x: Any, y: Any, parity: int) -> Any:
        chosen = tuple(path for path in self.weighted_paths if sum(path) % 2 == parity)
        return self._contract(x, y, chosen, None)

    def _weighted(self, x: Any, y: Any, weights: Any) -> tuple[Any, Any]:
        parts = []
        for parity in (0, 1):
            where = [k for k, path in enumerate(self.weighted_paths) if sum(path) % 2 == parity]
            chosen = tuple(self.weighted_paths[k] for k in where)
            own = None if weights is None else weights[np.array(where, dtype=INDEX)]
            parts.append(self._contract(x, y, chosen, own))
        return parts[0], parts[1]

    def _contract(self, x: Any, y: Any, paths: tuple[Triple, ...], weights: Any) -> Any:
        scales = tuple(self.scale(path) for path in paths)
        if self.method == "sparse":
            from classical.equivariance.sparse_coupling import contract

            return contract(x, y, paths, scales, weights, size(self.highest))
        return dense(x, y, paths, scales, weights, size(self.highest))


def dense(
    x: Any, y: Any, paths: tuple[Triple, ...], scales: tuple[float, ...], weights: Any, width: int
) -> Any:
    """Contract whole tables: one outer product and one matrix product for each pair of degrees.

    Args:
        x: ``[(L1+1)², B]``.
        y: ``[(L2+1)², B]``.
        paths: Sorted triples.
        scales: The norm of each path's tensor.
        weights: ``[paths, B]`` or None.
        width: The number of output coefficients.
    """
    import jax.numpy as jnp

    total: dict[int, list[Any]] = {}
    for pair in sorted({path[:2] for path in paths}):
        where = [k for k, path in enumerate(paths) if path[:2] == pair]
        table = _table(pair, tuple((paths[k][2], scales[k]) for k in where))
        outer = (x[block(pair[0])][:, None] * y[block(pair[1])][None]).reshape(table.shape[1], -1)
        found, at = jnp.asarray(table, outer.dtype) @ outer, 0
        for k in where:
            degree = paths[k][2]
            part = found[at : at + 2 * degree + 1]
            total.setdefault(degree, []).append(part if weights is None else part * weights[k])
            at += 2 * degree + 1
    return assemble(total, width, x)


def assemble(total: dict[int, list[Any]], width: int, like: Any) -> Any:
    """Sum the parts of each degree and put the degrees in order, zero where there are none."""
    import jax.numpy as jnp

    parts = []
    for degree in range(round(sqrt(width))):
        mine = total.get(degree)
        parts.append(
            sum(mine[1:], mine[0]) if mine else jnp.zeros((2 * degree + 1, like.shape[1]), like.dtype)
        )
    return jnp.concatenate(parts)


@lru_cache(maxsize=4096)
def _table(pair: tuple[int, int], outputs: tuple[tuple[int, float], ...]) -> Array:
    l1, l2 = pair
    rows = [scale * clebsch_gordan(l1, l2, l3).reshape(-1, 2 * l3 + 1).T for l3, scale in outputs]
    return np.concatenate(rows)
