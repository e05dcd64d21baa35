"""How a result shows itself: a table in a terminal, the same in a notebook, and a picture."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Any

from problems.errors import MissingExtra

if TYPE_CHECKING:
    from problems.contract import Result

WIDTH = 96  # characters of a line of a solution
LINES = 6  # of a solution, before the rest is only counted


def rows(result: Result[Any]) -> list[tuple[str, str]]:
    """Return the label and text of every line of a result's table."""
    evaluation, problem = result.evaluation, result.problem
    lines = [
        ("problem", type(problem).__name__),
        ("solver", type(result.solver).__name__),
        ("status", f"{result.status}: {result.message}" if result.message else result.status),
        ("objective", f"{number(evaluation.objective)} ({problem.sense})"),
    ]
    if not evaluation.feasible:
        broken = sorted(
            ((amount, name) for name, amount in evaluation.violations.items() if amount), reverse=True
        )
        shown = ", ".join(f"{name} by {number(amount)}" for amount, name in broken[:5])
        lines.append(
            ("feasible", f"no: {shown}" + (f" and {len(broken) - 5} more" if len(broken) > 5 else ""))
        )
    else:
        lines.append(("feasible", "yes"))
    if result.bound is not None:
        lines.append(("bound", number(result.bound)))
    if result.gap is not None:
        lines.append(("gap", f"{100 * result.gap:.4g} %"))
    if problem.reference is not None:
        lines.append(("reference", number(problem.reference)))
    scalars = {name: value for name, value in evaluation.metrics.items() if not hasattr(value, "shape")}
    lines += [(name.replace("_", " "), number(value)) for name, value in scalars.items()]
    lines += [(name.replace("_", " "), number(value)) for name, value in result.resources.items()]
    lines.append(("seconds", f"{result.seconds:.3g}"))
    lines.append(("solution", brief(result)))
    return lines


def table(result: Result[Any]) -> str:
    """Return the result as lines of text."""
    lines = rows(result)
    width = max(len(label) for label, _ in lines)
    margin = "\n" + " " * (width + 2)
    return "\n".join(f"{label:<{width}}  {text.replace(chr(10), margin)}" for label, text in lines)


def html(result: Result[Any]) -> str:
    """Return the result as an HTML table for a notebook."""
    left = 'style="text-align:left"'
    cells = "".join(
        f"<tr><th {left}>{escape(label)}</th><td {left}>{escape(text).replace(chr(10), '<br>')}</td></tr>"
        for label, text in rows(result)
    )
    return f"<table>{cells}</table>"


def number(value: Any) -> str:
    """Write a figure: integers in full, others with six digits."""
    value = float(value)
    if math.isfinite(value) and value == round(value) and abs(value) < 1e15:
        return str(round(value))
    return f"{value:.6g}"


def brief(result: Result[Any]) -> str:
    """Write the solution in the problem's own labels on a few lines; of values by name what is not 0."""
    decode = getattr(result.problem, "decode", None)
    shown = result.solution if decode is None else decode(result.solution)
    if isinstance(shown, dict):
        words = [f"{name} = {value}" for name, value in shown.items() if value] or ["all 0"]
    else:
        words = [str(word) for word in shown] if isinstance(shown, tuple) else [" ".join(repr(shown).split())]
    lines = [""]
    for k, word in enumerate(words):
        word = word if len(word) <= WIDTH else word[: WIDTH - 3] + "..."
        if len(lines[-1]) + len(word) + 1 > WIDTH and lines[-1]:
            if len(lines) == LINES:
                lines[-1] = f"{lines[-1].rstrip()[:-1]} and {len(words) - k} more"
                break
            lines.append("")
        lines[-1] += word + ("," if k < len(words) - 1 else "")
        lines[-1] += " " if k < len(words) - 1 else ""
    return "\n".join(line.rstrip() for line in lines)


def plot(result: Result[Any], axes: Any = None) -> Any:
    """Draw the solution beside the history; returns the figure.

    Args:
        result: What to draw.
        axes: Two matplotlib axes (solution, convergence), or None for a new figure.

    Raises:
        MissingExtra: If matplotlib is not installed.
    """
    pyplot = matplotlib_pyplot("a plot")
    drawers = [draw for draw in (_solution_drawer(result), _history_drawer(result)) if draw is not None]
    if axes is None:
        figure, grid = pyplot.subplots(
            1,
            max(1, len(drawers)),
            figsize=(6.4 * max(1, len(drawers)), 4.2),
            squeeze=False,
            layout="constrained",
        )
        axes = list(grid[0])
    for draw, axis in zip(drawers, axes, strict=False):
        draw(axis)
    return axes[0].figure


def matplotlib_pyplot(what: str) -> Any:
    """Import pyplot or say which extra brings it."""
    try:
        import matplotlib.pyplot as pyplot
    except ImportError:
        raise MissingExtra(what, "plots") from None
    return pyplot


def _solution_drawer(result: Result[Any]) -> Any:
    draw = getattr(result.problem, "plot", None)
    return None if draw is None else lambda axis: draw(result.solution, axis)


def _history_drawer(result: Result[Any]) -> Any:
    """The first numeric column after the step counter, over the steps."""
    numeric: list[str] = []
    for row in result.history:
        numeric += [name for name, value in row.items() if name not in numeric and _is_figure(value)]
    names = [name for name in numeric if name not in ("step", "seconds")]
    if not names:
        return None
    name = names[0]
    steps = [row.get("step", k) for k, row in enumerate(result.history) if _is_figure(row.get(name))]
    values = [row[name] for row in result.history if _is_figure(row.get(name))]

    def draw(axis: Any) -> None:
        axis.plot(steps, values, marker="." if len(values) < 60 else "")
        if result.bound is not None and name == "objective":
            axis.axhline(result.bound, linestyle="--", color="0.4", label="certified bound")
            axis.legend()
        axis.set_xlabel("step")
        axis.set_ylabel(name.replace("_", " "))
        axis.set_title(f"{type(result.solver).__name__}: {name.replace('_', ' ')}")

    return draw


def _is_figure(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
