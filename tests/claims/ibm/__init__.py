"""IBM's machines through their own client against a loopback service: physics, kills, faults, cost, secrecy.

Every kill ends a process of its own with SIGKILL, so the quick form takes up to three minutes.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.claims.table import Row


def rows(quick: bool) -> Iterator[Row]:
    """All rows; the quick form has twenty kills, two devices and shorter runs."""
    from tests.claims.ibm import cost, faults, kills, physics, secrecy

    for part in (faults, cost, secrecy, physics, kills):
        yield from part.rows(quick)
