"""What the weights of each operation can fit, and the reduction of examples behind it."""

import numpy as np
import pytest

from classical.equivariance import (
    ClebschGordanProduct,
    FitBilinear,
    GauntProduct,
    MatrixProduct,
    VectorProduct,
)
from classical.equivariance.fit_bilinear import Normal
from problems.equivariance import TargetBilinear
from problems.equivariance.coupling_measures import path_coefficients
from problems.errors import ProblemError


def test_weights_of_paths_recover_any_map():
    problem = TargetBilinear.random(2, seed=3)
    result = FitBilinear().solve(problem, progress=False)
    assert result.objective < 1e-12
    np.testing.assert_allclose(result.solution, problem.weights, atol=1e-12)


@pytest.mark.parametrize("kind", [GauntProduct, MatrixProduct])
def test_weights_of_degrees_leave_an_error_on_random_maps(kind):
    result = FitBilinear(kind(), restarts=5, tolerance=1e-6).solve(TargetBilinear.random(2), progress=False)
    assert 0.3 < result.objective < 0.95


def test_functions_cannot_make_a_cross_product():
    problem = TargetBilinear.cross_product()
    assert FitBilinear(GauntProduct()).solve(problem, progress=False).objective == pytest.approx(
        1.0, abs=1e-12
    )
    for operation in (MatrixProduct(), VectorProduct(), ClebschGordanProduct()):
        assert FitBilinear(operation).solve(problem, progress=False).objective < 1e-6


@pytest.mark.parametrize("kind", [GauntProduct, MatrixProduct])
def test_an_operation_fits_targets_of_its_own_shape(kind):
    shape = path_coefficients(kind(2, 2))[1]
    result = FitBilinear(kind(), tolerance=1e-8).solve(
        TargetBilinear.rank_one(2, shape, seed=1), progress=False
    )
    assert result.objective < 1e-4


def test_the_reduced_error_is_that_on_the_examples():
    problem = TargetBilinear.random(1, seed=2, examples=30)
    normal, weights = Normal.of(problem), np.random.default_rng(0).normal(size=6)
    x, y, z = problem.example_pairs()
    error = np.linalg.norm(problem.outputs(x, y, weights) - z) / np.linalg.norm(z)
    assert normal.error(weights) == pytest.approx(error, rel=1e-12)


@pytest.mark.parametrize(("field", "value"), [("restarts", 0), ("iterations", 0), ("tolerance", -1.0)])
def test_refusals_name_the_field(field, value):
    with pytest.raises(ProblemError, match=field):
        FitBilinear(**{field: value})
