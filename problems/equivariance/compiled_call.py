"""A call of an operation on the components that are there, compiled as a whole."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

Rows = tuple[int, ...]


@partial(jax.jit, static_argnums=(0, 1, 2))
def compact(operation: Any, rows: tuple[Rows, Rows, Rows], odd_too: bool, x: Any, y: Any) -> Any:
    """Return the output components ``[B, rows]``, a pair with the odd couplings where they are asked for."""
    first = _placed(x, rows[0], (operation.lmax1 + 1) ** 2)
    second = _placed(y, rows[1], (operation.lmax2 + 1) ** 2)
    if not odd_too:
        return _taken(operation.even(first, second), rows[2])
    even, odd = operation.apply(first, second)
    return _taken(even, rows[2]), None if odd is None else _taken(odd, rows[2])


def _placed(values: Any, rows: Rows, width: int) -> Any:
    """Put components into the full layout; those of one degree lie together, so that this is a padding."""
    if len(rows) == width:
        return values
    if rows == tuple(range(rows[0], rows[-1] + 1)):
        return jnp.pad(values, ((0, 0), (rows[0], width - rows[-1] - 1)))
    return jnp.zeros((len(values), width), values.dtype).at[:, np.array(rows)].set(values)


def _taken(values: Any, rows: Rows) -> Any:
    return values if len(rows) == values.shape[-1] else values[:, np.array(rows)]
