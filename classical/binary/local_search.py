"""Iterated local search in the neighbourhood that a problem has, from any starting solution."""

from __future__ import annotations

from dataclasses import dataclass

from classical.binary.as_program import as_program
from classical.binary.local_fields import check_start, unfit_start
from classical.binary.local_program_search import search_programs
from classical.binary.permutation_search import search_permutations
from classical.binary.tour_search import search_tours
from problems.binary.assignment import QuadraticAssignment
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Qubo
from problems.binary.tour import TravellingSalesman
from problems.checking import check_integer
from problems.contract import Array, Solver
from problems.run import Run


@dataclass(frozen=True)
class LocalSearch(Solver[BinaryProgram | QuadraticAssignment | TravellingSalesman | Qubo, Array]):
    """Descend, break the best in a place, descend again; what is no worse is kept.

    Round trips are improved by 2-opt and Or-opt among near cities, quadratic assignments by exchanges,
    programs and QUBOs by flips and by exchanges of one bit for another that keep the rows. The candidates are
    the best of every restart.

    Attributes:
        restarts: Beginnings; the first at ``start`` or at a greedy solution, the others at random.
        iterations: Descents per restart.
        start: Bits from which the first restart begins.
    """

    restarts: int = 10
    iterations: int = 1000
    start: tuple[int, ...] | None = None

    def __post_init__(self):
        check_integer("restarts", self.restarts, 1)
        check_integer("iterations", self.iterations, 1)
        check_start(self.start)

    def unsuitable(
        self, problem: BinaryProgram | QuadraticAssignment | TravellingSalesman | Qubo
    ) -> str | None:
        """Refuse a start of another length."""
        return unfit_start(self.start, problem.n)

    def _solve(
        self, problem: BinaryProgram | QuadraticAssignment | TravellingSalesman | Qubo, run: Run
    ) -> Array:
        if isinstance(problem, TravellingSalesman):
            return search_tours(problem, run, self.restarts, self.iterations, self.start)
        if isinstance(problem, QuadraticAssignment):
            return search_permutations(problem, run, self.restarts, self.iterations, self.start)
        return search_programs(as_program(problem), run, self.restarts, self.iterations, self.start)
