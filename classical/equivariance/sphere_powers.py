"""Powers of a function on the sphere: many factors by divide and conquer, without truncation between them.

Reference: Luo, Chen, Krishnapriyan, ICLR 2024, arXiv 2401.10216, many-body interactions.
"""

from __future__ import annotations

from typing import Any

from classical.equivariance import sphere_fourier as fourier
from classical.equivariance.sphere_transform import times
from problems.equivariance.coupling_measures import rows_of
from problems.numerics.spherical import gaunt, size


def power_coefficients(operation: Any, x: Any, orders: tuple[int, ...], top: int) -> list[Any]:
    """Return the coefficients ``[(top+1)², B]`` of each power of ``[(L1+1)², B]``."""
    if operation.method == "grid":
        transform, _, back = operation.transforms(max(orders) * operation.lmax1 + top, top)
        powers = halving(transform.values(x), orders, times)
        return [back.coefficients(powers[k]) for k in orders]
    kept = tuple(range(top + 1)) if operation.degrees_out is None else operation.degrees_out
    if operation.method == "reference":
        return contracted(operation, x, orders, top, kept)
    multiply = fourier.multiply if operation.method == "fourier" else fourier.multiply_direct
    powers = halving(fourier.to_spectrum(x, operation.present[0]), orders, multiply)
    return [fourier.to_coefficients(powers[k], top, kept) for k in orders]


def halving(base: Any, orders: tuple[int, ...], multiply: Any) -> dict[int, Any]:
    """Return the powers, each from its halves ⌊k/2⌋ and ⌈k/2⌉, every one computed once."""
    found = {1: base}

    def power(k: int) -> Any:
        if k not in found:
            found[k] = multiply(power(k // 2), power(k - k // 2))
        return found[k]

    for k in orders:
        power(k)
    return found


def contracted(operation: Any, x: Any, orders: tuple[int, ...], top: int, kept: tuple[int, ...]) -> list[Any]:
    """Return the powers by contracting with Gaunt tensors of all intermediate degrees, one factor a time."""
    import jax.numpy as jnp

    band = operation.lmax1
    first = jnp.zeros_like(x).at[rows_of(operation.present[0])].set(x[rows_of(operation.present[0])])
    found = {1: first}
    for k in range(2, max(orders) + 1):
        table = gaunt((k - 1) * band, band, k * band)
        outer = (found[k - 1][:, None] * first[None]).reshape(-1, x.shape[-1])
        found[k] = jnp.asarray(table.reshape(len(outer), -1).T, x.dtype) @ outer
    wanted = rows_of(kept)
    results = []
    for k in orders:
        inside = wanted[wanted < size(k * band)]
        results.append(jnp.zeros((size(top), x.shape[-1]), x.dtype).at[inside].set(found[k][inside]))
    return results
