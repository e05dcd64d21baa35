"""The public knapsacks of the comparison, with their proved optima."""

from __future__ import annotations

import csv

from problems.binary import MultidimensionalKnapsack
from tests.claims.table import INSTANCES

FOLDER = INSTANCES / "mdkp"
TWELVE = ("hp1", "hp2", "pb1", "pb2", "pb4", "pb5", "pet2", "pet3", "pet4", "pet5", "pet6", "pet7")
FIFTEEN = (*TWELVE, "weing1", "weish01", "weish06")
FEW = ("pb1", "pet3", "pet7", "hp1")
SLACK = {
    "pet2": (99, 10), "pet3": (102, 15), "pet4": (107, 20), "pb5": (116, 20), "pb1": (59, 27),
    "hp1": (60, 28), "pet5": (122, 28), "pb4": (45, 29), "pb2": (66, 34), "hp2": (67, 35),
    "pet6": (86, 39), "pet7": (100, 50), "weing1": (48, 28), "weish01": (77, 30), "pb6": (405, 40),
    "sento1": (447, 60),
}  # fmt: skip


def knapsack(name: str) -> MultidimensionalKnapsack:
    """Read one of them."""
    return MultidimensionalKnapsack.read(FOLDER / f"{name}.dat")


def optimum(name: str) -> float:
    """The proved optimum of one of them."""
    with (FOLDER / "OPTIMA.csv").open() as file:
        return next(float(row["optimum"]) for row in csv.DictReader(file) if row["instance"] == f"{name}.dat")
