"""All assignments of few bits, for tests that count."""

import numpy as np


def all_bits(n: int) -> np.ndarray:
    """Return uint8 ``[2^n, n]``."""
    return (np.arange(2**n)[:, None] >> np.arange(n) & 1).astype(np.uint8)
