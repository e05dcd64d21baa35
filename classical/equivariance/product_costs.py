"""Multiplications of the Gaunt product by its loops, for each way of computing it."""

from __future__ import annotations

from math import ceil, log2
from typing import Any

from classical.equivariance.sphere_fourier import smooth


def gaunt_multiply_adds(operation: Any) -> int:
    """Return the real multiplications of one product; four for a product of complex numbers."""
    first, second, third = (max(kept, default=0) for kept in operation.present)
    counts = tuple(len(kept) for kept in operation.present)
    if operation.method == "grid":
        forms = operation.transforms()
        return sum(form.multiply_adds() for form in forms) + 4 * forms[0].nodes
    if operation.method == "reference":
        widths = [sum(2 * degree + 1 for degree in kept) for kept in operation.present]
        return widths[0] * widths[1] * (1 + widths[2])
    # orders v, terms u >= 0 and degrees; the cosine and the sine part
    into = 2 * sum((top + 1) ** 2 * n for top, n in zip((first, second), counts, strict=False))
    reach = first + second
    out = 2 * (min(third, reach) + 1) * counts[2] * (reach + 1)
    if operation.method == "fourier_direct":
        return into + out + 4 * (2 * first + 1) ** 2 * (2 * second + 1) ** 2
    half, round_ = smooth(reach + 1), smooth(2 * reach + 1)
    points = 2 * half * round_
    # two transforms of real functions into values and one back: half of 4 n log2 n each
    return into + out + 2 * points + 3 * ceil(2 * points * log2(max(points, 2)))
