"""Processor time of compiled calls in turns, and the peer's products on the same inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import process_time
from typing import Any

import numpy as np

from classical.equivariance.operation import SphericalOperation
from problems.contract import Array
from problems.numerics.precision import double_precision
from problems.numerics.spherical import size

BATCH = 1000


def inputs(lmax: int, batch: int = BATCH) -> tuple[Any, Any]:
    """Standard normal float64 coefficients ``[batch, (L+1)²]`` as arrays of JAX."""
    import jax

    with double_precision():
        x, y = np.random.default_rng(lmax).normal(size=(2, batch, size(lmax)))
        return jax.numpy.asarray(x), jax.numpy.asarray(y)


def compiled(function: Callable[..., Any], *arrays: Any) -> Callable[[], Any]:
    """Compile a function for arrays, which stay arguments, and return it as a call without any."""
    import jax

    with double_precision():
        own = tuple(map(jax.numpy.asarray, arrays))
        program = jax.jit(function).lower(*own).compile()
    return lambda: program(*own)


def seconds(calls: Mapping[str, Callable[[], Any]], repeats: int = 30, warmup: int = 3) -> dict[str, Array]:
    """Return the processor seconds ``[repeats]`` of each call, in turns, results awaited."""
    import jax

    for call in calls.values():
        for _ in range(warmup):
            jax.block_until_ready(call())
    found: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(repeats):
        for name, call in calls.items():
            started = process_time()
            jax.block_until_ready(call())
            found[name].append(process_time() - started)
    return {name: np.array(times) for name, times in found.items()}


def milliseconds(times: Array) -> str:
    """Say the median and the interquartile range."""
    low, middle, high = 1e3 * np.percentile(times, [25, 50, 75])
    return f"{middle:.2f} ms (IQR {high - low:.2f})"


def ratio(slow: Array, fast: Array) -> float:
    """Return how many times longer the median of the first is."""
    return float(np.median(slow) / np.median(fast))


def operation_call(operation: SphericalOperation, x: Any, y: Any, odd_too: bool = False) -> Callable[[], Any]:
    """Compile an operation on inputs."""
    return compiled(operation.apply if odd_too else operation.even, x, y)


def peer_call(lmax: int, x: Any, y: Any, even_paths_alone: bool) -> Callable[[], Any]:
    """Compile e3nn's dense product: all paths, or those that end in natural parity alone.

    Raises:
        ImportError: If e3nn_jax is not installed.
    """
    import e3nn_jax

    natural = [e3nn_jax.Irrep(degree, (-1) ** degree) for degree in range(2 * lmax + 1)]
    irreps = e3nn_jax.Irreps([(1, own) for own in natural[: lmax + 1]])
    kept = natural if even_paths_alone else None

    def product(x: Any, y: Any) -> Any:
        first, second = e3nn_jax.IrrepsArray(irreps, x), e3nn_jax.IrrepsArray(irreps, y)
        return e3nn_jax.tensor_product(first, second, filter_ir_out=kept).array

    return compiled(product, x, y)
