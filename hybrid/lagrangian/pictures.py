"""Pictures of a slack-free run: drawn on given matplotlib axes or on new ones, which are returned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from problems.binary.pictures import new_axes
from problems.contract import Result
from problems.errors import ProblemError

NAMED = 12  # rows with more than this many multipliers get no legend


def plot_multipliers(result: Result[Any], axes: Any = None) -> Any:
    """Draw every row's multiplier over the iterations, in objective units per unit of its right-hand side.

    Raises:
        ProblemError: If the result has no history of multipliers.
        MissingExtra: Without matplotlib.
    """
    history, axes = _history(result), new_axes(axes)
    steps = np.arange(1, len(history) + 1)
    multipliers = np.full((len(history), len(history[-1]["multipliers"])), np.nan)
    for values, row in zip(multipliers, history, strict=True):
        values[: len(row["multipliers"])] = row["multipliers"]  # rows of a lazy program join on the way
    names = _row_names(result, multipliers.shape[1])
    for values, name in zip(multipliers.T, names, strict=True):
        axes.plot(steps, values, marker=".", label=name)
    _over_iterations(axes, steps)
    axes.set_ylabel("multiplier (objective units per unit of the row)")
    if 0 < len(names) <= NAMED:
        axes.legend(title="row")
    return axes


def plot_progress(result: Result[Any], axes: Any = None) -> Any:
    """Draw the certified bound, the best raw and the best repaired objective over the iterations.

    Raises:
        ProblemError: If the result has no history of multipliers.
        MissingExtra: Without matplotlib.
    """
    history, axes = _history(result), new_axes(axes)
    steps = np.arange(1, len(history) + 1)
    for key, label, style in (
        ("bound", "certified bound of the multipliers", "--"),
        ("repaired", "best after repair", "-"),
        ("raw", "best feasible sample", ":"),
    ):
        values = np.array([np.nan if row[key] is None else row[key] for row in history], dtype=float)
        if np.any(np.isfinite(values)):
            axes.plot(steps, values, style, marker=".", label=label)
    _over_iterations(axes, steps)
    axes.set_ylabel("objective (units of the problem)")
    axes.legend()
    return axes


def plot_pareto(result: Result[Any], axes: Any = None) -> Any:
    """Draw the samples that no other beats in both violation and objective, as a staircase.

    Raises:
        ProblemError: If the result has no history of multipliers.
        MissingExtra: Without matplotlib.
    """
    front, axes = np.array(_history(result)[-1]["pareto"]).reshape(-1, 2), new_axes(axes)
    axes.step(front[:, 0], front[:, 1], where="post", marker="o")
    axes.set_xlabel("total violation (units of the rows; feasible at 0)")
    axes.set_ylabel("objective (units of the problem)")
    return axes


def _history(result: Result[Any]) -> Sequence[Mapping[str, Any]]:
    if not result.history or "multipliers" not in result.history[-1]:
        raise ProblemError("result", type(result.solver).__name__, "a result of SlackFree with iterations")
    return result.history


def _row_names(result: Result[Any], count: int) -> Sequence[str]:
    """The rows' own names where the problem can say them, else their numbers."""
    program = getattr(result.problem, "program", result.problem)
    rows = getattr(program, "constraints", None)
    if rows is None or len(rows) != count:
        return [str(row) for row in range(count)]
    return rows.names


def _over_iterations(axes: Any, steps: np.ndarray) -> None:
    axes.set_xlabel("iteration")
    axes.set_xlim(0.5, len(steps) + 0.5)
    axes.xaxis.get_major_locator().set_params(integer=True)
