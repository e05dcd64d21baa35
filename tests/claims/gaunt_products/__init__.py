"""Gaunt tensor products: the product of functions on the sphere, exactly and in O(L^3).

Times are of this run: calls in turns, medians of processor time. The honest baseline is the Clebsch–Gordan
product of even paths, the same map; the product of all paths, a larger map, is printed beside it.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.claims.table import Row


def rows(quick: bool) -> Iterator[Row]:
    """All rows; the quick form takes lower degrees."""
    from tests.claims.gaunt_products import exactness, learned, speed

    yield from exactness.rows(quick)
    yield from speed.rows(quick)
    yield from learned.rows(quick)
