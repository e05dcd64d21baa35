"""Exact dual identities: methods reach the linear relaxation's bound, 1-trees that of the tours."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from classical.binary.held_karp import HeldKarp
from hybrid.lagrangian import (
    DualAveraging,
    DualMethod,
    ExactOracle,
    Kelley,
    LagrangianModel,
    ProximalBundle,
    StochasticSubgradient,
    Subgradient,
    Volume,
    maximise_dual,
)
from hybrid.lagrangian.model import RowScale
from problems.binary import TravellingSalesman
from problems.binary.linear_form import linear_form
from problems.binary.relaxation import solve_relaxation
from tests.claims.cutting_slack.instances import FEW, knapsack, optimum
from tests.claims.table import INSTANCES, Row

TOURS = {
    "burma14": 3323.0, "ulysses16": 6859.0, "gr17": 2085.0, "gr21": 2707.0, "gr24": 1272.0, "fri26": 937.0,
    "bays29": 2013.5, "bayg29": 1608.0, "dantzig42": 697.0, "swiss42": 1272.0, "att48": 10604.0,
    "eil51": 422.5, "berlin52": 7542.0,
}  # fmt: skip
CLOSED = ("gr17", "gr21", "gr24", "fri26", "burma14", "ulysses16", "berlin52")


def rows(quick: bool) -> Iterator[Row]:
    """All rows; the quick form leaves the slow averages out."""
    yield calls_to_bound("bundle", ProximalBundle(), FEW, 1e-3, 25)
    yield calls_to_bound("Kelley", Kelley(), FEW, 1e-3, 40)
    three = ("pb1", "pet7", "hp1")
    yield calls_to_bound("Polyak, repaired upper bound", Subgradient(), three, 1e-3, 300)
    if not quick:
        wide = Subgradient(length=2.0, patience=20)
        row = calls_to_bound(
            "Polyak on rows over their capacity (patience picked from a sweep here)",
            wide,
            ("pet3",),
            1e-3,
            1000,
            "capacity",
        )
        yield row
        for name, method in (
            ("diminishing", Subgradient("diminishing")),
            ("dual averaging", DualAveraging()),
            ("stochastic", StochasticSubgradient()),
            ("volume", Volume()),
        ):
            yield calls_to_bound(name, method, three, 2e-3, 5000)
            yield calls_to_bound(name, method, ("pet3",), 5e-3, 5000)
    yield from round_trips()


def calls_to_bound(
    name: str,
    method: DualMethod,
    instances: tuple[str, ...],
    tolerance: float,
    most: int,
    scale: RowScale = "weight",
) -> Row:
    """Count exact minimisations until a method is within a tolerance of the linear relaxation."""
    cells, holds = [], True
    for instance in instances:
        program = knapsack(instance).program
        form = linear_form(program)
        relaxed = float(form.cost @ solve_relaxation(form)[1] + form.offset)
        oracle = ExactOracle(LagrangianModel.of(program, scale))
        target = (relaxed - tolerance * abs(relaxed)) / oracle.model.unit
        result = maximise_dual(method, oracle, np.zeros(oracle.model.num_rows), range(most), target)
        short = abs(result.value * oracle.model.unit / relaxed - 1)
        beyond = -result.value * oracle.model.unit < optimum(instance) - 1e-6
        holds &= result.value >= target and not beyond
        cells.append(f"{instance} {len(result.values)} calls ({100 * short:.2f} %)")
    reason = "" if holds else "the step rule stalls before the bar with the upper bound that repair finds"
    claim = f"{name}: within {100 * tolerance:g} % of the linear relaxation in <= {most} calls, never beyond"
    return Row(claim, "", "", ", ".join(cells), holds, reason)


def round_trips() -> Iterator[Row]:
    """The thirteen bounds of Held and Karp."""
    worst, proved, trees = ("", 0.0), [], 0.0
    for name, bound in TOURS.items():
        result = HeldKarp().solve(
            TravellingSalesman.read(INSTANCES / "tsp" / f"{name}.tsp"), seed=0, progress=False
        )
        off = abs(float(result.history[-1]["computed"]) / bound - 1)
        worst = max(worst, (name, off), key=lambda pair: pair[1])
        trees = max(trees, result.resources["one_trees"])
        proved += [name] if result.status == "optimal" else []
    yield Row(
        "Held-Karp: the 13 listed bounds within 0.05 % as computed, <= 700 1-trees; 7 prove the optimum",
        "",
        f"optimal are {len(CLOSED)}",
        f"worst {worst[0]} {100 * worst[1]:.4f} %, {trees:.0f} 1-trees, optimal {len(proved)}",
        worst[1] <= 5e-4 and trees <= 700 and set(CLOSED) <= set(proved),
    )
