"""Whether an operation is what it claims: equivariant, and the bilinear map of its own path weights."""

from __future__ import annotations

import numpy as np

from problems.contract import Array
from problems.equivariance.coupling_measures import BilinearOperation, path_coefficients
from problems.numerics.spherical import block, clebsch_gordan, rotation_of_coefficients, size


def equivariance_error(operation: BilinearOperation, x: Array, y: Array, rotations: Array) -> float:
    """Return the largest deviation under rotations ``[R, 3, 3]`` and inversion, relative to the result.

    Inputs have natural parity; odd couplings have the other one.
    """
    found, worst = operation.apply(x, y), 0.0
    scale = max(float(np.abs(part).max(initial=0.0)) for part in found if part is not None) or 1.0
    for rotation in (*rotations, -np.eye(3)):
        first = x @ rotation_of_coefficients(rotation, operation.lmax1).T
        second = y @ rotation_of_coefficients(rotation, operation.lmax2).T
        turn = rotation_of_coefficients(rotation, operation.highest)
        signs = (1.0, np.linalg.det(rotation))
        for sign, before, after in zip(signs, found, operation.apply(first, second), strict=True):
            if before is not None:
                worst = max(worst, float(np.abs(after - sign * before @ turn.T).max(initial=0.0)))
    return worst / scale


def reference_error(operation: BilinearOperation, x: Array, y: Array) -> float:
    """Return the largest deviation from the sum of Clebsch–Gordan tensors with the operation's own weights,
    relative to the result.
    """
    found = operation.apply(x, y)
    scale = max(float(np.abs(part).max(initial=0.0)) for part in found if part is not None) or 1.0
    expected = [np.zeros((len(x), size(operation.highest))) for _ in range(2)]
    for (l1, l2, l3), weight in zip(*path_coefficients(operation), strict=True):
        tensor = weight * clebsch_gordan(l1, l2, l3)
        part = np.einsum("bi,bj,ijk->bk", x[:, block(l1)], y[:, block(l2)], tensor, optimize=True)
        expected[(l1 + l2 + l3) % 2][:, block(l3)] += part
    return max(
        float(np.abs(own - part).max(initial=0.0)) / scale
        for own, part in zip(found, expected, strict=True)
        if own is not None
    )
