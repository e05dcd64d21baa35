"""What a bilinear operation couples and how freely: the weight of each path, and the rank of their Jacobian.

Reference: Xie, Daigavane, Kotak, Smidt, "The price of freedom: exploring expressivity and runtime tradeoffs
in equivariant tensor products", ICML 2025, arXiv 2506.13523.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Protocol, runtime_checkable

import numpy as np

from problems.checking import read_only
from problems.contract import Array
from problems.numerics.spherical import block, clebsch_gordan, size

Triple = tuple[int, int, int]
Degrees = tuple[int, ...]

# Of tables that index arrays of JAX: for signed ones it inserts a wrap of negative values, whose cached form
# breaks when the same call is traced in single and in double precision.
INDEX = np.uint32
COUPLED = 1e-9  # a path counts from this share of the strongest path on
RANK_TOLERANCE = 1e-9  # singular values below this share of the largest count as zero


@runtime_checkable
class BilinearOperation(Protocol):
    """What a product of spherical coefficients shows to a judge."""

    @property
    def lmax1(self) -> int:
        """The highest degree of the first input."""
        ...

    @property
    def lmax2(self) -> int:
        """The highest degree of the second input."""
        ...

    @property
    def highest(self) -> int:
        """The highest degree of the output."""
        ...

    @property
    def present(self) -> tuple[Degrees, Degrees, Degrees]:
        """The degrees of the two inputs and of the output."""
        ...

    @property
    def couples_odd(self) -> bool:
        """Whether ``apply`` gives couplings of odd l1 + l2 + l3."""
        ...

    @property
    def weights_per_path(self) -> bool:
        """Whether each path has a weight, or each degree of inputs and output."""
        ...

    def even(self, x: Any, y: Any) -> Any:
        """Return the couplings of even l1 + l2 + l3."""
        ...

    def apply(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Return even and odd couplings, the latter None where there are none."""
        ...

    def multiply_adds(self) -> int:
        """Return the multiplications of one call on one pair."""
        ...


def rows_of(kept: Degrees) -> Array:
    """Return the indices of the coefficients of some degrees, in order."""
    return np.concatenate([np.arange(0), *(np.r_[block(degree)] for degree in kept)]).astype(INDEX)


def allowed_paths(first: Degrees, second: Degrees, third: Degrees) -> tuple[Triple, ...]:
    """Return all (l1, l2, l3) of some degrees that the triangle rule allows, sorted."""
    return tuple(
        (l1, l2, l3) for l1 in first for l2 in second for l3 in third if abs(l1 - l2) <= l3 <= l1 + l2
    )


@lru_cache(maxsize=64)
def tensors(operation: BilinearOperation) -> tuple[Array, Array | None]:
    """Return the operation as tensors ``[(L1+1)², (L2+1)², (L_out+1)²]``, even and odd couplings."""
    first, second, _ = operation.present
    columns1, columns2 = rows_of(first), rows_of(second)
    width1, width2, width3 = size(operation.lmax1), size(operation.lmax2), size(operation.highest)
    x = np.repeat(np.eye(width1)[columns1], len(columns2), axis=0)
    y = np.tile(np.eye(width2)[columns2], (len(columns1), 1))

    def whole(values: Any) -> Array:
        tensor = np.zeros((width1, width2, width3))
        tensor[np.ix_(columns1, columns2)] = np.asarray(values).reshape(len(columns1), len(columns2), width3)
        return read_only(tensor)

    even, odd = operation.apply(x, y)
    return whole(even), None if odd is None else whole(odd)


@lru_cache(maxsize=256)
def path_coefficients(operation: BilinearOperation) -> tuple[tuple[Triple, ...], Array]:
    """Return all allowed paths and the coefficient of each: the operation's block is that number times the
    Clebsch–Gordan tensor of unit norm.
    """
    even, odd = tensors(operation)
    paths = allowed_paths(*operation.present)
    found = np.zeros(len(paths))
    for k, (l1, l2, l3) in enumerate(paths):
        tensor = odd if (l1 + l2 + l3) % 2 else even
        if tensor is not None:
            found[k] = np.vdot(tensor[block(l1), block(l2), block(l3)], clebsch_gordan(l1, l2, l3))
    return paths, read_only(found)


def coupled_paths(operation: BilinearOperation) -> frozenset[Triple]:
    """Return the paths whose coefficient is not zero."""
    paths, found = path_coefficients(operation)
    least = COUPLED * np.abs(found).max(initial=0.0)
    return frozenset(path for path, value in zip(paths, found, strict=True) if abs(value) > least)


def weight_jacobian(operation: BilinearOperation) -> Array:
    """Return ``[paths, weights]``: how the weights of paths change with the operation's weights, at ones.

    Weights per degree scale both inputs and the output outside; those of the output hold for both parities.
    """
    paths, found = path_coefficients(operation)
    if operation.weights_per_path:
        return np.diag(found)
    columns = [(k, degree) for k, kept in enumerate(operation.present) for degree in kept]
    touched = np.array([[path[k] == degree for k, degree in columns] for path in paths], dtype=float)
    return touched.reshape(len(paths), len(columns)) * found[:, None]


def jacobian_rank(operation: BilinearOperation) -> int:
    """Return the dimension of the family of maps over all weights: the rank of ``weight_jacobian``."""
    singular = np.linalg.svd(weight_jacobian(operation), compute_uv=False)
    largest = singular.max(initial=0.0)
    return int(np.sum(singular > RANK_TOLERANCE * largest)) if largest > 0 else 0
