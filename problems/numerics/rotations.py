"""Rotations of space: uniform random ones, and those that take one direction to another."""

from __future__ import annotations

import numpy as np

from problems.contract import Array


def random_rotations(count: int, rng: np.random.Generator) -> Array:
    """Return proper rotations ``[count, 3, 3]``, uniform by the Haar measure (Shoemake: unit quaternions)."""
    quaternions = rng.normal(size=(count, 4))
    return of_quaternions(quaternions / np.linalg.norm(quaternions, axis=1, keepdims=True))


def of_quaternions(quaternions: Array) -> Array:
    """Return rotation matrices ``[..., 3, 3]`` of unit quaternions ``[..., 4]``, the real part first."""
    w, x, y, z = np.moveaxis(np.asarray(quaternions, dtype=float), -1, 0)
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)
