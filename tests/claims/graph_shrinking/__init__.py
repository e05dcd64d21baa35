"""Adaptive graph shrinking: exact merges, vetoes that hold, 40 to 80 % fewer qubits, and who did the work.

Reads public benchmark files where they lie beside the project. Published figures of hardware runs are of one
run each with 200 evaluations and 1000 shots on 45 to 144 qubits.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.claims.table import Row


def rows(quick: bool) -> Iterator[Row]:
    """All rows; the quick form takes fewer instances and seeds."""
    from tests.claims.graph_shrinking import (
        ablation,
        assignments,
        commands,
        cuts,
        exactness,
        independent_sets,
        killed_runs,
        knapsacks,
    )

    yield from exactness.rows(quick)
    yield from commands.rows(quick)
    yield from cuts.rows(quick)
    yield from independent_sets.rows(quick)
    yield from knapsacks.rows(quick)
    yield from assignments.rows(quick)
    yield from ablation.rows(quick)
    yield from killed_runs.rows(quick)
