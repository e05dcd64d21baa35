"""The template behind ``Solver.solve``: fit, open the backends, ``_solve``, lift, judge, pack."""

from __future__ import annotations

import math
import time
from concurrent.futures import Executor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import numpy as np

from problems.contract import BudgetExceeded, NothingFound, Problem, ProblemError, Result, Solver, Status
from problems.fitting import fit, replace_backends
from problems.installation import versions
from problems.progress import Bar
from problems.run import Run
from problems.tree import OutOfTime, Tree

if TYPE_CHECKING:
    from problems.contract import Progress


def solve(
    solver: Solver[Any, Any],
    problem: Problem[Any],
    *,
    seed: int,
    time_limit: float | None,
    executor: Executor | None,
    progress: Progress,
    rehearsal: bool = False,
) -> Result[Any]:
    """The template of a root solve; see ``Solver.solve``."""
    if not isinstance(problem, Problem):
        raise ProblemError(
            "problem", problem, "a Problem", "build one from problems/ or read one from a file"
        )
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ProblemError("seed", seed, "an integer ≥ 0")
    if time_limit is not None and not time_limit >= 0:
        raise ProblemError("time_limit", time_limit, "seconds ≥ 0 or None")
    reduction = fit(solver, problem)
    deadline = math.inf if time_limit is None else time.monotonic() + time_limit
    with ExitStack() as stack, Bar(progress) as bar:
        tree = Tree(executor, bar, stack, rehearsal, _perform)
        tree.open(solver)
        result = _perform(solver, problem, reduction, int(seed), deadline, None, tree)
    if not rehearsal:
        _ = result.evaluation  # the root answer is judged at once
    return result


def estimate(solver: Solver[Any, Any], problem: Problem[Any], *, seed: int) -> dict[str, float]:
    """Rehearse: every backend becomes its rehearsal, convergence tests never fire; returns the resources."""
    rehearsing = replace_backends(solver, lambda backend: backend.rehearsal())
    result = solve(
        rehearsing, problem, seed=seed, time_limit=None, executor=None, progress=False, rehearsal=True
    )  # fmt: skip
    if result.ended == "interrupted":  # part of a rehearsal is no estimate
        raise KeyboardInterrupt
    return dict(result.resources)


def _perform(
    solver: Solver[Any, Any],
    problem: Problem[Any],
    reduction: Any,
    seed: int,
    deadline: float,
    parent: Run | None,
    tree: Tree,
) -> Result[Any]:
    target = problem if reduction is None else reduction.problem
    run = Run(target, seed, deadline, parent, tree)
    start = time.perf_counter()
    try:
        solution = solver._solve(target, run)
    except KeyboardInterrupt:
        second, tree.interrupted = tree.interrupted, True
        if run._best_rank is None or (second and parent is not None):
            raise
        solution = run._best
    except (BudgetExceeded, NothingFound, OutOfTime) as error:
        solution = _settle(run, error)
    seconds = time.perf_counter() - start
    if tree.interrupted:
        run._ended, run._message = "interrupted", "stopped by the user; this is the best so far"
    return _pack(solver, problem, reduction, run, solution, seconds)


def _settle(run: Run, error: Exception) -> Any:
    """Turn an error into a status where there is an incumbent, else let it rise."""
    timed_out = isinstance(error, OutOfTime)
    if run._best_rank is None:
        late = timed_out or run._ended == "time_limit"
        raise NothingFound("the time limit was reached before there was any solution") if late else error
    status: Status = (
        "time_limit" if timed_out else "budget" if isinstance(error, BudgetExceeded) else "failed"
    )
    if not (status == "failed" and run._ended == "time_limit"):
        run._ended = status
    run.note("the time limit was reached" if timed_out else str(error))
    return run._best


def _pack(
    solver: Solver[Any, Any], problem: Problem[Any], reduction: Any, run: Run, solution: Any, seconds: float
) -> Result[Any]:
    candidates, counts = run._candidates()
    bound = run._bound
    if reduction is not None:
        solution = reduction.lift(solution)
        candidates = None if candidates is None else reduction.lift(candidates)
        bound = None if bound is None or reduction.bound is None else reduction.bound(bound)
    libraries = dict(versions()) if run._parent is None else {}
    return Result(
        problem, solver, solution, run._ended, run._message, bound, candidates, counts,
        tuple(run._history), run._resources, seconds, run._seed, libraries,
    )  # fmt: skip
