"""Short names for solvers and what they hold, resolved without importing more than the one that is named."""

from __future__ import annotations

import importlib
from importlib.metadata import entry_points
from typing import Any

from problems.errors import ProblemError

SOLVERS = {
    "annealing": "classical.binary.annealing:SimulatedAnnealing",
    "exhaustive": "classical.binary.exhaustive:Exhaustive",
    "greedy": "classical.binary.greedy:Greedy",
    "milp": "classical.binary.mixed_integer:MixedInteger",
    "penalty": "classical.binary.penalty:Penalty",
    "qaoa": "hybrid.qaoa:Qaoa",
    "random": "classical.binary.uniform:Uniform",
    "tabu": "classical.binary.tabu:Tabu",
}
OPTIMIZERS = {
    "cobyla": "classical.minimisation.cobyla:Cobyla",
    "lbfgs": "classical.minimisation.lbfgs:Lbfgs",
    "nelder-mead": "classical.minimisation.nelder_mead:NelderMead",
    "spsa": "classical.minimisation.spsa:Spsa",
}
ENCODINGS = {
    "slack": "problems.binary.encodings:SlackEncoding",
    "slack-free": "problems.binary.encodings:SlackFreeEncoding",
}
OBJECTS = SOLVERS | OPTIMIZERS | ENCODINGS  # what a field may be set to by name
DEFAULT_SOLVER = "milp"


def solver_class(name: str) -> type[Any]:
    """Return the solver that a short name or an entry point names.

    Raises:
        ProblemError: If there is none, with the names there are.
    """
    own = SOLVERS | OPTIMIZERS
    if name in own:
        return load(own[name])
    for entry in entry_points(group="hybrid.solvers", name=name):
        return entry.load()
    strangers = sorted(set(foreign_solvers()))
    raise ProblemError("solver", name, "one of " + ", ".join([*sorted(own), *strangers]))


def foreign_solvers() -> dict[str, str]:
    """Return the entry points of other distributions' solvers, by name."""
    ours = set(OBJECTS.values())
    return {
        entry.name: entry.value for entry in entry_points(group="hybrid.solvers") if entry.value not in ours
    }


def short_name(cls: type[Any]) -> str:
    """Return the short name of a class, or its own name where it has none."""
    path = f"{cls.__module__}:{cls.__qualname__}"
    return next((name for name, value in OBJECTS.items() if value == path), cls.__name__)


def load(path: str) -> Any:
    """Import ``module:name``."""
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)
