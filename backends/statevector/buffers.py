"""Arrays that start at a cache line: vector loads then never straddle two."""

from __future__ import annotations

from typing import Any

import numpy as np

LINE = 64  # bytes


def aligned(shape: tuple[int, ...] | int, dtype: Any = np.float64) -> np.ndarray:
    """Return an uninitialised array whose first element lies at a multiple of 64 bytes."""
    kind, size = np.dtype(dtype), int(np.prod(shape))
    raw = np.empty(size * kind.itemsize + LINE, dtype=np.uint8)
    offset = -raw.ctypes.data % LINE
    return raw[offset : offset + size * kind.itemsize].view(kind).reshape(shape)
