"""Refusals and shapes of the choice among products, and the hidden bilinear map."""

import numpy as np
import pytest

from problems.equivariance import TargetBilinear, TensorProductChoice
from problems.equivariance.coupling_measures import allowed_paths
from problems.errors import ProblemError
from problems.numerics.coupling import gaunt_factor
from problems.numerics.spherical import block, clebsch_gordan, gaunt


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"setting": "MISO"}, "setting"),
        ({"lmax": -1}, "lmax"),
        ({"lmax": 13}, "lmax"),
        ({"lmax": 3, "setting": "SISO"}, "lmax"),
        ({"repeats": 0}, "repeats"),
        ({"batch": 10**12}, "batch"),
        ({"required_paths": {(1, 1, 3)}}, "required_paths"),
        ({"required_paths": {(1, 1, 1)}}, "required_paths"),
        ({"required_paths": {(3, 3, 2)}}, "required_paths"),
        ({"precision": "float16"}, "precision"),
    ],
)
def test_refusals_name_the_field(fields, name):
    with pytest.raises(ProblemError, match=name):
        TensorProductChoice(**fields)


def test_settings_name_their_degrees():
    assert TensorProductChoice("SISO", 2).degrees == ((2,), (2,), (2,))
    assert TensorProductChoice("SIMO", 2).degrees == ((2,), (2,), (0, 1, 2, 3, 4))
    assert TensorProductChoice("MIMO", 1).degrees == ((0, 1), (0, 1), (0, 1, 2))


def test_what_is_no_operation_is_refused():
    with pytest.raises(ProblemError, match="solution"):
        TensorProductChoice().judge("CG")  # pyright: ignore[reportArgumentType]


def test_gaunt_tensors_are_multiples_of_clebsch_gordan_tensors():
    table = gaunt(3, 3, 3)
    for l1, l2, l3 in allowed_paths(*(tuple(range(4)),) * 3):
        own = table[block(l1), block(l2), block(l3)]
        np.testing.assert_allclose(own, gaunt_factor(l1, l2, l3) * clebsch_gordan(l1, l2, l3), atol=1e-14)
    assert gaunt_factor(1, 1, 1) == 0
    assert gaunt_factor(1, 1, 4) == 0


def test_a_bilinear_map_is_linear_in_its_weights_and_judged_by_error():
    problem = TargetBilinear.random(2, seed=1)
    assert len(problem.weights) == 19
    assert problem.judge(problem.weights).objective == 0
    assert problem.judge(np.zeros(19)).objective == pytest.approx(1.0)
    assert problem.judge(0.5 * problem.weights).objective == pytest.approx(0.5)


def test_the_cross_product_of_vectors_is_one():
    problem = TargetBilinear.cross_product()
    x, y, z = problem.example_pairs()
    u, v = x[:, [3, 1, 2]], y[:, [3, 1, 2]]  # degree 1 lists y, z, x
    axial = z[:, 1, [3, 1, 2]] * np.sqrt(6)
    np.testing.assert_allclose(np.abs(axial), np.abs(np.cross(u, v)), atol=1e-13)
    assert not np.any(z[:, 0])


def test_bad_maps_are_refused():
    with pytest.raises(ProblemError, match="weights"):
        TargetBilinear(1, 1, 2, np.zeros(6))
    with pytest.raises(ProblemError, match="shape of weights"):
        TargetBilinear(1, 1, 2, np.ones(5))
    with pytest.raises(ProblemError, match="solution"):
        TargetBilinear.random(1).judge(np.ones(5))
