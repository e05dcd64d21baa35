"""The molecules, and figures of a run that all rows share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from problems.contract import Problem, Result
from problems.ground_state import GroundState
from tests.claims.table import INSTANCES

ACCURATE = 1.6e-3  # Hartree: chemical accuracy
LAST = 0.2  # of the episodes, the part whose share counts
FIGURES = "CLAIM_FIGURES"  # the variable that names the folder for pictures


def path_of(name: str) -> Path:
    """Where a molecule lies."""
    return INSTANCES / "chem" / f"{name}.json"


def molecule(name: str) -> GroundState:
    """Read a molecule."""
    return GroundState.read(path_of(name))


def exact(problem: Problem) -> float:
    """The ground energy that the file names; only the rows know it, no search does."""
    assert problem.reference is not None
    return problem.reference


def errors(result: Result, key: str = "energy") -> np.ndarray:
    """The errors of all rows of the history that have an energy, in Hartree."""
    return np.array([row[key] for row in result.history if key in row]) - exact(result.problem)


def share(values: np.ndarray) -> float:
    """The share within chemical accuracy."""
    return float(np.mean(values <= ACCURATE))


def ending(values: np.ndarray) -> np.ndarray:
    """The last fifth."""
    return values[-max(1, round(LAST * len(values))) :]


def successful_gates(run: Result) -> float:
    """The mean length of the last successful episodes, NaN if there is none."""
    lengths = ending(np.array([row["gates"] for row in run.history]))
    good = ending(errors(run)) <= ACCURATE
    return float(lengths[good].mean()) if good.any() else float("nan")


def found(result: Result) -> str:
    """Error, gates, entanglers and depth of an answer."""
    metrics = result.evaluation.metrics
    return (
        f"{metrics['error_in_thousandths']:.2g} mHa, {metrics['gates']:.0f} gates, "
        f"{metrics['two_qubit_gates']:.0f} CX, depth {metrics['depth']:.0f}"
    )


def evaluations(result: Result) -> int:
    """Energies that a run took: those of its own kernels, or of the circuits it sent to a backend."""
    return int(max(result.resources.get(name, 0.0) for name in ("evaluations", "circuits")))


def keep_picture(name: str, figure: Any) -> None:
    """Save a picture in the folder for them, if one is named."""
    folder = os.environ.get(FIGURES)
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        figure.savefig(Path(folder) / f"{name}.png", dpi=150)


def wants_pictures() -> bool:
    """Whether a folder for pictures is named."""
    return bool(os.environ.get(FIGURES))
