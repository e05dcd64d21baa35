"""How kernels are compiled: kept on disk, free of the interpreter's lock, without entries nobody calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
from numba.core import types
from numba.core.extending import intrinsic

_njit: Any = numba.njit  # its overloads leave out some options


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function that is called from Python or from other kernels."""
    return _njit(cache=True, nogil=True, no_cfunc_wrapper=True)(function)


def subkernel(function: Callable[..., Any]) -> Any:
    """Compile a function that other kernels alone call: an entry from Python takes long to compile."""
    return _njit(cache=True, nogil=True, no_cfunc_wrapper=True, no_cpython_wrapper=True)(function)


def fragment(function: Callable[..., Any]) -> Any:
    """Have a function become part of the kernel that calls it: one of its own takes a tenth of a second."""
    return _njit(inline="always")(function)


def _apart(typing_context: Any):
    """Have the function that calls this compiled once, not into each place that calls it.

    The compiler would copy kernels into their callers, and work on each copy for tenths of a second.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any):
        builder.function.attributes.add("noinline")
        return context.get_dummy_value()

    return types.void(), generate


apart: Any = intrinsic(_apart)  # called as apart() in the first line of a kernel
