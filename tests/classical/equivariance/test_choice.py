"""The choice of a product by time and what it couples, and multiplying by a chosen one."""

import numpy as np
import pytest

from classical.equivariance import (
    ChooseTensorProduct,
    ClebschGordanProduct,
    GauntProduct,
    MatrixProduct,
    MultiplySpherical,
)
from problems.contract import UnsuitableProblem
from problems.equivariance import SphericalProduct, TensorProductChoice
from problems.errors import ProblemError

FEW = (GauntProduct(), MatrixProduct())


def test_what_does_not_couple_is_not_chosen():
    problem = TensorProductChoice(
        "MIMO", 1, batch=8, required_paths=frozenset({(1, 1, 1)}), outputs="all", repeats=3
    )
    result = ChooseTensorProduct(FEW).solve(problem, progress=False)
    assert isinstance(result.solution, MatrixProduct)
    assert result.feasible
    missing = {row["operation"]: row["missing"] for row in result.history}
    assert missing == {"GauntProduct(grid)": 1, "MatrixProduct(single)": 0}
    verdict = problem.judge(GauntProduct(1, 1, 2))
    assert verdict.violations == {"path 1 1 1": 1.0}
    assert verdict.metrics["expressivity"] == 5
    assert verdict.metrics["interactable_paths"] == 5
    assert verdict.objective > 0


def test_one_degree_alone_is_embedded():
    problem = TensorProductChoice("SISO", 2, batch=8, repeats=2, precision="float64")
    result = ChooseTensorProduct((GauntProduct(),)).solve(problem, progress=False)
    assert result.solution.present == ((2,), (2,), (2,))
    call = problem.call(result.solution)
    x, y = problem.inputs
    np.testing.assert_allclose(
        call(),
        GauntProduct(2, 2, 2).even(np.pad(x, ((0, 0), (4, 0))), np.pad(y, ((0, 0), (4, 0))))[:, 4:],
        atol=1e-13,
    )
    assert result.evaluation.metrics["expressivity"] == 1


@pytest.mark.parametrize("answer", ["operation", "values"])
def test_products_are_exact_by_either_answer(answer):
    result = MultiplySpherical(answer=answer).solve(
        SphericalProduct.feature_interaction(1, 2, 4), progress=False
    )
    assert result.objective < 1e-14


def test_products_that_are_not_of_functions_are_refused():
    with pytest.raises(ProblemError, match="operation"):
        MultiplySpherical(MatrixProduct())
    solver = MultiplySpherical(ClebschGordanProduct(normalization="gaunt"))
    with pytest.raises(UnsuitableProblem, match="powers"):
        solver.solve(SphericalProduct.many_body(1, count=1), progress=False)


@pytest.mark.parametrize(
    ("build", "field"),
    [
        (lambda: ChooseTensorProduct(()), "candidates"),
        (lambda: ChooseTensorProduct((3,)), "candidates"),  # pyright: ignore[reportArgumentType]
        (lambda: ChooseTensorProduct(rounds=0), "rounds"),
        (lambda: MultiplySpherical(answer="both"), "answer"),
    ],
)
def test_refusals_name_the_field(build, field):
    with pytest.raises(ProblemError, match=field):
        build()
