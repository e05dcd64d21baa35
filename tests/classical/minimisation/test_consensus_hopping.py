"""Consensus hopping: exact on quadratics, and what it reads off its samples."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classical.minimisation import Lbfgs
from classical.minimisation.consensus_hopping import ConsensusHopping, sharpness
from classical.minimisation.consensus_point import gibbs_weights
from classical.minimisation.gradient_alignment import trajectory_of
from classical.minimisation.scatter import Scatter
from problems.conformance import check_solver
from problems.errors import ProblemError, UnsuitableProblem
from problems.minimisation import Landscape
from tests.classical.minimisation.boxes import Watched

STILL = Scatter(width=0.0)


@pytest.mark.parametrize("alpha", [0.5, 2.0, 8.0])
def test_a_hop_on_a_sphere_is_the_proximal_step(alpha):
    # E = ‖x‖² has the Hessian 2, so the mean of the weighted samples is x/(1 + 2τ), τ = α s², at every α
    problem, width, count = Landscape("sphere", 2), 0.5, 100_000
    hopped = ConsensusHopping(count + 1, count, 1, width, alpha=alpha, start=STILL).solve(
        problem, progress=False
    )
    expected = problem.start / (1 + 2 * alpha * width**2)
    samples = problem.start + width * np.random.default_rng(1).normal(size=(count, 2))
    weights = gibbs_weights(problem.exact(samples), alpha)
    error = np.sqrt(np.sum(weights[:, None] ** 2 * (samples - expected) ** 2, axis=0))
    assert np.all(np.abs(hopped.solution - expected) < 5 * error)  # five standard errors of a weighted mean
    assert np.all(error < 0.02)


def test_a_population_is_as_large_as_asked_for_where_the_budget_holds_it():
    problem = Watched()
    result = ConsensusHopping(41, 40, 1).solve(problem, progress=False)
    assert [len(rows) for rows in problem.rows] == [40, 1]
    assert result.message == ""
    problem = Watched()
    result = ConsensusHopping(41, 40, 7).solve(problem, progress=False)
    assert [len(rows) for rows in problem.rows] == [8] * 5 + [1]
    assert "8 particles" in result.message


def test_hops_converge_on_a_bowl():
    # the fixed point's noise per coordinate is about s/√N times the share of samples that count
    result = ConsensusHopping(5001, 100, 50, 0.3, alpha=20.0).solve(Landscape("cosines", 3), progress=False)
    assert result.objective < 0.02


def test_the_barrier_is_crossed():
    result = ConsensusHopping().solve(Landscape("canyon", 2), seed=3, progress=False)
    assert np.linalg.norm(result.solution) < 0.5


@settings(deadline=None, max_examples=20)
@given(st.lists(st.floats(-3, 3), min_size=2, max_size=4), st.floats(0.01, 5), st.integers(0, 2**31))
def test_the_sharpness_of_a_plane_is_exact(slope, factor, seed):
    moves = np.random.default_rng(seed).normal(size=(3 * (len(slope) + 1), len(slope)))
    energies = moves @ np.array(slope) + 7.0
    expected = factor * np.linalg.norm(slope)
    assert sharpness(moves, energies, factor) == pytest.approx(expected, abs=1e-9)
    energies = np.append(energies, np.nan)
    assert sharpness(np.vstack([moves, moves[:1]]), energies, factor) == pytest.approx(expected, abs=1e-9)


def test_too_few_samples_have_no_sharpness():
    assert sharpness(np.zeros((8, 2)), np.zeros(8), 1.0) is None


def test_each_row_of_the_history_is_a_hop():
    result = ConsensusHopping(1001, 50, 20, 0.4, decay=0.5, decay_every=8).solve(
        Landscape("sphere", 2), progress=False
    )
    steps = result.history[:-1]
    assert len(steps) == 20
    assert [row["spread"] for row in steps[::8]] == pytest.approx([0.4, 0.2, 0.1])
    assert all(row["z"] > 0 and 1 <= row["effective_size"] <= 50 for row in steps)
    assert trajectory_of(result.history)[-1] == pytest.approx(result.solution)


def test_samples_stay_within_bounds():
    problem = Watched(limits=(0.5, 1.2))
    result = ConsensusHopping(2001, 40, 20, 1.0).solve(problem, progress=False)
    rows = np.vstack(problem.rows)
    assert rows.min() >= 0.5
    assert rows.max() <= 1.2
    assert result.evaluation.feasible
    assert result.solution == pytest.approx(np.full(3, 1.2), abs=0.02)


def test_an_inner_optimizer_goes_on_from_the_consensus():
    problem = Landscape("cosines", 3)
    result = ConsensusHopping(1030, 50, 20, polish=Lbfgs(evaluations=29)).solve(problem, progress=False)
    assert result.objective < 1e-8
    assert result.resources["evaluations"] <= 1030


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_budgets_are_kept_and_the_contract_too(noise):
    problem = Landscape("cosines", 2, noise=noise)
    for solver in (ConsensusHopping(evaluations=30), ConsensusHopping(evaluations=4)):
        check_solver(solver, problem)
        assert solver.solve(problem, progress=False).resources["evaluations"] <= solver.evaluations


def test_a_start_outside_the_bounds_is_refused():
    with pytest.raises(UnsuitableProblem, match="outside the bounds"):
        ConsensusHopping().solve(Watched(limits=(0.0, 0.5)), progress=False)


@pytest.mark.parametrize(
    "fields",
    [
        {"particles": 1},
        {"alpha": 0.0},
        {"width": 0.0},
        {"steps": 0},
        {"decay": 1.5},
        {"decay_every": 0},
        {"effective_share": 0.0},
        {"noise_cap": -1.0},
        {"answer": "last"},
        {"start": "normal"},
        {"evaluations": 3},
        {"polish": 7},
        {"evaluations": 100, "polish": Lbfgs(evaluations=97)},
    ],
)
def test_fields_out_of_range_are_refused(fields):
    with pytest.raises(ProblemError):
        ConsensusHopping(**fields)
