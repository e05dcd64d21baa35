"""Pictures of solutions over bits, drawn on given matplotlib axes or on new ones, which are returned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from problems.report import matplotlib_pyplot

if TYPE_CHECKING:
    from problems.binary.independent_set import IndependentSet
    from problems.binary.knapsack import MultidimensionalKnapsack
    from problems.binary.maxcut import MaxCut
    from problems.binary.program import BinaryProgram
    from problems.binary.qubo import Qubo

Array = np.ndarray
DRAWN_NODES = 60  # above this a graph drawing is a hairball and the sorted edge matrix says more


def flip_costs(qubo: Qubo, solution: Array, axes: Any = None) -> Any:
    """Draw by how much flipping each bit would change the energy; below zero is an improvement left out."""
    axes = _axes(axes)
    bits = np.asarray(solution, dtype=np.uint8)
    indptr, index, coupling = qubo.form.neighbours
    owner = np.repeat(np.arange(qubo.n), np.diff(indptr))
    slope = qubo.form.linear + np.bincount(owner, coupling * bits[index], qubo.n)
    _bars(axes, np.where(bits == 1, -slope, slope), np.where(bits == 1, "tab:blue", "0.75"))
    axes.axhline(0.0, color="black", linewidth=0.8)
    axes.set_xlabel("variable (index; blue where it is 1)")
    axes.set_ylabel("energy change by flipping it (objective units)")
    axes.set_title(f"energy {float(qubo.energies(bits)):g}")
    return axes


def row_use(program: BinaryProgram, solution: Array, axes: Any = None) -> Any:
    """Draw the activity of each row against its right-hand side; without rows, the flip costs."""
    rows = program.constraints
    if len(rows) == 0:
        from problems.binary.qubo import Qubo

        return flip_costs(Qubo(program.minimised, program.names), solution, axes)
    axes = _axes(axes)
    activity = rows.matrix @ np.asarray(solution, dtype=float)
    broken = rows.violations(solution) > 0
    _bars(axes, activity, np.where(broken, "tab:red", "tab:blue"), "activity (red: violated)")
    axes.scatter(np.arange(len(rows)), rows.right, color="black", marker="_", s=120, label="right-hand side")
    axes.set_xlabel("row (index)")
    axes.set_ylabel("activity (units of the row)")
    axes.set_title(f"objective {program.judge(solution).objective:g}")
    axes.margins(y=0.2)  # room for the legend
    axes.legend(loc="upper right")
    return axes


def stacked_capacities(knapsack: MultidimensionalKnapsack, solution: Array, axes: Any = None) -> Any:
    """Draw each capacity filled by the packed items, in percent."""
    axes = _axes(axes)
    chosen = np.flatnonzero(solution)
    scale = 100.0 / np.where(knapsack.capacities > 0, knapsack.capacities, 1.0)
    place, level = np.arange(1, len(knapsack.capacities) + 1), np.zeros(len(knapsack.capacities))
    for k, item in enumerate(chosen):
        height = knapsack.weights[:, item] * scale
        axes.bar(place, height, bottom=level, color=f"C{k % 10}", edgecolor="white", linewidth=0.5)
        level = level + height
    axes.axhline(100.0, color="black", linestyle="--")
    axes.set_xticks(place)
    axes.set_xlabel("capacity (number)")
    axes.set_ylabel("used (% of the capacity)")
    profit = float(knapsack.profits @ np.asarray(solution, dtype=float))
    axes.set_title(f"{len(chosen)} items, profit {profit:g}")
    return axes


def coloured_graph(
    problem: MaxCut | IndependentSet, solution: Array, axes: Any = None, names: tuple[str, str] = ("0", "1")
) -> Any:
    """Draw a graph with its nodes coloured by bit; of a large one, the edge matrix sorted by bit."""
    axes = _axes(axes)
    bits = np.asarray(solution)
    first, second = problem.edges.T
    apart = bits[first] != bits[second]
    if problem.num_nodes > DRAWN_NODES:
        _sorted_matrix(problem, bits, apart, axes)
    else:
        import networkx

        drawing = problem.to_networkx()
        where = networkx.spring_layout(drawing, seed=0)
        point = np.array([where[label] for label in problem.labels])
        for (u, v), cut in zip(problem.edges.tolist(), apart, strict=True):
            axes.plot(
                *point[[u, v]].T, color="0.4" if cut else "0.8", linestyle="--" if cut else "-", zorder=1
            )
        for value, name in enumerate(names):
            axes.scatter(*point[bits == value].T, color=f"C{value}", s=80, zorder=2, label=name)
        axes.set_xlabel("layout coordinate (dimensionless)")
        axes.set_ylabel("layout coordinate (dimensionless)")
        axes.legend()
    axes.set_title(f"objective {problem.judge(solution).objective:g}, {int(apart.sum())} edges in between")
    return axes


def _sorted_matrix(problem: MaxCut | IndependentSet, bits: Array, apart: Array, axes: Any) -> None:
    rank = np.empty(problem.num_nodes, dtype=int)
    rank[np.argsort(bits, kind="stable")] = np.arange(problem.num_nodes)
    first, second = rank[problem.edges.T]
    for kept, colour in ((~apart, "0.7"), (apart, "tab:blue")):
        axes.scatter(np.r_[first[kept], second[kept]], np.r_[second[kept], first[kept]], s=1, color=colour)
    border = int(np.sum(bits == 0)) - 0.5
    axes.axvline(border, color="black", linewidth=0.8)
    axes.axhline(border, color="black", linewidth=0.8)
    axes.set_xlabel("node (rank, sorted by bit)")
    axes.set_ylabel("node (rank, sorted by bit)")


def _bars(axes: Any, height: Array, colour: Array, label: str | None = None) -> None:
    """Draw bars as one artist; an artist each would take half a minute for the rows of a dense graph."""
    from matplotlib.collections import PolyCollection

    left, zero = np.arange(len(height)) - 0.4, np.zeros(len(height))
    corners = [(left, zero), (left, height), (left + 0.8, height), (left + 0.8, zero)]
    bars = np.stack([np.stack(corner, axis=-1) for corner in corners], axis=1)
    axes.add_collection(PolyCollection(list(bars), facecolors=colour.tolist(), label=label))
    axes.autoscale_view()


def _axes(axes: Any) -> Any:
    return matplotlib_pyplot("a picture").figure(layout="constrained").subplots() if axes is None else axes
