"""Equivariant convolution in the frame of its direction, where the filter has the order m = 0 alone.

There the product keeps m, so a pair of degrees costs one number per order. References: Passaro, Zitnick,
"Reducing SO(3) convolutions to SO(2) for efficient equivariant GNNs", ICML 2023; Luo, Chen, Krishnapriyan,
ICLR 2024, arXiv 2401.10216.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from classical.equivariance.pole_rotation import PoleFrame
from problems.checking import read_only
from problems.contract import Array
from problems.equivariance.coupling_measures import INDEX, Degrees
from problems.numerics.spherical import associated_legendre, size


def convolve(operation: Any, x: Any, directions: Any, weights: Any = None) -> Any:
    """Return the product of ``[(L1+1)², B]`` with the harmonics of ``[3, B]``, weighted by ``[L2+1, B]``."""
    import jax.numpy as jnp

    first, second, third = operation.present
    plan = first, second, third
    tables = _tables(operation.lmax1, plan)
    frame, kind = PoleFrame(directions), x.dtype
    turned = frame.to_pole(x, operation.lmax1)[tables["places"]]
    if weights is None:
        product = jnp.einsum("mkl,mlb->mkb", jnp.asarray(tables["fused"], kind), turned)
    else:
        # a function of θ alone multiplies each order, at the nodes of an exact quadrature
        waves = jnp.asarray(tables["filter"], kind) @ weights[np.array(second, dtype=INDEX)]
        values = jnp.einsum("mtl,mlb->mtb", jnp.asarray(tables["synthesis"], kind), turned) * waves
        product = jnp.einsum("mkt,mtb->mkb", jnp.asarray(tables["analysis"], kind), values)
    found = jnp.zeros((size(operation.highest), x.shape[-1]), kind)
    found = found.at[tables["rows"]].set(product.reshape(-1, x.shape[-1])[tables["source"]])
    return frame.from_pole(found, operation.highest)


@lru_cache(maxsize=64)
def _tables(lmax1: int, plan: tuple[Degrees, Degrees, Degrees]) -> dict[str, Array]:
    """Tables over orders −M to M: ``synthesis [m, θ, l1]``, ``filter [θ, l2]``, ``analysis [m, l3, θ]``,
    their product for weights of one ``fused [m, l3, l1]``, and where coefficients lie.
    """
    first, second, third = (np.array(kept, dtype=int) for kept in plan)
    band = int(first.max(initial=0) + second.max(initial=0) + third.max(initial=0))
    cosines, weights = np.polynomial.legendre.leggauss(band // 2 + 1)
    legendre = associated_legendre(cosines, max(lmax1, band))
    orders = np.arange(-lmax1, lmax1 + 1)
    along = legendre[:, :, np.abs(orders)].transpose(2, 0, 1)
    synthesis = along[:, :, first]
    analysis = (along[:, :, third] * (2 * np.pi * weights)[:, None]).transpose(0, 2, 1)
    waves = legendre[:, second, 0] * np.sqrt((2 * second + 1) / (4 * np.pi))
    fused = np.einsum("mkt,t,mtl->mkl", analysis, waves.sum(axis=1), synthesis)
    rows = np.array([d * d + d + m for d in third for m in orders if abs(m) <= d], dtype=INDEX)
    source = [(m + lmax1) * len(third) + j for j, d in enumerate(third) for m in orders if abs(m) <= d]
    places = np.where(np.abs(orders)[:, None] <= first, first**2 + first + orders[:, None], 0)
    found = {
        "synthesis": synthesis, "analysis": analysis, "filter": waves, "fused": fused,
        "rows": rows, "source": np.array(source, dtype=INDEX), "places": places.astype(INDEX),
    }  # fmt: skip
    return {name: read_only(np.ascontiguousarray(table)) for name, table in found.items()}
