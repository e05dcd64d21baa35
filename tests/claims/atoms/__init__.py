"""Atoms by high-order finite elements: uranium to 1e-8 Hartree, relativistic or not, in seconds.

Energies are in Hartree, c = 137.0359895. Published totals are compared to a bar plus half a unit of their
last decimal; of the solver's total and the one that the judge integrates for itself the worse is shown.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.claims.table import Row


def rows(quick: bool) -> Iterator[Row]:
    """All rows; the quick form takes fewer atoms and meshes."""
    from tests.claims.atoms import convergence, levels, speed, spurious, totals, whole_table

    yield from levels.rows(quick)
    yield from spurious.rows(quick)
    yield from totals.rows(quick)
    yield from convergence.rows(quick)
    yield from speed.rows(quick)
    if not quick:
        yield from whole_table.rows()
