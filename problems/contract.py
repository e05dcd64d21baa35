"""The contract: a problem judges, a solver solves, a result can be asked.

A ``Problem`` holds data and scores any candidate, wherever it came from. A ``Solver`` is an immutable set of
hyper-parameters with one method, ``_solve``; its fields may be other solvers or backends. ``Solver.solve`` is
a template, written once in ``problems/template.py``.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar, overload

import numpy as np

from problems.errors import (
    BackendError,
    BudgetExceeded,
    HybridError,
    Infeasible,
    MissingExtra,
    NothingFound,
    ProblemError,
    UnsuitableProblem,
)

if TYPE_CHECKING:
    from problems.run import Run

__all__ = [
    "Array", "BackendError", "BudgetExceeded", "Evaluation", "HybridError", "Infeasible", "MissingExtra",
    "NothingFound", "Problem", "ProblemError", "Progress", "Reduction", "Result", "Sense", "Solver", "Status",
    "UnsuitableProblem",
]  # fmt: skip

Array = np.ndarray
Sense = Literal["min", "max"]
Status = Literal["optimal", "converged", "finished", "time_limit", "budget", "interrupted", "failed"]
Progress = Callable[[Mapping[str, Any]], None] | bool | None

S = TypeVar("S")
T = TypeVar("T")
P_contra = TypeVar("P_contra", contravariant=True)
S_co = TypeVar("S_co", covariant=True)

_NOTHING: Mapping[str, Any] = MappingProxyType({})
GAP_TOLERANCE = 1e-9  # below this relative gap a feasible answer counts as proved optimal


@dataclass(frozen=True)
class Evaluation:
    """A problem's verdict on one candidate.

    Attributes:
        objective: In the problem's own sense and units.
        violations: Amount by which each constraint is broken, by name; kept constraints may be left out.
        metrics: Further figures of the field.
    """

    objective: float
    violations: Mapping[str, float] = field(default_factory=dict)
    metrics: Mapping[str, float | Array] = field(default_factory=dict)

    @property
    def violation(self) -> float:
        """The sum of all violations, 0 within the judge's tolerance."""
        return float(sum(self.violations.values()))

    @property
    def feasible(self) -> bool:
        """Whether every constraint is kept."""
        return self.violation == 0

    def rank(self, sense: Sense) -> tuple[float, float]:
        """Return ``(violation, signed objective)``; the smaller pair is the better candidate, NaN loses."""
        signed = self.objective if sense == "min" else -self.objective
        return _last_if_nan(self.violation), _last_if_nan(signed)


class Problem(ABC, Generic[S]):
    """What is to be solved, and the judge of every answer.

    Subclasses are ``@dataclass(frozen=True, eq=False)``: their arrays are checked once, made read-only, and
    compared by ``digest``. ``judge`` is pure; what it draws at random comes from a seed among its fields.

    Attributes:
        sense: Whether the objective is minimised or maximised.
        reference: The best objective known from elsewhere, or None. Never used by a solver.
        repeatable: False where the judge measures time.
        demands: What a solver must keep by itself, named; a solver that does not is refused.
        reduces_to: Names of the classes that ``reduce`` may give; None where the data decide.
    """

    demands: ClassVar[frozenset[str]] | property = frozenset()
    reduces_to: ClassVar[tuple[str, ...] | None] = None
    sense: Sense = "min"
    reference: float | None = None
    repeatable: ClassVar[bool] = True

    @abstractmethod
    def judge(self, solution: S) -> Evaluation:
        """Score a candidate from the data alone.

        Raises:
            ProblemError: If the candidate has the wrong shape or is no member of the space at all.
        """

    def ranks(self, solutions: Any) -> Array:
        """Rank candidates ``[N, …]`` as ``[N, 2]`` rows (violation, signed objective), smaller is better."""
        rows = [self.judge(solution).rank(self.sense) for solution in solutions]
        return np.asarray(rows, dtype=float).reshape(len(rows), 2)

    def reduce(self, kinds: tuple[type, ...]) -> Reduction[S] | None:
        """Return this same problem as one of ``kinds``, or None if there is no loss-free way."""
        return None

    @cached_property
    def digest(self) -> str:
        """A content hash over all fields; equal problems have equal digests."""
        from problems.storage import digest

        return digest(self)


@dataclass(frozen=True)
class Reduction(Generic[S]):
    """A problem rewritten as another one, with the way back.

    Attributes:
        problem: The other problem.
        lift: Its solutions to solutions of the original; on bits it acts on ``[..., n]``.
        bound: Its certified bounds to bounds of the original; None if they do not carry over.
    """

    problem: Problem[Any]
    lift: Callable[[Any], S]
    bound: Callable[[float], float] | None = None

    def then(self, further: Reduction[Any] | None) -> Reduction[S] | None:
        """Compose with a reduction of ``self.problem``; None stays None."""
        if further is None:
            return None
        bounds = self.bound is not None and further.bound is not None
        return Reduction(
            further.problem,
            _chain(self.lift, further.lift),
            _chain(self.bound, further.bound) if bounds else None,  # pyright: ignore[reportArgumentType]
        )


@dataclass(frozen=True)
class Solver(ABC, Generic[P_contra, S_co]):
    """A method: its fields are hyper-parameters, each with a default; ranges are checked in
    ``__post_init__``.

    The first generic argument names the problems it takes (a union is allowed), the second its solutions.

    Attributes:
        keeps: The demands of problems that it keeps by itself.
    """

    keeps: ClassVar[frozenset[str]] = frozenset()

    @overload
    def solve(
        self, problem: P_contra, *, seed: int = 0, time_limit: float | None = None,
        executor: Executor | None = None, progress: Progress = None,
    ) -> Result[S_co]: ...  # fmt: skip
    @overload
    def solve(
        self, problem: Problem[T], *, seed: int = 0, time_limit: float | None = None,
        executor: Executor | None = None, progress: Progress = None,
    ) -> Result[T]: ...  # fmt: skip
    def solve(self, problem, *, seed=0, time_limit=None, executor=None, progress=None):
        """Solve a problem and return a judged result.

        Args:
            problem: One of the kinds this solver takes, or one that reduces to them.
            seed: The only source of randomness. The same call gives the same result.
            time_limit: Seconds after which the method closes with what it has.
            executor: Where independent pieces run; any ``concurrent.futures.Executor`` (process pools must
                spawn).
            progress: A callable that gets each history row; False for silence; None for a bar after a second.

        Raises:
            UnsuitableProblem: If the solver cannot take the problem.
            ProblemError: If the problem is shown to have no solution.
            NothingFound: If it ended without any solution.
            BackendError: If a backend refused or failed.
        """
        from problems.template import solve

        return solve(self, problem, seed=seed, time_limit=time_limit, executor=executor, progress=progress)

    def estimate(self, problem: Any, *, seed: int = 0) -> Mapping[str, float]:
        """Return the most resources a solve would spend, by a rehearsal that sends nothing to any backend.

        It is exact unless the outcomes steer the work in another way.
        """
        from problems.template import estimate

        return estimate(self, problem, seed=seed)

    def unsuitable(self, problem: Any) -> str | None:
        """Say in a sentence why this problem of the right kind cannot be taken, or return None."""
        return None

    @abstractmethod
    def _solve(self, problem: Any, run: Run) -> S_co:
        """Carry out the method; return what it stands for, often ``run.best``."""

    @property
    def digest(self) -> str:
        """A content hash over the class and all fields."""
        from problems.storage import digest

        return digest(self)


@dataclass(frozen=True, eq=False)
class Result(Generic[S_co]):
    """What a solve brings back. It prints as a table, plots itself, saves to disk and compares by ``digest``.

    Attributes:
        problem: The problem as it was handed in.
        solver: The solver that answered.
        solution: The answer, in the problem's own terms.
        ended: How the method ended, before any proof of optimality is looked at.
        message: Why, in a sentence.
        bound: The tightest certified bound on the optimum, in the problem's sense, or None.
        candidates: All samples ``[N, n]`` that the method ranked, or None.
        counts: How often each candidate was seen ``[N]``, or None.
        history: One mapping per recorded step, in the method's own words.
        resources: Named amounts spent, inner solves included.
        seconds: Wall time of the method alone.
        seed: Solving again with it repeats this result.
        versions: The libraries that took part.
    """

    problem: Problem[Any]
    solver: Solver[Any, S_co]
    solution: S_co
    ended: Status = "finished"
    message: str = ""
    bound: float | None = None
    candidates: Array | None = None
    counts: Array | None = None
    history: tuple[Mapping[str, Any], ...] = ()
    resources: Mapping[str, float] = field(default_factory=dict)
    seconds: float = field(default=0.0, metadata={"content": False})
    seed: int = 0
    versions: Mapping[str, str] = field(default_factory=dict, metadata={"content": False})

    @cached_property
    def evaluation(self) -> Evaluation:
        """The problem's verdict on the solution."""
        return self.problem.judge(self.solution)

    @property
    def objective(self) -> float:
        """The judged objective, in the problem's sense."""
        return self.evaluation.objective

    @property
    def feasible(self) -> bool:
        """Whether the solution keeps every constraint."""
        return self.evaluation.feasible

    @property
    def gap(self) -> float | None:
        """|objective − bound| / max(1, |bound|) of a feasible answer with a certified bound, else None."""
        if self.bound is None or not self.evaluation.feasible or math.isnan(self.objective):
            return None
        return abs(self.objective - self.bound) / max(1.0, abs(self.bound))

    @property
    def status(self) -> Status:
        """``optimal`` where the gap is closed, else how the method ended."""
        gap = self.gap
        return "optimal" if gap is not None and gap <= GAP_TOLERANCE else self.ended

    @cached_property
    def digest(self) -> str:
        """A content hash over everything but times and versions."""
        from problems.storage import digest

        return digest(self)

    def plot(self, axes: Any = None) -> Any:
        """Draw the solution and how it was reached; returns the matplotlib figure."""
        from problems.report import plot

        return plot(self, axes)

    def __str__(self) -> str:
        from problems.report import table

        return table(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from problems.report import html

        return html(self)


def _chain(outer: Callable[[Any], Any], inner: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: outer(inner(value))


def _last_if_nan(value: float) -> float:
    return math.inf if math.isnan(value) else float(value)
