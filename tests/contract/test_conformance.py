"""The battery itself catches what it is there to catch."""

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from problems import conformance
from problems.binary.qubo import Qubo
from problems.contract import Array, Evaluation, Problem, Solver
from problems.run import Run

QUBO = Qubo.random(5, seed=0)


@dataclass(frozen=True)
class Honest(Solver[Qubo, Array]):
    samples: int = 4

    def _solve(self, problem: Qubo, run: Run) -> Array:
        run.offer_all(run.rng.integers(0, 2, (self.samples, problem.n)).astype(np.uint8))
        run.record(step=0)
        return run.best


@dataclass(frozen=True)
class NeedsArguments(Honest):
    must: int = None  # type: ignore[assignment]

    def __post_init__(self):
        if self.must is None:
            raise TypeError("must")


@dataclass(frozen=True)
class Forgetful(Honest):
    drawn: ClassVar[list[int]] = []

    def _solve(self, problem: Qubo, run: Run) -> Array:
        self.drawn.append(0)
        return np.array([len(self.drawn) % 2, 0, 0, 0, 0], np.uint8)


@dataclass(frozen=True)
class Swallows(Honest):
    def _solve(self, problem: Qubo, run: Run) -> Array:
        with suppress(KeyboardInterrupt):
            run.record(step=0)
        return np.zeros(problem.n, np.uint8)


@dataclass(frozen=True)
class Boasts(Honest):
    def _solve(self, problem: Qubo, run: Run) -> Array:
        run.bound(1e9)
        return np.zeros(problem.n, np.uint8)


@dataclass(frozen=True, eq=False)
class Moody(Problem[Array]):
    n: int = 3

    def judge(self, solution: Array) -> Evaluation:
        return Evaluation(float(time.perf_counter_ns()))


def test_an_honest_solver_passes():
    conformance.check_solver(Honest(), QUBO)


@pytest.mark.parametrize(
    ("solver", "check"),
    [
        (NeedsArguments(1, 2), conformance.solver_is_built_without_arguments),
        (Forgetful(), conformance.solver_repeats_by_seed),
        (Swallows(), conformance.solver_survives_an_interruption),
        (Boasts(), conformance.solver_is_judged_by_the_problem),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_broken_promise_is_caught(solver, check):
    with pytest.raises((AssertionError, TypeError)):
        check(solver, QUBO)


def test_a_judge_that_changes_its_mind_is_caught():
    with pytest.raises(AssertionError, match="same verdict"):
        conformance.problem_judges_purely(Moody(), np.zeros(3))


def test_a_problem_that_takes_any_shape_is_caught():
    with pytest.raises(AssertionError, match="one element too many"):
        conformance.problem_rejects_a_wrong_shape(Moody(), np.zeros(3))
