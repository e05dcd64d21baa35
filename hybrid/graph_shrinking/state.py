"""The state of a shrinking: the graph, the rows, the ties so far, and how wrong ties are undone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from hybrid.graph_shrinking.propagation import Contradiction, forced, unopposed
from hybrid.graph_shrinking.signed_union_find import SignedUnionFind
from hybrid.graph_shrinking.spin_graph import SpinGraph
from hybrid.graph_shrinking.vetoes import GroupRows
from problems.binary.program import BinaryProgram
from problems.binary.quadratic import QuadraticForm
from problems.binary.qubo import Qubo
from problems.binary.rows import Rows
from problems.errors import Infeasible

Array = np.ndarray


@dataclass(frozen=True)
class Tie:
    """A decision: spin ``gone`` is sign · spin ``kept``; with the reference as ``kept`` a bit is fixed."""

    kept: int
    gone: int
    sign: int


class ShrinkingState:
    """Everything that ties change, and the decisions that made it so.

    Args:
        program: The rows to keep, over the first n bits, and the objective that propagation looks at.
        surrogate: The QUBO to be shrunk, over n bits or more; those beyond n are never tied.
        propagate: Whether what the rows imply is fixed after each tie.
    """

    def __init__(self, program: BinaryProgram, surrogate: QuadraticForm, propagate: bool = True):
        self.program, self.surrogate, self.propagate = program, surrogate, propagate
        self.decisions: list[Tie] = []
        self.forbidden: list[Tie] = []
        self.implied: list[Tie] = []
        self._begin()

    def _begin(self) -> None:
        width = self.surrogate.n
        self.graph = SpinGraph.from_form(self.surrogate)
        self.objective = SpinGraph.from_form(self.program.minimised.embedded(width))
        self.rows = GroupRows(self.program.constraints, width + 1)
        self.groups = SignedUnionFind(width + 1)

    @property
    def reference(self) -> int:
        """The spin that stands for bit 0."""
        return self.graph.reference

    @property
    def qubits(self) -> int:
        """How many bits are left."""
        return int(self.graph.active.sum()) - 1

    def tie(self, tie: Tie) -> None:
        """Carry a tie out on all that depends on it."""
        self.graph.merge(tie.kept, tie.gone, tie.sign)
        self.objective.merge(tie.kept, tie.gone, tie.sign)
        self.rows.merge(tie.kept, tie.gone, tie.sign)
        self.groups.unite(tie.kept, tie.gone, tie.sign)

    def ordered(self, a: int, b: int, sign: int) -> Tie:
        """Return the tie of two representatives with the reference, or else the lower spin, kept."""
        if b == self.reference or (a != self.reference and b < a):
            a, b = b, a
        return Tie(a, b, sign)

    def is_forbidden(self, tie: Tie) -> bool:
        """Whether the tie would repeat one that was undone."""
        for old in self.forbidden:
            (a, first), (b, second) = self.groups.find(old.kept), self.groups.find(old.gone)
            if {a, b} == {tie.kept, tie.gone} and first * second * old.sign == tie.sign:
                return True
        return False

    def decide(self, tie: Tie) -> list[tuple[Tie, str]]:
        """Make a decision and follow it up; where that ends in a contradiction, undo what is to blame.

        Returns:
            The decisions undone, each with the row that spoke against it; nothing if the tie stands alone.

        Raises:
            Infeasible: If a contradiction is left without any decision.
        """
        self.tie(tie)
        self.decisions.append(tie)
        undone = []
        found = self.follow()
        while found is not None:
            undone.append((self._retract(found), found.why))
            found = self._replay()
        return undone

    def follow(self) -> Contradiction | None:
        """Fix what the rows and the objective leave no choice about; return a contradiction, if any."""
        while self.propagate:
            settled = forced(self.rows)
            if isinstance(settled, Contradiction):
                return settled
            if not settled:
                settled = unopposed(self.rows, self.objective)
            if not settled:
                return None
            for group, bit in settled:
                fixing = Tie(self.reference, group, -1 if bit else 1)
                self.tie(fixing)
                self.implied.append(fixing)
        return None

    def _retract(self, found: Contradiction) -> Tie:
        """Drop the latest merge within the group at fault, or else the latest decision, and forbid it."""
        if not self.decisions:
            raise Infeasible("the program", found.why)
        blamed = len(self.decisions) - 1
        if found.node != self.reference:
            for k in range(len(self.decisions) - 1, -1, -1):
                tie = self.decisions[k]
                if tie.kept != self.reference and self.groups.find(tie.kept)[0] == found.node:
                    blamed = k
                    break
        tie = self.decisions.pop(blamed)
        self.forbidden.append(tie)
        return tie

    def _replay(self) -> Contradiction | None:
        """Carry the remaining decisions out from the start, but for those that propagation now implies."""
        old, self.decisions, self.implied = self.decisions, [], []
        self._begin()
        found = self.follow()
        if found is not None:
            return found
        for k, tie in enumerate(old):
            (a, first), (b, second) = self.groups.find(tie.kept), self.groups.find(tie.gone)
            if a == b:
                continue
            renewed = self.ordered(a, b, tie.sign * first * second)
            self.tie(renewed)
            self.decisions.append(renewed)
            found = self.follow()
            if found is not None:
                self.decisions += old[k + 1 :]
                return found
        return None

    def qubo(self) -> Qubo:
        """Return what is left of the surrogate, over the bits of the active groups."""
        names = (*self.program.names, *(f"slack {k}" for k in range(self.program.n, self.surrogate.n)))
        return Qubo(self.graph.form(), tuple(names[k] for k in self.graph.nodes()[:-1]))

    def unfolding(self) -> tuple[Array, Array]:
        """Return for every bit the column of its group in the reduced bits, −1 if fixed, and its flip."""
        roots, signs = self.groups.resolved()
        place = np.full(len(roots), -1)
        nodes = self.graph.nodes()[:-1]
        place[nodes] = np.arange(len(nodes))
        return place[roots][:-1], (signs[:-1] < 0).astype(np.uint8)

    def reduced_program(self) -> BinaryProgram:
        """Return the program over the bits of the active groups, its rows included, minimised."""
        column, flip = self.unfolding()
        column, flip, rows = column[: self.program.n], flip[: self.program.n], self.program.constraints
        free = np.flatnonzero(column >= 0)
        width = self.qubits
        spread = csr_array((1.0 - 2.0 * flip[free], (free, column[free])), shape=(rows.n, width))
        matrix, right = rows.matrix @ spread, rows.right - rows.matrix @ flip.astype(float)
        smaller = Rows.from_matrix(matrix, right, rows.relation, rows.names) if len(rows) else Rows(width)
        return BinaryProgram(self.objective.form(), smaller, self.qubo().names)
