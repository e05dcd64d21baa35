"""The one-electron problem and its judge, on exact states and on spoilt ones."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from problems.chemistry import RadialEigenproblem
from problems.chemistry.exact_levels import SPEED_OF_LIGHT, coulomb_level, sommerfeld_level
from problems.chemistry.piecewise_polynomial import PiecewisePolynomial
from problems.conformance import check_problem
from problems.errors import ProblemError
from tests.problems.chemistry.exact_functions import hydrogenic, relativistic_ground_state

HYDROGEN = RadialEigenproblem(n_max=2)


def yukawa(r):
    """A screened nucleus."""
    return -3 * np.exp(-r) / r


def poisoned(r):
    """A potential with a hole in its domain."""
    return np.where(r > 4, np.nan, -1 / r)


def test_exact_states_score_nothing():
    verdict = HYDROGEN.judge(hydrogenic())
    assert verdict.feasible
    assert verdict.objective == 0
    assert verdict.metrics["quotient_error"] < 1e-12
    assert verdict.metrics["orthonormality"] < 1e-12
    assert verdict.metrics["residual"] < 1e-7


def test_exact_dirac_state_scores_nothing():
    problem = RadialEigenproblem("coulomb", 92, "dirac", wanted=((1, -1),), r_max=50.0)
    verdict = problem.judge(relativistic_ground_state(92, SPEED_OF_LIGHT))
    assert verdict.feasible
    assert verdict.metrics["quotient_error"] < 1e-12
    assert verdict.metrics["orthonormality"] < 1e-12
    assert verdict.metrics["residual"] < 1e-6


def test_energies_without_their_functions_are_caught():
    states = hydrogenic()
    values = states.large.values[[0, 0, 2]]
    verdict = HYDROGEN.judge(replace(states, large=replace(states.large, values=values)))
    assert verdict.objective == 0
    assert verdict.violations["wrong_nodes"] == 1
    assert verdict.violations["orthonormality"] > 0.9
    assert verdict.violations["quotients"] > 0.1


def test_a_ladder_shifted_by_one_is_caught():
    """As where a spurious level pushes all others up by one."""
    states = hydrogenic()
    shifted = replace(states, energies=np.array([-0.125, -0.0556, -0.125]))
    assert HYDROGEN.judge(shifted).violations["misplaced_levels"] == 2
    assert HYDROGEN.judge(states).violations["misplaced_levels"] == 0


def test_missing_and_doubled_states_are_counted():
    assert HYDROGEN.judge(hydrogenic(shells=((1, 0), (2, 1)))).violations["missing_states"] == 1
    doubled = hydrogenic(shells=((1, 0), (1, 0), (2, 0), (2, 1)))
    assert HYDROGEN.judge(doubled).violations["missing_states"] == 1


def test_unknown_levels_are_judged_by_the_residual():
    problem = RadialEigenproblem(yukawa, 3.0, n_max=2)
    assert problem.reference is None
    verdict = problem.judge(hydrogenic(3.0))
    assert verdict.objective == verdict.metrics["residual"] > 1


def test_battery():
    check_problem(HYDROGEN, hydrogenic())


@given(st.integers(1, 92), st.integers(1, 7), st.integers(-7, 6))
def test_sommerfeld_levels_are_exact_and_tend_to_schroedingers(charge, n, kappa):
    if kappa == 0 or n < (kappa + 1 if kappa > 0 else -kappa):
        return
    c = SPEED_OF_LIGHT
    beta = np.sqrt(np.longdouble(kappa) ** 2 - np.longdouble(charge / c) ** 2)
    root = np.sqrt(1 + (charge / c) ** 2 / (n - abs(kappa) + beta) ** 2)
    assert sommerfeld_level(n, kappa, charge) == pytest.approx(float(c**2 / root - c**2), rel=1e-9)
    assert sommerfeld_level(n, kappa, charge, 1e6) == pytest.approx(coulomb_level(n, charge), rel=1e-7)


def test_levels_with_the_same_j_are_degenerate():
    assert sommerfeld_level(4, 2, 80) == sommerfeld_level(4, -2, 80)


def test_counts_of_states():
    assert len(RadialEigenproblem(n_max=7).pairs) == 28
    assert len(RadialEigenproblem(equation="dirac", n_max=7).pairs) == 49


@pytest.mark.parametrize(
    "wrong",
    [
        {"r_max": 4.0},
        {"charge": -1.0},
        {"equation": "klein_gordon"},
        {"n_max": 0},
        {"wanted": ((1, 1),)},
        {"wanted": ((1, -1),)},
        {"equation": "dirac", "wanted": ((1, 0),)},
        {"equation": "dirac", "wanted": ((1, 1),)},
        {"equation": "dirac", "charge": 138.0},
        {"potential": "harmonic"},
        {"potential": "morse"},
        {"potential": poisoned},
        {"potential": np.sum},
        {"speed_of_light": 0.0},
    ],
)
def test_refuses_what_is_no_problem(wrong):
    with pytest.raises(ProblemError):
        RadialEigenproblem(**wrong)


def test_judge_refuses_another_equation_and_a_larger_box():
    with pytest.raises(ProblemError, match="equation"):
        HYDROGEN.judge(relativistic_ground_state(92, SPEED_OF_LIGHT))
    with pytest.raises(ProblemError, match="ends"):
        RadialEigenproblem(n_max=2, r_max=20.0).judge(hydrogenic())


def test_a_picture_has_its_units():
    axes = HYDROGEN.plot(hydrogenic())
    assert "Bohr" in axes.get_xlabel()
    assert len(axes.lines) == 3


@given(st.integers(0, 2**32 - 1))
def test_piecewise_polynomials_reproduce_polynomials_and_their_slopes(seed):
    rng = np.random.default_rng(seed)
    ends = np.concatenate([[0.0], np.cumsum(rng.uniform(0.1, 2, 3))])
    nodes = np.sort(rng.uniform(-1, 1, (3, 1)) * 0.1 + np.linspace(-0.9, 0.9, 4), axis=1)
    cubic = np.polynomial.Polynomial(rng.normal(size=4))
    r = ends[:-1, None] + np.diff(ends)[:, None] / 2 * (1 + nodes)
    function = PiecewisePolynomial(ends, nodes, cubic(r))
    at = rng.uniform(0, ends[-1], 20)
    for found, exact in ((function(at), cubic(at)), (function.slope(at), cubic.deriv()(at))):
        assert np.allclose(found, exact, rtol=0, atol=1e-10 * np.sum(np.abs(cubic.coef)) * ends[-1] ** 3)
    assert function(np.array([ends[-1] + 1]))[0] == 0


def test_piecewise_polynomials_refuse_bad_shapes():
    for ends, nodes, values in (
        ([0.0], np.zeros((1, 1)), np.zeros((1, 1))),
        ([0.0, -1.0], np.zeros((1, 1)), np.zeros((1, 1))),
        ([0.0, 1.0], np.zeros((3, 1)), np.zeros((1, 1))),
        ([0.0, 1.0], np.zeros((1, 2)), np.zeros((1, 1))),
        ([0.0, 1.0], np.zeros((1, 1)), np.array([[np.nan]])),
    ):
        with pytest.raises(ProblemError):
            PiecewisePolynomial(np.array(ends), nodes, values)
