"""Multiply functions on the sphere by an operation of one's choice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from classical.equivariance.clebsch_gordan_product import ClebschGordanProduct
from classical.equivariance.gaunt_product import GauntProduct
from classical.equivariance.operation import SphericalOperation
from problems.checking import check_choice
from problems.contract import Solver
from problems.equivariance.product import SphericalProduct
from problems.errors import ProblemError
from problems.run import Run


@dataclass(frozen=True)
class MultiplySpherical(Solver[SphericalProduct, Any]):
    """Answer with an operation that has the problem's degrees, ready to be applied to further inputs.

    Attributes:
        operation: A ``GauntProduct``, or a ``ClebschGordanProduct`` with the scale of Gaunt coefficients; its
            degrees are replaced by those of the problem.
        answer: "operation" for the operation itself, "values" for the array of results.
    """

    operation: SphericalOperation = GauntProduct()
    answer: str = "operation"

    def __post_init__(self):
        check_choice("answer", self.answer, ("operation", "values"))
        gaunt = isinstance(self.operation, ClebschGordanProduct) and self.operation.normalization == "gaunt"
        if not gaunt and not isinstance(self.operation, GauntProduct):
            raise ProblemError(
                "operation", type(self.operation).__name__, "a product of functions",
                "GauntProduct, or ClebschGordanProduct(normalization='gaunt')",
            )  # fmt: skip

    def unsuitable(self, problem: SphericalProduct) -> str | None:
        """Refuse powers that the operation cannot form or whose degrees it cannot hold."""
        if not problem.is_power:
            return None
        if not isinstance(self.operation, GauntProduct):
            return "a Clebsch-Gordan product forms no powers: take GauntProduct"
        if 2 * problem.lmax1 < problem.lmax_out < problem.factors * problem.lmax1:
            return "an operation keeps degrees up to twice those of its input, or all degrees of the power"
        return None

    def _solve(self, problem: SphericalProduct, run: Run) -> Any:
        top: int | None = problem.lmax_out
        second = problem.lmax1 if problem.is_power else problem.lmax2
        if problem.is_power and problem.lmax_out == problem.factors * problem.lmax1:
            top = None  # all degrees of the power, whatever the number of factors
        elif problem.lmax_out > problem.lmax1 + second:
            top = None
        operation = replace(self.operation, lmax1=problem.lmax1, lmax2=second, lmax_out=top)
        run.spent(multiply_adds=operation.multiply_adds() * problem.x.shape[0] * problem.x.shape[1])
        return operation if self.answer == "operation" else problem.apply(operation)
