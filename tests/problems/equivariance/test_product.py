"""The judge of products: exact results, errors that it sees, and refusals."""

from dataclasses import replace

import numpy as np
import pytest

from problems.equivariance import SphericalProduct
from problems.equivariance.exact_products import contracted
from problems.errors import ProblemError
from problems.numerics.spherical import harmonics


class Contraction:
    """An operation by exact contraction, optionally with an error of a kind."""

    def __init__(self, lmax_out, spoil=None):
        self.lmax_out, self.spoil = lmax_out, spoil

    def even(self, x, y):
        found = contracted(x, y, self.lmax_out)
        if self.spoil == "frame":
            found[..., 2] *= 1.01
        if self.spoil == "parity":
            found[..., 0] += 0.1 * x[..., 1] * y[..., 0]
        return found


@pytest.mark.parametrize("problem", [
    SphericalProduct.feature_interaction(2, 2, 3),
    SphericalProduct.equivariant_convolution(2, edges=5),
    SphericalProduct.many_body(2, 3, 2, 3),
])  # fmt: skip
def test_the_exact_result_is_the_product_of_values(problem):
    points = np.random.default_rng(0).normal(size=(30, 3))
    if problem.is_power:
        values = (problem.x @ harmonics(points, 2).T)[None] ** np.arange(1, 4)[:, None, None, None]
        whole = replace(problem, lmax_out=6, power_weights=None).exact @ harmonics(points, 6).T
        np.testing.assert_allclose(whole, values[2], atol=1e-11)
        return
    plain = replace(problem, weights1=None, weights2=None, weights3=None)
    expected = (problem.x @ harmonics(points, 2).T) * (plain.second() @ harmonics(points, 2).T)
    np.testing.assert_allclose(plain.exact @ harmonics(points, 4).T, expected, atol=1e-11)


def test_weighted_powers_are_sums_of_single_ones():
    problem = SphericalProduct.many_body(1, 3, 2, 3)
    assert problem.power_weights is not None
    total = np.zeros_like(problem.exact)
    for k in range(3):
        alone = np.zeros_like(problem.power_weights)
        alone[k] = problem.power_weights[k]
        total += replace(problem, power_weights=alone).exact
    np.testing.assert_allclose(problem.exact, total, atol=1e-12)


def test_arrays_and_operations_get_the_same_objective():
    problem = SphericalProduct.feature_interaction(1, 2, 4)
    verdict = problem.judge(problem.exact)
    assert verdict.objective == 0
    assert problem.judge(1.5 * problem.exact).objective == pytest.approx(0.5)
    right = problem.judge(Contraction(2))
    assert right.objective < 1e-15
    assert right.feasible
    assert right.metrics["equivariance_error"] < 1e-14
    assert right.metrics["parity_leak"] == 0


def test_broken_symmetry_is_seen():
    problem = SphericalProduct.feature_interaction(1, 2, 4)
    frame, parity = problem.judge(Contraction(2, "frame")), problem.judge(Contraction(2, "parity"))
    assert frame.violations["equivariance"] > 1e-4
    assert frame.metrics["parity_leak"] == 0
    assert parity.metrics["parity_leak"] > 1e-3


def test_directions_include_both_poles():
    problem = SphericalProduct.equivariant_convolution(1, edges=6)
    assert problem.directions is not None
    np.testing.assert_array_equal(problem.directions[:2, 2], [1, -1])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lmax1": -1}, "lmax1"),
        ({"lmax_out": 3}, "lmax_out"),
        ({"x": np.ones((4, 2, 5))}, "shape of x"),
        ({"y": np.full((4, 2, 4), np.inf)}, "y"),
        ({"y": np.ones((4, 2, 4)) * 1j}, "y"),
        ({"factors": 3}, "y"),
        ({"directions": np.ones((4, 3))}, "y"),
        ({"power_weights": np.ones((2, 2, 3))}, "power_weights"),
        ({"weights3": np.ones((2, 2))}, "weights3"),
        ({"rotations": np.ones((1, 3, 3))}, "rotations"),
        ({"y": None, "directions": np.zeros((4, 3))}, "directions"),
        ({"y": None}, "weights1"),
    ],
)
def test_refusals_name_the_field(change, field):
    with pytest.raises(ProblemError, match=field):
        replace(SphericalProduct.feature_interaction(1, 2, 4), **change)


def test_wrong_candidates_are_refused():
    problem = SphericalProduct.feature_interaction(1, 2, 4)
    for wrong in (problem.exact[:3], np.full_like(problem.exact, np.nan), "a word"):
        with pytest.raises(ProblemError, match="solution"):
            problem.judge(wrong)
