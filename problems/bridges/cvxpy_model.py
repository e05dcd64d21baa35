"""CVXPY problems over booleans and bounded integers, DCP or not, and their solutions back in CVXPY."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from problems.binary.builder import ProgramBuilder
from problems.binary.integer import IntegerProgram
from problems.binary.program import BinaryProgram
from problems.bridges.cvxpy_quadratics import QuadraticReader
from problems.bridges.cvxpy_rows import add_constraint, coefficients, constraint_names
from problems.bridges.cvxpy_variables import add_variables
from problems.contract import Array, Result
from problems.errors import ProblemError

if TYPE_CHECKING:
    import cvxpy

INTEGRALITY = 1e-5  # solvers of mixed-integer programs return integers within about 1e-6


@dataclass(frozen=True, eq=False)
class CvxpyModel:
    """A CVXPY problem as a program of ours, and the way back.

    >>> import cvxpy as cp
    >>> x = cp.Variable(3, boolean=True, name="x")
    >>> model = from_cvxpy(cp.Problem(cp.Maximize(x[0] * x[1] - x[2]), [cp.sum(x) <= 2]))
    >>> model.assign([1, 1, 0])  # or the result of any solver of model.problem
    1.0
    >>> x.value.tolist()
    [1.0, 1.0, 0.0]

    Attributes:
        problem: What to solve. Its variables are named ``x[3]``, ``y[1, 2]`` after the CVXPY variables, its
            rows after the constraints' labels, by default ``c0``, ``c1[2]`` by their place in the list.
        source: The CVXPY problem.
        places: The number in the program of each element of each variable of the source, by the variable's
            ``id``; −1 where an attribute fixes it to 0.
    """

    problem: BinaryProgram | IntegerProgram
    source: cvxpy.Problem
    places: dict[int, Array]

    def assign(self, result: Result[Any] | Any) -> float:
        """Give the variables of the source their values, and return the objective, in the source's sense.

        Args:
            result: A result of solving ``problem``, or a solution of it.

        Raises:
            ProblemError: If it is no solution of ``problem``; the variables then keep their values.
        """
        solution = np.asarray(result.solution if isinstance(result, Result) else result)
        objective = self.problem.judge(solution).objective
        padded = np.append(solution.astype(float), 0.0)  # place −1 reads the zero
        for variable in self.source.variables():
            variable.save_value(np.asarray(padded[self.places[variable.id]]))
        return objective

    def solution(self) -> Array:
        """Return the values that the variables of the source have now as a solution of ``problem``.

        Raises:
            ProblemError: If one has no value, or one further from an integer than a solver's tolerance.
        """
        values = np.zeros(self.problem.n)
        for variable in self.source.variables():
            given: Any = variable.value_sparse if variable.attributes["sparsity"] else variable.value
            field, place = f"the value of {variable.name()}", self.places[variable.id]
            if given is None:
                raise ProblemError(field, "None", "a value", "solve the problem or set variable.value")
            dense = given.toarray() if hasattr(given, "toarray") else np.asarray(given)
            if np.any(np.abs(dense - np.round(dense)) > INTEGRALITY):
                raise ProblemError(field, str(dense), "integers")
            values[place[place >= 0]] = np.round(dense)[place >= 0]
        whole = values.astype(np.int64)
        return whole.astype(np.uint8) if isinstance(self.problem, BinaryProgram) else whole


def from_cvxpy(problem: cvxpy.Problem) -> CvxpyModel:
    """Read a CVXPY problem whose variables are boolean or bounded integers.

    The objective and both sides of constraints may hold every affine atom, squares, quadratic forms of any
    definiteness and products of two variables; DCP is not asked for. A constraint on a single integer becomes
    its bound, one that every bit keeps is dropped. Parameters count with the values they have now.

    Raises:
        ProblemError: Naming the variable that is continuous or unbounded, the parameter without a value, the
            atom that is no quadratic polynomial, or the constraint that is neither equality nor inequality.
    """
    import cvxpy

    if not isinstance(problem, cvxpy.Problem):
        raise ProblemError("problem", type(problem).__name__, "a cvxpy.Problem")
    builder = ProgramBuilder()
    places, bits = add_variables(builder, problem.variables())
    reader = QuadraticReader(places)
    for constraint, name in zip(problem.constraints, constraint_names(problem.constraints), strict=True):
        add_constraint(builder, reader, constraint, name, bits)
    ((linear, quadratic, constant),) = coefficients(reader.terms(problem.objective.args[0]), bits)
    sense = "max" if isinstance(problem.objective, cvxpy.Maximize) else "min"
    builder.objective(linear, quadratic, constant, sense)
    return CvxpyModel(builder.problem(), problem, places)
