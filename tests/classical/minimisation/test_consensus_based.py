"""Consensus-based optimization: its step, its options, its answers, its refusals."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classical.minimisation import Lbfgs, Spsa
from classical.minimisation.consensus_based import ConsensusBasedOptimization, Swarm, stepped
from classical.minimisation.gradient_alignment import trajectory_of
from classical.minimisation.scatter import Scatter
from problems.conformance import check_solver
from problems.errors import NothingFound, ProblemError, UnsuitableProblem
from problems.minimisation import Landscape, Minimisation, NetworkLoss, Values
from tests.classical.minimisation.boxes import Watched

SMALL = ConsensusBasedOptimization(
    4001, particles=40, steps=100, time_step=0.1, noise_strength=0.8, alpha=30.0, start=Scatter(width=2.0)
)


@dataclass(frozen=True, eq=False)
class Bowl(Minimisation):
    """½ · unit · Σx²."""

    unit: float
    dimension: int = 2

    @property
    def start(self):
        return np.full(2, 1.3)

    def exact(self, x):
        return 0.5 * self.unit * np.sum(x**2, axis=1)

    def evaluate(self, x, seed, gradient=False):
        return Values(self.exact(x))


class Shouting(Watched):
    """Returns one value too many."""

    def evaluate(self, x, seed, gradient=False):
        return Values(np.append(self.exact(x), 0.0))


class Void(Watched):
    """Has no value anywhere."""

    def evaluate(self, x, seed, gradient=False):
        return Values(np.full(len(x), np.nan))


class Holed(Watched):
    """Has no value, or an infinite one, on half of the space."""

    def evaluate(self, x, seed, gradient=False):
        values = super().evaluate(x, seed).mean
        return Values(np.where(x[:, 0] < 1.0, -np.inf, np.where(x[:, 1] < 1.0, np.nan, values)))


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**31), st.floats(0.0, 2.0), st.sampled_from(["isotropic", "anisotropic"]))
def test_without_noise_distances_to_the_consensus_shrink_by_one_factor(seed, rate, noise):
    rng = np.random.default_rng(seed)
    points, consensus = rng.normal(size=(6, 3)), rng.normal(size=3)
    moved = stepped(points, consensus, rate / 0.1, 0.0, 0.1, noise, rng)
    assert moved - consensus == pytest.approx((1 - rate) * (points - consensus), abs=1e-12)


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 2**31), st.sampled_from(["isotropic", "anisotropic"]))
def test_isotropic_noise_scales_with_the_distance_and_anisotropic_with_each_coordinate(seed, noise):
    away = np.array([3.0, 0.0, -4.0])
    points = np.tile(away, (20_000, 1))
    rng = np.random.default_rng(seed)
    kick = stepped(points, np.zeros(3), 1.0, 0.8, 0.25, noise, rng) - 0.75 * points
    scale = np.full(3, 5.0) if noise == "isotropic" else np.abs(away)
    # a standard deviation from 20 000 draws is known to 1/√40 000 = 0.5 %, a correlation to 0.7 %; five each
    assert kick.std(axis=0) == pytest.approx(0.8 * 0.5 * scale, rel=0.025)
    first, last = kick[:, 0], kick[:, 2]
    assert abs(np.mean(first * last)) / (first.std() * last.std()) < 0.035  # a vector, not one scalar


def test_all_particles_see_the_consensus_of_the_points_before_the_step():
    problem = Watched(dimension=2)
    solver = ConsensusBasedOptimization(61, 20, 3, 0.1, 1.0, 0.0, alpha=0.7)
    result = solver.solve(problem, progress=False)
    trajectory = trajectory_of(result.history)
    for k in range(2):
        points, after = problem.rows[k], problem.rows[k + 1]
        weights = np.exp(-0.7 * problem.exact(points))
        consensus = weights @ points / weights.sum()
        assert trajectory[k] == pytest.approx(consensus, rel=1e-12)
        assert after == pytest.approx(points - 0.1 * (points - consensus), rel=1e-12)


def test_one_factor_of_drift_makes_it_consensus_hopping_up_to_the_noise():
    # with λ Δt = 1 all particles are drawn anew around the consensus
    problem = Watched(dimension=2)
    solver = ConsensusBasedOptimization(4001, 2000, 2, 0.5, 2.0, 1.0, noise="isotropic")
    solver.solve(problem, progress=False)
    first, second = problem.rows[:2]
    result = solver.solve(problem, progress=False)
    consensus = trajectory_of(result.history)[0]
    expected = np.sqrt(0.5 * np.mean(np.sum((first - consensus) ** 2, axis=1)))
    # the mean of 2000 kicks errs by σ/√2000 = 2.2 %, their size by as much and heavier tails; five of them
    assert np.abs(second.mean(axis=0) - consensus).max() < 0.11 * expected
    assert (second - consensus).std() == pytest.approx(expected, rel=0.12)


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 2**31), st.floats(-5, 5))
def test_a_moved_problem_has_the_moved_trajectory(seed, move):
    short = replace(SMALL, steps=6)
    plain = short.solve(Landscape("cosines", 2), seed=seed, progress=False)
    moved = short.solve(Landscape("cosines", 2, shift=np.full(2, move)), seed=seed, progress=False)
    assert trajectory_of(moved.history) == pytest.approx(trajectory_of(plain.history) + move, abs=1e-8)


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 2**31), st.floats(0.1, 10.0))
def test_alpha_is_per_unit_of_the_objective(seed, unit):
    short = replace(SMALL, steps=6)
    plain = short.solve(Bowl(1.0), seed=seed, progress=False)
    scaled = replace(short, alpha=SMALL.alpha / unit).solve(Bowl(unit), seed=seed, progress=False)
    assert trajectory_of(scaled.history) == pytest.approx(trajectory_of(plain.history), abs=1e-8)
    shares = [
        trajectory_of(replace(short, effective_share=0.3).solve(Bowl(u), seed=seed, progress=False).history)
        for u in (1.0, unit)
    ]
    assert shares[1] == pytest.approx(shares[0], abs=1e-8)


@pytest.mark.parametrize(("dimension", "noise"), [(10, "isotropic"), (11, "anisotropic")])
def test_noise_is_by_coordinate_beyond_ten_coordinates(dimension, noise):
    problem, short = Landscape("sphere", dimension), replace(SMALL, steps=4)
    chosen = short.solve(problem, progress=False).solution
    assert np.array_equal(chosen, replace(short, noise=noise).solve(problem, progress=False).solution)
    other = {"isotropic": "anisotropic", "anisotropic": "isotropic"}[noise]
    assert not np.array_equal(chosen, replace(short, noise=other).solve(problem, progress=False).solution)


@pytest.mark.parametrize("function", ["sphere", "cosines", "ackley"])
def test_bowls_and_funnels_are_solved(function):
    assert SMALL.solve(Landscape(function, 2), progress=False).objective < 0.02


def test_the_barrier_is_crossed_at_the_published_setting():
    result = ConsensusBasedOptimization().solve(Landscape("canyon", 2), progress=False)
    assert np.linalg.norm(result.solution) < 0.5
    assert len(result.history) == 251


@pytest.mark.parametrize(
    "change",
    [
        {"effective_share": 0.3},
        {"batch_particles": 10, "steps": 400},
        {"memory": 0.5, "alpha": 1e4},  # particles that collapsed still remember where they were
        {"memory": 0.0, "noise_decay": 0.99, "alpha": 1e4},
        {"gradient_drift": 0.5},
        {"alpha_growth": 1.1},
        {"noise": "anisotropic"},
        {"restarts": 2, "tolerance": 0.05},
        {"answer": "best"},
        {"polish": Lbfgs(evaluations=40)},
        {"polish": Spsa(evaluations=300)},
    ],
)
def test_every_option_still_solves_a_bowl_within_the_budget(change):
    result = replace(SMALL, **change).solve(Landscape("cosines", 2), progress=False)
    assert result.objective < 0.02
    assert result.resources["evaluations"] <= 4001


def test_batches_evaluate_and_move_some_particles_alone():
    problem = Watched(dimension=2)
    replace(SMALL, batch_particles=15, steps=8).solve(problem, progress=False)
    assert [len(rows) for rows in problem.rows] == [15] * 8 + [1]


def test_gradients_pull_and_are_asked_for_only_then():
    problem = Landscape("sphere", 2)
    still = ConsensusBasedOptimization(61, 20, 2, 0.1, 1e-9, 0.0, tolerance=0.0, alpha=1e-9)
    plain, pulled = (
        trajectory_of(replace(still, gradient_drift=gamma).solve(problem, progress=False).history)
        for gamma in (0.0, 2.0)
    )
    assert plain[1] == pytest.approx(plain[0])
    assert pulled[1] == pytest.approx(plain[0] * (1 - 2.0 * 0.1 * 2))  # equal weights: the mean moves as each


def test_memory_keeps_the_lowest_point_of_each_particle():
    swarm = Swarm(np.zeros((3, 1)))
    for value, energies in ((1.0, [5.0, np.nan, 1.0]), (2.0, [4.0, 3.0, 2.0]), (3.0, [9.0, np.nan, np.nan])):
        swarm.points = np.full((3, 1), value)
        swarm.remember(np.arange(3), np.array(energies))
    assert swarm.best_points[:, 0] == pytest.approx([2.0, 2.0, 1.0])
    assert swarm.best_energies == pytest.approx([4.0, 3.0, 1.0])


def test_a_collapsed_swarm_is_scattered_anew_and_the_lowest_consensus_kept():
    # wells of equal depth save for the bowl's slope: single swarms that cool fast stay where they happened to
    problem = Landscape("rastrigin", 2, amplitude=5.0)
    hasty = ConsensusBasedOptimization(
        6000, 20, 300, 0.5, 1.0, 0.3, alpha=100.0, tolerance=1e-3, start=Scatter("uniform", 4.0, 0.0)
    )
    alone = [hasty.solve(problem, seed=k, progress=False).objective for k in range(8)]
    again = [replace(hasty, restarts=8).solve(problem, seed=k, progress=False).objective for k in range(8)]
    assert np.mean(again) < 0.6 * np.mean(alone)
    assert all(later <= first + 1e-4 for first, later in zip(alone, again, strict=True))


def test_a_scattered_swarm_begins_its_schedules_and_its_memory_anew():
    solver = replace(SMALL, tolerance=1.0, noise_strength=0.5, restarts=1, alpha_growth=1.2, memory=0.0)
    result = solver.solve(Landscape("sphere", 2), progress=False)
    alphas = np.array([row["alpha"] for row in result.history[:-1]])
    spreads = np.array([row["spread"] for row in result.history[:-1]])
    again = int(np.flatnonzero(np.diff(alphas) < 0)[0]) + 1
    assert alphas[again] == pytest.approx(30.0)
    assert alphas[1:again] == pytest.approx(1.2 * alphas[: again - 1])
    assert spreads[again - 1] <= 1.0
    assert spreads[again] > 3.0


def test_a_collapsed_swarm_ends_the_search():
    result = replace(SMALL, tolerance=0.1).solve(Landscape("sphere", 2), progress=False)
    assert result.status == "converged"
    assert "extent" in result.message
    assert len(result.history) < 100


def test_the_answer_is_the_consensus_and_the_best_particle_stands_beside_it():
    problem = Landscape("rastrigin", 3)
    soft = replace(SMALL, steps=10, alpha=1.0)
    consensus = soft.solve(problem, progress=False)
    best = replace(soft, answer="best").solve(problem, progress=False)
    row = consensus.history[-1]
    assert row["consensus"] == tuple(consensus.solution)
    assert row["objective"] == pytest.approx(consensus.objective)
    assert row["best_objective"] == pytest.approx(problem.judge(np.array(row["best"])).objective)
    assert best.objective == pytest.approx(min(consensus.objective, row["best_objective"]))
    assert best.objective < consensus.objective


def test_the_answer_of_a_noisy_problem_is_measured_afresh():
    problem = Landscape("sphere", 2, noise=0.3)
    result = SMALL.solve(problem, progress=False)
    row = result.history[-1]
    # the forty values of the measurement leave 0.3/√40 = 0.05 of noise; the luckiest of 3600 lies far below
    assert row["objective"] == pytest.approx(result.objective, abs=0.25)
    assert row["best_objective"] < -0.5
    assert result.objective < 0.3


def test_noise_caps_alpha_by_its_standard_error():
    problem = Landscape("sphere", 2, noise=0.2)
    capped = SMALL.solve(problem, progress=False).history[0]
    free = replace(SMALL, noise_cap=None).solve(problem, progress=False).history[0]
    assert capped["alpha"] == pytest.approx(5.0)
    assert free["alpha"] == 30.0
    assert capped["effective_size"] > free["effective_size"]


def test_angles_are_not_wrapped():
    problem = Landscape("cosines", 2)
    far = Scatter("normal", 0.5, 4 * np.pi)
    solution = replace(SMALL, start=far).solve(problem, progress=False).solution
    assert solution == pytest.approx(np.full(2, 4 * np.pi), abs=0.3)


def test_bounds_hold_for_every_particle():
    problem = Watched(limits=(0.5, 1.2), begins=False)
    result = replace(SMALL, start=Scatter("box")).solve(problem, progress=False)
    rows = np.vstack(problem.rows)
    assert rows.min() >= 0.5
    assert rows.max() <= 1.2
    assert result.solution == pytest.approx(np.full(3, 1.2), abs=0.05)


def test_the_same_object_trains_a_network():
    inputs = np.random.default_rng(0).normal(size=(60, 4))
    problem = NetworkLoss(inputs, (inputs[:, 0] > 0).astype(int), classes=2, batch=20)
    before = problem.exact(problem.start[None])[0]
    result = replace(SMALL, start=Scatter(width=1.0), noise_strength=0.5).solve(problem, progress=False)
    assert result.objective < 0.6 * before


def test_holes_weigh_nothing_and_a_void_is_a_failure():
    solver = replace(SMALL, start=Scatter(width=0.5, centre=1.0))
    assert solver.solve(Holed(), progress=False).solution == pytest.approx(np.full(3, 2.0), abs=0.2)
    with pytest.raises(NothingFound, match="finite"):
        solver.solve(Void(), progress=False)


def test_a_wrong_number_of_values_is_named():
    with pytest.raises(ProblemError, match="shape of the values"):
        SMALL.solve(Shouting(), progress=False)


@pytest.mark.parametrize("noise", [0.0, 0.1])
@pytest.mark.parametrize("evaluations", [4, 30])
def test_tiny_budgets_are_kept_and_the_contract_too(noise, evaluations):
    problem = Landscape("cosines", 2, noise=noise)
    for solver in (
        ConsensusBasedOptimization(evaluations),
        ConsensusBasedOptimization(evaluations, restarts=4, answer="best"),
    ):
        check_solver(solver, problem)
        result = solver.solve(problem, progress=False)
        assert result.resources["evaluations"] <= evaluations
        assert "particles were used" in result.message or "there were" in result.message


@pytest.mark.parametrize(
    ("change", "problem", "why"),
    [
        ({"start": Scatter(centre=9.0)}, Watched(limits=(0.0, 5.0)), "outside the bounds"),
        ({"start": Scatter(centre=(0.0, 1.0))}, Watched(), "2 coordinates"),
        ({"start": Scatter("box")}, Watched(), "no bounds"),
        ({"gradient_drift": 1.0}, Watched(), "gives none"),
        ({"polish": Lbfgs(evaluations=30)}, Landscape("sphere", 2, noise=0.1), "its polish, Lbfgs"),
    ],
)
def test_unsuitable_problems_are_refused_in_a_sentence(change, problem, why):
    with pytest.raises(UnsuitableProblem, match=why):
        replace(SMALL, **change).solve(problem, progress=False)


@pytest.mark.parametrize(
    "fields",
    [
        {"particles": 1},
        {"steps": 0},
        {"alpha": 0.0},
        {"time_step": 0.0},
        {"time_step": 1.0, "drift": 2.1},
        {"noise_strength": -1.0},
        {"noise": "scalar"},
        {"noise_decay": 1.1},
        {"alpha_growth": 0.0},
        {"effective_share": 1.5},
        {"noise_cap": 0.0},
        {"batch_particles": 1},
        {"batch_particles": 201},
        {"memory": -0.1},
        {"gradient_drift": -0.1},
        {"restarts": -1},
        {"evaluations": 3},
        {"answer": "median"},
        {"start": "normal"},
        {"polish": Scatter()},
        {"evaluations": 300, "polish": Lbfgs(evaluations=300)},
    ],
)
def test_fields_out_of_range_are_refused(fields):
    with pytest.raises(ProblemError):
        ConsensusBasedOptimization(**fields)
