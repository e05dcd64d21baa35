"""Double precision for JAX where a computation asks for it, without touching the caller's settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def double_precision() -> Iterator[None]:
    """Let JAX compute in float64 inside the block, in this thread alone.

    A switch for the whole process would change the precision, and so the results, of unrelated work that
    happens to run later. Functions traced inside are cached apart from those traced outside.
    """
    try:
        from jax import enable_x64
    except ImportError:  # its name before JAX 0.8
        from jax.experimental import enable_x64  # pyright: ignore[reportAttributeAccessIssue]
    with enable_x64(True):
        yield
