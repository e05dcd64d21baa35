"""What is to be solved: problems, the judge in each of them, and the contract every solver keeps."""

from typing import TYPE_CHECKING

from problems.lazy import lazy

_NAMES = {
    "BackendError": "problems.errors",
    "BudgetExceeded": "problems.errors",
    "Evaluation": "problems.contract",
    "HybridError": "problems.errors",
    "Infeasible": "problems.errors",
    "MissingExtra": "problems.errors",
    "NothingFound": "problems.errors",
    "Problem": "problems.contract",
    "ProblemError": "problems.errors",
    "Reduction": "problems.contract",
    "Result": "problems.contract",
    "Run": "problems.run",
    "Solver": "problems.contract",
    "UnsuitableProblem": "problems.errors",
    "digest": "problems.storage",
    "load": "problems.storage",
    "read": "problems.formats.registry",
    "save": "problems.storage",
}

__all__ = list(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
__getattr__, __dir__ = lazy(__name__, _NAMES)

if TYPE_CHECKING:
    from problems.contract import Evaluation, Problem, Reduction, Result, Solver
    from problems.errors import (
        BackendError,
        BudgetExceeded,
        HybridError,
        Infeasible,
        MissingExtra,
        NothingFound,
        ProblemError,
        UnsuitableProblem,
    )
    from problems.formats.registry import read
    from problems.run import Run
    from problems.storage import digest, load, save
