"""Circuit search: learning and not luck, short circuits, shots, noise; the null beside every claim.

Reads public molecular Hamiltonians where they lie beside the project. Where the variable CLAIM_FIGURES names
a folder, the learning curves, with the band of random circuits, and the bars of the ablation are saved in it.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.claims.table import Row


def rows(quick: bool) -> Iterator[Row]:
    """All rows; the quick form searches hydrogen alone."""
    from tests.claims.circuit_search import ablation, economy, foundations, learning, noise, shots

    yield from foundations.rows(quick)
    yield from economy.rows(quick)
    yield from shots.rows(quick)
    yield from noise.rows(quick)
    yield from learning.rows(quick)
    yield from ablation.rows(quick)
