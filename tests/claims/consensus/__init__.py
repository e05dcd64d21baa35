"""Consensus-based optimization: barriers crossed with values alone, and its hops as gradient steps.

Published figures are pictures of single runs; success rates and identities are of this run. One budget of
function values is given to all rivals of a row unless it says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.claims.table import Row


def rows(quick: bool) -> Iterator[Row]:
    """All rows; the quick form takes fewer seeds and smaller samples."""
    from tests.claims.consensus import canyon, circuits, identities, networks, wells

    yield from identities.rows(quick)
    yield from canyon.rows(quick)
    yield from wells.rows(quick)
    yield from circuits.rows(quick)
    yield from networks.rows(quick)
