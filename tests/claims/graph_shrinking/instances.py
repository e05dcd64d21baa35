"""Public instances with their known optima, and a few figures of results."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hybrid.graph_shrinking import ShrunkProblem
from problems.contract import Result
from problems.formats.registry import read
from tests.claims.table import INSTANCES, Row

KINDS = {"mdkp": "dat", "mis": "txt", "qap": "dat", "maxcut": "txt"}


def path_of(kind: str, name: str) -> Path:
    """Return where an instance lies, if it is at hand."""
    return INSTANCES / kind / f"{name}.{KINDS[kind]}"


def at_hand(kind: str, names: Sequence[str]) -> list[str]:
    """Return the instances that are there."""
    return [name for name in names if path_of(kind, name).exists()]


def instance(kind: str, name: str) -> Any:
    """Read an instance."""
    return read(path_of(kind, name), kind)


def optimum(kind: str, name: str) -> float:
    """Return the optimum that is listed for an instance."""
    with (INSTANCES / kind / "OPTIMA.csv").open() as lines:
        table = {row["instance"]: float(row["optimum"]) for row in csv.DictReader(lines)}
    return table[path_of(kind, name).name]


def gap(value: float, best: float) -> float:
    """Return how far a value is from the optimum, in percent of it."""
    return 100.0 * abs(best - value) / abs(best)


def raw_gap(result: Result[Any], best: float) -> float:
    """Return the gap of the best sample before repair over all restarts; 100 where none was feasible."""
    sense = result.problem.sense
    found = [row["objective"] for row in result.history if "samples" in row and row["violation"] == 0]
    return gap(max(found) if sense == "max" else min(found), best) if found else 100.0


def null_raw_gap(result: Result[Any], best: float) -> float:
    """Return the same of uniform bits on the same reduced problems."""
    sense = result.problem.sense
    found = [
        row["null_objective"] for row in result.history if "samples" in row and row["null_violation"] == 0
    ]
    return gap(max(found) if sense == "max" else min(found), best) if found else 100.0


def null_gap(result: Result[Any], best: float) -> float:
    """Return the gap of uniform bits on the same reduced problems after the same repair."""
    found = [row["null_repaired_objective"] for row in result.history if "samples" in row]
    return gap(max(found) if result.problem.sense == "max" else min(found), best)


def figures_alone(what: str, told: str, paper: str = "", baseline: str = "") -> Row:
    """Return a row that claims nothing and is there to be read beside the others."""
    return Row(what, paper, baseline, told, None, "figures alone")


def energies_agree(shrunk: ShrunkProblem, whole: Any, seed: int = 0) -> bool:
    """Whether energies of unfolded points are the reduced ones to 1e-9 of the size of the coefficients."""
    bits = np.random.default_rng(seed).integers(0, 2, (64, shrunk.qubits), dtype=np.uint8)
    size = float(np.abs(whole.linear).sum() + np.abs(whole.coupling).sum() + abs(whole.offset)) or 1.0
    apart = np.abs(whole.values(shrunk.unfold_whole(bits)) - shrunk.qubo.energies(bits))
    return bool(apart.max(initial=0.0) <= 1e-9 * max(1.0, size))
