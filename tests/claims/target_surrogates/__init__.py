"""Target surrogates: many cheap parameter steps for each gradient of the outputs that is paid for."""

from __future__ import annotations

from collections.abc import Iterator

from tests.claims.table import Row


def rows(quick: bool) -> Iterator[Row]:
    """All rows; the quick form takes fewer seeds, rates and steps."""
    from tests.claims.target_surrogates import (
        circuits,
        counts,
        identities,
        imitating,
        mini_batches,
        separable,
    )

    yield from identities.rows(quick)
    yield from counts.rows(quick)
    yield from mini_batches.rows(quick)
    yield from separable.rows(quick)
    yield from imitating.rows(quick)
    yield from circuits.rows(quick)
