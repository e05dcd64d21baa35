"""Rows of a batch in threads, where they pay."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from numba import config

PARALLEL_WORK = 1 << 25  # numbers times operations below which threads cost more than they bring


def in_parts(
    kernel: Callable[..., Any], read: tuple[Any, ...], rows: int, work: int, written: tuple[Any, ...]
) -> None:
    """Call ``kernel(*read, start, end, *written)`` over all rows, in as many threads as pay.

    Plain threads and kernels that let go of the interpreter, not a parallel loop of numba's: that one must
    not be entered by two threads at once, which callers with a thread pool of their own would do.

    Args:
        kernel: What to call.
        read: Its first arguments.
        rows: How many there are.
        work: What one row costs, in numbers passed over.
        written: Its last arguments.
    """
    threads = min(config.NUMBA_NUM_THREADS, rows)  # pyright: ignore[reportAttributeAccessIssue]
    if threads < 2 or rows * work < PARALLEL_WORK:
        kernel(*read, 0, rows, *written)
        return
    ends = [rows * k // threads for k in range(threads + 1)]
    with ThreadPoolExecutor(threads) as pool:
        parts = [pool.submit(kernel, *read, a, b, *written) for a, b in zip(ends, ends[1:], strict=False)]
        for part in parts:
            part.result()
