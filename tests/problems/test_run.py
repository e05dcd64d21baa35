"""The template of ``solve``, driven by small solvers that each show one promise."""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context

import numpy as np
import pytest

from problems import BudgetExceeded, NothingFound, ProblemError, Solver, UnsuitableProblem
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Ising, Qubo
from problems.contract import Array
from problems.run import CANDIDATE_LIMIT, Run


@dataclass(frozen=True)
class Draws(Solver[Qubo, Array]):
    """Uniform bits, all offered."""

    samples: int = 8
    rounds: int = 1

    def _solve(self, problem: Qubo, run: Run) -> Array:
        for step in run.steps(self.rounds):
            run.offer_all(run.rng.integers(0, 2, (self.samples, problem.n)).astype(np.uint8))
            run.spent(shots=self.samples, qubits=problem.n)
            run.record(step=step, objective=problem.judge(run.best).objective)
        return run.best


@dataclass(frozen=True)
class Twice(Solver[Qubo, Array]):
    """An inner solver called twice; keeps what it drew."""

    inner: Solver[Qubo, Array] = field(default_factory=Draws)

    def _solve(self, problem: Qubo, run: Run) -> Array:
        for _ in range(2):
            inner = run.solve(self.inner, problem)
            run.record(seed=inner.seed, objective=inner.objective)
            run.offer(inner.solution)
        return run.best


@dataclass(frozen=True)
class Raises(Solver[Qubo, Array]):
    """Offers all zeros if told to, then raises."""

    offers: bool = True
    error: str = "KeyboardInterrupt"

    def _solve(self, problem: Qubo, run: Run) -> Array:
        if self.offers:
            run.offer(np.zeros(problem.n, np.uint8))
        raise {
            "KeyboardInterrupt": KeyboardInterrupt,
            "BudgetExceeded": BudgetExceeded,
            "NothingFound": NothingFound,
        }[self.error]("why")


@dataclass(frozen=True)
class Outer(Solver[Qubo, Array]):
    """Counts how often its loop goes on after the inner solver was interrupted."""

    inner: Solver[Qubo, Array] = field(default_factory=Raises)

    def _solve(self, problem: Qubo, run: Run) -> Array:
        for step in run.steps(5):
            run.offer(run.solve(self.inner, problem).solution)
            run.record(step=step)
        return run.best


@dataclass(frozen=True)
class Bounds(Solver[Qubo, Array]):
    """Reports given bounds and answers with all zeros."""

    values: tuple[float, ...] = ()

    def _solve(self, problem: Qubo, run: Run) -> Array:
        for value in self.values:
            run.bound(value)
        return np.zeros(problem.n, np.uint8)


@dataclass(frozen=True)
class Squares(Solver[Qubo, Array]):
    """Maps a function over numbers and solves a few subproblems, on the executor if there is one."""

    def _solve(self, problem: Qubo, run: Run) -> Array:
        run.record(squares=run.map(_square, range(4)))
        for inner in run.solve_all(Draws(), [problem, problem]):
            run.offer(inner.solution)
            run.record(seed=inner.seed, objective=inner.objective)
        return run.best


def _square(x: int) -> int:
    return x * x


@pytest.fixture
def qubo() -> Qubo:
    return Qubo.random(6, seed=1)


def test_an_inner_result_is_repeated_alone_by_its_seed(qubo):
    outer = Twice().solve(qubo, seed=5)
    first, second = outer.history
    assert first["seed"] != second["seed"]
    alone = Draws().solve(qubo, seed=second["seed"])
    assert alone.objective == second["objective"]


def test_resources_of_children_add_and_widths_take_the_maximum(qubo):
    result = Twice(Draws(samples=3, rounds=2)).solve(qubo)
    assert result.resources == {"shots": 12.0, "qubits": 6.0}


def test_a_problem_that_reduces_is_answered_in_its_own_terms():
    ising = Ising.random(7, seed=3)
    result = Draws().solve(ising)
    assert result.problem is ising
    assert set(np.unique(result.solution)) <= {-1, 1}
    assert result.candidates is not None
    assert result.candidates.shape == (8, 7)
    assert set(np.unique(result.candidates)) <= {-1, 1}
    assert result.objective == min(ising.energies(result.candidates))


def test_a_bound_is_carried_into_the_sense_of_the_original():
    program = BinaryProgram.from_arrays([3.0, -1.0], sense="max")
    result = Bounds((-5.0,)).solve(program)  # the QUBO minimises the negative
    assert result.bound == 5.0


def test_a_problem_of_another_kind_is_refused_with_the_kinds(qubo):
    constrained = BinaryProgram.random(seed=0)
    with pytest.raises(UnsuitableProblem, match="takes Qubo"):
        Draws().solve(constrained)


def test_an_interruption_yields_the_incumbent_and_ends_the_parents(qubo):
    result = Outer().solve(qubo)
    assert result.status == "interrupted"
    assert len(result.history) == 1


def test_an_interruption_without_an_incumbent_passes_up(qubo):
    with pytest.raises(KeyboardInterrupt):
        Outer(Raises(offers=False)).solve(qubo)


@pytest.mark.parametrize(("error", "status"), [("BudgetExceeded", "budget"), ("NothingFound", "failed")])
def test_an_error_with_an_incumbent_is_a_status(qubo, error, status):
    result = Raises(error=error).solve(qubo)
    assert (result.status, result.message) == (status, "why")
    with pytest.raises((BudgetExceeded, NothingFound)):
        Raises(offers=False, error=error).solve(qubo)


def test_no_time_means_no_steps(qubo):
    with pytest.raises(NothingFound):
        Draws().solve(qubo, time_limit=0.0)


def test_the_tightest_bound_is_kept_and_closes_the_gap(qubo):
    result = Bounds((-10.0, 0.0, -3.0, np.nan)).solve(qubo)
    assert result.bound == 0.0
    assert result.gap == 0.0
    assert result.status == "optimal"


def test_candidates_beyond_the_limit_keep_the_best_and_say_so():
    qubo = Qubo.random(12, seed=2)
    result = Draws(samples=CANDIDATE_LIMIT, rounds=3).solve(qubo)
    assert result.candidates is not None
    assert len(result.candidates) == CANDIDATE_LIMIT
    assert result.resources["candidates_dropped"] == 2 * CANDIDATE_LIMIT
    assert qubo.energies(result.candidates).min() == result.objective


def test_nan_loses_against_any_value(qubo):
    run = _run(qubo)
    assert run.offer(np.zeros(6, np.uint8), np.nan)
    assert run.offer(np.ones(6, np.uint8), 1e300)
    assert not run.offer(np.zeros(6, np.uint8), np.nan)


def test_an_incumbent_is_a_copy(qubo):
    run = _run(qubo)
    bits = np.zeros(6, np.uint8)
    run.offer(bits)
    bits[:] = 1
    assert run.best.sum() == 0


def test_an_executor_changes_nothing(qubo):
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        parallel = Squares().solve(qubo, seed=9, executor=pool)
    assert parallel.digest == Squares().solve(qubo, seed=9).digest
    assert parallel.history[0]["squares"] == [0, 1, 4, 9]


def test_a_callable_progress_gets_each_row(qubo):
    rows = []
    Draws(rounds=3).solve(qubo, progress=rows.append)
    assert [row["step"] for row in rows] == [0, 1, 2]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [({"seed": -1}, "seed"), ({"seed": 0.5}, "seed"), ({"time_limit": -1.0}, "time_limit")],
)
def test_bad_arguments_are_named(qubo, arguments, named):
    with pytest.raises(ProblemError, match=named):
        Draws().solve(qubo, **arguments)


def test_what_is_no_problem_is_refused():
    with pytest.raises(ProblemError, match="problem is"):
        Draws().solve(np.eye(3))


def test_a_result_prints_its_figures(qubo):
    result = Draws().solve(qubo)
    for text in (str(result), result._repr_html_()):
        assert "objective" in text
        assert "Draws" in text
        assert f"{result.objective:.0f}" in text


def _run(problem: Qubo) -> Run:
    captured = []

    @dataclass(frozen=True)
    class Capture(Solver[Qubo, Array]):
        def _solve(self, problem: Qubo, run: Run) -> Array:
            captured.append(run)
            return np.zeros(problem.n, np.uint8)

    Capture().solve(problem)
    return captured[0]
