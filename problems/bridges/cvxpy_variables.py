"""The variables of a CVXPY problem as variables of a program: kinds, bounds, names, and the way back."""

from __future__ import annotations

from typing import Any

import numpy as np

from problems.binary.builder import ProgramBuilder, VariableKind
from problems.bridges.cvxpy_values import flat, valued
from problems.errors import ProblemError

Array = np.ndarray
NOT_TAKEN = ("complex", "imag", "hermitian", "PSD", "NSD")


def add_variables(builder: ProgramBuilder, variables: list[Any]) -> tuple[dict[int, Array], Array]:
    """Add the elements of CVXPY variables to a program.

    Elements are called ``x[3]`` or ``y[1, 2]``, a single one ``x``. The two halves of a symmetric variable
    share their numbers.

    Returns:
        The numbers of each variable's elements by its ``id``, integers in its shape, −1 for the zeros of a
        diagonal or sparse one; and which variables ``[n]`` of the program are boolean.

    Raises:
        ProblemError: If a name is taken, or a variable is complex or semidefinite.
    """
    kinds: list[VariableKind] = []
    places = {variable.id: _added(builder, variable, kinds) for variable in variables}
    return places, np.array([kind == "binary" for kind in kinds], dtype=bool)


def _added(builder: ProgramBuilder, variable: Any, kinds: list[VariableKind]) -> Array:
    name = variable.name()
    for attribute in NOT_TAKEN:
        if variable.attributes[attribute]:
            field, expected = f"variable {name}", "boolean or bounded integer, and real"
            raise ProblemError(field, attribute, expected, "drop the attribute")
    place, kind, (low, high) = _distinct(variable), _kinds(variable), _bounds(variable)
    used, first = np.unique(place, return_index=True)
    numbers = np.full(place.size + 1, -1)  # the last one is that of the zeros
    for element, spot in zip(used.tolist(), first.tolist(), strict=True):
        if element >= 0:
            label = _label(name, variable.shape, spot)
            if label in builder.place:
                remedy = "give each variable a name of its own: cp.Variable(..., name=...)"
                raise ProblemError("the name of a variable", label, "each name once", remedy)
            numbers[element] = builder.variable(label, kind[spot], float(low[spot]), float(high[spot]))
            kinds.append(kind[spot])
    return numbers[place].reshape(variable.shape)


def _label(name: str, shape: tuple[int, ...], spot: int) -> str:
    """Return the name of the element at a position in C order."""
    if not shape:
        return name
    return f"{name}[{', '.join(str(int(i)) for i in np.unravel_index(spot, shape))}]"


def _distinct(variable: Any) -> Array:
    """Return for each element ``[S]``, in C order, the first that must equal it, or −1 where it must be 0."""
    shape = variable.shape
    place = np.arange(variable.size).reshape(shape)
    if variable.attributes["symmetric"]:
        place = np.minimum(place, np.swapaxes(place, -1, -2))
    if variable.attributes["diag"]:
        place = np.where(np.eye(shape[-1], dtype=bool), place, -1)
    if variable.attributes["sparsity"]:
        pattern = np.zeros(shape, dtype=bool)
        pattern[tuple(variable.sparse_idx)] = True
        place = np.where(pattern, place, -1)
    return place.reshape(-1)


def _kinds(variable: Any) -> list[VariableKind]:
    """Return the kind of each element, in C order."""
    integer, boolean = _mask(variable, "integer"), _mask(variable, "boolean")
    return [
        "binary" if bit else "integer" if whole else "continuous"
        for bit, whole in zip(boolean, integer, strict=True)
    ]


def _mask(variable: Any, attribute: str) -> Array:
    """Return which elements ``[S]``, in C order, an attribute holds for: all, none, or the listed ones."""
    given = variable.attributes[attribute]
    mask = np.zeros(variable.shape, dtype=bool)
    if given is True:
        mask[...] = True
    elif given:
        axes = tuple(map(np.asarray, given))  # an index array per axis, as CVXPY's solvers read it
        if len(axes) != len(variable.shape):
            field = f"{attribute} of variable {variable.name()}"
            raise ProblemError(field, str(given), f"an index list for each of the {len(variable.shape)} axes")
        mask[axes] = True
    return mask.reshape(-1)


def _bounds(variable: Any) -> tuple[Array, Array]:
    """Return the bounds ``[S]`` in C order that the attributes state, ±∞ where they state none."""
    edges = []
    for side, infinite in enumerate((-np.inf, np.inf)):
        given = None if variable.bounds is None else variable.bounds[side]
        if given is not None and hasattr(given, "parameters"):
            given = valued(given)
        dense = infinite if given is None else flat(given)
        if np.size(dense) > 1:
            dense = np.reshape(dense, variable.shape, order="F").reshape(-1)
        edges.append(np.array(np.broadcast_to(dense, variable.size), dtype=float))
    attributes = variable.attributes
    if attributes["nonneg"] or attributes["pos"]:
        edges[0] = np.maximum(edges[0], 0.0)
    if attributes["nonpos"] or attributes["neg"]:
        edges[1] = np.minimum(edges[1], 0.0)
    return edges[0], edges[1]
