"""Equivariant tensor products: what each can express, what each costs, and the price of freedom.

Times are of this run: calls in turns, medians of processor time, batch 1000, float64. A ratio of
times compares operations; where they are not the same map, the row says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.claims.table import Row


def rows(quick: bool) -> Iterator[Row]:
    """All rows; the quick form takes lower degrees and fewer seeds."""
    from tests.claims.tensor_products import freedom, learned, price, runtimes

    yield from freedom.rows(quick)
    yield from price.rows(quick)
    yield from runtimes.rows(quick)
    yield from learned.rows(quick)
