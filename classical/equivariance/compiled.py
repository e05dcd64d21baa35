"""Compiled calls of operations on numpy arrays, one per operation and shape."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax

from classical.equivariance.operation import batch_last


@partial(jax.jit, static_argnums=(0, 1, 2))
def run(operation: Any, name: str, options: tuple[int, ...], arrays: tuple[Any, ...]) -> Any:
    """Call a batch-last method of an operation on batch-first arrays."""
    return batch_last(getattr(operation, name), arrays, options, operation.at_once)
