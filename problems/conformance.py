"""What every solver and every problem must keep, as checks that anyone can run on their own.

``check_solver(MySolver(), problem)`` and ``check_problem(problem, solution)`` raise ``AssertionError`` with a
sentence at the first broken promise. Each check is also a function of its own, listed in ``SOLVER_CHECKS``
and ``PROBLEM_CHECKS``, to be parametrised in a test suite.
"""

from __future__ import annotations

import math
import pickle
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from problems.contract import Evaluation, Problem, Result, Solver
from problems.errors import NothingFound, ProblemError, UnsuitableProblem
from problems.storage import digest, load, save

CLOSING_SECONDS = 10.0  # a method asked to stop at once may take this long to close, compilation included


@dataclass(frozen=True, eq=False)
class Unheard(Problem[int]):
    """A problem that no solver takes."""

    def judge(self, solution: int) -> Evaluation:
        """Every answer is as good as any other."""
        return Evaluation(0.0)


def check_solver(solver: Solver[Any, Any], problem: Problem[Any]) -> None:
    """Run every check on a solver with a small problem that it can take.

    Raises:
        AssertionError: Naming the promise that is broken.
    """
    for check in SOLVER_CHECKS:
        check(solver, problem)


def check_problem(problem: Problem[Any], solution: Any) -> None:
    """Run every check on a problem with one valid candidate.

    Raises:
        AssertionError: Naming the promise that is broken.
    """
    for check in PROBLEM_CHECKS:
        check(problem, solution)


def solver_is_built_without_arguments(solver: Solver[Any, Any], problem: Problem[Any]) -> None:
    """Every field has a default."""
    _require(isinstance(type(solver)(), Solver), f"{type(solver).__name__}() must build a solver")


def solver_repeats_by_seed(solver: Solver[Any, Any], problem: Problem[Any]) -> None:
    """The same call gives the same result, bit for bit; not where time is what the problem is about."""
    if not problem.repeatable:
        return
    first, second = (solver.solve(problem, seed=7, progress=False) for _ in range(2))
    _require(digest(first.solution) == digest(second.solution), "the same seed must give the same solution")
    _require(first.digest == second.digest, "the same seed must give the same result, history included")


def solver_honours_the_time_limit(solver: Solver[Any, Any], problem: Problem[Any]) -> None:
    """With no time at all it closes soon, with an answer or with ``NothingFound``."""
    start = time.monotonic()
    with suppress(NothingFound):
        solver.solve(problem, time_limit=0.0, progress=False)
    took = time.monotonic() - start
    _require(took < CLOSING_SECONDS, f"with time_limit=0 it took {took:.1f} s to close")


def solver_leaves_the_problem_alone(solver: Solver[Any, Any], problem: Problem[Any]) -> None:
    """The problem's content is the same afterwards."""
    before = digest(problem)
    solver.solve(problem, seed=1, progress=False)
    _require(digest(problem) == before, "solving must not change the problem")


def solver_is_judged_by_the_problem(solver: Solver[Any, Any], problem: Problem[Any]) -> None:
    """The result's evaluation is the problem's verdict, and a bound never contradicts it."""
    result = solver.solve(problem, seed=2, progress=False)
    verdict = problem.judge(result.solution)
    _require(_agree(problem, result.evaluation, verdict), "a result must carry the judge's verdict")
    if result.bound is not None and verdict.feasible:
        beyond = (
            verdict.objective - result.bound if problem.sense == "max" else result.bound - verdict.objective
        )
        slack = 1e-9 * max(1.0, abs(result.bound))
        _require(
            beyond <= slack, f"the bound {result.bound} is contradicted by an answer of {verdict.objective}"
        )


def solver_refuses_in_a_sentence(solver: Solver[Any, Any], problem: Problem[Any]) -> None:
    """A problem of another kind is refused before any work."""
    try:
        solver.solve(Unheard(), progress=False)
    except UnsuitableProblem as error:
        _require(len(str(error)) > 20, "a refusal must be a sentence")
    else:
        raise AssertionError("a problem of another kind must raise UnsuitableProblem")


def solver_survives_an_interruption(solver: Solver[Any, Any], problem: Problem[Any]) -> None:
    """Ctrl-C yields the best so far, or passes up where there is nothing yet."""

    def interrupt(row: Any) -> None:
        raise KeyboardInterrupt

    try:
        result = solver.solve(problem, seed=3, progress=interrupt)
    except KeyboardInterrupt:
        return
    if result.history:
        _require(
            result.ended == "interrupted", f"after Ctrl-C the status is {result.ended!r}, not 'interrupted'"
        )
    _require(math.isfinite(problem.judge(result.solution).violation), "what survives must be a solution")


def solver_is_stored(solver: Solver[Any, Any], problem: Problem[Any]) -> None:
    """The solver and its result come back from disk unchanged."""
    result = solver.solve(problem, seed=4, progress=False)
    for value in (solver, result):
        again = _stored(value)
        _require(
            digest(again) == digest(value), f"{type(value).__name__} changes on its way to disk and back"
        )
    _require(isinstance(result, Result), "solve must return a Result")


def solver_is_pickled(solver: Solver[Any, Any], problem: Problem[Any]) -> None:
    """The solver, the problem and the result can be sent to a process pool."""
    result = solver.solve(problem, seed=5, progress=False)
    for value in (solver, problem, result):
        again = pickle.loads(pickle.dumps(value))
        _require(digest(again) == digest(value), f"{type(value).__name__} changes when it is pickled")


def problem_judges_purely(problem: Problem[Any], solution: Any) -> None:
    """Judging twice gives one verdict and changes nothing."""
    before = digest((problem, solution))
    first, second = problem.judge(solution), problem.judge(solution)
    _require(_agree(problem, first, second), "judging twice must give the same verdict")
    _require(digest((problem, solution)) == before, "judging must change neither problem nor solution")


def problem_ranks_as_it_judges(problem: Problem[Any], solution: Any) -> None:
    """``ranks`` of a batch is ``judge`` row by row."""
    batch = np.stack([solution, solution]) if isinstance(solution, np.ndarray) else [solution, solution]
    ranks = problem.ranks(batch)
    _require(np.shape(ranks) == (2, 2), f"ranks of two candidates must be [2, 2], not {np.shape(ranks)}")
    columns = slice(None if problem.repeatable else 1)  # the violation alone, where the judge measures time
    expected = problem.judge(solution).rank(problem.sense)[columns]
    same = np.allclose(np.asarray(ranks)[:, columns], [expected, expected], rtol=1e-12, atol=1e-9)
    _require(same, "ranks must agree with judge")


def problem_rejects_a_wrong_shape(problem: Problem[Any], solution: Any) -> None:
    """A candidate of another length is bad input, not a score."""
    if not isinstance(solution, np.ndarray):
        return
    try:
        problem.judge(np.concatenate([solution, solution[:1]]))
    except ProblemError:
        return
    raise AssertionError("a candidate with one element too many must raise ProblemError")


def problem_generates_by_seed(problem: Problem[Any], solution: Any) -> None:
    """``random``, where there is one, depends on the seed and on nothing else."""
    generate: Callable[..., Problem[Any]] | None = getattr(type(problem), "random", None)
    if generate is None:
        return
    _require(generate(seed=11).digest == generate(seed=11).digest, "one seed must give one instance")
    _require(generate(seed=11).digest != generate(seed=12).digest, "two seeds must give two instances")


def problem_is_stored(problem: Problem[Any], solution: Any) -> None:
    """The problem comes back from disk and from a pickle with the same content and the same verdict."""
    for again in (_stored(problem), pickle.loads(pickle.dumps(problem))):
        _require(digest(again) == digest(problem), "the problem changes on its way to disk and back")
        agree = _agree(problem, again.judge(solution), problem.judge(solution))
        _require(agree, "it judges differently afterwards")


SOLVER_CHECKS: tuple[Callable[[Solver[Any, Any], Problem[Any]], None], ...] = (
    solver_is_built_without_arguments,
    solver_repeats_by_seed,
    solver_honours_the_time_limit,
    solver_leaves_the_problem_alone,
    solver_is_judged_by_the_problem,
    solver_refuses_in_a_sentence,
    solver_survives_an_interruption,
    solver_is_stored,
    solver_is_pickled,
)
PROBLEM_CHECKS: tuple[Callable[[Problem[Any], Any], None], ...] = (
    problem_judges_purely,
    problem_ranks_as_it_judges,
    problem_rejects_a_wrong_shape,
    problem_generates_by_seed,
    problem_is_stored,
)


def _agree(problem: Problem[Any], first: Evaluation, second: Evaluation) -> bool:
    """Whether two verdicts are one; of a judge that measures time, as far as violations go."""
    if problem.repeatable:
        return digest(first) == digest(second)
    return first.violation == second.violation


def _stored(value: Any) -> Any:
    own = (type(value).__module__.split(".")[0],)
    if isinstance(value, Result):
        own += (type(value.solver).__module__.split(".")[0], type(value.problem).__module__.split(".")[0])
    with tempfile.TemporaryDirectory() as folder:
        return load(save(value, Path(folder) / "value.npz"), trust=own)


def _require(condition: bool, promise: str) -> None:
    if not condition:
        raise AssertionError(promise)
