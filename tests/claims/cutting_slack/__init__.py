"""Cutting slack: dual bounds as proved, 67 % fewer qubits, raw and repaired gaps beside every null.

Reads public benchmark files where they lie beside the project.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.claims.table import INSTANCES, Row, skipped


def rows(quick: bool) -> Iterator[Row]:
    """All rows; the quick form takes fewer instances and seeds."""
    if not INSTANCES.exists():
        yield from skipped("public benchmark files", INSTANCES)
        return
    from tests.claims.cutting_slack import (
        circuits,
        duals,
        killed_runs,
        knapsacks,
        sets_and_tours,
        shrunk,
        small_knapsacks,
        tours,
        widths,
    )

    yield from duals.rows(quick)
    yield from widths.rows(quick)
    yield from knapsacks.rows(quick)
    yield from circuits.rows(quick)
    yield from shrunk.rows(quick)
    yield from small_knapsacks.rows(quick)
    yield from sets_and_tours.rows(quick)
    yield from tours.rows(quick)
    yield from killed_runs.rows(quick)
