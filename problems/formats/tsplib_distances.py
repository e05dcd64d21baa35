"""The distances of TSPLIB between cities with coordinates, all of them integers.

Reinelt, TSPLIB 95, section 2; the formulas are kept to the letter, π = 3.141592 and the kilometre added in
GEO included, since the published optima depend on them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from problems.contract import Array
from problems.errors import ProblemError

PI = 3.141592  # as TSPLIB has it
EARTH_RADIUS = 6378.388  # km
ROWS_AT_ONCE = 1 << 22  # entries


def distances(kind: str, coordinates: Array) -> Array:
    """Return the distances ``[n, n]`` of cities ``[n, 2]`` or ``[n, 3]``, with zeros on the diagonal.

    Args:
        kind: One of ``DISTANCES``.
        coordinates: x, y (and z); in GEO latitude and longitude in degrees.minutes.

    Raises:
        ProblemError: If a distance is no finite number.
    """
    measure, points = DISTANCES[kind], np.asarray(coordinates, dtype=float)
    count = len(points)
    table = np.empty((count, count))
    batch = max(1, ROWS_AT_ONCE // max(1, points.size))
    with np.errstate(over="ignore", invalid="ignore"):
        for start in range(0, count, batch):
            table[start : start + batch] = measure(points[start : start + batch, None], points[None])
    np.fill_diagonal(table, 0.0)
    if not np.all(np.isfinite(table)):
        i, j = np.argwhere(~np.isfinite(table))[0] + 1
        raise ProblemError(f"the distance of {i} and {j}", "too large", "coordinates less far apart")
    return table


def degrees(coordinate: Array) -> Array:
    """Return degrees of coordinates in degrees.minutes (DDD.MM)."""
    whole = np.trunc(coordinate)
    return whole + 5.0 * (coordinate - whole) / 3.0


def dimensions(kind: str) -> int:
    """Return how many coordinates a city has."""
    return 3 if kind.endswith("3D") else 2


def _nearest(length: Array) -> Array:
    """Round as C does with ``(int) (x + 0.5)``; lengths are not negative."""
    return np.floor(length + 0.5)


def _straight(a: Array, b: Array) -> Array:
    return np.sqrt(((a - b) ** 2).sum(axis=-1))


def _euclidean(a: Array, b: Array) -> Array:
    return _nearest(_straight(a, b))


def _ceiling(a: Array, b: Array) -> Array:
    return np.ceil(_straight(a, b))


def _manhattan(a: Array, b: Array) -> Array:
    return _nearest(np.abs(a - b).sum(axis=-1))


def _maximum(a: Array, b: Array) -> Array:
    return _nearest(np.abs(a - b)).max(axis=-1)


def _pseudo_euclidean(a: Array, b: Array) -> Array:
    exact = np.sqrt(((a - b) ** 2).sum(axis=-1) / 10.0)
    rounded = _nearest(exact)
    return rounded + (rounded < exact)


def _geographical(a: Array, b: Array) -> Array:
    """Arc length on the Earth in whole kilometres, rounded up as the format has it."""
    a, b = PI * degrees(a) / 180.0, PI * degrees(b) / 180.0
    q1 = np.cos(a[..., 1] - b[..., 1])
    q2 = np.cos(a[..., 0] - b[..., 0])
    q3 = np.cos(a[..., 0] + b[..., 0])
    cosine = np.clip(0.5 * ((1.0 + q1) * q2 - (1.0 - q1) * q3), -1.0, 1.0)
    return np.floor(EARTH_RADIUS * np.arccos(cosine) + 1.0)


DISTANCES: dict[str, Callable[[Array, Array], Array]] = {
    "EUC_2D": _euclidean,
    "EUC_3D": _euclidean,
    "CEIL_2D": _ceiling,
    "MAN_2D": _manhattan,
    "MAN_3D": _manhattan,
    "MAX_2D": _maximum,
    "MAX_3D": _maximum,
    "ATT": _pseudo_euclidean,
    "GEO": _geographical,
}
