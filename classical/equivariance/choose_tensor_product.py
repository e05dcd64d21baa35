"""Choose a tensor product by timing the candidates in turns and measuring what each can express."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from classical.equivariance.clebsch_gordan_product import ClebschGordanProduct
from classical.equivariance.gaunt_product import GauntProduct
from classical.equivariance.matrix_product import MatrixProduct
from classical.equivariance.operation import SphericalOperation
from classical.equivariance.vector_product import VectorProduct
from problems.checking import check_integer
from problems.contract import Solver
from problems.equivariance.choice import TensorProductChoice
from problems.equivariance.timing import interleaved_seconds, median_and_spread
from problems.errors import ProblemError
from problems.run import Run

ALL = (
    ClebschGordanProduct(),
    ClebschGordanProduct(method="sparse"),
    GauntProduct(method="grid"),
    GauntProduct(method="grid", chunk=250),
    GauntProduct(method="fourier"),
    MatrixProduct(),
    VectorProduct(),
)


@dataclass(frozen=True)
class ChooseTensorProduct(Solver[TensorProductChoice, Any]):
    """Time all candidates in turns; the fastest that couples every required path is chosen.

    The history is the table, fastest first: operation, seconds, expressivity, paths, multiply-adds, and how
    many required paths are missing.

    Attributes:
        candidates: Operations; their degrees are replaced by those of the problem.
        rounds: Timings of each candidate at most; the problem's ``repeats`` if that is less.
    """

    candidates: tuple[SphericalOperation, ...] = ALL
    rounds: int = 30

    def __post_init__(self):
        check_integer("rounds", self.rounds, 1)
        if not self.candidates:
            raise ProblemError("candidates", (), "at least one operation")
        for candidate in self.candidates:
            if not isinstance(candidate, SphericalOperation):
                raise ProblemError(
                    "candidates", type(candidate).__name__, "operations on spherical coefficients"
                )

    def _solve(self, problem: TensorProductChoice, run: Run) -> SphericalOperation:
        operations, calls = [fitted(candidate, problem) for candidate in self.candidates], []
        run.offer(operations[0], value=np.inf)  # stands until times are known
        for k in run.steps(len(operations), "compile"):
            calls.append(problem.call(operations[k]))
        seconds = np.full((len(calls), 0), np.inf)
        for k in run.steps(min(self.rounds, problem.repeats), "round"):
            new = interleaved_seconds(calls, 1, problem.warmup if k == 0 else 0)
            seconds = np.hstack([seconds, new])
        if not seconds.size:
            return run.best
        run.spent(calls=seconds.size)
        table = [
            (operation, problem.verdict(operation, *median_and_spread(times)))
            for operation, times in zip(operations, seconds, strict=False)
        ]
        for operation, verdict in sorted(table, key=lambda row: row[1].objective):
            run.record(
                operation=label(operation), seconds=verdict.objective,
                spread=verdict.metrics["interquartile_range"],
                expressivity=verdict.metrics["expressivity"], paths=verdict.metrics["interactable_paths"],
                multiply_adds=verdict.metrics["multiply_adds"], missing=len(verdict.violations),
            )  # fmt: skip
        return min(table, key=lambda row: row[1].rank("min"))[0]


def fitted(operation: SphericalOperation, problem: TensorProductChoice) -> SphericalOperation:
    """Return an operation with the degrees of a problem."""
    full = tuple(range(problem.lmax + 1)), tuple(range(problem.lmax_out + 1))
    first, second, third = problem.degrees
    changes: dict[str, Any] = {
        "lmax1": problem.lmax, "lmax2": problem.lmax, "lmax_out": problem.lmax_out,
        "degrees1": None if first == full[0] else first, "degrees2": None if second == full[0] else second,
        "degrees_out": None if third == full[1] else third,
    }  # fmt: skip
    if isinstance(operation, ClebschGordanProduct):
        changes["allow_large"] = operation.allow_large or problem.allow_large
    return replace(operation, **changes)


def label(operation: SphericalOperation) -> str:
    """Return a short name with the option that tells variants apart."""
    method = getattr(operation, "method", "")
    extra = getattr(operation, "normalization", "")
    chunk = getattr(operation, "chunk", None)
    parts = [own for own in (method, "" if chunk is None else f"chunks of {chunk}") if own]
    return f"{type(operation).__name__}({', '.join([*parts, *(['gaunt'] if extra == 'gaunt' else [])])})"
