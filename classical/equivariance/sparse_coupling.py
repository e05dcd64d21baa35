"""Clebsch–Gordan tensors of real harmonics by what can be nonzero: m2 = ±m1 ± m3.

For given m1 and m3 the selection rule leaves four m2; the sine or cosine type of the third factor leaves
one of each pair of signs, so two. A path costs O(L²) and not O(L³).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from problems.checking import read_only
from problems.contract import Array
from problems.equivariance.coupling_measures import Triple
from problems.numerics.spherical import block, clebsch_gordan

SLOTS = 2  # values of m2 for given m1 and m3


def visited(paths: tuple[Triple, ...]) -> int:
    """Return the multiplications of one contraction: two slots, and one product with x, per (m1, m3)."""
    return sum((SLOTS + 1) * (2 * l1 + 1) * (2 * l3 + 1) for l1, _, l3 in paths)


def contract(
    x: Any, y: Any, paths: tuple[Triple, ...], scales: tuple[float, ...], weights: Any, width: int
) -> Any:
    """Contract ``[(L1+1)², B]`` and ``[(L2+1)², B]`` over paths, optionally with weights ``[paths, B]``."""
    import jax.numpy as jnp

    from classical.equivariance.clebsch_gordan_product import assemble

    total: dict[int, list[Any]] = {}
    for k, ((l1, l2, l3), scale) in enumerate(zip(paths, scales, strict=True)):
        values, places = _slots(l1, l2, l3)
        own = y[block(l2)]
        mixed = sum(
            (jnp.asarray(scale * values[s], x.dtype)[..., None] * own[places[s]] for s in range(SLOTS)),
            jnp.zeros((), x.dtype),
        )
        part = jnp.sum(mixed * x[block(l1)][:, None], axis=0)
        total.setdefault(l3, []).append(part if weights is None else part * weights[k])
    return assemble(total, width, x)


@lru_cache(maxsize=4096)
def _slots(l1: int, l2: int, l3: int) -> tuple[Array, Array]:
    """Return the entries ``[2, 2 l1 + 1, 2 l3 + 1]`` that are not zero, and their places along m2."""
    tensor = clebsch_gordan(l1, l2, l3).transpose(0, 2, 1)
    order = np.argsort(-np.abs(tensor), axis=-1, kind="stable")
    values = np.take_along_axis(tensor, order, axis=-1)
    if np.any(values[..., SLOTS:]):
        raise AssertionError(f"the selection rule of {(l1, l2, l3)} leaves more than {SLOTS} entries")
    kept = min(SLOTS, values.shape[-1])
    padding = ((0, 0), (0, 0), (0, SLOTS - kept))
    first = np.pad(values[..., :kept], padding).transpose(2, 0, 1)
    second = np.pad(order[..., :kept], padding).transpose(2, 0, 1)
    return read_only(np.ascontiguousarray(first)), read_only(np.ascontiguousarray(second))
