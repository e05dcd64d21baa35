"""Every error the framework raises on purpose. Each message is one sentence that says what to do next."""

from __future__ import annotations


class HybridError(Exception):
    """The common ancestor, for a caller who wants to catch whatever the framework says."""


class ProblemError(HybridError, ValueError):
    """Something in a problem, a file or a solver's fields is not what it must be.

    Args:
        field: Where: an argument, an element of it, or a file and a position (``"weights[3]"``).
        value: What stands there.
        expected: What should stand there.
        remedy: What the user can do, where that is not obvious.
    """

    def __init__(self, field: str, value: object, expected: str, remedy: str = ""):
        super().__init__(field, value, expected, remedy)
        self.field, self.value, self.expected, self.remedy = field, value, expected, remedy

    def __str__(self) -> str:
        shown = self.value if isinstance(self.value, str) else repr(self.value)
        shown = shown if len(shown) <= 80 else shown[:77] + "..."
        return f"{self.field} is {shown}; expected {self.expected}" + (
            f" ({self.remedy})" if self.remedy else ""
        )


class Infeasible(ProblemError):
    """A solver has proved that no solution satisfies the constraints.

    Args:
        problem: What was shown to have no solution.
        proof: Who says so and how.
    """

    def __init__(self, problem: str, proof: str):
        HybridError.__init__(self, problem, proof)
        self.field, self.value, self.expected, self.remedy = problem, "infeasible", "a feasible set", proof

    def __str__(self) -> str:
        return f"{self.field} has no feasible solution: {self.remedy}"


class UnsuitableProblem(HybridError, TypeError):
    """A solver cannot take this problem.

    Args:
        solver: The solver's name.
        problem: The problem's name.
        why: A sentence.
        alternatives: Solvers of the problem's room that may take it.
    """

    def __init__(self, solver: str, problem: str, why: str, alternatives: tuple[str, ...] = ()):
        super().__init__(solver, problem, why, alternatives)
        self.solver, self.problem, self.why, self.alternatives = solver, problem, why, alternatives

    def __str__(self) -> str:
        others = f"; solvers of its kind: {', '.join(self.alternatives)}" if self.alternatives else ""
        return f"{self.solver} cannot solve {self.problem}: {self.why}{others}"


class BackendError(HybridError, RuntimeError):
    """A backend refused a workload or failed on it.

    Args:
        message: What happened and what to do.
        retryable: Whether sending the same again may work.
        wait: Seconds that the other side asks to wait before that.
    """

    def __init__(self, message: str, retryable: bool = False, wait: float = 0.0):
        super().__init__(message, retryable, wait)
        self.retryable, self.wait = retryable, wait

    def __str__(self) -> str:
        return self.args[0]


class NothingFound(HybridError, RuntimeError):
    """A solve ended without any solution, numerical failure included; with an incumbent it is a status."""


class BudgetExceeded(HybridError, RuntimeError):
    """The next submission would pass the budget; raised before it is sent, a status with an incumbent."""


class MissingExtra(HybridError, ImportError):
    """An optional library is not installed.

    Args:
        what: What needs it.
        extra: The extra of this distribution that brings it.
    """

    def __init__(self, what: str, extra: str):
        super().__init__(what, extra)
        self.what, self.extra = what, extra

    def __str__(self) -> str:
        return f'{self.what} needs the extra "{self.extra}": pip install "hybrid-optimization[{self.extra}]"'
