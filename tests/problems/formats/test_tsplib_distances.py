"""The distances of TSPLIB against its formulas, city by city in plain arithmetic."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from problems.errors import ProblemError
from problems.formats.tsplib_distances import DISTANCES, degrees, dimensions, distances


def nearest(value):
    return int(value + 0.5)


def att(dx, dy):
    exact = math.sqrt((dx * dx + dy * dy) / 10.0)
    rounded = nearest(exact)
    return rounded + 1 if rounded < exact else rounded


def radians(coordinate):
    degree = int(coordinate)
    return 3.141592 * (degree + 5.0 * (coordinate - degree) / 3.0) / 180.0


def geo(a, b):
    (lat_i, lon_i), (lat_j, lon_j) = (tuple(map(radians, place)) for place in (a, b))
    q1, q2, q3 = math.cos(lon_i - lon_j), math.cos(lat_i - lat_j), math.cos(lat_i + lat_j)
    cosine = min(1.0, max(-1.0, 0.5 * ((1.0 + q1) * q2 - (1.0 - q1) * q3)))
    return int(6378.388 * math.acos(cosine) + 1.0)


FORMULAS = {
    "EUC_2D": lambda a, b: nearest(math.sqrt((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2)),
    "EUC_3D": lambda a, b: nearest(math.sqrt(sum((x - y) ** 2 for x, y in zip(a, b, strict=True)))),
    "CEIL_2D": lambda a, b: math.ceil(math.sqrt((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2)),
    "MAN_2D": lambda a, b: nearest(abs(a[0] - b[0]) + abs(a[1] - b[1])),
    "MAN_3D": lambda a, b: nearest(abs(a[0] - b[0]) + abs(a[1] - b[1]) + abs(a[2] - b[2])),
    "MAX_2D": lambda a, b: max(nearest(abs(a[0] - b[0])), nearest(abs(a[1] - b[1]))),
    "MAX_3D": lambda a, b: max(nearest(abs(x - y)) for x, y in zip(a, b, strict=True)),
    "ATT": lambda a, b: att(a[0] - b[0], a[1] - b[1]),
    "GEO": geo,
}  # fmt: skip


@pytest.mark.parametrize("kind", list(DISTANCES))
@settings(deadline=None, max_examples=40)
@given(n=st.integers(1, 7), seed=st.integers(0, 10**6), whole=st.booleans())
def test_every_entry_is_the_formula(kind, n, seed, whole):
    rng = np.random.default_rng(seed)
    high = 90.0 if kind == "GEO" else 1000.0
    points = rng.uniform(-high, high, (n, dimensions(kind)))
    points = np.round(points) if whole else np.round(points, 2)
    table = distances(kind, points)
    for i, a in enumerate(points.tolist()):
        for j, b in enumerate(points.tolist()):
            assert table[i, j] == (0 if i == j else FORMULAS[kind](a, b))


@pytest.mark.parametrize("kind", list(DISTANCES))
def test_many_cities_in_batches_are_as_a_few(kind, monkeypatch):
    points = np.random.default_rng(1).uniform(0, 80, (30, dimensions(kind)))
    whole = distances(kind, points)
    monkeypatch.setattr("problems.formats.tsplib_distances.ROWS_AT_ONCE", 200)
    assert np.array_equal(distances(kind, points), whole)
    assert np.array_equal(whole, whole.T)


def test_two_cities_in_one_place_are_a_kilometre_apart_in_geo_only():
    points = np.array([[38.24, 20.42], [38.24, 20.42]])
    assert {kind: distances(kind, points)[0, 1] for kind in DISTANCES if dimensions(kind) == 2} == {
        "EUC_2D": 0, "CEIL_2D": 0, "MAN_2D": 0, "MAX_2D": 0, "ATT": 0, "GEO": 1,
    }  # fmt: skip


def test_halves_round_up_and_att_never_down():
    assert distances("MAN_2D", np.array([[0, 0], [0.5, 0], [1.0, 1.5]])).tolist() == [
        [0, 1, 3], [1, 0, 2], [3, 2, 0],
    ]  # fmt: skip
    assert distances("ATT", np.array([[0.0, 0.0], [10.0, 0.0]]))[0, 1] == 4  # √10 = 3.16


def test_minutes_are_sixtieths():
    assert degrees(np.array([38.30, -38.30, 7.0])).tolist() == pytest.approx([38.5, -38.5, 7.0])


def test_distances_beyond_the_range_are_refused():
    with pytest.raises(ProblemError, match="the distance of 1 and 2 is too large"):
        distances("EUC_2D", np.array([[0.0, 0.0], [1e300, 0.0]]))
