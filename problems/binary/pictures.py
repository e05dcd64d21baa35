"""Pictures of solutions over bits, drawn on given matplotlib axes or on new ones, which are returned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from problems.binary.qubo import Qubo, check_vector
from problems.checking import check_bits
from problems.report import matplotlib_pyplot

if TYPE_CHECKING:
    from problems.binary.integer import IntegerProgram
    from problems.binary.knapsack import MultidimensionalKnapsack
    from problems.binary.maxcut import MaxCut
    from problems.binary.node_selection import NodeSelection
    from problems.binary.program import BinaryProgram

Array = np.ndarray
DRAWN_NODES = 60  # above this a graph drawing is a hairball and the sorted edge matrix says more


def flip_costs(qubo: Qubo, solution: Array, axes: Any = None) -> Any:
    """Draw by how much flipping each bit would change the energy; below zero is an improvement left out."""
    bits, axes = _bits(solution, qubo.n), new_axes(axes)
    indptr, index, coupling = qubo.form.neighbours
    owner = np.repeat(np.arange(qubo.n), np.diff(indptr))
    slope = qubo.form.linear + np.bincount(owner, coupling * bits[index], qubo.n)
    colour = np.where(bits == 1, "tab:blue", "0.75")
    _bars(axes, np.arange(qubo.n), np.where(bits == 1, -slope, slope), colour)
    axes.axhline(0.0, color="black", linewidth=0.8)
    axes.set_xlabel("variable (index; blue where it is 1)")
    axes.set_ylabel("energy change by flipping it (objective units)")
    axes.set_title(f"energy {float(qubo.energies(bits)):g}")
    return axes


def row_use(program: BinaryProgram, solution: Array, axes: Any = None) -> Any:
    """Draw the activity of each row against its right-hand side; without rows, the flip costs."""
    rows = program.constraints
    if len(rows) == 0:
        return flip_costs(Qubo(program.minimised, program.names), solution, axes)
    bits, axes = _bits(solution, program.n), new_axes(axes)
    colour = np.where(rows.violations(bits) > 0, "tab:red", "tab:blue")
    _bars(axes, np.arange(len(rows)), rows.matrix @ bits.astype(float), colour, "activity (red: violated)")
    axes.scatter(np.arange(len(rows)), rows.right, color="black", marker="_", s=120, label="right-hand side")
    axes.set_xlabel("row (index)")
    axes.set_ylabel("activity (units of the row)")
    axes.set_title(f"objective {program.judge(bits).objective:g}")
    axes.margins(y=0.2)  # room for the legend
    axes.legend(loc="upper right")
    return axes


def values_in_bounds(program: IntegerProgram, solution: Array, axes: Any = None) -> Any:
    """Draw the value of each variable as a point in the range between its bounds."""
    axes, place = new_axes(axes), np.arange(program.n)
    _bars(axes, place, program.high - program.low + 0.0, np.full(program.n, "0.85"), "bounds", program.low)
    axes.scatter(place, solution, color="tab:blue", zorder=2, label="value")
    axes.set_xlabel("variable (index)")
    axes.set_ylabel("value (units of the variable)")
    axes.set_title(f"objective {program.judge(solution).objective:g}")
    axes.legend(loc="best")
    return axes


def stacked_capacities(knapsack: MultidimensionalKnapsack, solution: Array, axes: Any = None) -> Any:
    """Draw each capacity filled by the packed items, in percent."""
    from matplotlib.ticker import MaxNLocator

    bits, axes = _bits(solution, knapsack.n), new_axes(axes)
    chosen, count = np.flatnonzero(bits), len(knapsack.capacities)
    scale = 100.0 / np.where(knapsack.capacities > 0, knapsack.capacities, 1.0)
    height = knapsack.weights[:, chosen].T * scale  # an item each row
    bottom = np.cumsum(height, axis=0) - height
    place = np.tile(np.arange(1, count + 1), len(chosen))
    colour = np.repeat([f"C{k % 10}" for k in range(len(chosen))], count)
    _bars(axes, place, height.ravel(), colour, bottom=bottom.ravel())
    axes.axhline(100.0, color="black", linestyle="--")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlim(0.4, count + 0.6)
    axes.set_ylim(bottom=0.0)
    axes.set_xlabel("capacity (number)")
    axes.set_ylabel("used (% of the capacity)")
    profit = float(knapsack.profits @ bits)
    axes.set_title(f"{len(chosen)} items, profit {profit:g}")
    return axes


def coloured_graph(
    problem: MaxCut | NodeSelection, solution: Array, axes: Any = None, names: tuple[str, str] = ("0", "1")
) -> Any:
    """Draw a graph with its nodes coloured by bit; of a large one, the edge matrix sorted by bit."""
    bits, axes = _bits(solution, problem.num_nodes), new_axes(axes)
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
    axes.set_title(f"objective {problem.judge(bits).objective:g}, {int(apart.sum())} edges in between")
    return axes


def _sorted_matrix(problem: MaxCut | NodeSelection, bits: Array, apart: Array, axes: Any) -> None:
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


def _bits(solution: Array, n: int) -> Array:
    return check_bits("the solution", check_vector(solution), n)


def _bars(
    axes: Any,
    place: Array,
    height: Array,
    colour: Array,
    label: str | None = None,
    bottom: Array | None = None,
) -> None:
    """Draw bars as one artist; an artist each would take half a minute for the rows of a dense graph."""
    from matplotlib.collections import PolyCollection

    left, low = place - 0.4, np.zeros(len(height)) if bottom is None else bottom
    corners = [(left, low), (left, low + height), (left + 0.8, low + height), (left + 0.8, low)]
    bars = np.stack([np.stack(corner, axis=-1) for corner in corners], axis=1)
    axes.add_collection(PolyCollection(list(bars), facecolors=colour.tolist(), label=label))
    axes.autoscale_view()


def new_axes(axes: Any) -> Any:
    """Return the axes given, or those of a new figure."""
    return matplotlib_pyplot("a picture").figure(layout="constrained").subplots() if axes is None else axes
