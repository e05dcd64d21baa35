"""Programs of which most rows are never written down: sample with the known ones, add what samples break."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from classical.binary.lazy_cuts import LazyRows
from problems.binary.lazy_program import LazyProgram
from problems.contract import Array, Result
from problems.run import Run

if TYPE_CHECKING:
    from hybrid.lagrangian.slack_free import SlackFree

ROUNDS = 12  # most rounds; each begins with the rows that the samples of the last one broke
JUDGED = 256  # samples of a round, the best by the known rows, that are judged by all rows and repaired
SEPARATED = 4  # of those, asked for rows that they break; more would bring rows that matter to none


def solve_lazily(solver: SlackFree, problem: LazyProgram, run: Run) -> Array:
    """Solve the program of the known rows, round by round, until its samples break no other.

    Separation looks at the mean of a round's samples, where minimum cuts find what no single sample shows,
    and at its best samples. The bound of a program with fewer rows is one for all rows.
    """
    rows, step = LazyRows(problem), 0
    here = solver
    for turn in run.steps(ROUNDS, "round of rows"):
        result = run.solve(here, rows.program)
        if result.bound is not None:
            run.bound(result.bound)
        best = _best_samples(result, rows)
        run.offer_all(best)
        if solver.repair == "own":
            run.offer_all(problem.repair(best))
        for row in result.history:
            run.record(**(dict(row) | {"step": step, "round": turn, "rows": len(rows.program.constraints)}))
            step += 1
        new = [rows.add(point) for point in (_mean(result), *best[:SEPARATED])]
        if not any(new) and run.converged(True, "the samples break no row that is not known"):
            break
        here = replace(solver, multipliers=_carried(solver, result, rows))
    run.spent(rows_added=rows.count)
    return run.best


def _best_samples(result: Result[Array], rows: LazyRows) -> Array:
    """Distinct samples, the best by the known rows first, the answer of the round among them."""
    found = result.solution[None] if result.candidates is None else result.candidates
    found = np.unique(np.concatenate([found, result.solution[None]]), axis=0)
    ranks = rows.program.ranks(found)
    return found[np.lexsort((ranks[:, 1], ranks[:, 0]))[:JUDGED]]


def _mean(result: Result[Array]) -> Array:
    if result.candidates is None:
        return np.asarray(result.solution, dtype=float)
    return np.average(result.candidates, axis=0, weights=result.counts)


def _carried(solver: SlackFree, result: Result[Array], rows: LazyRows) -> str | tuple[float, ...]:
    """What the next round begins with: relaxed prices of all rows, or those learnt and 0 for the new ones."""
    if solver.multipliers == "lp":
        return "lp"
    learnt = result.history[-1]["multipliers"]
    return (*learnt, *np.zeros(len(rows.program.constraints) - len(learnt)).tolist())
