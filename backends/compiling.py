"""How kernels are compiled: kept on disk, free of the interpreter's lock, without entries nobody calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba

_njit: Any = numba.njit  # its overloads leave out some options


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function that is called from Python or from other kernels."""
    return _njit(cache=True, nogil=True, no_cfunc_wrapper=True)(function)


def subkernel(function: Callable[..., Any]) -> Any:
    """Compile a function that other kernels alone call: an entry from Python takes long to compile."""
    return _njit(cache=True, nogil=True, no_cfunc_wrapper=True, no_cpython_wrapper=True)(function)
