"""Pictures of permutations: tours and assignments, drawn on given matplotlib axes or on new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from problems.binary.pictures import new_axes

if TYPE_CHECKING:
    from problems.binary.assignment import QuadraticAssignment
    from problems.binary.tour import TravellingSalesman

Array = np.ndarray
MOST_LABELS = 60  # above it the names of the cities hide the tour


def drawn_tour(problem: TravellingSalesman, solution: Array, axes: Any = None) -> Any:
    """Draw the ways of a tour between its cities, placed by their distances where no coordinates are known.

    Bits that are no tour show the ways between neighbouring times that are there.
    """
    axes, known = new_axes(axes), problem.coordinates is not None
    point = np.asarray(problem.coordinates) if known else _placed_by_distance(problem.distances)
    for u, v in _ways(problem, solution):
        axes.plot(*point[[u, v]].T, color="tab:blue", zorder=1)
    axes.scatter(*point.T, s=30, color="black", zorder=2)
    axes.scatter(*point[:1].T, s=90, color="tab:red", zorder=2, label="where it begins")
    for label, where in zip(problem.labels if problem.num_cities <= MOST_LABELS else (), point, strict=False):
        axes.annotate(str(label), where, xytext=(4, 4), textcoords="offset points", fontsize="small")
    unit = "units of the file" if known else "placed by distance, units of the distances"
    axes.set_xlabel(f"first coordinate ({unit})")
    axes.set_ylabel(f"second coordinate ({unit})")
    verdict = problem.judge(solution)
    axes.set_title(f"length {verdict.objective:g}" + ("" if verdict.feasible else ", no tour"))
    axes.legend(loc="best")
    return axes


def carried_flows(problem: QuadraticAssignment, solution: Array, axes: Any = None) -> Any:
    """Draw, for each pair of locations, the cost of what flows between the facilities placed there."""
    axes = new_axes(axes)
    table = np.asarray(solution, dtype=float).reshape(problem.size, problem.size)
    carried = table.T @ problem.flows @ table * problem.distances
    image = axes.imshow(carried, cmap="Blues", origin="lower", extent=(0.5, problem.size + 0.5) * 2)
    axes.figure.colorbar(image, ax=axes, label="flow × distance (cost units)")
    axes.set_xlabel("location (number)")
    axes.set_ylabel("location (number)")
    verdict = problem.judge(solution)
    axes.set_title(f"cost {verdict.objective:g}" + ("" if verdict.feasible else ", no permutation"))
    return axes


def _ways(problem: TravellingSalesman, solution: Array) -> list[tuple[int, int]]:
    """Return the ways (from, to) between cities that bits take, those of a closed tour where they are one."""
    table = np.asarray(solution).reshape(problem.size, problem.size)
    at = [np.zeros(1, np.int64), *(1 + np.flatnonzero(column) for column in table.T), np.zeros(1, np.int64)]
    return [(int(u), int(v)) for now, then in zip(at, at[1:], strict=False) for u in now for v in then]


def _placed_by_distance(distances: Array) -> Array:
    """Place points ``[n, 2]`` by classical multidimensional scaling of the symmetrised distances."""
    squared = ((distances + distances.T) / 2.0) ** 2
    np.fill_diagonal(squared, 0.0)
    centred = squared - squared.mean(axis=0) - squared.mean(axis=1)[:, None] + squared.mean()
    values, vectors = np.linalg.eigh(-centred / 2.0)
    return (
        vectors[:, -2:][:, ::-1] * np.sqrt(np.maximum(values[-2:][::-1], 0.0)) if len(values) > 1 else centred
    )
