"""What linear rows say about groups of tied bits: which states of a group, and which ties, are impossible.

A group of tied bits has two states. A tie is refused when a state that the united group could be in breaks a
row however helpful all other groups are (interval arithmetic over the groups). Rows that only forbid pairs
(Σx <= 1, and the pairs within Σx == 1) are held as clashes between states, tested in one look-up; all others
are a matrix over the groups, whatever their relation and the signs of their coefficients.
"""

from __future__ import annotations

import numpy as np

from problems.binary.presolve.fixing import select_rows
from problems.binary.presolve.margins import row_margins
from problems.binary.rows import Rows

Array = np.ndarray
CLASH = "two ones where at most one is allowed"
CORNERED = "either state would leave another group without a choice"


class GroupRows:
    """Rows over groups of bits; node N − 1, the reference, is the group whose bit is always 0.

    Attributes:
        weight: ``[m, N]`` coefficient of each group's bit in the rows that are more than pairs.
        base: ``[m]`` what the rows hold whatever the groups do.
        clash: ``[2, N, 2, N]``; whether group i in state v and group j in state w exclude each other.
        active: ``[N]``.
    """

    def __init__(self, rows: Rows, num_nodes: int):
        wide = [r for r, kind in enumerate(rows.classes) if kind != "packing"]
        kept = np.zeros(len(rows), dtype=bool)
        kept[wide] = True
        general = select_rows(rows, kept)
        self.names = general.names
        self.weight = np.zeros((len(general), num_nodes))
        self.weight[:, : rows.n] = general.matrix.toarray()
        self.base = np.zeros(len(general))
        up, down = ~general.is_at_least, general.is_at_least | general.is_equality
        margin = row_margins(general).beyond
        self.most = np.where(up, general.right + margin, np.inf)
        self.least = np.where(down, general.right - margin, -np.inf)
        self.clash = np.zeros((2, num_nodes, 2, num_nodes), dtype=bool)
        for r, kind in enumerate(rows.classes):
            if kind in ("packing", "one_hot"):
                index, _ = rows.entries(r)
                block = np.ix_(index, index)
                self.clash[1, :, 1, :][block] |= ~np.eye(len(index), dtype=bool)
        self.active = np.ones(num_nodes, dtype=bool)

    def copy(self) -> GroupRows:
        """Return an independent copy; what never changes is shared."""
        other = object.__new__(GroupRows)
        other.__dict__.update(self.__dict__)
        for name in ("weight", "base", "clash", "active"):
            setattr(other, name, getattr(self, name).copy())
        return other

    def merge(self, kept: int, gone: int, sign: int) -> None:
        """Unite two groups: the bit of ``gone`` is that of ``kept``, or with sign − its opposite."""
        column = self.weight[:, gone].copy()
        if sign < 0:
            self.base += column
        self.weight[:, kept] += sign * column
        self.weight[:, gone] = 0.0
        self.weight[:, -1] = 0.0  # the reference's bit is 0
        for state in (0, 1):
            other = state if sign > 0 else 1 - state
            merged = self.clash[state, kept] | self.clash[other, gone]
            self.clash[state, kept] = merged
            self.clash[:, :, state, kept] = merged
            if self.clash[state, kept, other, gone]:
                self.clash[state, kept, state, kept] = True
        self.clash[:, gone] = False
        self.clash[:, :, :, gone] = False
        self.active[gone] = False

    def spans(self) -> tuple[Array, Array]:
        """Return the least and the greatest value ``[m]`` of each row over all states of the groups."""
        low = self.base + np.minimum(self.weight, 0.0).sum(axis=1)
        high = self.base + np.maximum(self.weight, 0.0).sum(axis=1)
        return low, high

    def impossible(self) -> Array:
        """Return which states ``[2, N]`` of single groups no completion allows."""
        reference = len(self.active) - 1
        nodes = np.arange(len(self.active))
        bad = self.clash[:, :, 0, reference].copy()
        for state in (0, 1):
            bad[state] |= self.clash[state, nodes, state, nodes]
            if len(self.base):
                low, high = self._with_state(state)
                bad[state] |= np.any((low > self.most[:, None]) | (high < self.least[:, None]), axis=0)
        return bad & self.active

    def _with_state(self, state: int) -> tuple[Array, Array]:
        low, high = self.spans()
        moved = state * self.weight
        return (
            low[:, None] - np.minimum(self.weight, 0.0) + moved,
            high[:, None] - np.maximum(self.weight, 0.0) + moved,
        )

    def refusal(self, kept: int, gone: int, sign: int) -> str | None:
        """Name the row that forbids a tie of two groups, or return None."""
        reachable = (0,) if kept == len(self.active) - 1 else (0, 1)
        for state in reachable:
            other = state if sign > 0 else 1 - state
            if self._states_clash(kept, state, gone, other):
                return CLASH
        return self._row_refusal(kept, gone, sign, reachable) if len(self.base) else None

    def _states_clash(self, kept: int, state: int, gone: int, other: int) -> bool:
        clash, reference = self.clash, len(self.active) - 1
        return bool(
            clash[state, kept, other, gone]
            or clash[state, kept, state, kept]
            or clash[other, gone, other, gone]
            or clash[state, kept, 0, reference]
            or clash[other, gone, 0, reference]
        )

    def _row_refusal(self, kept: int, gone: int, sign: int, reachable: tuple[int, ...]) -> str | None:
        a, b = self.weight[:, kept], self.weight[:, gone]
        low, high = self.spans()
        rest_low = low - np.minimum(a, 0.0) - np.minimum(b, 0.0)
        rest_high = high - np.maximum(a, 0.0) - np.maximum(b, 0.0)
        for state in reachable:
            load = state * a + (state if sign > 0 else 1 - state) * b
            broken = (rest_low + load > self.most) | (rest_high + load < self.least)
            if broken.any():
                return f"row {self.names[int(np.argmax(broken))]}"
        return None

    def crowds(self, kept: int, gone: int, sign: int, share: float) -> str | None:
        """Name a limit of which a united group would take more than a share of what is left.

        What is left is the way from the activity that helps the limit most, over all groups, to the limit.
        """
        low, high = self.spans()
        a, b = self.weight[:, kept], self.weight[:, gone]
        best_low, best_high = np.minimum(a, 0.0) + np.minimum(b, 0.0), np.maximum(a, 0.0) + np.maximum(b, 0.0)
        up, down = np.isfinite(self.most), np.isfinite(self.least)
        for state in (0, 1):
            load = state * a + (state if sign > 0 else 1 - state) * b
            full = up & (load - best_low > share * (self.most - low))
            full |= down & (best_high - load > share * (high - self.least))
            full &= (a != 0) & (b != 0)
            if full.any():
                return f"row {self.names[int(np.argmax(full))]}"
        return None

    def corners(self, kept: int, gone: int, sign: int) -> str | None:
        """Say that both states of a united group leave some other group a single state, or return None."""
        free = self.active & ~np.any(self.impossible(), axis=0)
        free[[kept, gone, -1]] = False
        for state in (0, 1):
            other = state if sign > 0 else 1 - state
            bad = self.clash[state, kept] | self.clash[other, gone]
            bad = bad | self._impossible_beside(
                state * self.weight[:, kept] + other * self.weight[:, gone], kept, gone
            )
            if not np.any(bad & free):
                return None
        return CORNERED

    def _impossible_beside(self, load: Array, kept: int, gone: int) -> Array:
        """Return which states ``[2, N]`` the wide rows forbid where two groups together carry ``load``."""
        weight = self.weight.copy()
        weight[:, [kept, gone]] = 0.0
        negative, positive = np.minimum(weight, 0.0), np.maximum(weight, 0.0)
        low, high = self.base + load + negative.sum(axis=1), self.base + load + positive.sum(axis=1)
        bad = np.zeros((2, len(self.active)), dtype=bool)
        for state in (0, 1):
            least, most = low[:, None] - negative + state * weight, high[:, None] - positive + state * weight
            bad[state] = np.any((least > self.most[:, None]) | (most < self.least[:, None]), axis=0)
        return bad

    def locks(self) -> Array:
        """Return whether each group's bit ``[2, N]`` could break anything by taking the value."""
        low, high = self.spans()
        can_exceed, can_fall = high > self.most, low < self.least
        up, down = self.weight > 0, self.weight < 0
        one = np.any((can_exceed[:, None] & up) | (can_fall[:, None] & down), axis=0)
        zero = np.any((can_exceed[:, None] & down) | (can_fall[:, None] & up), axis=0)
        pairs: Array = np.any(self.clash, axis=(2, 3))
        return np.stack([zero | pairs[0], one | pairs[1]])

    def explain(self, node: int) -> str:
        """Say which row leaves a group without a state."""
        for state in (0, 1):
            low, high = self._with_state(state)
            broken = (low[:, node] > self.most) | (high[:, node] < self.least)
            if broken.any():
                return f"row {self.names[int(np.argmax(broken))]} has no value left that it allows"
        return CLASH
