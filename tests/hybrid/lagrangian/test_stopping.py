"""Ctrl-C, deadlines, resumption and samplers that do nothing: an answer and a valid bound all the same."""

import time
from dataclasses import dataclass

import numpy as np
import pytest

from classical.binary import Exhaustive
from classical.minimisation import Cobyla
from hybrid import Qaoa
from hybrid.lagrangian import AugmentedLagrangian, Linear, SlackFree, Subgradient, short_annealing
from problems.binary.independent_set import IndependentSet
from problems.binary.knapsack import MultidimensionalKnapsack
from problems.binary.program import BinaryProgram
from problems.binary.qubo import Qubo
from problems.contract import Array, Solver
from problems.errors import NothingFound
from problems.storage import load, save

KNAPSACK = MultidimensionalKnapsack.random(16, 3, seed=2)


@dataclass(frozen=True)
class InterruptedAnnealing(Solver[Qubo, Array]):
    """Anneals until a call in which the user presses Ctrl-C, before or after its first sample."""

    at: int = 0
    after_sampling: bool = False
    calls: tuple[int, ...] | list[int] = ()

    def _solve(self, problem, run):
        assert isinstance(self.calls, list)
        self.calls.append(problem.n)
        last = len(self.calls) > self.at
        if last and not self.after_sampling:
            raise KeyboardInterrupt
        result = run.solve(short_annealing(), problem)
        run.offer_all(result.candidates[:8] if result.candidates is not None else result.solution[None])
        if last:
            raise KeyboardInterrupt
        return run.best


@dataclass(frozen=True)
class AllOnes(Solver[Qubo, Array]):
    """Returns one point, whatever it is asked, as if it had been drawn many times."""

    draws: int = 64

    def _solve(self, problem, run):
        run.offer_all(np.ones((1, problem.n), dtype=np.uint8), np.array([self.draws]))
        return run.best


@dataclass(frozen=True)
class Noise(Solver[Qubo, Array]):
    """Returns uniform random bits."""

    draws: int = 64

    def _solve(self, problem, run):
        run.offer_all(run.rng.integers(0, 2, (self.draws, problem.n), dtype=np.uint8))
        return run.best


@dataclass(frozen=True)
class OnceThenSlow(Solver[Qubo, Array]):
    """Draws noise once, and then has nothing before the deadline."""

    calls: tuple[int, ...] | list[int] = ()

    def _solve(self, problem, run):
        assert isinstance(self.calls, list)
        self.calls.append(problem.n)
        if len(self.calls) == 1:
            return Noise()._solve(problem, run)
        while not run.out_of_time():
            time.sleep(0.01)
        return run.best


@pytest.mark.parametrize("after_sampling", [False, True])
@pytest.mark.parametrize("at", [0, 1, 4])
def test_ctrl_c_inside_the_inner_solver_ends_with_the_best_and_its_bound(at, after_sampling):
    calls: list[int] = []
    inner = InterruptedAnnealing(at, after_sampling, calls)
    result = SlackFree(inner, patience=100).solve(KNAPSACK, seed=1, progress=False)
    assert len(calls) == at + 1  # nothing is asked after Ctrl-C
    assert result.ended == "interrupted"
    assert len(result.history) == at + after_sampling
    assert result.feasible
    assert result.bound is not None
    assert result.bound >= Exhaustive().solve(KNAPSACK, progress=False).objective >= result.objective


def test_ctrl_c_before_any_sample_answers_with_the_repaired_relaxation():
    inner = InterruptedAnnealing(0, False, [])
    result = SlackFree(inner).solve(KNAPSACK, seed=1, progress=False)
    assert result.objective >= 0.9 * Exhaustive().solve(KNAPSACK, progress=False).objective
    with pytest.raises(KeyboardInterrupt):  # without repair there is nothing to answer with
        SlackFree(InterruptedAnnealing(0, False, []), repair="none").solve(KNAPSACK, progress=False)


@pytest.mark.parametrize("at", [1, 3])
def test_ctrl_c_between_iterations(at):
    seen = []

    def press(row):
        seen.append(row)
        if len(seen) == at:
            raise KeyboardInterrupt

    result = SlackFree(patience=100).solve(KNAPSACK, seed=1, progress=press)
    assert result.ended == "interrupted"
    assert len(result.history) == at
    assert result.feasible
    assert result.bound is not None
    assert result.bound >= result.objective


def test_a_deadline_before_the_first_sample_leaves_the_repaired_relaxation():
    result = SlackFree().solve(KNAPSACK, time_limit=0.0, progress=False)
    assert result.ended == "time_limit"
    assert result.feasible
    assert "no sample came in" in result.message
    assert "did nothing" not in result.message  # it was never asked
    with pytest.raises(NothingFound):
        SlackFree(repair="none").solve(KNAPSACK, time_limit=0.0, progress=False)


def test_a_deadline_inside_the_inner_solver_keeps_earlier_iterations():
    result = SlackFree(OnceThenSlow([])).solve(KNAPSACK, time_limit=0.5, progress=False)
    assert result.ended == "time_limit"
    assert len(result.history) == 1
    assert result.feasible
    assert result.bound is not None
    assert result.bound >= result.objective


@pytest.mark.parametrize(
    "solver",
    [
        SlackFree(iterations=3, patience=50, dual=AugmentedLagrangian(growth=2.0), multipliers="zero"),
        SlackFree(iterations=3, patience=50, dual=Subgradient(), surrogate=Linear(), multipliers="zero"),
        SlackFree(Qaoa(layers=1, optimizer=Cobyla(evaluations=8)), iterations=3, patience=50),
    ],
    ids=["augmented", "subgradient", "qaoa"],
)
def test_a_saved_result_goes_on_with_its_multipliers_penalties_rows_and_angles(solver, tmp_path):
    problem = MultidimensionalKnapsack.random(10, 2, seed=4)
    first = solver.solve(problem, seed=1, progress=False)
    save(first, tmp_path / "first.npz")
    again = type(solver)(
        solver.inner, solver.dual, solver.surrogate, iterations=3, patience=50,
        start=load(tmp_path / "first.npz"),
    ).solve(problem, seed=2, progress=False)  # fmt: skip
    for name in ("multipliers", "penalties", "active"):
        assert again.history[0][name] == pytest.approx(first.history[-1][name])
    assert first.history[-1]["multipliers"] != pytest.approx(first.history[0]["multipliers"])
    assert again.objective >= first.objective
    assert again.bound >= again.objective
    assert ("angles" in again.history[0]) == isinstance(solver.inner, Qaoa)


def test_angles_of_another_depth_are_left_behind_with_a_word():
    problem = MultidimensionalKnapsack.random(6, 2, seed=4)
    shallow = SlackFree(Qaoa(layers=1, optimizer=None), iterations=1).solve(problem, progress=False)
    deep = SlackFree(Qaoa(layers=2, optimizer=None), iterations=1, start=shallow).solve(
        problem, progress=False
    )
    assert "angles do not fit" in deep.message
    assert len(deep.history[-1]["angles"]) == 4


@pytest.mark.parametrize("inner", [AllOnes(), Noise()], ids=["all-ones", "noise"])
@pytest.mark.parametrize(
    "problem",
    [
        KNAPSACK,
        IndependentSet.random(14, 0.3, seed=1),
        BinaryProgram.from_arrays(
            [3, -2, 4, 1, -5, 2, 6, -1], [[1, 1, 1, 1, 1, 1, 1, 1], [2, 0, 3, 1, 2, 0, 1, 1]], [4, 5],
            ["==", "<="],
        ),
    ],
    ids=["knapsack", "set", "mixed"],
)  # fmt: skip
def test_a_sampler_that_does_nothing_is_told_and_its_answer_repaired(inner, problem):
    optimum = Exhaustive().solve(problem, progress=False).objective
    result = SlackFree(inner).solve(problem, seed=1, progress=False)
    bounds = [result.bound, *(row["bound"] for row in result.history)]
    assert all(b >= optimum - 1e-9 if problem.sense == "max" else b <= optimum + 1e-9 for b in bounds)
    assert result.feasible
    assert "the sampler did nothing" in result.message
    assert result.history[-1]["repaired"] == pytest.approx(result.objective) or np.isfinite(
        result.history[-1]["raw"]
    )


@pytest.mark.parametrize("seed", range(8))
def test_noise_is_never_taken_for_a_sampler_at_work(seed):
    assert "did nothing" in SlackFree(Noise(), patience=50).solve(KNAPSACK, seed=seed, progress=False).message


def test_the_pareto_set_holds_what_no_sample_beats():
    result = SlackFree(iterations=4, patience=50).solve(KNAPSACK, seed=1, progress=False)
    front = np.array(result.history[-1]["pareto"])
    assert np.all(np.diff(front[:, 0]) > 0)
    assert np.all(np.diff(front[:, 1]) > 0)  # a larger objective costs violation
    assert front[0, 0] == 0
    assert front[0, 1] == result.history[-1]["raw"]
    assert result.candidates is not None
    samples = KNAPSACK.ranks(result.candidates)
    for violation, value in samples * (1.0, -1.0):
        assert np.any((front[:, 0] <= violation) & (front[:, 1] >= value))
