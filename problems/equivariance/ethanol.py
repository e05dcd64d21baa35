"""Ethanol, built from the bond lengths and angles of its staggered form."""

from __future__ import annotations

import numpy as np

from problems.contract import Array

SPECIES = (6, 6, 8, 1, 1, 1, 1, 1, 1)  # C, C, O, the hydroxyl's H, two H of the middle, three of the end

# atom by atom from the second: bonded to, distance in Å; angle with, degrees; dihedral with, degrees
_CHAIN = (
    (0, 1.53, None, 0.0, None, 0.0),
    (1, 1.43, 0, 108.0, None, 0.0),
    (2, 0.96, 1, 107.0, 0, 180.0),
    (1, 1.09, 0, 110.0, 2, 120.0),
    (1, 1.09, 0, 110.0, 2, -120.0),
    (0, 1.09, 1, 110.0, 2, 60.0),
    (0, 1.09, 1, 110.0, 2, 180.0),
    (0, 1.09, 1, 110.0, 2, -60.0),
)


def geometry() -> Array:
    """Return the positions ``[9, 3]`` in Å, about their mean."""
    places = [np.zeros(3)]
    for bonded, length, second, angle, third, dihedral in _CHAIN:
        if second is None:
            places.append(places[bonded] + np.array([length, 0.0, 0.0]))
            continue
        # without a third atom any plane will do
        side = places[third] if third is not None else places[second] + np.array([0.0, 1.0, 0.0])
        places.append(_placed(places[bonded], places[second], side, length, angle, dihedral))
    found = np.array(places)
    return found - found.mean(axis=0)


def _placed(
    bonded: Array, second: Array, third: Array, length: float, angle: float, dihedral: float
) -> Array:
    """The point at a distance from ``bonded``, an angle with ``second`` and a dihedral with ``third``."""
    bend, turn = np.radians(angle), np.radians(dihedral)
    axis = (bonded - second) / np.linalg.norm(bonded - second)
    normal = np.cross(second - third, axis)
    normal /= np.linalg.norm(normal)
    across = np.cross(normal, axis)
    step = -np.cos(bend) * axis + np.sin(bend) * (np.cos(turn) * across + np.sin(turn) * normal)
    return bonded + length * step
