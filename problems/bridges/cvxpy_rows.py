"""CVXPY constraints as rows and bounds of a program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from problems.binary.builder import ProgramBuilder
from problems.binary.rows import TOLERANCE
from problems.binary.term_arrays import Terms
from problems.bridges.cvxpy_quadratics import QuadraticReader
from problems.errors import ProblemError

Array = np.ndarray
Coefficients = tuple[dict[int, float], dict[tuple[int, int], float], float]
ROUNDING = 2.0**-48  # of the size of the parts; integers below 2^48 never cancel to as little without being 0
RELATIONS = {"Inequality": "<=", "NonPos": "<=", "NonNeg": ">=", "Equality": "==", "Zero": "=="}
MIRRORED = {"<=": ">=", ">=": "<=", "==": "=="}


def constraint_names(constraints: Sequence[Any]) -> list[str]:
    """Return the label of each constraint, or c0, c1, … by its position; those step aside for labels."""
    given = {constraint.label for constraint in constraints}
    names = []
    for k, constraint in enumerate(constraints):
        name = constraint.label or f"c{k}"
        while constraint.label is None and name in given:
            name += "'"
        names.append(name)
    return names


def add_constraint(
    builder: ProgramBuilder, reader: QuadraticReader, constraint: Any, name: str, bits: Array
) -> None:
    """Add a constraint, an array of them element by element: as bounds where it is one, as rows elsewhere.

    Raises:
        ProblemError: If it is neither an equality nor an inequality, or not quadratic.
    """
    relation = RELATIONS.get(type(constraint).__name__)
    if relation is None:
        expected = "an equality or an inequality"
        remedy = "state it by linear or quadratic inequalities over the integers"
        raise ProblemError(
            f"constraint {name}", f"{type(constraint).__name__}: {constraint}", expected, remedy
        )
    expression = constraint.expr
    elements = coefficients(reader.terms(expression), bits)
    spots = [np.unravel_index(k, expression.shape, order="F") for k in range(len(elements))]
    # CVXPY holds left − right <= 0; where the left side is a number, that reads better the other way round.
    turned = type(constraint).__name__ == "Inequality" and constraint.args[0].is_constant()
    factor, relation = (-1.0, MIRRORED[relation]) if turned else (1.0, relation)
    for (linear, quadratic, constant), spot in zip(elements, spots, strict=True):
        linear = {k: factor * value for k, value in linear.items()}
        quadratic = {pair: factor * value for pair, value in quadratic.items()}
        right = -factor * constant
        if _is_idle(linear, quadratic, relation, right):
            continue
        if len(linear) == 1 and not quadratic and _bounded(builder, linear, relation, right, bits):
            continue
        label = f"{name}[{', '.join(str(int(i)) for i in spot)}]" if spot else name
        builder.row(label, linear, relation, right, quadratic)


def coefficients(terms: Terms, bits: Array) -> list[Coefficients]:
    """Return ``({i: a}, {(i, j): b}, constant)`` of each expression, with x² = x on bits.

    Equal terms are added; a sum that is no more than the rounding of its parts is 0.
    """
    n, square = len(bits), (terms.first == terms.second)
    square[square] = bits[terms.first[square]]
    linear_owner, code, weight = _merged(
        np.concatenate([terms.owner, terms.pair_owner[square]]),
        np.concatenate([terms.variable, terms.first[square]]),
        np.concatenate([terms.weight, terms.pair_weight[square]]),
        n,
    )
    low, high = np.minimum(terms.first, terms.second), np.maximum(terms.first, terms.second)
    pairs, width = (low * n + high)[~square], n * n
    pair_owner, pair, pair_weight = _merged(
        terms.pair_owner[~square], pairs, terms.pair_weight[~square], width
    )
    edges = np.arange(terms.size + 1)
    starts, pair_starts = np.searchsorted(linear_owner, edges), np.searchsorted(pair_owner, edges)
    names, products = code.tolist(), list(zip((pair // n).tolist(), (pair % n).tolist(), strict=True))
    weights, pair_weights = weight.tolist(), pair_weight.tolist()
    found = []
    for k, constant in enumerate(terms.constant.tolist()):
        a, b, c, d = starts[k], starts[k + 1], pair_starts[k], pair_starts[k + 1]
        linear = dict(zip(names[a:b], weights[a:b], strict=True))
        found.append((linear, dict(zip(products[c:d], pair_weights[c:d], strict=True)), constant))
    return found


def _merged(owner: Array, code: Array, weight: Array, width: int) -> tuple[Array, Array, Array]:
    """Return (owner, code, weight) with equal ones added, zeros dropped, sorted by owner, then code."""
    keys, inverse = np.unique(owner * width + code, return_inverse=True)
    total = np.bincount(inverse, weights=weight, minlength=len(keys))
    size = np.bincount(inverse, weights=np.abs(weight), minlength=len(keys))
    kept = np.abs(total) > ROUNDING * size
    return keys[kept] // width, keys[kept] % width, total[kept]


def _is_idle(linear: dict[int, float], quadratic: dict[Any, float], relation: str, right: float) -> bool:
    """Return whether a row has no variables and holds."""
    holds = {"<=": right >= 0, ">=": right <= 0, "==": right == 0}
    return not linear and not quadratic and holds[relation]


def _bounded(
    builder: ProgramBuilder, linear: dict[int, float], relation: str, right: float, bits: Array
) -> bool:
    """Take a row on one variable as its bound, and return whether the row is spoken for by that."""
    ((k, slope),) = linear.items()
    relation = MIRRORED[relation] if slope < 0 else relation
    edge = right / slope
    nearest = float(round(edge))
    if abs(edge - nearest) <= TOLERANCE * max(1.0, abs(edge)):  # 0.1 y <= 0.3 allows 3, as the row would
        edge = nearest
    low = -np.inf if relation == "<=" else edge
    high = np.inf if relation == ">=" else edge
    if bits[k]:  # a bit stays one: what narrows it is a row
        return low <= 0 and high >= 1
    now_low, now_high = builder.bounds_of(k)
    builder.bounds(k, max(now_low, low), min(now_high, high))
    return True
