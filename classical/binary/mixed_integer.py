"""Mixed-integer programming: HiGHS branch and cut on the linearised program. See https://highs.dev."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from classical.binary.branch_and_cut import BranchAndCut
from classical.binary.lazy_cuts import LazyRows
from problems.binary.lazy_program import LazyProgram
from problems.binary.linear_form import linear_form
from problems.binary.program import BinaryProgram
from problems.checking import check_integer
from problems.contract import Array, Infeasible, NothingFound, Solver
from problems.run import Run

PATIENCE = 0.05  # seconds between two looks at the clock while HiGHS works


@dataclass(frozen=True)
class MixedInteger(Solver[BinaryProgram | LazyProgram, Array]):
    """Branch and cut by HiGHS; each product of two bits costs a column and one or two rows.

    Of a lazy program the rows that its linear relaxation breaks come first; then it is solved again with what
    the answer breaks until it breaks nothing. Every bound on the way is a bound.

    Where the coefficients of the objective have at most six decimals its values lie on a grid. The dual
    bound then gives way by a millionth of its size, for the tolerances of the linear solver, and is rounded
    inward to the grid: a gap of 0 is a proof. Other objectives are solved to 1e-9 of their largest
    coefficient, and the bound is as good as that.

    Attributes:
        threads: Of HiGHS; with more than one, which of several optima is found may differ from run to run.
    """

    threads: int = 1

    def __post_init__(self):
        check_integer("threads", self.threads, 1)

    def _solve(self, problem: BinaryProgram | LazyProgram, run: Run) -> Array:
        lazy = LazyRows(problem) if isinstance(problem, LazyProgram) else None
        program = problem if isinstance(problem, BinaryProgram) else problem.program
        if lazy is not None:
            lazy.tighten(run)
        if program.objective.num_couplings:  # with products HiGHS can be slow to a first solution of its own
            run.offer(program.repair(np.zeros(program.n, dtype=np.uint8)))
        nodes, proved = 0, False
        while not run.out_of_time() and not proved:
            search = BranchAndCut(
                linear_form(program if lazy is None else lazy.program), self.threads, run.seed() % 2**31
            )
            found = self._follow_to_the_end(search, program, run)
            nodes += search.nodes
            if search.infeasible:
                raise Infeasible("the program", f"proved in {_counted(nodes)}")
            if not search.optimal and not run.out_of_time():
                raise NothingFound(f"HiGHS stopped early: {search.reason}")
            broken = [] if lazy is None else [lazy.add(bits) for bits in found]
            proved = search.optimal and not any(broken[-1:])
        added = "" if lazy is None else f", {lazy.count} rows added"
        run.note(f"{'proved' if proved else 'searched'} in {_counted(nodes)}{added}")
        return run.best

    def _follow_to_the_end(self, search: BranchAndCut, program: BinaryProgram, run: Run) -> list[Array]:
        """Start a search, offer its incumbents and bounds as they come; returns the incumbents in order."""
        found: list[Array] = []
        search.start(run.time_left())
        try:
            while search.works(PATIENCE) and not run.out_of_time():
                found += _follow(search, program, run)
        finally:
            search.stop()
            found += _follow(search, program, run)
        return found


def _counted(nodes: int) -> str:
    return f"{nodes} node{'s' if nodes != 1 else ''} of HiGHS"


def _follow(search: BranchAndCut, program: BinaryProgram, run: Run) -> list[Array]:
    """Offer the incumbents that came since the last look; the judge, not HiGHS, says what they are worth."""
    found = search.incumbents()
    for incumbent in found:
        if run.offer(incumbent.bits):
            bound = program.signed(incumbent.bound) if math.isfinite(incumbent.bound) else None
            objective = program.judge(incumbent.bits).objective
            run.record(step=incumbent.number, objective=objective, bound=bound, nodes=incumbent.nodes)
    run.bound(program.signed(search.bound))
    return [incumbent.bits for incumbent in found]
