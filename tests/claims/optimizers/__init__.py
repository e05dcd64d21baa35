"""Every optimizer on circuits: QAOA and VQE, exact and with 1000 shots, at equal circuit evaluations."""

from __future__ import annotations

from collections.abc import Iterator

from tests.claims.table import Row


def rows(quick: bool) -> Iterator[Row]:
    """One row per optimizer and kind of loop; the quick form takes one instance of each and one seed."""
    from tests.claims.optimizers import contest

    yield from contest.rows(quick)
