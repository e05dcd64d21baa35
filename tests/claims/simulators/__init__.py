"""Simulators side by side: QAOA kernels, gradients, subspaces, gate lists; one thread each, CPU minima.

Peers are raced where they are installed. Circuits, tables and cost vectors are made before the clock starts;
all that depends on parameters is inside. Values must agree before any time counts. At n <= 12, and
beside Qiskit's estimator, most of a large factor is the peers' work per call: Python, binding, results.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.claims.table import Row


def rows(quick: bool) -> Iterator[Row]:
    """All rows; the quick form races small widths with few repeats."""
    from tests.claims.simulators import gate_rows, noisy_rows, qaoa_rows, start_rows, subspace_rows
    from tests.claims.simulators.environment import versions

    yield Row("versions", "", versions(), "", None, "for reading the ratios")
    yield from qaoa_rows.rows(quick)
    yield from subspace_rows.rows(quick)
    yield from gate_rows.rows(quick)
    yield from noisy_rows.rows(quick)
    yield from start_rows.rows(quick)
