"""What an answer is in JSON: one flat object, with the same keys in the same order every time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from typing import Any

import numpy as np

from backends.budget import Budget
from backends.journal.journal import Journal
from hybrid.cli.names import name_of
from problems.contract import Evaluation, Problem, Result, Solver
from problems.fitting import backends_within
from problems.storage import digest

FIELDS = (
    "problem", "solver", "backend", "seed", "status", "message", "objective", "sense", "feasible",
    "violations", "bound", "gap", "reference", "gap_to_reference", "qubits", "qubits_with_slack",
    "two_qubit_gates", "depth", "shots", "circuits", "jobs", "seconds", "solution",
)  # fmt: skip


def of_result(result: Result[Any], seed: int) -> dict[str, Any]:
    """Return all fields, then the judge's scalar metrics, then all resources; None for what there is not."""
    problem, evaluation = result.problem, result.evaluation
    known = {
        "status": result.status,
        "message": result.message,
        "bound": result.bound,
        "gap": result.gap,
        "seconds": result.seconds,
        "solution": labels(problem, result.solution),
    }
    heading = heading_of(problem, result.solver, seed)
    spent = {name: amount for name, amount in result.resources.items() if name != "replayed"}
    further = scalars(evaluation) | spent  # an answer reads the same whether or not it was replayed
    return further_last(heading | known | verdict(problem, evaluation), further)


def of_nothing(problem: Problem[Any], solver: Any, seed: int, status: str, message: str) -> dict[str, Any]:
    """Return the record of a solve that ended without an answer."""
    known = {"status": status, "message": message, "sense": problem.sense, "reference": problem.reference}
    return further_last(heading_of(problem, solver, seed) | known, {})


def heading_of(problem: Problem[Any], solver: Any, seed: int) -> dict[str, Any]:
    """Return who solves what, and where."""
    return {
        "problem": type(problem).__name__,
        "solver": solver_name(solver),
        "backend": ", ".join(dict.fromkeys(map(described, backends_within(solver)))) or None,
        "seed": seed,
    }


def verdict(problem: Problem[Any], evaluation: Evaluation) -> dict[str, Any]:
    """Return what the judge says, and how far a feasible candidate is from the best known objective."""
    return {
        "objective": evaluation.objective,
        "sense": problem.sense,
        "feasible": evaluation.feasible,
        "violations": {name: amount for name, amount in evaluation.violations.items() if amount},
        "reference": problem.reference,
        "gap_to_reference": gap_to_reference(problem, evaluation),
    }


def gap_to_reference(problem: Problem[Any], evaluation: Evaluation) -> float | None:
    """Return |objective − reference| / max(1, |reference|) of a feasible candidate, or None."""
    if problem.reference is None or not evaluation.feasible:
        return None
    return abs(evaluation.objective - problem.reference) / max(1.0, abs(problem.reference))


def scalars(evaluation: Evaluation) -> dict[str, Any]:
    """Return the judge's metrics that are single figures."""
    return {name: value for name, value in evaluation.metrics.items() if np.ndim(value) == 0}


def further_last(known: Mapping[str, Any], further: Mapping[str, Any]) -> dict[str, Any]:
    """Return all fields in their order, None where nothing is known, and after them what has no field."""
    record = {name: known.get(name, further.get(name)) for name in FIELDS}
    return record | {name: value for name, value in further.items() if name not in record}


def solver_name(solver: Any) -> str:
    """Return a solver's name with the solvers that it holds: ``penalty(qaoa(cobyla))``."""
    held = [getattr(solver, field.name) for field in fields(solver)]
    inner = [solver_name(part) for part in held if isinstance(part, Solver)]
    return name_of(type(solver)) + (f"({', '.join(inner)})" if inner else "")


def described(backend: Any) -> str:
    """Return a backend's name with the settings that are not its defaults: ``aer(method=automatic)``.

    A journal and a budget are not where circuits run: what they hold is named.
    """
    while isinstance(backend, Journal | Budget):
        backend = backend.inner
    settings = [
        f"{field.name}={getattr(backend, field.name)}"
        for field in fields(backend)
        if getattr(backend, field.name) != _default(field)
    ]
    return name_of(type(backend)) + (f"({', '.join(settings)})" if settings else "")


def labels(problem: Problem[Any], solution: Any) -> Any:
    """Return a solution in the problem's own labels where it has them; of a model its class and digest."""
    decode = getattr(problem, "decode", None)
    if decode is not None:
        return decode(solution)
    if isinstance(solution, np.ndarray | np.generic | str | int | float | list | tuple | Mapping):
        return solution
    return {"class": type(solution).__qualname__, "digest": digest(solution)}


def _default(field: Field[Any]) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()
