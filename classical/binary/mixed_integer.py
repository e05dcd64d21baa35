"""Mixed-integer programming: HiGHS branch and cut on the linearised program. See https://highs.dev."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from classical.binary.branch_and_cut import BranchAndCut
from problems.binary.linear_form import linear_form
from problems.binary.program import BinaryProgram
from problems.checking import check_integer
from problems.contract import Array, Infeasible, NothingFound, Solver
from problems.run import Run

PATIENCE = 0.05  # seconds between two looks at the clock while HiGHS works


@dataclass(frozen=True)
class MixedInteger(Solver[BinaryProgram, Array]):
    """Branch and cut by HiGHS; each product of two bits costs a column and one or two rows.

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

    def _solve(self, problem: BinaryProgram, run: Run) -> Array:
        if problem.objective.num_couplings:  # with products HiGHS can be slow to a first solution of its own
            run.offer(problem.repair(np.zeros(problem.n, dtype=np.uint8)))
        search = BranchAndCut(linear_form(problem), self.threads, run.seed() % 2**31)
        search.start(run.time_left())
        try:
            while search.works(PATIENCE) and not run.out_of_time():
                _follow(search, problem, run)
        finally:
            search.stop()
            _follow(search, problem, run)
        nodes = f"{search.nodes} node{'s' if search.nodes != 1 else ''} of HiGHS"
        if search.infeasible:
            raise Infeasible("the program", f"proved in {nodes}")
        run.note(f"{'proved' if search.optimal else 'searched'} in {nodes}")
        if not search.optimal and not run.out_of_time():
            raise NothingFound(f"HiGHS stopped early: {search.reason}")
        return run.best


def _follow(search: BranchAndCut, problem: BinaryProgram, run: Run) -> None:
    """Offer the incumbents that came since the last look; the judge, not HiGHS, says what they are worth."""
    for found in search.incumbents():
        if run.offer(found.bits):
            bound = problem.signed(found.bound) if math.isfinite(found.bound) else None
            objective = problem.judge(found.bits).objective
            run.record(step=found.number, objective=objective, bound=bound, nodes=found.nodes)
    run.bound(problem.signed(search.bound))
