"""Flag aggregator: exactness, digits and devices under attack, and where its subspace helps or harms.

Trains networks on the digits of scikit-learn, and circuits on simulated devices.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.claims.table import Row


def rows(quick: bool) -> Iterator[Row]:
    """All rows; the quick form has fewer repeats and steps."""
    from tests.claims.flag import devices, digits, exactness, subspaces

    yield from exactness.rows(quick)
    yield from subspaces.rows(quick)
    yield from digits.rows(quick)
    yield from devices.rows(quick)
