"""What a shrinking would spend at most where a backend gives its correlations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hybrid.graph_shrinking.settings import Shrinking
from hybrid.graph_shrinking.shrunk import as_shrinkable
from hybrid.graph_shrinking.state import ShrinkingState
from problems.binary.encodings import Encoding
from problems.binary.qubo import Qubo
from problems.contract import Solver
from problems.fitting import fit
from problems.run import MAXIMA


def fitted(solver: Solver[Any, Any], problem: Any) -> Any:
    """Return the problem in the form that reaches the solver."""
    reduction = fit(solver, problem)
    return problem if reduction is None else reduction.problem


def most_of_source(settings: Shrinking, encoding: Encoding, problem: Any, seed: int) -> dict[str, float]:
    """Return what the correlations of one shrinking spend at most; empty where nothing is counted.

    A calculation is priced over the whole problem, and there are as many as ties can ask for.
    """
    program, reduction = as_shrinkable(problem, encoding)
    assert isinstance(reduction.problem, Qubo)
    state = ShrinkingState(program, reduction.problem.form, propagate=False)
    one, ties = settings.source.price(state, seed), max(0, state.qubits - settings.target_qubits)
    times = settings.recalculation.most_calculations(ties, state.qubits)
    return {name: amount if name in MAXIMA else times * amount for name, amount in one.items()}


def united(first: Mapping[str, float], second: Mapping[str, float], times: int) -> dict[str, float]:
    """Return the resources of ``first`` and ``times`` those of ``second``; widths take the maximum."""
    total = dict(first)
    for name, amount in second.items():
        if name in MAXIMA:
            total[name] = max(total.get(name, 0.0), amount)
        else:
            total[name] = total.get(name, 0.0) + times * amount
    return total
