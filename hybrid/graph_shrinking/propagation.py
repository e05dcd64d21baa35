"""What follows from ties: groups of which the rows leave one state, and groups that nothing speaks against.

A group with one impossible state is fixed to the other. A group whose bit improves the objective in every
situation, and whom no row can mind, is fixed as well (dual fixing): an item that fits beside everything that
is left, a node without neighbours. Finžgar et al., arXiv 2308.13607, simplify so between the steps of a
recursive quantum algorithm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hybrid.graph_shrinking.spin_graph import SpinGraph
from hybrid.graph_shrinking.vetoes import CLASH, GroupRows

Array = np.ndarray


@dataclass(frozen=True)
class Contradiction:
    """A group without a possible state.

    Attributes:
        node: Its representative.
        why: The row that says so.
    """

    node: int
    why: str


def forced(rows: GroupRows) -> list[tuple[int, int]] | Contradiction:
    """Return ``(group, bit)`` for every group with one possible state, or the group that has none."""
    bad = rows.impossible()
    bad[:, -1] = False
    both = np.flatnonzero(bad[0] & bad[1])
    if len(both):
        return Contradiction(int(both[0]), rows.explain(int(both[0])))
    low, high = rows.spans()
    broken = (low > rows.most) | (high < rows.least)
    reference = len(rows.active) - 1
    if broken.any():
        return Contradiction(reference, f"row {rows.names[int(np.argmax(broken))]} cannot be kept")
    if rows.clash[0, reference, 0, reference]:
        return Contradiction(reference, CLASH)
    return [(int(g), int(bad[0, g])) for g in np.flatnonzero(bad[0] | bad[1])]


def unopposed(rows: GroupRows, objective: SpinGraph) -> list[tuple[int, int]]:
    """Return ``(group, bit)`` where a bit is best for the objective in every situation and no row minds."""
    matrix = objective.matrix
    field = matrix[:-1, -1]
    pull = np.abs(matrix[:-1, :-1]).sum(axis=1)
    sure = rows.active[:-1] & (np.abs(field) >= pull) & (field != 0)
    locks = rows.locks()
    bits = (field > 0).astype(int)  # a positive coupling to the reference asks for spin −1, which is bit 1
    return [(int(g), int(bits[g])) for g in np.flatnonzero(sure) if not locks[bits[g], g]]
