"""The layouts of multidimensional knapsacks in number streams, and telling them apart by what they say.

OR-Library writes one problem as ``n m opt``, n profits, m rows of n weights, m capacities, and several as
their count K before K such problems. SAC-94 writes ``m n``, n profits, m capacities, m rows of n weights, and
the optimum. One problem is as long in both, so that only the content can tell: a reading stands if no weight
and no capacity is negative and the optimum it finds is possible. Unknown optima are 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from problems.binary.knapsack import MultidimensionalKnapsack
from problems.contract import Array
from problems.errors import ProblemError
from problems.formats.numbers import NumberStream, shown

ROUNDING = 1e-9  # relative, of sums of decimals


@dataclass(frozen=True)
class Reading:
    """A file as one layout reads it.

    Attributes:
        kind: The layout's word.
        problems: What it holds.
    """

    kind: str
    problems: tuple[MultidimensionalKnapsack, ...]

    @cached_property
    def doubt(self) -> str:
        """Why a stated optimum is impossible, or ""."""
        for k, problem in enumerate(self.problems, start=1):
            reason = impossible_optimum(problem)
            if reason:
                return reason if len(self.problems) == 1 else f"problem {k}: {reason}"
        return ""


def one_problem(stream: NumberStream) -> tuple[MultidimensionalKnapsack, ...]:
    """Read a file of OR-Library with one problem."""
    problem = _problem(stream, "")
    stream.end("the capacities")
    return (problem,)


def several_problems(stream: NumberStream) -> tuple[MultidimensionalKnapsack, ...]:
    """Read a file of OR-Library with a count and as many problems."""
    count = stream.integer("the number of problems", low=1)
    problems = []
    for k in range(1, count + 1):  # a wrong count meets the end of the file first
        problems.append(_problem(stream, f"problem {k}: "))
    stream.end(f"{count} problems")
    return tuple(problems)


def sac94_problem(stream: NumberStream) -> tuple[MultidimensionalKnapsack, ...]:
    """Read a file of SAC-94."""
    rows = stream.integer("the number of capacities", low=1)
    items = stream.integer("the number of items", low=1)
    profits = stream.numbers(items, "profit {k}")
    capacities = stream.numbers(rows, "capacity {k}", low=0.0)
    weights = _weights(stream, rows, items, "")
    best = stream.number("the best known profit")
    stream.end("the best known profit")
    return (MultidimensionalKnapsack(profits, weights, capacities, best if best != 0 else None),)


LAYOUTS: dict[str, Callable[[NumberStream], tuple[MultidimensionalKnapsack, ...]]] = {
    "mdkp-single": one_problem,
    "mdkp-multi": several_problems,
    "sac94": sac94_problem,
}


def readings(stream: NumberStream, kinds: Iterable[str]) -> dict[str, Reading | ProblemError]:
    """Read a file in each of some layouts; where one does not fit, the error says where and why."""
    found: dict[str, Reading | ProblemError] = {}
    for kind in kinds:
        try:
            problems = LAYOUTS[kind](stream.again())
        except ProblemError as error:
            found[kind] = error
        else:
            found[kind] = Reading(kind, problems)
    return found


def error_of(reading: Reading | ProblemError) -> ProblemError:
    """Return why a layout did not fit, of one that is known not to."""
    assert isinstance(reading, ProblemError)
    return reading


def settled(found: dict[str, Reading | ProblemError]) -> list[Reading]:
    """Return the readings that fit, where several do those of possible optima if there are any."""
    fitting = [reading for reading in found.values() if isinstance(reading, Reading)]
    if len(fitting) < 2:
        return fitting
    return [reading for reading in fitting if not reading.doubt] or fitting


def _problem(stream: NumberStream, place: str) -> MultidimensionalKnapsack:
    items = stream.integer(place + "the number of items", low=1)
    rows = stream.integer(place + "the number of capacities", low=1)
    best = stream.number(place + "the best known profit")
    profits = stream.numbers(items, place + "profit {k}")
    weights = _weights(stream, rows, items, place)
    capacities = stream.numbers(rows, place + "capacity {k}", low=0.0)
    return MultidimensionalKnapsack(profits, weights, capacities, best if best != 0 else None)


def _weights(stream: NumberStream, rows: int, items: int, place: str) -> Array:
    """Take row by row, so that a header that asks for too many ends where the file does."""
    table = []
    for i in range(1, rows + 1):
        table.append(stream.numbers(items, f"{place}weight {{k}} of capacity {i}", low=0.0))
    return np.array(table)


def impossible_optimum(problem: MultidimensionalKnapsack) -> str:
    """Return why the stated optimum cannot be one: less than a packing, more than a bound; "" if it can."""
    best = problem.reference
    if best is None:
        return ""
    if best != round(best) and np.array_equal(problem.profits, np.round(problem.profits)):
        return f"the best known profit {shown(best)} is no integer, all profits are"
    with np.errstate(
        all="ignore"
    ):  # of numbers near the end of the range a bound is inf, and refuses nothing
        packed, most = greedy_profit(problem), profit_bound(problem)
        slack = ROUNDING * float(np.abs(problem.profits).sum())
    if best < packed - slack:
        return f"the best known profit {shown(best)} is less than a plain packing's {shown(packed)}"
    if best > most + slack:
        return f"the best known profit {shown(best)} is more than can be packed, at most {most:.12g}"
    return ""


def greedy_profit(problem: MultidimensionalKnapsack) -> float:
    """Pack items as they fit, by profit per share of the capacities; a lower bound of the optimum."""
    room = problem.capacities.copy()
    shares = problem.weights / np.where(room > 0, room, 1.0)[:, None]
    density = problem.profits / np.maximum(shares.sum(axis=0), np.finfo(float).tiny ** 0.5)
    total = 0.0
    for j in np.argsort(-density, kind="stable").tolist():
        weight = problem.weights[:, j]
        if problem.profits[j] > 0 and np.all(weight <= room):
            room -= weight
            total += float(problem.profits[j])
    return total


def profit_bound(problem: MultidimensionalKnapsack) -> float:
    """Return Dantzig's bound: the least, over single capacities, of what fills one when items may be cut."""
    fits = np.all(problem.weights <= problem.capacities[:, None], axis=0) & (problem.profits > 0)
    profits = problem.profits[fits]
    return min(
        (_filled(profits, row[fits], capacity) for row, capacity in _rows(problem)),
        default=float(profits.sum()),
    )


def _rows(problem: MultidimensionalKnapsack) -> Iterable[tuple[Array, float]]:
    return zip(problem.weights, problem.capacities.tolist(), strict=True)


def _filled(profits: Array, weights: Array, capacity: float) -> float:
    """Fill one capacity with the densest items, the last one in part."""
    free = weights == 0
    heavy = np.flatnonzero(~free)
    order = heavy[np.argsort(-profits[heavy] / weights[heavy], kind="stable")]
    room = np.clip(capacity - np.concatenate([[0.0], np.cumsum(weights[order])[:-1]]), 0.0, None)
    part = np.minimum(1.0, room[: len(order)] / weights[order])
    return float(profits[free].sum() + part @ profits[order])
