"""Seconds per call of compiled functions, interleaved so that a slow moment hits all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

import numpy as np

from problems.contract import Array


def interleaved_seconds(calls: Sequence[Callable[[], Any]], repeats: int, warmup: int = 3) -> Array:
    """Return ``[calls, repeats]``: wall seconds of each call, its result awaited, in turns.

    Args:
        calls: Functions without arguments that return arrays of JAX.
        repeats: Timed rounds.
        warmup: Calls before, which also compile.
    """
    import jax

    for call in calls:
        for _ in range(warmup):
            jax.block_until_ready(call())
    found = np.zeros((len(calls), repeats))
    for k in range(repeats):
        for j, call in enumerate(calls):
            started = perf_counter()
            result = jax.block_until_ready(call())
            found[j, k] = perf_counter() - started
            del result
    return found


def median_and_spread(seconds: Array) -> tuple[float, float]:
    """Return the median and the interquartile range of ``[repeats]``."""
    low, middle, high = np.percentile(seconds, [25, 50, 75])
    return float(middle), float(high - low)
